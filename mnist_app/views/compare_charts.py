"""The curves of the compared networks on the page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from mnist_app.serving.card import read_card
from mnist_app.serving.model_folders import runs_folder
from mnist_app.training.run_directory import RunDirectory
from mnist_app.views.about import about, show_about
from mnist_app.views.charts import CONFIG
from mnist_app.views.compare_curves import Curve, curves_csv, legend_html, overlay
from mnist_app.views.downloads import show_csv
from mnist_app.views.language import t
from mnist_app.views.plain import markdown
from mnist_app.views.resources import run_history
from mnist_app.views.trained_rows import Row

KINDS = ("val", "train")
METRICS = ("loss", "accuracy")


def show_curves(rows: Sequence[Row]) -> None:
    """Show loss and accuracy of the networks over their epochs, all in one chart each."""
    runs = [curve for curve in map(_curve, rows) if curve.epochs]
    if not runs:
        st.info(t("compare.no_curves"), icon=":material/show_chart:")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        kinds = st.pills(
            t("compare.kinds"),
            KINDS,
            selection_mode="multi",
            format_func=lambda kind: t(f"compare.curve_{kind}"),
            default=KINDS,
            key="compare-kinds",
            persist_state="session",
            label_visibility="collapsed",
        )
        log = st.toggle(t("curves.log"), key="compare-log", help=about("log"), persist_state="session")
    st.html(legend_html(runs))
    for place, metric in zip(st.columns(2), METRICS, strict=True):
        figure = overlay(runs, metric, kinds, t, log=log and metric == "loss")
        alt = t(f"compare.{metric}_alt", names=", ".join(run.label for run in runs))
        place.plotly_chart(figure, key=f"compare-{metric}", alt=alt, config=CONFIG)
    show_about("curves", "loss")
    missing = [row.label for row in rows if row.label not in {run.label for run in runs}]
    if missing:
        st.caption(t("compare.without_curves", names=markdown(", ".join(missing))))
    show_csv(t("curves.csv_epochs"), "curves", partial(curves_csv, runs))


def _curve(row: Row) -> Curve:
    if row.kind in ("learning", "without"):
        return Curve(row.label, run_history(RunDirectory(runs_folder() / row.name)).epochs)
    try:
        return Curve(row.label, read_card(row.folder).history)
    except (OSError, ValueError, TypeError, KeyError):  # deleted between two looks
        return Curve(row.label, [])
