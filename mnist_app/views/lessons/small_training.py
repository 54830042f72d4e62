"""A training that takes no time: one dense layer on a thousand of MNIST's images."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.data.mnist import Source, Split
from mnist_app.data.splits import first
from mnist_app.numerics.optimizers import OPTIMIZERS
from mnist_app.numerics.softmax_regression import descend
from mnist_app.views.lessons.images import lesson_images

IMAGES, BATCH, STEPS, EVERY = 1000, 100, 100, 5
PLACES = tuple(range(0, STEPS + 1, EVERY))


def small_training(optimizer: str, rate: float, scaled: bool = True) -> np.ndarray:
    """Return the losses at ``PLACES``, float64.

    Args:
        optimizer: a key of ``OPTIMIZERS``.
        rate: the learning rate.
        scaled: the images are given as 0 to 1 and not as 0 to 255.

    Raises:
        UserError: there are no images.
    """
    source, train = lesson_images("train")
    return _losses(source, optimizer, rate, scaled, first(train, IMAGES))


@st.cache_data(max_entries=100, show_spinner=False)
def _losses(source: Source, optimizer: str, rate: float, scaled: bool, _train: Split) -> np.ndarray:
    del source
    images = _train.images / np.float32(255 if scaled else 1)
    return descend(images, _train.labels, OPTIMIZERS[optimizer](rate), STEPS, BATCH, EVERY)
