"""What the images of each class have in common, and where they differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class ClassStatistics:
    """Counts, mean and standard deviation of each class.

    ``counts``: int64 (classes,).  ``mean`` and ``deviation``: float32
    (classes, height, width), 0 to 1 and 0 to 0.5; zeros for a class without
    images.
    """

    counts: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray


def class_statistics(images: np.ndarray, labels: np.ndarray, classes: int = 10) -> ClassStatistics:
    """Return the statistics of each class, pixel by pixel.

    Args:
        images: uint8 (count, height, width), 0 to 255.
        labels: whole numbers (count,), 0 to classes - 1.
        classes: how many there are.
    """
    counts = np.bincount(labels, minlength=classes)
    mean = np.zeros((classes, *images.shape[1:]), np.float32)
    deviation = np.zeros_like(mean)
    for label in np.flatnonzero(counts):
        of_class = images[labels == label]
        mean[label] = of_class.mean(0, np.float64) / 255
        # In float32 the sums of some thousand squares still have four digits.
        deviation[label] = of_class.std(0, np.float32) / 255
    return ClassStatistics(counts, mean, deviation)
