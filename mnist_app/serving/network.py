"""What reads drawings, whether a finished model or one that is still learning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mnist_app.nets.architectures import INPUT_SHAPE
from mnist_app.numerics.layer_card import LayerCard

CHUNK = 64  # images at a time: more of them do not run faster and only hold memory


@dataclass(frozen=True)
class Prediction:
    """What a network makes of a batch of images.

    ``activations`` has every layer's output by the layer's name, in order,
    float32 (batch, …); ``probabilities`` is the last one, (batch, 10).
    """

    activations: dict[str, np.ndarray]

    @property
    def probabilities(self) -> np.ndarray:
        """Return the class probabilities, float32 (batch, 10)."""
        return next(reversed(self.activations.values()))


class Network(Protocol):
    """A network at work."""

    @property
    def layers(self) -> tuple[LayerCard, ...]:
        """Return the card of every layer after the input, in order."""

    @property
    def refuse_below(self) -> float:
        """Return how probable a digit has to be at least, 0 to 1, to be taken for one; 0: always."""

    def predict(self, images: np.ndarray) -> Prediction:
        """Return the probabilities and all activations of images as ``as_batch`` takes them."""

    def weights(self, layer: str) -> list[np.ndarray]:
        """Return a layer's weights in Keras's order, float32: kernel and bias, or none."""


def probabilities(network: Network, images: np.ndarray) -> np.ndarray:
    """Return the class probabilities alone, float32 (batch, 10), for any number of images."""
    parts = [network.predict(images[n : n + CHUNK]).probabilities for n in range(0, len(images), CHUNK)]
    return np.concatenate(parts)


def as_batch(images: np.ndarray) -> np.ndarray:
    """Return images as a network takes them: float32 (batch, 28, 28, 1).

    Args:
        images: (28, 28), (batch, 28, 28) or (batch, 28, 28, 1), 0 to 1.

    Raises:
        ValueError: images has another shape.
    """
    batch = np.asarray(images, np.float32)
    if batch.shape[-1:] != (1,):
        batch = batch[..., np.newaxis]
    if batch.ndim == len(INPUT_SHAPE):
        batch = batch[np.newaxis]
    if batch.shape[1:] != INPUT_SHAPE or not len(batch):
        raise ValueError(f"predict: images must be (batch, 28, 28). Received: {np.shape(images)}")
    return batch
