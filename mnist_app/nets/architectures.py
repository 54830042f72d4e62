"""The network architectures: a registry of names and builders.

Every builder returns a flat list of Keras layers, from input to softmax.  The
last dense layer and its softmax are two layers, so that the app can show the
logits beside the probabilities; parameters and arithmetic are those of
``Dense(10, activation="softmax")``.

Importing this module does not import Keras; calling a builder does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mnist_app.texts.user_error import UserError

if TYPE_CHECKING:
    import keras

INPUT_SHAPE = (28, 28, 1)  # height, width, channels; values 0 to 1
CLASSES = 10

Builder = Callable[[], "list[keras.Layer]"]


def mlp_512() -> list[keras.Layer]:
    """Return one hidden layer of 512 units: no convolution at all."""
    from keras import layers

    return [
        layers.Input(INPUT_SHAPE, name="input"),
        layers.Flatten(name="flatten"),
        layers.Dense(512, activation="relu", name="dense_1"),
        layers.Dense(CLASSES, name="logits"),
        layers.Softmax(name="softmax"),
    ]


def mlp_256x3() -> list[keras.Layer]:
    """Return three hidden layers of 256 units."""
    from keras import layers

    return [
        layers.Input(INPUT_SHAPE, name="input"),
        layers.Flatten(name="flatten"),
        layers.Dense(256, activation="relu", name="dense_1"),
        layers.Dense(256, activation="relu", name="dense_2"),
        layers.Dense(256, activation="relu", name="dense_3"),
        layers.Dense(CLASSES, name="logits"),
        layers.Softmax(name="softmax"),
    ]


def cnn_32_32() -> list[keras.Layer]:
    """Return two convolutions of 32 filters, each followed by pooling."""
    from keras import layers

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


def deep_cnn() -> list[keras.Layer]:
    """Return two pairs of convolutions with dropout after each part."""
    from keras import layers

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


def cnn_5x5() -> list[keras.Layer]:
    """Return 5×5 and 2×2 filters with "same" padding and a wide dense layer."""
    from keras import layers

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


def cnn_32_64() -> list[keras.Layer]:
    """Return two convolutions, then one pooling, with dropout."""
    from keras import layers

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


def convnet_64() -> list[keras.Layer]:
    """Return three convolutions (32, 64, 64 filters) and a dense layer of 64."""
    from keras import layers

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


def convnet_128() -> list[keras.Layer]:
    """Return three convolutions (32, 64, 128 filters) read out directly."""
    from keras import layers

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


ARCHITECTURES: dict[str, Builder] = {
    "mlp-512": mlp_512,
    "mlp-256x3": mlp_256x3,
    "cnn-32-32": cnn_32_32,
    "deep-cnn": deep_cnn,
    "cnn-5x5": cnn_5x5,
    "cnn-32-64": cnn_32_64,
    "convnet-64": convnet_64,
    "convnet-128": convnet_128,
}


def build(name: str) -> keras.Sequential:
    """Return a new, uncompiled ``keras.Sequential`` with random weights.

    Args:
        name: a key of ``ARCHITECTURES``.

    Raises:
        UserError: there is no architecture of that name.
    """
    if name not in ARCHITECTURES:
        raise UserError("error.unknown_architecture", name=name, known=", ".join(ARCHITECTURES))
    import keras

    return keras.Sequential(ARCHITECTURES[name](), name=name.replace("-", "_"))
