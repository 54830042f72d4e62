"""The layers that the lessons look at."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.numerics.forward import FORWARD
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.serving.network import Network
from mnist_app.views.language import t
from mnist_app.views.lessons.lesson import Learner


def first(network: Network, class_name: str) -> tuple[LayerCard, LayerCard | None]:
    """Return the first layer of a class and the one before it, None where that is the input.

    Raises:
        StopIteration: there is none.
    """
    place = next(n for n, layer in enumerate(network.layers) if layer.class_name == class_name)
    return network.layers[place], network.layers[place - 1] if place else None


def before_activation(learner: Learner, layer: LayerCard) -> np.ndarray:
    """Return what a convolution that sees the digit itself sums up: float32 (height, width, filters)."""
    image = learner.digit[np.newaxis, ..., np.newaxis]
    sums: np.ndarray = FORWARD[layer.class_name](image, layer.config, learner.network.weights(layer.name))[0]
    return sums


def choose_filter(count: int) -> int:
    """Show the choice of a filter and return it, counted from 0; the lessons share it."""
    key = "lesson-filter"
    st.session_state[key] = min(int(st.session_state.get(key) or 1), count)
    label = t("lab.filter", last=count)
    return int(st.number_input(label, 1, count, key=key, persist_state="session", width=150)) - 1
