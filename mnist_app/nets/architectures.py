"""The network architectures: a registry of names and builders.

Every builder takes ``keras.layers`` and returns a flat list of Keras layers,
from input to softmax.  The last dense layer and its softmax are two layers, so
that the app can show the logits beside the probabilities; parameters and
arithmetic are those of ``Dense(10, activation="softmax")``.

Importing this module does not import Keras; ``build`` does.  ``summary.py``
gives the builders a stand-in and gets along without.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mnist_app.texts.user_error import UserError

if TYPE_CHECKING:
    import keras

INPUT_SHAPE = (28, 28, 1)  # height, width, channels; values 0 to 1
CLASSES = 10

Layers = Any  # keras.layers, or what stands in for it
Builder = Callable[[Layers], list[Any]]


def mlp_512(layers: Layers) -> list[Any]:
    """Return one hidden layer of 512 units: no convolution at all."""
    return [
        layers.Input(INPUT_SHAPE, name="input"),
        layers.Flatten(name="flatten"),
        layers.Dense(512, activation="relu", name="dense_1"),
        layers.Dense(CLASSES, name="logits"),
        layers.Softmax(name="softmax"),
    ]


def mlp_256x3(layers: Layers) -> list[Any]:
    """Return three hidden layers of 256 units."""
    return [
        layers.Input(INPUT_SHAPE, name="input"),
        layers.Flatten(name="flatten"),
        layers.Dense(256, activation="relu", name="dense_1"),
        layers.Dense(256, activation="relu", name="dense_2"),
        layers.Dense(256, activation="relu", name="dense_3"),
        layers.Dense(CLASSES, name="logits"),
        layers.Softmax(name="softmax"),
    ]


def cnn_32_32(layers: Layers) -> list[Any]:
    """Return two convolutions of 32 filters, each followed by pooling."""
    return [
        layers.Input(INPUT_SHAPE, name="input"),
        layers.Conv2D(32, 3, activation="relu", name="conv_1"),
        layers.MaxPooling2D(2, name="pool_1"),
        layers.Conv2D(32, 3, activation="relu", name="conv_2"),
        layers.MaxPooling2D(2, name="pool_2"),
        layers.Flatten(name="flatten"),
        layers.Dense(256, activation="relu", name="dense_1"),
        layers.Dense(CLASSES, name="logits"),
        layers.Softmax(name="softmax"),
    ]


def deep_cnn(layers: Layers) -> list[Any]:
    """Return two pairs of convolutions with dropout after each part."""
    return [
        layers.Input(INPUT_SHAPE, name="input"),
        layers.Conv2D(32, 3, activation="relu", name="conv_1"),
        layers.Conv2D(32, 3, activation="relu", name="conv_2"),
        layers.MaxPooling2D(2, name="pool_1"),
        layers.Dropout(0.25, name="dropout_1"),
        layers.Conv2D(64, 3, activation="relu", name="conv_3"),
        layers.Conv2D(64, 3, activation="relu", name="conv_4"),
        layers.MaxPooling2D(2, name="pool_2"),
        layers.Dropout(0.25, name="dropout_2"),
        layers.Flatten(name="flatten"),
        layers.Dense(256, activation="relu", name="dense_1"),
        layers.Dropout(0.5, name="dropout_3"),
        layers.Dense(CLASSES, name="logits"),
        layers.Softmax(name="softmax"),
    ]


def cnn_5x5(layers: Layers) -> list[Any]:
    """Return 5×5 and 2×2 filters with "same" padding and a wide dense layer."""
    return [
        layers.Input(INPUT_SHAPE, name="input"),
        layers.Conv2D(32, 5, padding="same", activation="relu", name="conv_1"),
        layers.MaxPooling2D(2, name="pool_1"),
        layers.Conv2D(64, 2, padding="same", activation="relu", name="conv_2"),
        layers.MaxPooling2D(2, name="pool_2"),
        layers.Dropout(0.25, name="dropout_1"),
        layers.Flatten(name="flatten"),
        layers.Dense(1000, activation="relu", name="dense_1"),
        layers.Dropout(0.5, name="dropout_2"),
        layers.Dense(CLASSES, name="logits"),
        layers.Softmax(name="softmax"),
    ]


def cnn_32_64(layers: Layers) -> list[Any]:
    """Return two convolutions, then one pooling, with dropout."""
    return [
        layers.Input(INPUT_SHAPE, name="input"),
        layers.Conv2D(32, 3, activation="relu", name="conv_1"),
        layers.Conv2D(64, 3, activation="relu", name="conv_2"),
        layers.MaxPooling2D(2, name="pool_1"),
        layers.Dropout(0.25, name="dropout_1"),
        layers.Flatten(name="flatten"),
        layers.Dense(128, activation="relu", name="dense_1"),
        layers.Dropout(0.5, name="dropout_2"),
        layers.Dense(CLASSES, name="logits"),
        layers.Softmax(name="softmax"),
    ]


def convnet_64(layers: Layers) -> list[Any]:
    """Return three convolutions (32, 64, 64 filters) and a dense layer of 64."""
    return [
        layers.Input(INPUT_SHAPE, name="input"),
        layers.Conv2D(32, 3, activation="relu", name="conv_1"),
        layers.MaxPooling2D(2, name="pool_1"),
        layers.Conv2D(64, 3, activation="relu", name="conv_2"),
        layers.MaxPooling2D(2, name="pool_2"),
        layers.Conv2D(64, 3, activation="relu", name="conv_3"),
        layers.Flatten(name="flatten"),
        layers.Dense(64, activation="relu", name="dense_1"),
        layers.Dense(CLASSES, name="logits"),
        layers.Softmax(name="softmax"),
    ]


def convnet_128(layers: Layers) -> list[Any]:
    """Return three convolutions (32, 64, 128 filters) read out directly."""
    return [
        layers.Input(INPUT_SHAPE, name="input"),
        layers.Conv2D(32, 3, activation="relu", name="conv_1"),
        layers.MaxPooling2D(2, name="pool_1"),
        layers.Conv2D(64, 3, activation="relu", name="conv_2"),
        layers.MaxPooling2D(2, name="pool_2"),
        layers.Conv2D(128, 3, activation="relu", name="conv_3"),
        layers.Flatten(name="flatten"),
        layers.Dense(CLASSES, name="logits"),
        layers.Softmax(name="softmax"),
    ]


def convnet_80(layers: Layers) -> list[Any]:
    """Return six convolutions (32, 48, 64 and 3 × 80 filters), none padded, one pooling: for drawings."""
    return [
        layers.Input(INPUT_SHAPE, name="input"),
        layers.Conv2D(32, 3, activation="relu", name="conv_1"),
        layers.MaxPooling2D(2, name="pool_1"),
        layers.Conv2D(48, 3, activation="relu", name="conv_2"),
        layers.Conv2D(64, 3, activation="relu", name="conv_3"),
        layers.Conv2D(80, 3, activation="relu", name="conv_4"),
        layers.Conv2D(80, 3, activation="relu", name="conv_5"),
        layers.Conv2D(80, 3, activation="relu", name="conv_6"),
        layers.Flatten(name="flatten"),
        layers.Dropout(0.3, name="dropout_1"),
        layers.Dense(CLASSES, name="logits"),
        layers.Softmax(name="softmax"),
    ]


ARCHITECTURES: dict[str, Builder] = {
    "mlp-512": mlp_512,
    "mlp-256x3": mlp_256x3,
    "cnn-32-32": cnn_32_32,
    "deep-cnn": deep_cnn,
    "cnn-5x5": cnn_5x5,
    "cnn-32-64": cnn_32_64,
    "convnet-64": convnet_64,
    "convnet-128": convnet_128,
    "convnet-80": convnet_80,
}


def build(name: str, dropout: float | None = None) -> keras.Sequential:
    """Return a new, uncompiled ``keras.Sequential`` with random weights.

    Args:
        name: a key of ``ARCHITECTURES``.
        dropout: as ``layers_of`` takes it.

    Raises:
        UserError: there is no architecture of that name.
    """
    import keras

    return keras.Sequential(layers_of(name, dropout, keras.layers), name=name.replace("-", "_"))


def layers_of(name: str, dropout: float | None, layers: Layers) -> list[Any]:
    """Return the layers of an architecture.

    Args:
        name: a key of ``ARCHITECTURES``.
        dropout: the rate of all its dropout layers, 0 up to 1; a network
            without any gets one before its last dense layer. None: as it is.
        layers: ``keras.layers``, or what stands in for it.

    Raises:
        UserError: there is no architecture of that name.
    """
    if name not in ARCHITECTURES:
        raise UserError("error.unknown_architecture", name=name, known=", ".join(ARCHITECTURES))
    builder = ARCHITECTURES[name]
    if dropout is None:
        return builder(layers)
    changed = _OtherDropout(layers, dropout)
    flat = builder(changed)
    if not changed.used:
        flat.insert(-2, layers.Dropout(dropout, name="dropout_1"))
    return flat


class _OtherDropout:
    """``keras.layers`` whose dropout layers all have the same rate."""

    def __init__(self, layers: Layers, rate: float) -> None:
        self.used = False
        self._layers = layers
        self._rate = rate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._layers, name)

    def Dropout(self, rate: float, *, name: str) -> Any:
        self.used = True
        return self._layers.Dropout(self._rate, name=name)
