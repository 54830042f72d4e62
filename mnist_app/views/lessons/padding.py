"""Padding: what happens at the edge, and how long a picture lasts without it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.numerics.kernels import KERNELS
from mnist_app.numerics.operation import CONVOLUTION, PADDINGS, Operation, perform, sides
from mnist_app.texts.user_error import UserError
from mnist_app.views.lab_result import show_size, step_of
from mnist_app.views.language import t
from mnist_app.views.lessons.formula import show_formula
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.numbers import shape
from mnist_app.views.pictures import picture

KERNEL = KERNELS["gaussian"].values
PIXEL = 7  # screen pixels of one of the picture's
CHOICES = (9, 13, 14, 26)


def show(learner: Learner) -> None:
    """Show the digit after so many convolutions with and without padding, and the size's formula."""
    side = learner.digit.shape[0]
    times = st.slider(
        t("lesson_padding.times"),
        1,
        _lasts(side),
        4,
        key="lesson-padding",
        persist_state="session",
        width=420,
    )
    pictures = "".join(_figure(learner.digit, padding, times) for padding in PADDINGS)
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:24px;align-items:start">{pictures}</div>')
    for padding in PADDINGS:
        st.markdown(f"**{padding}**")
        show_size(step_of(_operation(padding), learner.digit))
    show_formula([rf"{side} - {times} \cdot (3 - 1) = {side - 2 * times}"])


def ask(learner: Learner) -> Question:
    """Ask how often a convolution can be done before nothing is left."""
    side = learner.digit.shape[0]

    def answer() -> Answer:
        lasts = _lasts(side)
        return Answer(CHOICES.index(lasts), t("lesson_padding.told", times=lasts, left=side - 2 * lasts))

    choices = tuple(t("lesson_padding.choice", times=times) for times in CHOICES)
    return Question(t("lesson_padding.ask", side=side), choices, answer)


def _operation(padding: str) -> Operation:
    return Operation(CONVOLUTION, kernel=KERNEL, padding=padding)


def _lasts(side: int) -> int:
    """Return how often a picture can be convolved without padding."""
    times = 0
    while _fits(side - times * (len(KERNEL) - 1)):
        times += 1
    return times


def _fits(side: int) -> bool:
    try:
        sides(_operation("valid"), (side, side))
    except UserError:
        return False
    return True


def _figure(digit: np.ndarray, padding: str, times: int) -> str:
    values = digit
    for _ in range(times):
        values = perform(_operation(padding), values)
    name = t("lesson_padding.after", padding=padding, times=times, shape=shape(values.shape))
    image = picture(values / (values.max() or 1), PIXEL * values.shape[0], name)
    return (
        f'<figure style="margin:0">{image}<figcaption style="font-size:.85rem">{name}</figcaption></figure>'
    )
