"""A label as a network's ten outputs should be."""

from __future__ import annotations

import numpy as np


def one_hot(label: int, classes: int = 10) -> np.ndarray:
    """Return a label one-hot encoded: uint8 (classes,), 1 at the label and 0 elsewhere.

    Raises:
        ValueError: there is no such class.
    """
    if not 0 <= label < classes:
        raise ValueError(f"one_hot: label must be 0 to {classes - 1}. Received: {label}")
    encoded = np.zeros(classes, np.uint8)
    encoded[label] = 1
    return encoded
