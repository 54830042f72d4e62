"""Our training step and nothing around it: a recipe's network on MNIST.

    python -m benchmarks.our_step RECIPE BATCHES THREADS

Prints the images per second after the first batches, which compile.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import tensorflow as tf

from mnist_app.data.mnist import find_source, read_split
from mnist_app.training.batches import batches
from mnist_app.training.conductor import MOST_AHEAD
from mnist_app.training.first_model import new_model
from mnist_app.training.learner import learner
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.settings import from_recipe

EPOCHS = 1000  # more than are done


def main() -> None:
    """Learn and print."""
    recipe, count, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    plain: dict[str, Any] = dict.fromkeys(
        ("rotation", "zoom", "shift", "thickness", "slant", "bend", "crop"), 0.0
    )
    settings = replace(
        from_recipe(recipe), epochs=EPOCHS, pen_digits=0.0, non_digits=0.0, number_parts=0.0, **plain
    )
    split = read_split(find_source(), "train")
    keras.utils.set_random_seed(settings.seed)
    model = new_model(RunDirectory(Path()), settings)  # it has no base, so no run
    prepared = batches(split, settings, 0)
    learn, batch = learner(model, prepared), iter(prepared)
    rates = tf.fill([MOST_AHEAD], settings.rate)
    for _ in range(4):
        learn(batch, rates)
    start = time.perf_counter()
    calls = -(-count // MOST_AHEAD)
    for _ in range(calls):
        learn(batch, rates)
    seconds = time.perf_counter() - start
    print(calls * MOST_AHEAD * settings.batch_size / seconds)


if __name__ == "__main__":
    main()
