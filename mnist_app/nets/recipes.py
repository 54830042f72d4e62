"""The recipes: each tutorial's network with the settings it is trained with, and our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LAST_10_000 = 10_000 / 60_000  # the share of MNIST's training images that Keras's tutorials hold back


@dataclass(frozen=True)
class Recipe:
    """An architecture with the settings that train it.

    ``settings`` holds names and values of ``mnist_app.training.settings.Settings``;
    ``reported_accuracy`` is the tutorial's own figure (0 to 1) on the test
    images, or None where there is none.
    """

    name: str
    architecture: str
    settings: dict[str, Any]
    reported_accuracy: float | None


# Some tutorials validate on the test images, which flatters the result; the
# recipes keep that, under its honest name validation="test".
_STOP_EARLY = {"validation": "test", "patience": 10, "restore_best_weights": True}
_SGD_30 = {
    "optimizer": "sgd",
    "batch_size": 32,
    "epochs": 30,
    "validation": "train",
    "validation_split": LAST_10_000,
}


# The last tutorial's network, trained for the highest accuracy: normalised, with digits
# changed less and less, and a learning rate that climbs and falls once.
_OURS = Recipe(
    "convnet-128-plus",
    "convnet-128",
    {
        "optimizer": "adamw",
        "learning_rate": 0.004,
        "weight_decay": 0.02,
        "schedule": "one_cycle",
        "batch_size": 128,
        "epochs": 20,
        "validation_split": 5_000 / 60_000,
        "batch_normalization": True,
        "mixed_precision": True,
        "rotation": 8.0,
        "slant": 0.1,
        "zoom": 0.08,
        "shift": 0.05,
        "bend": 0.5,
        "fade": 0.7,
    },
    None,
)


# A tutorial's accuracy in an eighth of its five epochs' time: most images once, in large batches,
# normalised, labels smoothed, with a learning rate as high as that allows.
def _fast(architecture: str, **settings: Any) -> Recipe:
    own = {
        "optimizer": "adamw",
        "learning_rate": 0.026,
        "weight_decay": 0.02,
        "schedule": "one_cycle",
        "batch_size": 256,
        "batch_normalization": True,
        "label_smoothing": 0.05,
        "mixed_precision": True,
        "epochs": 1,
        "train_images": 50_000,
        "validation": "none",
    }
    return Recipe(f"{architecture}-fast", architecture, own | settings, None)


# For what people really draw: pen digits beside MNIST's, drawings that are no
# digits, everything turned, slanted, bent, and probabilities that mean what they say.
_DRAWINGS = Recipe(
    "drawings",
    "convnet-80",
    {
        "optimizer": "adamw",
        "learning_rate": 0.004,
        "weight_decay": 0.02,
        "schedule": "one_cycle",
        "batch_size": 128,
        "epochs": 12,
        "validation_split": 2_000 / 60_000,
        "label_smoothing": 0.05,
        "batch_normalization": True,
        "mixed_precision": True,
        "rotation": 16.0,
        "slant": 0.18,
        "zoom": 0.14,
        "shift": 0.1,
        "thickness": 0.4,
        "bend": 0.4,
        "fade": 0.7,
        "pen_digits": 0.4,
        "non_digits": 0.15,
        "number_parts": 0.15,
        "calibrate": True,
    },
    None,
)


def _tutorial(name: str, reported_accuracy: float | None, **settings: Any) -> Recipe:
    return Recipe(name, name, settings, reported_accuracy)


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        _tutorial("mlp-512", 0.9821, optimizer="adam", batch_size=200, epochs=30, **_STOP_EARLY),
        _tutorial("mlp-256x3", None, **_SGD_30),
        _tutorial("cnn-32-32", None, **_SGD_30),
        _tutorial("deep-cnn", None, **_SGD_30),
        _tutorial("cnn-5x5", 0.9914, optimizer="adam", batch_size=128, epochs=12, validation="test"),
        _tutorial("cnn-32-64", 0.9928, optimizer="adam", batch_size=200, epochs=30, **_STOP_EARLY),
        _tutorial("convnet-64", 0.9916, optimizer="rmsprop", batch_size=64, epochs=5, validation="none"),
        _tutorial(
            "convnet-128",
            0.992,
            optimizer="rmsprop",
            loss="sparse_categorical_crossentropy",
            batch_size=64,
            epochs=5,
            validation="none",
        ),
        _OURS,
        _fast("convnet-128"),
        # A bigger network: fewer images, the first half of them smaller, so smaller batches; seen once each,
        # they need no dropout.
        _fast("convnet-80", dropout=0.0, batch_size=128, learning_rate=0.018, train_images=40_000, crop=0.5),
        _DRAWINGS,
    )
}
