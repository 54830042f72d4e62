"""The card of a model: what it is, how it was made and how well it does."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from math import inf
from pathlib import Path
from typing import Any

from mnist_app.data.files import read_json, write_whole
from mnist_app.numerics.layer_card import LayerCard, is_figure, layer_cards_from

CARD = "card.json"
KERAS_FILE = "model.keras"
TFLITE_FILE = "model.tflite"
FILTERS_FILE = "filters.npz"  # what its filters look for; older models, and dense ones, have none
SIGNATURE = "serve"  # of model.tflite: input "input", one output for each layer
SHARES = ("accuracy_drawings", "ece_test", "ece_drawings", "non_digits_caught", "digits_refused")  # 0 to 1
MOST = 10**12  # parameters, images, seconds: more than that is a joke
FIGURES = ("temperature", *SHARES)  # of Card.figures, those that the app shows


@dataclass(frozen=True)
class Card:
    """What ``card.json`` holds.

    ``test_accuracy`` (0 to 1) and ``test_loss`` are those of the test images of
    ``data``; ``seconds`` is how long the training took; ``history`` has the
    metrics of each epoch; ``tflite_sha256`` guards ``model.tflite``.

    What has less than ``refuse_below`` (0 to 1) of ``numerics.metrics.likeness``
    is no digit; 0: the network reads everything as one.  ``figures`` has what was measured on
    drawings, and of ``FIGURES`` whatever is known.
    """

    architecture: str
    settings: dict[str, Any]
    data: dict[str, Any]
    parameters: int
    test_accuracy: float
    test_loss: float
    epochs: int
    seconds: float
    layers: tuple[LayerCard, ...]
    versions: dict[str, str]
    created: str
    tflite_sha256: str
    history: list[dict[str, float]] = field(default_factory=list)
    refuse_below: float = 0.0
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def measured(self) -> dict[str, float]:
        """Return what is known of its confidence, by name: the threshold, if any, and ``FIGURES``."""
        threshold = {"refuse_below": self.refuse_below} if self.refuse_below else {}
        return threshold | {name: self.figures[name] for name in FIGURES if name in self.figures}

    def write(self, folder: Path) -> None:
        """Write the card into a model folder, whole or not at all."""
        write_whole(folder / CARD, json.dumps(asdict(self), indent=1) + "\n")


def read_card(folder: Path) -> Card:
    """Return the card of a model folder.

    Raises:
        OSError, ValueError, TypeError, KeyError: it is not there or damaged.
    """
    values = read_json(folder / CARD)
    if not isinstance(values, dict):
        raise TypeError(values)
    card = Card(layers=layer_cards_from(values.pop("layers")), **values)
    _check_kinds(card)
    _check_measured(card)
    return card


def threshold_of(folder: Path) -> float:
    """Return ``Card.refuse_below`` of a model folder, 0 where there is no card.

    Raises:
        OSError, ValueError, TypeError, KeyError: the card is damaged.
    """
    return read_card(folder).refuse_below if (folder / CARD).exists() else 0.0


def _check_kinds(card: Card) -> None:
    """Raise what ``read_card`` raises where a value is of another kind than the app's own cards have."""
    counts = (card.parameters, card.epochs, card.data["test_images"])
    figures = (card.test_accuracy, card.seconds)
    words = (card.architecture, card.created, card.tflite_sha256, card.data["source"])
    if not (
        all(type(count) is int and 0 <= count <= MOST for count in counts)
        and all(is_figure(figure) and 0 <= figure <= MOST for figure in figures)
        and isinstance(card.test_loss, int | float)  # infinite at times
        and all(isinstance(word, str) for word in words)
        and isinstance(card.settings, dict)
        and isinstance(card.versions, dict)
        and all(isinstance(epoch, dict) for epoch in card.history)
        and all(value is None or is_figure(value) for epoch in card.history for value in epoch.values())
    ):
        raise TypeError(card)


def _check_measured(card: Card) -> None:
    """Raise what ``read_card`` raises where the threshold or a figure cannot be one."""
    figures = dict(card.figures)
    shares = [card.refuse_below, *(figures[name] for name in SHARES if name in figures)]
    if not all(0 <= share <= 1 for share in shares) or not 0 < figures.get("temperature", 1) < inf:
        raise ValueError(shares, figures)
