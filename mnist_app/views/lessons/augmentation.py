"""Augmentation: the same digit in many ways, and why never in the mirror."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.numerics.augment import Augmentation
from mnist_app.numerics.metrics import refused
from mnist_app.training.settings import from_recipe
from mnist_app.views.augmentation import show_augmented
from mnist_app.views.data_augmentation import AUGMENTED_RECIPE
from mnist_app.views.language import t
from mnist_app.views.lessons.formula import show_formula, tex
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.numbers import probability
from mnist_app.views.pictures import picture

SIDE = 84  # pixels: 28 × 3
AS_SURE = 0.9  # of a probability
CORNER = 10  # pixels from the middle, of the pixel in the formula


def show(learner: Learner) -> None:
    """Show the digit augmented nine ways, its mirror image, and where turning moves a pixel."""
    strength = st.slider(
        t("lesson_augmentation.strength"),
        0.0,
        4.0,
        1.0,
        0.5,
        key="lesson-augment",
        persist_state="session",
        width=420,
    )
    start = from_recipe(AUGMENTED_RECIPE)
    augmentation = Augmentation(*(strength * value for value in (start.rotation, start.zoom, start.shift)))
    left, right = st.columns(2)
    with left:
        show_augmented(learner.digit, augmentation)
    with right:
        st.caption(t("lesson_augmentation.mirrored"))
        st.html(picture(_mirrored(learner), SIDE, t("lesson_augmentation.mirrored")))
        st.caption(t("train.no_flip"))
    angle = np.deg2rad(augmentation.rotation)
    sine, cosine = float(np.sin(angle)), float(np.cos(angle))
    turned = rf"\begin{{pmatrix}} {tex(cosine)} & {tex(-sine)} \\ {tex(sine)} & {tex(cosine)} \end{{pmatrix}}"
    before = rf"\begin{{pmatrix}} {CORNER} \\ {CORNER} \end{{pmatrix}}"
    places = (CORNER * (cosine - sine), CORNER * (sine + cosine))
    after = rf"\begin{{pmatrix}} {tex(places[0])} \\ {tex(places[1])} \end{{pmatrix}}"
    show_formula([rf"\alpha = {augmentation.rotation:g}^\circ:\quad {turned} {before} = {after}"])


def ask(learner: Learner) -> Question:
    """Ask what the network reads in the mirror."""

    def answer() -> Answer:
        shares = learner.network.predict(_mirrored(learner)).probabilities[0]
        digit, share = int(shares.argmax()), float(shares.max())
        told = t("lesson_augmentation.told", digit=digit, percent=probability(share), before=learner.read)
        if refused(shares, learner.network.refuse_below):
            return Answer(3, told)
        if digit != learner.read:
            return Answer(2, told)
        return Answer(0 if share >= AS_SURE else 1, told)

    names = ("sure", "unsure", "other", "none")
    choices = tuple(t(f"lesson_augmentation.{name}", digit=learner.read) for name in names)
    return Question(t("lesson_augmentation.ask"), choices, answer)


def _mirrored(learner: Learner) -> np.ndarray:
    return np.ascontiguousarray(learner.digit[:, ::-1])
