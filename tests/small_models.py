"""Model folders for tests: copies of the shipped one, and new ones with random weights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from mnist_app.serving.card import CARD, Card
from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED

TUTORIALS = "convnet-128"  # a network of the tutorials, which ships too: it takes everything for a digit


def copy_shipped(place: Path, name: str) -> Path:
    """Return a model folder of that name, a copy of the default model."""
    return Path(shutil.copytree(SHIPPED / DEFAULT_MODEL, place / name))


def change_card(folder: Path, **changes: object) -> None:
    """Give the card of a model folder other values; ``...`` takes a value out."""
    card = json.loads((folder / CARD).read_text()) | changes
    (folder / CARD).write_text(json.dumps({key: value for key, value in card.items() if value is not ...}))


def random_model(folder: Path, architecture: str, seed: int = 1):
    """Return a Keras model with random kernels and biases, written as a model folder."""
    import keras
    import numpy as np

    from mnist_app.nets.architectures import build

    keras.utils.set_random_seed(seed)
    model = build(architecture)
    rng = np.random.default_rng(seed)
    # A fresh bias is zero, and would not show whether it is exported at all.
    model.set_weights([weight + rng.normal(0, 0.05, weight.shape) for weight in model.get_weights()])
    return write_folder(model, folder, architecture)


def write_folder(model, folder: Path, architecture: str = ""):
    """Write a Keras model as a model folder, and return the model."""
    from mnist_app.training.export import layer_cards, versions, write_model

    folder.mkdir(parents=True)
    Card(
        architecture=architecture,
        settings={},
        data={"source": "none", "test_images": 1},
        parameters=model.count_params(),
        test_accuracy=0.1,
        test_loss=2.3,
        epochs=0,
        seconds=0.0,
        layers=layer_cards(model),
        versions=versions(),
        created="2026-01-01",
        tflite_sha256=write_model(model, folder),
    ).write(folder)
    return model
