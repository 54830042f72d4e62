"""The batches that a training sees, the same ones whenever it is done again.

What ``keras.Model.fit`` draws for itself depends on how long it has been
drawing.  Here the order of an epoch, and every change to an image, depends on
the seed and the epoch alone: a training that was killed and taken up again
goes on as if nothing had happened.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from mnist_app.data.mnist import Split
from mnist_app.nets.architectures import CLASSES
from mnist_app.nets.cropping import EDGE
from mnist_app.numerics.augment import augment
from mnist_app.training.settings import Settings


def count_batches(images: int, batch_size: int) -> int:
    """Return how many batches an epoch has; the last one may be smaller."""
    return -(-images // batch_size)


def batches(split: Split, settings: Settings, first_epoch: int, skip: int = 0) -> tf.data.Dataset:
    """Return the batches of all epochs from one on, one after the other.

    Args:
        split: the training images.
        settings: batch size, epochs, augmentation, loss and seed.
        first_epoch: counted from 0.
        skip: how many batches of that epoch are left out.
    """
    images, labels = tf.constant(split.images), tf.constant(labels_for(split, settings.loss))
    height, width = split.images.shape[1:]
    count = count_batches(len(split), settings.batch_size)

    def epoch_of(epoch: tf.Tensor) -> tf.data.Dataset:
        indices = tf.numpy_function(order, [epoch], tf.int64, stateful=False)
        indices.set_shape([len(split)])
        numbered = tf.data.Dataset.from_tensor_slices(indices).batch(settings.batch_size).enumerate()
        return numbered.map(lambda batch, chosen: (epoch, batch, chosen))

    def order(epoch: np.ndarray) -> np.ndarray:
        return np.random.default_rng([settings.seed, int(epoch)]).permutation(len(split)).astype(np.int64)

    def load(epoch: tf.Tensor, batch: tf.Tensor, chosen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        picked = tf.cast(tf.gather(images, chosen), tf.float32) / 255
        if settings.augmentation:
            picked = tf.numpy_function(changed, [picked, epoch, batch], tf.float32, stateful=False)
            picked.set_shape([None, *split.images.shape[1:]])
        if settings.crop:
            edge = tf.where(progress(epoch, batch) < settings.crop, EDGE, 0)
            picked = picked[:, edge : height - edge, edge : width - edge]
        return picked[..., tf.newaxis], tf.gather(labels, chosen)

    def changed(picked: np.ndarray, epoch: np.ndarray, batch: np.ndarray) -> np.ndarray:
        rng = np.random.default_rng([settings.seed, int(epoch), int(batch)])
        left = 1 - progress(int(epoch), int(batch))
        share = min(1.0, left / settings.fade) if settings.fade else 1.0
        return augment(picked, settings.augmentation.times(share), rng).astype(np.float32)

    def progress(epoch: Any, batch: Any) -> Any:
        return (epoch * count + batch) / (count * settings.epochs)

    epochs = tf.data.Dataset.range(first_epoch, settings.epochs).flat_map(epoch_of).skip(skip)
    # There is nothing to tune.  The thread that would do it sleeps ever longer, up to a minute,
    # and where it misses the end of the training, this waits until it wakes.
    options = tf.data.Options()
    options.autotune.enabled = False
    return epochs.map(load, num_parallel_calls=2, deterministic=True).prefetch(4).with_options(options)


# What each label is as a row of ten; of data.pen_images.NO_DIGIT every digit is equally probable.
ROWS = np.vstack([np.eye(CLASSES, dtype=np.float32), np.full((1, CLASSES), 1 / CLASSES, np.float32)])


def labels_for(split: Split, loss: str) -> np.ndarray:
    """Return labels as a loss wants them: whole numbers (count,), or float32 rows (count, 10)."""
    return split.labels if loss.startswith("sparse") else ROWS[split.labels]
