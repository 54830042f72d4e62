"""What the test images say of a model, in three numbers."""

from __future__ import annotations

import streamlit as st

from mnist_app.numerics.statistics import wilson_interval
from mnist_app.views.about import about, explained
from mnist_app.views.language import t


def show_test_scores(right: int, images: int, loss: float) -> None:
    """Show the accuracy on the test images with its interval, and the loss."""
    low, high = wilson_interval(right, images)
    st.metric(t("result.accuracy"), f"{100 * right / images:.2f} %", width="content", help=about("accuracy"))
    interval = f"{100 * low:.2f} – {100 * high:.2f} %"
    help_text = explained(t("result.interval_help"), "interval")
    st.metric(t("result.interval"), interval, width="content", help=help_text)
    st.metric(t("result.loss"), f"{loss:.4f}", width="content", help=about("loss"))
