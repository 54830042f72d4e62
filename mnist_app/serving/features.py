"""What one layer of a network makes of many images, as points that can be compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mnist_app.numerics.layer_card import LayerCard
from mnist_app.serving.network import Network

CHUNK = 256  # images at a time: all layers' outputs are held at once
MOST_VALUES = 8192  # of one image: 5,000 images take 160 MB then
SAME_AS_BEFORE = {"Flatten", "Dropout"}  # their values are those of the layer before


def feature_layers(layers: Sequence[LayerCard]) -> list[LayerCard]:
    """Return the layers whose outputs can be compared: none too large, none the same as another."""
    return [
        layer
        for layer in layers
        if layer.class_name not in SAME_AS_BEFORE and values_of(layer) <= MOST_VALUES
    ]


def values_of(layer: LayerCard) -> int:
    """Return how many values a layer has for one image."""
    return int(np.prod(layer.output_shape))


def features(network: Network, images: np.ndarray, layer: str) -> np.ndarray:
    """Return one layer's output for each image, float32 (count, values).

    Args:
        network: whose layer.
        images: float32 (count, 28, 28), 0 to 1.
        layer: the layer's name.
    """
    size = next(values_of(card) for card in network.layers if card.name == layer)
    points = np.empty((len(images), size), np.float32)
    for n in range(0, len(images), CHUNK):
        chunk = images[n : n + CHUNK]
        points[n : n + CHUNK] = network.predict(chunk).activations[layer].reshape(len(chunk), -1)
    return points
