"""What a lesson is, whom it speaks to and what it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mnist_app.serving.network import Network


@dataclass(frozen=True, eq=False)
class Learner:
    """Who learns: their digit, and the network that reads it.

    Attributes:
        digit: float32 (28, 28), 0 to 1, as the network sees it.
        is_own: they drew or chose it; else it is a test image to begin with.
        network: it has a convolution and a max pooling.
        name: of the network.
        activations: each layer's output for the digit by the layer's name, without the batch axis.
    """

    digit: np.ndarray
    is_own: bool
    network: Network
    name: str
    activations: dict[str, np.ndarray]

    @property
    def probabilities(self) -> np.ndarray:
        """Return the class probabilities, float32 (10,)."""
        return next(reversed(self.activations.values()))

    @property
    def read(self) -> int:
        """Return the digit that the network reads."""
        return int(self.probabilities.argmax())


@dataclass(frozen=True)
class Answer:
    """Which choice came out, counted from 0, and a sentence with the numbers that say so.

    ``show`` shows what would have given it away before.
    """

    choice: int
    told: str
    show: Callable[[], object] | None = None


@dataclass(frozen=True)
class Question:
    """What a learner is to expect.

    ``answer`` asks the network, or does the arithmetic; nobody knows it before.
    """

    words: str
    choices: tuple[str, ...]
    answer: Callable[[], Answer]


@dataclass(frozen=True)
class Lesson:
    """A lesson: its texts are in the catalog's table "lesson_" and the key.

    Attributes:
        key: its name in the address and in the catalog, which has ``title`` and ``words``.
        show: shows the live piece and the formula.
        ask: returns the question; called after ``show``, whose settings it may heed.
        page: the name of the page where one can go on.
    """

    key: str
    show: Callable[[Learner], None]
    ask: Callable[[Learner], Question]
    page: str
