"""``keras.Model.fit`` and nothing else, for comparison: a recipe's network on MNIST.

    python -m benchmarks.bare_fit RECIPE EPOCHS IMAGES [ARCHITECTURE]

Prints the images per second of each epoch, one a line.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras

from mnist_app.data.mnist import find_source, read_split
from mnist_app.data.splits import first
from mnist_app.nets.architectures import build
from mnist_app.training.settings import from_recipe


class Rate(keras.callbacks.Callback):  # type: ignore[misc]
    """Prints how many images a second an epoch took."""

    def __init__(self, images: int) -> None:
        super().__init__()
        self._images = images

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Start the clock."""
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Print the rate."""
        print(self._images / (time.perf_counter() - self._start), flush=True)


def main() -> None:
    """Fit."""
    settings = from_recipe(sys.argv[1])
    train = first(read_split(find_source(), "train"), int(sys.argv[3]))
    keras.utils.set_random_seed(settings.seed)
    model = build(sys.argv[4] if len(sys.argv) > 4 else settings.architecture)
    model.compile(settings.optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(
        train.inputs(),
        train.labels,
        batch_size=settings.batch_size,
        epochs=int(sys.argv[2]),
        callbacks=[Rate(len(train))],
        verbose=0,
    )


if __name__ == "__main__":
    main()
