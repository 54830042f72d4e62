"""Three ways to go down a gradient, with Keras's default numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

EPSILON = 1e-7
RHO = 0.9  # how much of its mean square RMSprop keeps
BETA_1, BETA_2 = 0.9, 0.999  # how much of its mean, and of its mean square, Adam keeps


class Optimizer(Protocol):
    """What turns gradients into changes of the weights, and may remember those before."""

    def change(self, gradient: np.ndarray) -> np.ndarray:
        """Return what is added to the weights, of the gradient's shape."""


class Sgd:
    """Stochastic gradient descent: the same learning rate for every weight."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def change(self, gradient: np.ndarray) -> np.ndarray:
        """Return what is added to the weights."""
        return -self.rate * gradient


class RmsProp:
    """RMSprop (Tieleman and Hinton 2012): each gradient over the size that it had lately."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.square: np.ndarray | float = 0.0

    def change(self, gradient: np.ndarray) -> np.ndarray:
        """Return what is added to the weights."""
        self.square = RHO * self.square + (1 - RHO) * gradient**2
        change: np.ndarray = -self.rate * gradient / np.sqrt(self.square + EPSILON)
        return change


class Adam:
    """Adam (Kingma and Ba 2015): RMSprop's scale, and a mean of the last gradients for the direction."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.mean: np.ndarray | float = 0.0
        self.square: np.ndarray | float = 0.0
        self.steps = 0

    def change(self, gradient: np.ndarray) -> np.ndarray:
        """Return what is added to the weights."""
        self.steps += 1
        self.mean = BETA_1 * self.mean + (1 - BETA_1) * gradient
        self.square = BETA_2 * self.square + (1 - BETA_2) * gradient**2
        rate = self.rate * np.sqrt(1 - BETA_2**self.steps) / (1 - BETA_1**self.steps)
        change: np.ndarray = -rate * self.mean / (np.sqrt(self.square) + EPSILON)
        return change


OPTIMIZERS: dict[str, Callable[[float], Optimizer]] = {"sgd": Sgd, "rmsprop": RmsProp, "adam": Adam}
