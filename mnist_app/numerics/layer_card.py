"""What a layer is, without the layer: its name, class, shape and settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class LayerCard:
    """One layer: its name, Keras class, output shape and settings.

    ``output_shape`` leaves out the batch; ``config`` holds what matters of
    ``keras.Layer.get_config`` (filters, kernel_size, strides,
    dilation_rate, padding, activation, pool_size, units, rate, epsilon).
    """

    name: str
    class_name: str
    output_shape: tuple[int, ...]
    parameters: int
    config: dict[str, Any] = field(default_factory=dict)


def layer_cards_from(values: Iterable[Mapping[str, Any]]) -> tuple[LayerCard, ...]:
    """Return layer cards from what JSON makes of them.

    Raises:
        TypeError, KeyError: a value is missing, unknown or of another type.
    """
    return tuple(LayerCard(**{**layer, "output_shape": tuple(layer["output_shape"])}) for layer in values)
