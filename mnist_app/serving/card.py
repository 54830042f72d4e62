"""The card of a model: what it is, how it was made and how well it does."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mnist_app.data.files import write_whole
from mnist_app.numerics.layer_card import LayerCard, layer_cards_from

CARD = "card.json"
KERAS_FILE = "model.keras"
TFLITE_FILE = "model.tflite"
FILTERS_FILE = "filters.npz"  # what its filters look for; older models, and dense ones, have none
SIGNATURE = "serve"  # of model.tflite: input "input", one output for each layer


@dataclass(frozen=True)
class Card:
    """What ``card.json`` holds.

    ``test_accuracy`` (0 to 1) and ``test_loss`` are those of the test images of
    ``data``; ``seconds`` is how long the training took; ``history`` has the
    metrics of each epoch; ``tflite_sha256`` guards ``model.tflite``.
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

    def write(self, folder: Path) -> None:
        """Write the card into a model folder, whole or not at all."""
        write_whole(folder / CARD, json.dumps(asdict(self), indent=1) + "\n")


def read_card(folder: Path) -> Card:
    """Return the card of a model folder.

    Raises:
        OSError, ValueError, TypeError, KeyError: it is not there or damaged.
    """
    values = json.loads((folder / CARD).read_text("utf-8"))
    card = Card(layers=layer_cards_from(values.pop("layers")), **values)
    figures = (card.parameters, card.test_accuracy, card.test_loss, card.data["test_images"])
    if not all(isinstance(figure, int | float) for figure in figures):
        raise TypeError(figures)
    return card
