"""Shapes through the network, and where the maps become one vector."""

from __future__ import annotations

from math import prod

import numpy as np
import streamlit as st

from mnist_app.numerics.layer_card import LayerCard
from mnist_app.views.language import t
from mnist_app.views.layers import title
from mnist_app.views.lessons.formula import show_formula, tex, words
from mnist_app.views.lessons.layers import first
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.numbers import shape
from mnist_app.views.tables import html_table

MOST = 4  # choices


def show(learner: Learner) -> None:
    """Show every layer's shape, and which place of the vector a cell of the last maps becomes."""
    cards = learner.network.layers
    head = [t(f"lesson_shapes.{name}") for name in ("layer", "kind", "shape", "count")]
    rows = [
        [
            card.name,
            title(card),
            shape(card.output_shape),
            f"{prod(card.output_shape):,}",
        ]
        for card in cards
    ]
    st.html(html_table(t("lesson_shapes.caption", name=learner.name), head, rows, texts=2))
    flatten, maps = first(learner.network, "Flatten")
    if maps is None or len(maps.output_shape) != 3:
        return
    height, width, count = maps.output_shape
    st.markdown(t("lesson_shapes.choose", layer=maps.name))
    with st.container(horizontal=True):
        strongest = np.unravel_index(learner.activations[maps.name].argmax(), maps.output_shape)
        row, column, channel = (
            _choose(name, most, int(start) + 1)
            for name, most, start in zip(("row", "column", "map"), maps.output_shape, strongest, strict=True)
        )
    place = ((row - 1) * width + column - 1) * count + channel
    value = float(learner.activations[maps.name][row - 1, column - 1, channel - 1])
    after = cards[cards.index(flatten) + 1 :]
    dense = next(card for card in after if card.class_name == "Dense")
    units = dense.output_shape[0]
    size = prod(maps.output_shape)
    cell = rf"{words(maps.name)}_{{{row},{column},{channel}}} = {tex(value)}"
    unit = rf"{tex(float(learner.activations[flatten.name][place - 1]))} = {words(flatten.name)}_{{{place}}}"
    in_dense = words(t("lesson_shapes.in_dense", layer=dense.name))
    show_formula(
        [
            rf"{height} \times {width} \times {count} &= {size:,}\ {words(t('lesson_shapes.numbers'))}",
            rf"(({row}-1)\cdot {width} + {column} - 1)\cdot {count} + {channel} &= {place:,}",
            rf"{cell} &= {unit}",
            rf"({size:,} + 1)\times {units} &= {dense.parameters:,}\ {in_dense}",
        ]
    )


def ask(learner: Learner) -> Question:
    """Ask which layer has most of the parameters."""
    cards = _largest(learner)

    def answer() -> Answer:
        most = max(cards, key=lambda card: card.parameters)
        whole = sum(card.parameters for card in learner.network.layers)
        told = t("lesson_shapes.told", layer=most.name, parameters=f"{most.parameters:,}", whole=f"{whole:,}")
        return Answer(cards.index(most), told)

    choices = tuple(f"{card.name}: {title(card)}, {shape(card.output_shape)}" for card in cards)
    return Question(t("lesson_shapes.ask"), choices, answer)


def _choose(name: str, most: int, start: int) -> int:
    label = t(f"lesson_shapes.{name}", last=most)
    return int(
        st.number_input(
            label, 1, most, start, key=f"lesson-shapes-{name}-{most}", persist_state="session", width=130
        )
    )


def _largest(learner: Learner) -> list[LayerCard]:
    """Return the layers with most parameters, in the network's order; of those with as many the first."""
    # Two of them would both be right.
    different = {card.parameters: card for card in reversed(learner.network.layers) if card.parameters}
    most = sorted(different, reverse=True)[:MOST]
    return [card for card in learner.network.layers if card in [different[count] for count in most]]
