"""Which images train a network and which ones judge it while it trains."""

from __future__ import annotations

import numpy as np

from mnist_app.data.mnist import Split

DRAWINGS_SHARE = 0.2  # of what a network sees when it learns a person's drawings


def first(split: Split, count: int | None) -> Split:
    """Return the first ``count`` images; all of them for None."""
    return Split(split.images[:count], split.labels[:count])


def split_validation(train: Split, validation_split: float) -> tuple[Split, Split]:
    """Return what is left to train on, and the validation images.

    As in ``keras.Model.fit``, the validation images are the last ones, taken
    before any shuffling; the test images are not touched.  At least one image
    is held back, and at least one left.

    Args:
        train: the training images.
        validation_split: share held back, between 0 and 1.
    """
    cut = validation_start(len(train), validation_split)
    return first(train, cut), Split(train.images[cut:], train.labels[cut:])


def validation_start(count: int, validation_split: float) -> int:
    """Return the number of the first of ``count`` training images that is held back for validation."""
    held_back = min(max(1, round(count * validation_split)), count - 1)
    return count - held_back


def sample(count: int, size: int) -> np.ndarray:
    """Return ``size`` of the numbers 0 to count - 1, int64, in order and always the same ones.

    Not the first ones: the first half of MNIST's test images is the easier one.
    """
    chosen = np.random.default_rng(0).permutation(count)[:size]
    chosen.sort()
    return chosen


def joined(*splits: Split) -> Split:
    """Return the images of several splits, one after the other."""
    images, labels = zip(*((each.images, each.labels) for each in splits), strict=True)
    return Split(np.concatenate(images), np.concatenate(labels))


def mixed(train: Split, drawings: Split) -> Split:
    """Return training images with a person's own drawings among them, each often enough to count.

    The drawings are repeated until they are ``DRAWINGS_SHARE`` of the whole.
    """
    wanted = len(train) * DRAWINGS_SHARE / (1 - DRAWINGS_SHARE)
    times = max(1, round(wanted / len(drawings)))
    return joined(train, *[drawings] * times)
