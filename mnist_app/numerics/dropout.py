"""Dropout as a training does it."""

from __future__ import annotations

import numpy as np


def dropped(values: np.ndarray, rate: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return values with some of them 0 and the others larger by as much, and which ones are off.

    What is left is divided by 1 - rate, so that the sum stays what it was on
    average ("inverted dropout", as Keras does it; after Srivastava, Hinton,
    Krizhevsky, Sutskever and Salakhutdinov 2014, "Dropout: a simple way to
    prevent neural networks from overfitting").

    Args:
        values: float32, of any shape.
        rate: the share that is off, 0 up to 1.
        rng: where the chance comes from.
    """
    off = rng.random(values.shape) < rate
    return np.where(off, 0, values / np.float32(1 - rate)).astype(np.float32), off
