"""A convolution by hand: a kernel walks over the drawing."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.lib.stride_tricks import sliding_window_view

from mnist_app.numerics.kernels import KERNELS
from mnist_app.numerics.operation import CONVOLUTION, Operation, perform
from mnist_app.views.language import t
from mnist_app.views.lessons.formula import show_formula, signed, tex, words
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.numbers import three_digits
from mnist_app.views.walk import walk

CHOICES = ("sobel_x", "sobel_y", "line_45", "blur", "sharpen")
ASKED = "prewitt_x"  # small whole numbers: it can be done in the head
NEAR_ZERO = 0.5


def show(learner: Learner) -> None:
    """Show the walk of a kernel, and the sum where it answers most strongly."""
    name = st.pills(
        t("lab.kernel"),
        CHOICES,
        format_func=lambda name: t(f"kernel.{name}"),
        default=CHOICES[0],
        required=True,
        key="lesson-kernel",
        persist_state="session",
    )
    kernel = KERNELS[str(name)].values
    operation = Operation(CONVOLUTION, kernel=kernel)
    walk(learner.digit, operation, "lesson-walk")
    result = perform(operation, learner.digit)
    row, column = np.unravel_index(np.abs(result).argmax(), result.shape)
    window = learner.digit[row : row + 3, column : column + 3]
    sums = [
        " + ".join(rf"{signed(x)}\cdot{signed(w)}" for x, w in zip(*pair, strict=True))
        for pair in zip(window, kernel, strict=True)
    ]
    place = t("lesson_convolution.strongest", row=row + 1, column=column + 1)
    show_formula(
        [
            rf"&{words(place)}",
            rf"&{sums[0]}",
            rf"&\quad + {sums[1]}",
            rf"&\quad + {sums[2]} = {tex(float(result[row, column]))}",
        ]
    )


def ask(learner: Learner) -> Question:
    """Ask for the sum of one window: the edge's left side, its right one, or the middle of the ink."""
    kernel = np.array(KERNELS[ASKED].values)
    windows = sliding_window_view(learner.digit, kernel.shape)
    sums = (windows * kernel).sum((-2, -1))
    inked = np.where(windows[..., 1, 1] > 0, np.abs(sums), np.inf)
    places = (sums.argmax(), sums.argmin(), inked.argmin())
    row, column = np.unravel_index(places[learner.read % len(places)], sums.shape)
    value = float(sums[row, column])

    def answer() -> Answer:
        choice = 1 if abs(value) < NEAR_ZERO else 0 if value < 0 else 2
        return Answer(choice, t("lesson_convolution.told", sum=three_digits(value)))

    numbers = {"window": _matrix(windows[row, column]), "kernel": _matrix(kernel)}
    choices = tuple(t(f"lesson_convolution.{name}", limit=NEAR_ZERO) for name in ("below", "near", "above"))
    return Question(t("lesson_convolution.ask", **numbers), choices, answer)


def _matrix(values: np.ndarray) -> str:
    rows = r" \\ ".join(" & ".join(f"{value:.1f}".removesuffix(".0") for value in row) for row in values)
    return rf"$\begin{{bmatrix}} {rows} \end{{bmatrix}}$"
