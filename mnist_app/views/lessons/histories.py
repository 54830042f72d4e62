"""The histories of the networks that ship: the losses of each epoch, as they were measured."""

from __future__ import annotations

import streamlit as st

from mnist_app.serving.card import Card, read_card
from mnist_app.serving.model_folders import SHIPPED
from mnist_app.views.language import t

NAMES = ("mlp-512", "mlp-256x3", "cnn-32-32", "cnn-32-64", "cnn-5x5", "deep-cnn")  # with a validation
KEY = "lesson-history"  # in the session: whose history is looked at; two lessons share it


def choose_history() -> tuple[str, list[float], list[float]]:
    """Show the choice of a network and return its name and its losses, training and validation."""
    st.pills(
        t("model.label"), NAMES, default=NAMES[0], required=True, wrap=True, key=KEY, persist_state="session"
    )
    name, training, validation = history()
    if _card(name).settings["validation"] == "test":
        st.caption(t("learn.on_test"))
    return name, training, validation


def history() -> tuple[str, list[float], list[float]]:
    """Return the chosen network's name and its losses, training and validation, epoch by epoch."""
    name = str(st.session_state.get(KEY) or NAMES[0])
    epochs = _card(name).history
    return name, [epoch["loss"] for epoch in epochs], [epoch["val_loss"] for epoch in epochs]


@st.cache_resource(show_spinner=False)
def _card(name: str) -> Card:
    return read_card(SHIPPED / name)
