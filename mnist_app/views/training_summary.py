"""What a training would be, before it begins: the network, the device, the time."""

from __future__ import annotations

import streamlit as st

from mnist_app.nets.summary import summary
from mnist_app.serving.model_folders import runs_folder
from mnist_app.texts.duration import duration
from mnist_app.training.estimate import device, estimate
from mnist_app.training.settings import Settings
from mnist_app.views.about import show_about
from mnist_app.views.language import language, t
from mnist_app.views.layers import title
from mnist_app.views.numbers import shape
from mnist_app.views.tables import html_table


def show_summary(settings: Settings, train_images: int, test_images: int) -> None:
    """Show how large the network is, what trains it and how long that takes; its layers a click away.

    Args:
        settings: what the training would do.
        train_images: how many training images there are.
        test_images: how many test images.
    """
    layers = summary(settings.architecture, settings.dropout)
    parameters = sum(layer.parameters for layer in layers)
    expected = estimate(settings, train_images, test_images, runs_folder())
    takes = "train.takes_measured" if expected.measured else "train.takes_guessed"
    facts = (
        t("layer.parameters", parameters=f"{parameters:,}"),
        t("train.device", device=device(runs_folder())),
        t(takes, time=duration(expected.seconds, language())),
    )
    st.caption(" · ".join(facts))
    with st.popover(t("train.summary"), icon=":material/list:", on_change="rerun") as popover:
        if popover.open:
            head = [t("train.layer"), t("train.kind"), t("train.shape"), t("train.parameters")]
            rows = [
                [layer.name, title(layer), shape(layer.output_shape), f"{layer.parameters:,}"]
                for layer in layers
            ]
            st.html(html_table(t("train.summary"), head, rows, texts=2))
            show_about("summary")
