"""What each filter of a network looks for, found once, when the network is exported."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mnist_app.data.mnist import Split
from mnist_app.data.splits import first
from mnist_app.nets.architectures import INPUT_SHAPE
from mnist_app.nets.summary import multiplications
from mnist_app.serving.card import TFLITE_FILE
from mnist_app.serving.filters import SHOWN, Filters, LayerFilters
from mnist_app.training.export import layer_cards
from mnist_app.training.patterns import exciting_patterns

BATCH = 256
MOST_WORK = 2e11  # multiply-adds: ten seconds or so on two cores; a larger network tries fewer test images

Peaks = dict[str, tuple[np.ndarray, np.ndarray]]


def convolutions(model: keras.Model) -> list[Any]:
    """Return the layers that have filters."""
    return [
        layer
        for layer in model.layers
        if type(layer) is keras.layers.Conv2D and layer.data_format == "channels_last"
    ]


def write_filters(model: keras.Model, folder: Path, test: Split) -> None:
    """Write ``filters.npz`` into the folder of an exported model that has convolutions.

    Args:
        model: what was exported.
        folder: where, with ``model.tflite``.
        test: the images to look for the strongest ones in.
    """
    work = max(1, multiplications(layer_cards(model)))
    seen = first(test, max(SHOWN, int(MOST_WORK / work)))
    layers = convolutions(model)
    peaks = _peaks(model, layers, seen.images)
    strongest = {name: np.argsort(-values, 0, "stable")[:SHOWN].T for name, (values, _) in peaks.items()}
    used = np.unique(np.concatenate([images.ravel() for images in strongest.values()]))
    found = {}
    for layer in layers:
        images, numbers = strongest[layer.name], np.arange(layer.filters)[:, np.newaxis]
        values, cells = (array[images, numbers] for array in peaks[layer.name])
        patterns = exciting_patterns(model, layer)
        found[layer.name] = LayerFilters(
            np.searchsorted(used, images).astype(np.uint16),
            np.stack(np.divmod(cells, layer.output.shape[2]), -1).astype(np.uint16),
            values,
            *(patterns or ()),
        )
    digest = hashlib.sha256((folder / TFLITE_FILE).read_bytes()).hexdigest()
    Filters(digest, len(seen), seen.images[used], seen.labels[used], used, found).write(folder)


def _peaks(model: keras.Model, layers: list[Any], images: np.ndarray) -> Peaks:
    """Return, by layer's name, the largest values of all maps and their cells, both (images, filters)."""
    maps = keras.Model(model.inputs[0], {layer.name: layer.output for layer in layers})

    @tf.function(input_signature=[tf.TensorSpec([None, *INPUT_SHAPE[:2]], tf.uint8)])  # type: ignore[untyped-decorator]
    def largest(some: tf.Tensor) -> dict[str, tuple[tf.Tensor, tf.Tensor]]:
        found = {}
        for name, values in maps(tf.cast(some, tf.float32)[..., tf.newaxis] / 255, training=False).items():
            flat = tf.reshape(values, [-1, values.shape[1] * values.shape[2], values.shape[3]])
            found[name] = tf.reduce_max(flat, 1), tf.argmax(flat, 1, tf.int32)
        return found

    batches = [largest(images[n : n + BATCH]) for n in range(0, len(images), BATCH)]

    def joined(name: str, part: int) -> np.ndarray:
        return np.concatenate([batch[name][part] for batch in batches])

    return {layer.name: (joined(layer.name, 0), joined(layer.name, 1)) for layer in layers}
