"""Early stopping: how long to wait for a better epoch."""

from __future__ import annotations

import streamlit as st

from mnist_app.numerics.early_stopping import stops_after
from mnist_app.views.language import t
from mnist_app.views.lessons.chart import Line, show_line_chart
from mnist_app.views.lessons.formula import show_formula, tex, words
from mnist_app.views.lessons.histories import choose_history, history
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.numbers import three_digits

LONGEST = 10  # epochs of patience
START = 2
PATIENCE = "lesson-patience"
OTHERS = (1, 3, 5, LONGEST)  # whose ends stand among the choices
CHOICES = 4


def show(learner: Learner) -> None:
    """Show a whole validation loss and the choice of the patience; the counting is the learner's."""
    name, _, validation = choose_history()
    st.slider(
        t("lesson_stopping.patience"), 1, LONGEST, START, key=PATIENCE, persist_state="session", width=420
    )
    title = t("lesson_stopping.chart", name=name)
    axes = (t("curves.epoch"), t("curves.loss"))
    places = list(range(1, len(validation) + 1))
    show_line_chart(title, axes, places, [Line(t("curves.val_loss"), validation)], "lesson-stopping-chart")
    first = stops_after(validation, 1)
    if first < 2 or validation[first - 1] < min(validation[: first - 1]):
        return  # it became better to the end
    least = min(validation[: first - 1])
    lowest = rf"\min(L_1, \dots, L_{{{first - 1}}})"
    show_formula(
        [
            rf"L_{{{first}}} = {tex(validation[first - 1])} \geq {tex(least)} = {lowest}",
            words(t("lesson_stopping.waited", epoch=first)),
        ]
    )


def ask(learner: Learner) -> Question:
    """Ask after which epoch the training stops."""
    name, _, validation = history()
    patience = int(st.session_state.get(PATIENCE) or START)
    end = stops_after(validation, patience)
    ends = list(
        dict.fromkeys([end, *(stops_after(validation, other) for other in OTHERS), len(validation) // 2])
    )
    shown = sorted(ends[:CHOICES])

    def answer() -> Answer:
        best = min(range(end), key=validation.__getitem__)
        lowest = min(range(len(validation)), key=validation.__getitem__)
        told = t(
            "lesson_stopping.told",
            end=end,
            best=best + 1,
            loss=three_digits(validation[best]),
            lowest=lowest + 1,
            least=three_digits(validation[lowest]),
            epochs=len(validation),
        )
        return Answer(shown.index(end), told)

    choices = tuple(t("lesson_stopping.after", epoch=epoch) for epoch in shown)
    return Question(t("lesson_stopping.ask", name=name, patience=patience), choices, answer)
