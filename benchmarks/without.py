"""A training without one part of what makes ours fast, for comparison.

    python -m benchmarks.without PART RUN_DIRECTORY

``PART`` is a key of ``PARTS``; ``benchmarks/time_to_accuracy.py`` says what each one earns.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import tensorflow as tf

from mnist_app.data.mnist import Split
from mnist_app.training import conductor, fitting
from mnist_app.training.batches import labels_for
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.settings import Settings
from mnist_app.training.worker import work


def one_batch_a_call() -> None:
    """Come back to Python after every batch."""
    conductor.MOST_AHEAD = 1


def usual_pipeline() -> None:
    """Take the images one by one from a tf.data pipeline that shuffles, batches and prefetches."""

    def usual(split: Split, settings: Settings, first_epoch: int, skip: int = 0) -> tf.data.Dataset:
        images = tf.data.Dataset.from_tensor_slices((split.inputs(), labels_for(split, settings.loss)))
        shuffled = images.shuffle(len(split), seed=settings.seed).batch(settings.batch_size)
        return shuffled.repeat(settings.epochs).prefetch(tf.data.AUTOTUNE)

    fitting.batches = usual  # type: ignore[attr-defined]


def one_thread() -> None:
    """Compute on one core."""
    tf.config.threading.set_intra_op_parallelism_threads(1)


PARTS: dict[str, Callable[[], None]] = {
    "one batch a call": one_batch_a_call,
    "usual tf.data": usual_pipeline,
    "one thread": one_thread,
}


if __name__ == "__main__":
    PARTS[sys.argv[1]]()
    sys.exit(work(RunDirectory(Path(sys.argv[2]))))
