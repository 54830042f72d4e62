"""Why inputs are scaled: the same training on 0 to 255 and on 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from mnist_app.views.language import t
from mnist_app.views.lessons.chart import Line, show_line_chart
from mnist_app.views.lessons.formula import show_formula, tex, words
from mnist_app.views.lessons.image import as_bytes
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.lessons.small_training import BATCH, IMAGES, PLACES, STEPS, small_training
from mnist_app.views.numbers import three_digits

RATES = (1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
START_RATE = 1.0
RATE = "lesson-scaling-rate"
START = 0.1  # of ten equally probable digits, each
ABOUT_THE_SAME = 0.1  # nats


def show(learner: Learner) -> None:
    """Show the choice of the learning rate, and the gradient of one weight with both inputs."""
    st.select_slider(
        t("lesson_scaling.rate"), RATES, START_RATE, key=RATE, persist_state="session", width=420
    )
    stored = int(as_bytes(learner.digit).max())
    slope = rf"\frac{{\partial L}}{{\partial w}} = (p - y)\,x = ({START} - 1)\cdot"
    show_formula(
        [
            rf"{slope} {stored} &= {tex((START - 1) * stored)} && {words('0 … 255')}",
            rf"{slope} {tex(stored / 255)} &= {tex((START - 1) * stored / 255)} && {words('0 … 1')}",
        ]
    )


def ask(learner: Learner) -> Question:
    """Ask which of both trainings comes further."""
    rate = _rate()

    def answer() -> Answer:
        losses = [small_training("sgd", rate, is_scaled) for is_scaled in (True, False)]
        scaled, stored = (float(each[-1]) for each in losses)
        told = t("lesson_scaling.told", scaled=three_digits(scaled), stored=three_digits(stored), steps=STEPS)
        choice = 2 if abs(scaled - stored) < ABOUT_THE_SAME else int(stored < scaled)
        return Answer(choice, told, partial(_show_losses, losses))

    choices = tuple(t(f"lesson_scaling.{name}") for name in ("scaled", "bytes", "same"))
    return Question(t("lesson_scaling.ask", rate=f"{rate:g}", steps=STEPS), choices, answer)


def _rate() -> float:
    return float(st.session_state.get(RATE) or START_RATE)


def _show_losses(losses: Sequence[np.ndarray]) -> None:
    names = (t("lesson_scaling.scaled"), t("lesson_scaling.bytes"))
    lines = [Line(name, values.tolist()) for name, values in zip(names, losses, strict=True)]
    title = t("lesson_scaling.title_chart", images=f"{IMAGES:,}", batch=BATCH)
    show_line_chart(title, (t("learn.steps"), t("curves.loss")), PLACES, lines, "lesson-scaling-chart")
