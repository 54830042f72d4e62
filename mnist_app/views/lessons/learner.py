"""The digit that all lessons work on, and the network that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from mnist_app.numerics.forward import ACTIVATIONS, FORWARD
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.numerics.metrics import refused
from mnist_app.numerics.preprocess import prepare
from mnist_app.numerics.segment import find_digits
from mnist_app.serving.card import CARD
from mnist_app.serving.model_folders import DEFAULT_MODEL, find_models
from mnist_app.serving.network import Network
from mnist_app.serving.predictor import Predictor
from mnist_app.views.canvas import show_tools
from mnist_app.views.language import t
from mnist_app.views.lessons.lesson import Learner
from mnist_app.views.numbers import probability
from mnist_app.views.pictures import picture
from mnist_app.views.preparation import chosen_steps
from mnist_app.views.resources import predictor
from mnist_app.views.sidebar import ChosenModel, label
from mnist_app.views.sources import INDEX, ink_from, load_images, pick_source
from mnist_app.views.training_probe import MY_DIGIT

SOURCE = "lesson_source"  # in the session: where another digit is taken from
SIDE = 56  # pixels: 28 × 2
NEEDED = {"Conv2D", "MaxPooling2D", "Flatten", "Dense"}  # layers that the lessons look at


def choose_learner(model: ChosenModel | None) -> Learner | None:
    """Show the digit, with a way to draw another one, and return it with its network; None without any.

    Raises:
        UserError: the network cannot be loaded.
    """
    name, network = _network(model)
    line = st.container(key="lesson-digit")
    with st.expander(t("learn.change"), on_change="rerun", icon=":material/draw:", key="lesson-draw") as box:
        if box.open:
            _take_digit()
    digit: np.ndarray | None = st.session_state.get(MY_DIGIT)
    is_own = digit is not None
    if digit is None:
        digit = _test_image()
    if digit is None:
        st.info(t("learn.draw_first"), icon=":material/draw:")
        return None
    learner = _reading(digit, is_own, name, network)
    with line:
        whose = t("learn.mine" if is_own else "learn.test")
        sure = probability(float(learner.probabilities.max()))
        is_digit = not refused(learner.probabilities, network.refuse_below)
        read = t("learn.read" if is_digit else "learn.refused", name=name, digit=learner.read, percent=sure)
        row = "display:flex;align-items:center;gap:14px;font-size:.875rem"
        words = f'<div><div style="opacity:.75">{escape(whose)}</div>{escape(read)}</div>'
        st.html(f'<div style="{row}">{picture(digit, SIDE, whose)}{words}</div>')
    return learner


def having(learner: Learner, class_name: str) -> Learner:
    """Return the learner, with the default network where their own has no layer of that class."""
    has_one = any(layer.class_name == class_name for layer in learner.network.layers)
    return learner if has_one else _with_default(learner)


def finished(learner: Learner) -> Learner:
    """Return the learner, with the default network where their own still learns."""
    return learner if isinstance(learner.network, Predictor) else _with_default(learner)


def shipped(name: str) -> Network:
    """Return a network that ships.

    Raises:
        UserError: it cannot be loaded.
    """
    folder = find_models().folder(name)
    return predictor(folder, (folder / CARD).stat().st_mtime)


def _with_default(learner: Learner) -> Learner:
    return _reading(learner.digit, learner.is_own, DEFAULT_MODEL, shipped(DEFAULT_MODEL))


def _reading(digit: np.ndarray, is_own: bool, name: str, network: Network) -> Learner:
    activations = {layer: values[0] for layer, values in network.predict(digit).activations.items()}
    return Learner(digit, is_own, network, name, activations)


def _take_digit() -> None:
    """Show a canvas, or the choice of a test image, and make its first digit that of the lessons."""
    source = pick_source(("draw", "test"), SOURCE)
    parts = find_digits(ink_from(source))
    if source == "draw":
        show_tools()
    if parts:
        st.session_state[MY_DIGIT] = prepare(parts[0][0], chosen_steps()).digit


def _test_image() -> np.ndarray | None:
    """Return a test image, float32 (28, 28); None where there are none."""
    loaded = load_images("test")
    if loaded is None:
        return None
    images = loaded[1].images
    image: np.ndarray = images[st.session_state.get(INDEX, 0) % len(images)] / np.float32(255)
    return image


def _network(model: ChosenModel | None) -> tuple[str, Network]:
    """Return the chosen network where it has what the lessons look at, else the default one."""
    if model is not None:
        network = model.network
        if _has_all(network.layers):
            return label(model.name), network
    return DEFAULT_MODEL, shipped(DEFAULT_MODEL)


def _has_all(layers: Sequence[LayerCard]) -> bool:
    """Return whether layers begin with a convolution, have all of ``NEEDED`` and none that is unknown."""
    known = all(
        layer.class_name in FORWARD and layer.config.get("activation", "linear") in ACTIVATIONS
        for layer in layers
    )
    return known and layers[0].class_name == "Conv2D" and {layer.class_name for layer in layers} >= NEEDED
