"""A network's layers, shapes and parameters, without Keras.

The builders of ``architectures.py`` take the module that makes layers; here it
is a stand-in whose layers know nothing but their arithmetic of shapes.  So the
page that starts a training can show what it would train, and need not load
TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from mnist_app.nets.architectures import layers_of
from mnist_app.numerics.layer_card import LayerCard

Shape = tuple[int, ...]
Row = Callable[[Shape], LayerCard]


def summary(architecture: str, dropout: float | None = None) -> tuple[LayerCard, ...]:
    """Return the card of every layer after the input, as ``keras.Model.summary`` has them.

    Args:
        architecture: a key of ``ARCHITECTURES``.
        dropout: as ``build`` takes it.

    Raises:
        UserError: there is no architecture of that name.
    """
    shape, *rows = layers_of(architecture, dropout, _Layers)
    cards = []
    for row in rows:
        cards.append(row(shape))
        shape = cards[-1].output_shape
    return tuple(cards)


def multiplications(layers: Sequence[LayerCard]) -> int:
    """Return how many multiplications one image takes: most of the time of a training."""
    total = 0
    for layer in layers:
        if layer.class_name == "Conv2D":
            filters, places = layer.output_shape[-1], prod(layer.output_shape[:2])
            total += (layer.parameters - filters) * places
        elif layer.class_name == "Dense":
            total += layer.parameters - layer.output_shape[-1]
    return total


class _Layers:
    """Stands in for ``keras.layers``: the same calls, each returning a shape's way through a layer."""

    @staticmethod
    def Input(shape: Shape, name: str) -> Shape:
        return shape

    @staticmethod
    def Conv2D(
        filters: int,
        kernel_size: int,
        strides: int = 1,
        padding: str = "valid",
        activation: str = "linear",
        *,
        name: str,
    ) -> Row:
        def row(shape: Shape) -> LayerCard:
            size = _slid(shape[:2], kernel_size, strides, padding)
            config = {
                "filters": filters,
                "kernel_size": (kernel_size, kernel_size),
                "strides": (strides, strides),
                "padding": padding,
                "activation": activation,
            }
            parameters = (kernel_size * kernel_size * shape[2] + 1) * filters
            return LayerCard(name, "Conv2D", (*size, filters), parameters, config)

        return row

    @staticmethod
    def MaxPooling2D(pool_size: int, *, name: str) -> Row:
        def row(shape: Shape) -> LayerCard:
            size = _slid(shape[:2], pool_size, pool_size, "valid")
            pair = (pool_size, pool_size)
            config = {"pool_size": pair, "padding": "valid", "strides": pair}
            return LayerCard(name, "MaxPooling2D", (*size, shape[2]), 0, config)

        return row

    @staticmethod
    def Dense(units: int, activation: str = "linear", *, name: str) -> Row:
        def row(shape: Shape) -> LayerCard:
            config = {"units": units, "activation": activation}
            return LayerCard(name, "Dense", (units,), (shape[0] + 1) * units, config)

        return row

    @staticmethod
    def Flatten(*, name: str) -> Row:
        return lambda shape: LayerCard(name, "Flatten", (prod(shape),), 0)

    @staticmethod
    def Dropout(rate: float, *, name: str) -> Row:
        return lambda shape: LayerCard(name, "Dropout", shape, 0, {"rate": rate})

    @staticmethod
    def Softmax(*, name: str) -> Row:
        return lambda shape: LayerCard(name, "Softmax", shape, 0)


def _slid(size: Shape, window: int, step: int, padding: str) -> Shape:
    """Return how many places a window has along each side."""
    if padding == "same":
        return tuple(-(-length // step) for length in size)
    return tuple((length - window) // step + 1 for length in size)
