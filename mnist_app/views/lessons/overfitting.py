"""Overfitting, seen in the history of a network that ships."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from mnist_app.views.language import t
from mnist_app.views.lessons.chart import Line, show_line_chart
from mnist_app.views.lessons.formula import show_formula, tex, words
from mnist_app.views.lessons.histories import choose_history, history
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.numbers import three_digits

SHOWN = 3  # epochs, to begin with: the rest is what is asked
THIRDS = ("first", "middle", "last")


def show(learner: Learner) -> None:
    """Show both losses as far as a person uncovers them, and how far they lie apart."""
    name, training, validation = choose_history()
    shown = st.slider(
        t("lesson_overfitting.shown"), 2, len(training), SHOWN, key=f"lesson-shown-{name}", width=420
    )
    _show_losses(name, training[:shown], validation[:shown], "lesson-overfitting-chart")
    gap = validation[shown - 1] - training[shown - 1]
    show_formula(
        [
            rf"&{words(t('lesson_overfitting.gap', epoch=shown))}",
            rf"&{tex(validation[shown - 1])} - {tex(training[shown - 1])} = {tex(gap)}",
        ]
    )


def ask(learner: Learner) -> Question:
    """Ask where in the training the validation loss is lowest."""
    name, training, validation = history()
    epochs = len(validation)

    def answer() -> Answer:
        best = validation.index(min(validation))
        told = t(
            "lesson_overfitting.told",
            best=best + 1,
            least=three_digits(validation[best]),
            epochs=epochs,
            last=three_digits(validation[-1]),
            train_best=three_digits(training[best]),
            train_last=three_digits(training[-1]),
        )
        whole = partial(_show_losses, name, training, validation, "lesson-overfitting-whole")
        return Answer(best * len(THIRDS) // epochs, told, whole)

    choices = tuple(t(f"lesson_overfitting.{third}") for third in THIRDS)
    return Question(t("lesson_overfitting.ask", name=name, epochs=epochs), choices, answer)


def _show_losses(name: str, training: Sequence[float], validation: Sequence[float], key: str) -> None:
    lines = [Line(t("curves.train_loss"), training), Line(t("curves.val_loss"), validation)]
    places = list(range(1, len(training) + 1))
    axes = (t("curves.epoch"), t("curves.loss"))
    show_line_chart(t("lesson_overfitting.chart", name=name), axes, places, lines, key)
