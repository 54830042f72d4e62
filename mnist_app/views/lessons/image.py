"""An image is a matrix of numbers, and its label a row of ten."""

from __future__ import annotations

import numpy as np

from mnist_app.numerics.one_hot import one_hot
from mnist_app.views.image_sheet import image_sheet
from mnist_app.views.language import t
from mnist_app.views.lessons.formula import show_formula, words
from mnist_app.views.lessons.label import choose_label
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.lessons.question import quarter, quarters
from mnist_app.views.numbers import percent


def show(learner: Learner) -> None:
    """Show the digit as numbers and its label one-hot, and name the darkest pixel."""
    label = choose_label(learner)
    values = as_bytes(learner.digit)
    image_sheet(values, label, t("lesson_image.alt", label=label), "lesson-sheet")
    row, column = np.unravel_index(values.argmax(), values.shape)
    code = ",".join(str(one) for one in one_hot(label).tolist())
    show_formula(
        [
            rf"28 \times 28 &= {values.size}\ {words(t('lesson_image.numbers'))}",
            rf"x_{{{row + 1},{column + 1}}} &= {values[row, column]}\quad {words(t('lesson_image.darkest'))}",
            rf"y({label}) &= ({code})",
        ]
    )


def ask(learner: Learner) -> Question:
    """Ask how much of the image is paper."""

    def answer() -> Answer:
        values = as_bytes(learner.digit)
        paper = int((values == 0).sum())
        share = paper / values.size
        told = t("lesson_image.told", paper=paper, count=values.size, share=percent(share))
        return Answer(quarter(share), told)

    return Question(t("lesson_image.ask"), quarters(), answer)


def as_bytes(digit: np.ndarray) -> np.ndarray:
    """Return a digit, 0 to 1, as it is stored: uint8, 0 (paper) to 255 (ink)."""
    values: np.ndarray = np.rint(np.clip(digit, 0, 1) * 255).astype(np.uint8)
    return values
