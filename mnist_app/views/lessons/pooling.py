"""Pooling: each window of a map becomes one number."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.numerics.alter import Change, altered
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.numerics.operation import Operation, perform
from mnist_app.views.language import t
from mnist_app.views.lessons.formula import show_formula, tex, words
from mnist_app.views.lessons.layers import choose_filter, first
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.numbers import percent
from mnist_app.views.walk import walk

KINDS = ("max", "average")
SAME = 0.02  # of the values: no less is a difference


def show(learner: Learner) -> None:
    """Show a map of the network pooled window by window, and the window with the most in it."""
    card, before = _layers(learner)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choose_filter(before.shape[-1])
        kind = st.segmented_control(
            t("lesson_pooling.kind"),
            KINDS,
            format_func=lambda kind: t(f"operation.{kind}"),
            default=KINDS[0],
            required=True,
            key="lesson-pooling-kind",
            persist_state="session",
        )
    down, across = card.config["pool_size"]
    operation = Operation(str(kind), pool_size=(down, across), strides=(down, across))
    values = before[..., chosen]
    walk(values, operation, "lesson-pooling-walk")
    result = perform(operation, values)
    row, column = np.unravel_index(result.argmax(), result.shape)
    window = values[row * down : (row + 1) * down, column * across : (column + 1) * across]
    numbers = [tex(float(value)) for value in window.flat]
    sums = {"max": rf"\max({', '.join(numbers)})", "average": rf"({' + '.join(numbers)}) / {window.size}"}
    show_formula(
        [
            rf"&{words(t('lesson_pooling.place', row=row + 1, column=column + 1))}",
            rf"&{sums[str(kind)]} = {tex(float(result[row, column]))}",
        ]
    )


def ask(learner: Learner) -> Question:
    """Ask which layer a shift by one pixel changes more."""
    card, _ = _layers(learner)
    names = [layer.name for layer in learner.network.layers]
    before = names[names.index(card.name) - 1]

    def answer() -> Answer:
        images = altered(learner.digit, [Change(), Change(across=1)])
        seen = learner.network.predict(images).activations
        unpooled, pooled = (_changed(seen[name]) for name in (before, card.name))
        told = t(
            "lesson_pooling.told",
            before=before,
            pooled=card.name,
            unpooled_share=percent(unpooled),
            pooled_share=percent(pooled),
        )
        if abs(unpooled - pooled) < SAME:
            return Answer(2, told)
        return Answer(0 if unpooled > pooled else 1, told)

    choices = (t("lesson_pooling.before", layer=before), t("lesson_pooling.pooled", layer=card.name))
    return Question(t("lesson_pooling.ask"), (*choices, t("lesson_pooling.same")), answer)


def _layers(learner: Learner) -> tuple[LayerCard, np.ndarray]:
    """Return the first pooling, and the maps that it pools."""
    card, before = first(learner.network, "MaxPooling2D")
    maps = learner.digit[..., np.newaxis] if before is None else learner.activations[before.name]
    return card, maps


def _changed(values: np.ndarray) -> float:
    """Return how far the second of two layers' values is from the first, as a share of it."""
    return float(np.abs(values[1] - values[0]).sum() / (np.abs(values[0]).sum() or 1))
