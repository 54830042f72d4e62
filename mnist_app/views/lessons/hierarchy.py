"""Spatial hierarchy: how much of the drawing each layer sees, and what it looks for."""

from __future__ import annotations

from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from mnist_app.numerics.forward import span
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.numerics.preprocess import Box
from mnist_app.numerics.receptive_field import receptive_field
from mnist_app.serving.card import Card
from mnist_app.serving.filters import Filters, read_filters
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.user_error import UserError
from mnist_app.views.language import t
from mnist_app.views.lessons.formula import show_formula, words
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.numbers import shape, three_digits
from mnist_app.views.pictures import picture

PIXEL = 4  # screen pixels of one of the drawing's
FINE = 4  # times that many for the frame, which is thinner than a pixel
HELD = 12  # models whose filters are kept
UNCHANGED = 1e-4  # of a value: less is rounding


def show(learner: Learner) -> None:
    """Show, for each convolution, what its strongest cell sees, and what its filter looks for."""
    filters = _filters_of(learner)
    figures = "".join(_figure(learner, card, filters) for card in _convolutions(learner))
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:18px;align-items:start">{figures}</div>')
    show_formula(_growth(learner))


def ask(learner: Learner) -> Question:
    """Ask whether a cell changes when all that it does not see is rubbed out."""
    layer = _convolutions(learner)[:2][-1]

    def answer() -> Answer:
        row, column, channel = _strongest(learner, layer)
        (top, bottom), (left, right) = _field(learner, layer, (row, column))
        seen = np.zeros_like(learner.digit)
        inside = (slice(max(top, 0), bottom), slice(max(left, 0), right))
        seen[inside] = learner.digit[inside]
        before = float(learner.activations[layer.name][row, column, channel])
        after = float(learner.network.predict(seen).activations[layer.name][0, row, column, channel])
        told = t("lesson_hierarchy.told", before=three_digits(before), after=three_digits(after))
        if abs(after - before) <= UNCHANGED * abs(before):
            return Answer(0, told)
        return Answer(1 if after < before else 2, told)

    choices = tuple(t(f"lesson_hierarchy.{name}") for name in ("same", "smaller", "larger"))
    return Question(t("lesson_hierarchy.ask", layer=layer.name), choices, answer)


def _convolutions(learner: Learner) -> list[LayerCard]:
    return [layer for layer in learner.network.layers if layer.class_name == "Conv2D"]


def _strongest(learner: Learner, layer: LayerCard) -> tuple[int, int, int]:
    values = learner.activations[layer.name]
    row, column, channel = np.unravel_index(values.argmax(), values.shape)
    return int(row), int(column), int(channel)


def _field(
    learner: Learner, layer: LayerCard, cell: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    layers = learner.network.layers
    return receptive_field(layers[: layers.index(layer) + 1], cell, learner.digit.shape[0])


def _figure(learner: Learner, layer: LayerCard, filters: Filters | None) -> str:
    row, column, channel = _strongest(learner, layer)
    (top, bottom), (left, right) = _field(learner, layer, (row, column))
    drawn = np.kron(learner.digit, np.ones((FINE, FINE), np.float32))
    side = learner.digit.shape[0]
    first_row, last_row, first_column, last_column = (
        min(max(place, 0), side) for place in (top, bottom, left, right)
    )
    box = Box(
        first_column * FINE,
        first_row * FINE,
        (last_column - first_column) * FINE,
        (last_row - first_row) * FINE,
    )
    size = shape((bottom - top, right - left))
    names = {"layer": layer.name, "number": channel + 1, "size": size}
    parts = [picture(drawn, side * PIXEL, t("lesson_hierarchy.sees", **names), (box,))]
    found = filters.layers.get(layer.name) if filters else None
    if found is not None and found.patterns is not None:
        pattern = found.patterns[channel] / np.float32(255)
        parts.append(picture(pattern, PIXEL * max(pattern.shape), t("lesson_hierarchy.pattern", **names)))
    images = "".join(f"<div>{part}</div>" for part in parts)
    told = escape(t("lesson_hierarchy.sees", **names))
    return (
        f'<figure style="margin:0;width:{side * PIXEL}px"><div style="display:grid;gap:6px">{images}</div>'
        f'<figcaption style="font-size:.85rem">{told}</figcaption></figure>'
    )


def _growth(learner: Learner) -> list[str]:
    """Return how what a cell sees grows: by each layer's window, times all steps before, as TeX."""
    lines, seen, step = [], 1, 1
    for layer in learner.network.layers:
        size = layer.config.get("kernel_size") or layer.config.get("pool_size")
        if size is None:
            continue
        reach = span(size[0], (layer.config.get("dilation_rate") or (1, 1))[0])
        grown = seen + (reach - 1) * step
        lines.append(rf"{words(layer.name)}:\quad {seen} + ({reach} - 1)\cdot {step} &= {grown}")
        seen, step = grown, step * (layer.config.get("strides") or size)[0]
    return lines


def _filters_of(learner: Learner) -> Filters | None:
    """Return what the network's filters look for; None where that is not known."""
    if not isinstance(learner.network, Predictor):  # it is still learning
        return None
    try:
        return _filters(learner.network.folder, learner.network.card.tflite_sha256, learner.network.card)
    except (FileNotFoundError, UserError):
        return None


@st.cache_resource(max_entries=HELD, show_spinner=False)
def _filters(folder: Path, version: str, _card: Card) -> Filters:
    del version
    return read_filters(folder, _card)
