"""Strides: a window that moves on by more than one cell."""

from __future__ import annotations

from math import prod

import streamlit as st

from mnist_app.numerics.examples import EXAMPLES
from mnist_app.numerics.kernels import KERNELS
from mnist_app.numerics.operation import CONVOLUTION, Operation, sides
from mnist_app.views.lab_result import show_size, show_windows, step_of
from mnist_app.views.language import t
from mnist_app.views.lessons.formula import show_formula
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.numbers import percent
from mnist_app.views.walk import walk

KERNEL = KERNELS["gaussian"].values
ASKED = 2  # the stride of the question
SHARES = (1.0, 1 / 2, 1 / 4, 1 / 9)


def show(learner: Learner) -> None:
    """Show the walk with a chosen stride, the size's formula, and the four windows of a small example."""
    stride = int(
        st.segmented_control(
            t("operation.strides"),
            (1, 2, 3, 4),
            default=2,
            required=True,
            key="lesson-stride",
            persist_state="session",
        )
        or 1
    )
    operation = _operation(stride)
    walk(learner.digit, operation, "lesson-stride-walk")
    show_size(step_of(operation, learner.digit))
    example = EXAMPLES["strides"]
    st.markdown(t("lesson_strides.example"))
    show_windows(step_of(example.operation, example.picture))
    side, windows = learner.digit.shape[0], _windows(learner, stride)
    across = round(windows**0.5)
    size = rf"\left\lfloor \frac{{{side} - 3}}{{{stride}}} \right\rfloor + 1 = {across}"
    show_formula([rf"{size},\qquad {across} \times {across} = {windows}"])


def ask(learner: Learner) -> Question:
    """Ask how many multiplications a stride of 2 leaves."""

    def answer() -> Answer:
        each, fewer = (
            prod((len(KERNEL), len(KERNEL[0]))) * _windows(learner, stride) for stride in (1, ASKED)
        )
        share = fewer / each
        nearest = min(range(len(SHARES)), key=lambda place: abs(SHARES[place] - share))
        return Answer(
            nearest, t("lesson_strides.told", each=f"{each:,}", fewer=f"{fewer:,}", share=percent(share))
        )

    choices = tuple(t(f"lesson_strides.{name}") for name in ("all", "half", "quarter", "ninth"))
    return Question(t("lesson_strides.ask", stride=ASKED), choices, answer)


def _operation(stride: int) -> Operation:
    return Operation(CONVOLUTION, kernel=KERNEL, strides=(stride, stride))


def _windows(learner: Learner, stride: int) -> int:
    height, width = learner.digit.shape
    return prod(side.count for side in sides(_operation(stride), (height, width)))
