"""The picture of the lab: a tutorial's example, a drawing, a test image or an upload."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.numerics.examples import EXAMPLES
from mnist_app.numerics.picture import at_most, read_darkness
from mnist_app.numerics.preprocess import prepare
from mnist_app.numerics.segment import find_digits
from mnist_app.views import sources
from mnist_app.views.about import explained
from mnist_app.views.canvas import show_tools
from mnist_app.views.lab_operations import set_operations
from mnist_app.views.language import t
from mnist_app.views.numbers import shape
from mnist_app.views.preparation import chosen_steps
from mnist_app.views.training_probe import MY_DIGIT

EXAMPLE, DRAW, TEST, UPLOAD = "example", "draw", "test", "upload"
SOURCES = (EXAMPLE, *sources.SOURCES)
SOURCE, EXAMPLE_NAME, PART = "lab_source", "lab_example", "lab_part"
WHOLE = "whole"  # all of a picture and not one of its digits
GREY = "grey"  # an uploaded picture with all its shades, and not only its ink
LARGEST = 56  # pixels, a fifth of the canvas: more cells could not be told apart
MOST = 9  # what has more parts than this is no number
SIDE = 112  # pixels a picture is shown at


def lab_picture(source: str) -> np.ndarray | None:
    """Show a source's controls and return its picture, float32 (height, width); None without any."""
    if source == EXAMPLE:
        return _example()
    ink = sources.ink_from(source, SIDE)
    if source == TEST:
        return ink if ink.any() else None
    if source == DRAW:
        show_tools()
    return _part(ink, sources.uploaded() if source == UPLOAD else None)


def _part(ink: np.ndarray, file: bytes | None) -> np.ndarray | None:
    """Show the choice between the digits as a network gets them and all of the picture, and return it."""
    parts = find_digits(ink)[:MOST]
    whole = at_most(ink, LARGEST)
    digit = "lab.digit" if len(parts) == 1 else "lab.digit_number"
    names: dict[int | str, str] = {place: t(digit, number=place + 1) for place in range(len(parts))}
    if parts:
        names[WHOLE] = t("lab.whole", shape=shape(whole.shape))
    if file is not None:
        names[GREY] = t("lab.grey", shape=shape(whole.shape))
    if not names:
        return None
    if st.session_state.get(PART) not in names:
        st.session_state[PART] = next(iter(names))
    chosen = st.segmented_control(
        t("lab.part"),
        list(names),
        format_func=names.__getitem__,
        required=True,
        key=PART,
        persist_state="session",
        help=explained(t("lab.part_help"), "preparation"),
    )
    if chosen == GREY and file is not None:
        return _shades(file)
    place = chosen if isinstance(chosen, int) else 0
    prepared = prepare(parts[place][0], chosen_steps()).digit
    st.session_state[MY_DIGIT] = prepared  # for the probe of a training
    return whole if chosen == WHOLE else prepared


@st.cache_data(max_entries=20, show_spinner=False)
def _shades(file: bytes) -> np.ndarray:
    return at_most(read_darkness(file), LARGEST)


def _example() -> np.ndarray:
    name = st.pills(
        t("source.example"),
        list(EXAMPLES),
        format_func=lambda name: t(f"example.{name}"),
        default=next(iter(EXAMPLES)),
        required=True,
        key=EXAMPLE_NAME,
        persist_state="session",
        on_change=_take_example,
        label_visibility="collapsed",
    )
    return EXAMPLES[str(name)].picture


def _take_example() -> None:
    name = st.session_state.get(EXAMPLE_NAME)
    if name in EXAMPLES:
        set_operations(EXAMPLES[name].operation)
