"""What a layer is, without the layer: its name, class, shape and settings."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

COUNTED = ("filters", "kernel_size", "strides", "dilation_rate", "pool_size", "units")  # in a config
LAYER_NAME = re.compile(r"[\w.\- ]{1,100}")  # as Keras makes them, and nothing that a page takes for markup
MOST_AXES = 8
MOST = 10**12  # of anything that is counted


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
    cards = tuple(LayerCard(**{**layer, "output_shape": tuple(layer["output_shape"])}) for layer in values)
    for card in cards:
        _check(card)
    return cards


def is_figure(value: object) -> bool:
    """Return whether a value is a finite number, as ``json`` reads them."""
    return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]


def _check(card: LayerCard) -> None:
    """Raise a TypeError where a layer's value is of a kind that no layer has."""
    if not (
        all(LAYER_NAME.fullmatch(word) for word in (card.name, card.class_name))
        and len(card.output_shape) <= MOST_AXES
        and all(_is_count(side) and side > 0 for side in card.output_shape)
        and _is_count(card.parameters)
        and isinstance(card.config, dict)
        and all(_are_counts(card.config[name]) for name in COUNTED if name in card.config)
        and all(is_figure(card.config[name]) for name in ("rate", "epsilon") if name in card.config)
        and isinstance(card.config.get("padding", ""), str)
    ):
        raise TypeError(card)


def _are_counts(value: object) -> bool:
    """Return whether a value is a whole number, or a list of some."""
    return all(map(_is_count, value)) if isinstance(value, list | tuple) else _is_count(value)


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= MOST
