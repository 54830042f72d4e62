"""The smallest network that learns digits: one dense layer and a softmax, trained in NumPy in no time."""

from __future__ import annotations

import numpy as np

from mnist_app.numerics.forward import softmax
from mnist_app.numerics.metrics import cross_entropy
from mnist_app.numerics.optimizers import Optimizer

CLASSES = 10


def descend(
    images: np.ndarray, labels: np.ndarray, optimizer: Optimizer, steps: int, batch: int, every: int
) -> np.ndarray:
    """Return the loss on all images before the first step and after each ``every`` ones, float64.

    The weights begin at zero, where all digits are equally probable; the
    batches follow each other in the order of the images.

    Args:
        images: float32 (count, 28, 28), of any range.
        labels: whole numbers (count,), 0 to 9.
        optimizer: a new one.
        steps: how often the weights are changed.
        batch: images a step.
        every: steps between two losses.
    """
    inputs = np.hstack([images.reshape(len(images), -1), np.ones((len(images), 1))]).astype(np.float32)
    weights = np.zeros((inputs.shape[1], CLASSES), np.float32)
    wanted = np.eye(CLASSES, dtype=np.float32)[labels]
    losses = [cross_entropy(labels, softmax(inputs @ weights))]
    for step in range(1, steps + 1):
        places = np.arange((step - 1) * batch, step * batch) % len(images)
        wrong = softmax(inputs[places] @ weights) - wanted[places]
        weights += optimizer.change(inputs[places].T @ wrong / batch).astype(np.float32)
        if step % every == 0:
            losses.append(cross_entropy(labels, softmax(inputs @ weights)))
    return np.array(losses)
