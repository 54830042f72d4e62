"""Dropout: which units are off in a step of the training, and none at prediction."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from mnist_app.numerics.dropout import dropped
from mnist_app.numerics.forward import forward
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.views import colours
from mnist_app.views.heat_picture import legend_html
from mnist_app.views.language import t
from mnist_app.views.lessons.formula import show_formula, tex, words
from mnist_app.views.lessons.learner import having
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.map_details import show_table
from mnist_app.views.numbers import probability
from mnist_app.views.pictures import image_html, png_of

SEED = "lesson-dropout-seed"
CELL = 10  # picture pixels of a unit
COLUMNS = 50  # units in a row, at most
STEPS = 100  # of the question
LIMITS = (1.0, 0.9, 0.5)  # between the choices


def show(learner: Learner) -> None:
    """Show the units of the last dropout layer in one step, and what the network then reads."""
    learner = having(learner, "Dropout")
    layer, values = _units(learner)
    rate = float(layer.config["rate"])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        when = st.segmented_control(
            t("lesson_dropout.when"),
            ("step", "prediction"),
            format_func=lambda name: t(f"lesson_dropout.{name}"),
            default="step",
            required=True,
            key="lesson-dropout-when",
        )
        st.button(
            t("lesson_dropout.again"), icon=":material/casino:", on_click=_again, disabled=when != "step"
        )
    seed = int(st.session_state.get(SEED, 0))
    changed, off = values, np.zeros(values.shape, bool)
    if when == "step":
        changed, off = dropped(values, rate, np.random.default_rng(seed))
    count = {"off": int(off.sum()), "count": off.size, "layer": layer.name}
    dark = st.context.theme.type == "dark"
    peak = float(values.max()) / (1 - rate) or 1.0
    told = t("lesson_dropout.units", **count)
    st.html(
        image_html(_grid(changed, off, peak, dark), told, "display:block;max-width:100%;height:auto")
        + legend_html(peak, False, t("lesson_dropout.unit"), dark)
        + f"<div>{escape(told)}</div>"
    )
    show_table(changed.reshape(-1, 1), told)
    shares = _probabilities(learner, layer, changed[np.newaxis])[0]
    read = int(shares.argmax())
    st.markdown(t("lesson_dropout.reads", digit=read, percent=probability(float(shares[read]))))
    place = int(np.argmax(~off & (values > 0)))
    value = float(values.flat[place])
    show_formula(
        [
            rf"{off.size:,} \times {rate:g} &= {off.size * rate:g}\ {words(t('lesson_dropout.on_average'))}",
            rf"\frac{{{tex(value)}}}{{1 - {rate:g}}} &= {tex(value / (1 - rate))}"
            rf"\ {words(t('lesson_dropout.kept', number=place + 1))}",
        ]
    )


def ask(learner: Learner) -> Question:
    """Ask in how many steps the network still reads the digit."""
    learner = having(learner, "Dropout")
    layer, values = _units(learner)
    rate = float(layer.config["rate"])

    def answer() -> Answer:
        rng = np.random.default_rng(STEPS)
        each = np.stack([dropped(values, rate, rng)[0] for _ in range(STEPS)])
        shares = _probabilities(learner, layer, each)
        kept = int((shares.argmax(1) == learner.read).sum())
        least = probability(float(shares[:, learner.read].min()))
        told = t("lesson_dropout.told", kept=kept, steps=STEPS, digit=learner.read, least=least)
        return Answer(sum(kept < limit * STEPS for limit in LIMITS), told)

    choices = tuple(t(f"lesson_dropout.{name}") for name in ("all", "most", "many", "few"))
    numbers = {"steps": STEPS, "percent": f"{100 * rate:g}", "layer": layer.name, "digit": learner.read}
    return Question(t("lesson_dropout.ask", **numbers), choices, answer)


def _units(learner: Learner) -> tuple[LayerCard, np.ndarray]:
    """Return the last dropout layer and its values at prediction, which are those before it."""
    layer = [card for card in learner.network.layers if card.class_name == "Dropout"][-1]
    return layer, learner.activations[layer.name]


def _probabilities(learner: Learner, layer: LayerCard, values: np.ndarray) -> np.ndarray:
    """Return what the layers after one make of its values, (batch, …): float32 (batch, 10)."""
    layers = learner.network.layers
    rest = layers[layers.index(layer) + 1 :]
    weights = {card.name: learner.network.weights(card.name) for card in rest}
    return next(reversed(forward(rest, weights, values).values()))


def _grid(values: np.ndarray, off: np.ndarray, peak: float, dark: bool) -> bytes:
    """Return a PNG of units as squares, those that are off crossed out."""
    stops = colours.sequential(dark)
    columns = min(COLUMNS, values.size)
    rows = -(-values.size // columns)
    image = Image.new("RGB", (columns * CELL, rows * CELL), colours.UNSELECTED)
    pen = ImageDraw.Draw(image)
    for place, (value, is_off) in enumerate(zip(values.flat, off.flat, strict=True)):
        x, y = place % columns * CELL, place // columns * CELL
        end = (x + CELL - 2, y + CELL - 2)
        pen.rectangle((x, y, *end), fill=colours.between(stops, float(value) / peak))
        if is_off:
            pen.line((x, y, *end), fill=colours.WRONG, width=2)
            pen.line((x, end[1], end[0], y), fill=colours.WRONG, width=2)
    return png_of(image)


def _again() -> None:
    st.session_state[SEED] = int(st.session_state.get(SEED, 0)) + 1
