"""Optimizers: three trainings side by side, from the same start."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st

from mnist_app.numerics.optimizers import OPTIMIZERS
from mnist_app.training.settings import OPTIMIZERS as RATES
from mnist_app.views.language import t
from mnist_app.views.lessons.chart import Line, show_line_chart
from mnist_app.views.lessons.formula import show_formula, tex, words
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.lessons.small_training import BATCH, IMAGES, PLACES, STEPS, small_training
from mnist_app.views.numbers import three_digits

NAMES = {"sgd": "SGD", "rmsprop": "RMSprop", "adam": "Adam"}
FACTORS = (0.1, 1.0, 10.0, 100.0)
FACTOR = "lesson-optimizers-factor"
GUESS = 0.1  # the probability of every digit before the first step


def show(learner: Learner) -> None:
    """Show the factor on the learning rates, and the first change of one weight by each optimizer."""
    st.select_slider(
        t("lesson_optimizers.factor"),
        FACTORS,
        1.0,
        format_func=lambda factor: f"× {factor:g}",
        key=FACTOR,
        persist_state="session",
        width=420,
    )
    gradient = (GUESS - 1) * float(learner.digit.max())
    changes = {name: float(make(_rate(name)).change(np.array(gradient))) for name, make in OPTIMIZERS.items()}
    show_formula(
        [
            rf"g &= ({GUESS} - 1)\cdot {tex(float(learner.digit.max()))} = {tex(gradient)}",
            rf"{words('SGD')}:\ -\eta\,g &= {tex(changes['sgd'])}",
            rf"{words('RMSprop')}:\ -\eta\,g / \sqrt{{0.1\,g^2}} &= {tex(changes['rmsprop'])}",
            rf"{words('Adam')}:\ -\eta\,g / |g| &= {tex(changes['adam'])}",
        ]
    )


def ask(learner: Learner) -> Question:
    """Ask which optimizer comes furthest."""

    def answer() -> Answer:
        losses = {name: small_training(name, _rate(name)) for name in NAMES}
        ends = {name: float(values[-1]) for name, values in losses.items()}
        told = ", ".join(f"{NAMES[name]} {three_digits(end)}" for name, end in ends.items())
        best = min(ends, key=ends.__getitem__)
        told = t("lesson_optimizers.told", steps=STEPS, losses=told)
        return Answer(list(ends).index(best), told, partial(_show_losses, losses))

    return Question(t("lesson_optimizers.ask", steps=STEPS), tuple(NAMES.values()), answer)


def _rate(name: str) -> float:
    """Return an optimizer's learning rate: Keras's default, times what was chosen."""
    return float(f"{RATES[name] * float(st.session_state.get(FACTOR) or 1.0):.6g}")


def _show_losses(losses: Mapping[str, np.ndarray]) -> None:
    lines = [Line(f"{NAMES[name]} ({_rate(name):g})", values.tolist()) for name, values in losses.items()]
    title = t("lesson_scaling.title_chart", images=f"{IMAGES:,}", batch=BATCH)
    show_line_chart(title, (t("learn.steps"), t("curves.loss")), PLACES, lines, "lesson-optimizers-chart")
