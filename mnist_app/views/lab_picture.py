"""The picture of the lab: a tutorial's example, the last drawing, a test image or an upload."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.numerics.examples import EXAMPLES
from mnist_app.numerics.picture import at_most
from mnist_app.views.lab_operations import set_operations
from mnist_app.views.language import t
from mnist_app.views.sources import ink_from
from mnist_app.views.training_probe import MY_DIGIT

SOURCES = ("example", "draw", "test", "upload")
LARGEST = 64  # pixels: more cells could not be told apart
SIDE = 112  # pixels a picture is shown at
SOURCE, EXAMPLE = "lab_source", "lab_example"


def choose_lab_source() -> str:
    """Show the choice of where the picture comes from, and return it: one of ``SOURCES``."""
    source = st.segmented_control(
        t("lab.source"),
        SOURCES,
        format_func=lambda name: t(f"lab.from_{name}"),
        default=SOURCES[0],
        required=True,
        key=SOURCE,
        persist_state="session",
        label_visibility="collapsed",
    )
    return str(source)


def lab_picture(source: str) -> np.ndarray | None:
    """Show a source's controls and return its picture, float32 (height, width); None without any."""
    if source == "example":
        return _example()
    if source == "draw":
        mine: np.ndarray | None = st.session_state.get(MY_DIGIT)
        if mine is None:
            st.info(t("lab.draw_first"), icon=":material/draw:")
        return mine
    ink = ink_from(source, SIDE)
    if not ink.any():
        if source == "upload":
            st.info(t("lab.upload_first"), icon=":material/upload:")
        return None
    return at_most(ink, LARGEST)


def _example() -> np.ndarray:
    name = st.pills(
        t("lab.example"),
        list(EXAMPLES),
        format_func=lambda name: t(f"example.{name}"),
        default=next(iter(EXAMPLES)),
        required=True,
        key=EXAMPLE,
        persist_state="session",
        on_change=_take_example,
        label_visibility="collapsed",
    )
    return EXAMPLES[str(name)].picture


def _take_example() -> None:
    name = st.session_state.get(EXAMPLE)
    if name in EXAMPLES:
        set_operations(EXAMPLES[name].operation)
