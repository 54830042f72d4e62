"""The layers of a network for one digit, as the page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mnist_app.numerics.layer_card import LayerCard
from mnist_app.texts.catalog import catalog
from mnist_app.views.about import about_link
from mnist_app.views.language import language, t
from mnist_app.views.layer_maps import HEADING, WORDS, Layer
from mnist_app.views.numbers import shape

LABELS = tuple(str(label) for label in range(10))
INPUT = "input"


def shown_layers(
    image: np.ndarray, activations: Mapping[str, np.ndarray], cards: Sequence[LayerCard]
) -> list[Layer]:
    """Return every layer from the input to the softmax with its values for an image.

    Args:
        image: float32 (28, 28), what the network sees.
        activations: each layer's output by the layer's name, without the batch axis.
        cards: the layers.
    """
    pixels = image[..., np.newaxis]
    first = Layer(INPUT, t("layer.input"), shape(pixels.shape), pixels, signed=False, own_scale=True)
    last = len(cards) - 1
    return [first, *(_layer(card, activations[card.name], n == last) for n, card in enumerate(cards))]


def layer_words(map_name: str = "maps.map") -> dict[str, str]:
    """Return the words of the layer component in the language of the page.

    They keep their placeholders, which the component fills.  ``map_name`` is
    the catalog's key of what one picture is called.
    """
    texts = catalog(language())
    return {word: texts[f"maps.{word}"] for word in WORDS} | {"map": texts[map_name]}


def heading_words(title: str, explanation: str, subject: str) -> dict[str, Any]:
    """Return the texts above the layers, the first two given, and the links to what tells of them."""
    texts = catalog(language())
    own: dict[str, Any] = {"title": title, "help": explanation}
    own |= {"about": about_link(subject), "scaling_about": about_link("scaling")}
    return own | {name: texts[f"network.{name}"] for name in HEADING if name not in own}


def title(card: LayerCard) -> str:
    """Return a layer's kind in the language of the page; Keras's class name for an unknown kind."""
    key = f"layer.{card.class_name}"
    return t(key) if key in catalog(language()) else card.class_name


def detail(card: LayerCard) -> str:
    """Return a layer's output shape, settings and number of parameters in one line."""
    config = card.config
    parts = [shape(card.output_shape)]
    if "kernel_size" in config:
        parts.append(t("layer.filters", filters=config["filters"], size=shape(tuple(config["kernel_size"]))))
    if "pool_size" in config:
        parts.append(t("layer.window", size=shape(tuple(config["pool_size"]))))
    if config.get("padding") == "same":
        parts.append("same")
    if config.get("activation") == "relu":
        parts.append("ReLU")
    if card.parameters:
        parts.append(t("layer.parameters", parameters=f"{card.parameters:,}"))
    return " · ".join(parts)


def _layer(card: LayerCard, values: np.ndarray, is_last: bool) -> Layer:
    is_map = values.ndim == 3
    return Layer(
        name=card.name,
        title=title(card),
        detail=detail(card),
        values=values if is_map else values.reshape(-1),
        signed=bool((values < 0).any()),
        labels=LABELS if not is_map and values.size == len(LABELS) else (),
        percent=is_last,
        selectable=is_map,
    )
