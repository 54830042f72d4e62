"""The images that the page "Data" shows, and which of them is looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_app.data.mnist import MNIST_SHA256, Source, Split, checksum
from mnist_app.data.splits import validation_start
from mnist_app.numerics.class_statistics import ClassStatistics, class_statistics
from mnist_app.training.settings import DEFAULT_VALIDATION_SPLIT
from mnist_app.views.open_image import ImageRef
from mnist_app.views.resources import images_of
from mnist_app.views.sources import load_images

TRAIN, VALIDATION, TEST = "train", "validation", "test"
SETS = (TRAIN, VALIDATION, TEST)
CHOSEN = "data_image"  # in the session: the image that is looked at
FIRST = ImageRef(TRAIN, 0)  # the tutorials' 5


def part_of(name: str) -> str:
    """Return which part of the data a set is taken from: validation images are training images."""
    return TEST if name == TEST else TRAIN


@dataclass(frozen=True, eq=False)
class DataSet:
    """MNIST as it was found; the training images from ``validation_from`` on are held back."""

    source: Source
    train: Split
    test: Split
    validation_from: int

    def part(self, name: str) -> Split:
        """Return the images of the part that a set is taken from."""
        return self.test if part_of(name) == TEST else self.train

    def numbers(self, name: str) -> np.ndarray:
        """Return the numbers of a set's images, int64: those in its part of the data."""
        if name == TEST:
            return np.arange(len(self.test))
        start, end = (0, self.validation_from) if name == TRAIN else (self.validation_from, len(self.train))
        return np.arange(start, end)

    def labels(self, name: str) -> np.ndarray:
        """Return the labels of a set, uint8 (count,)."""
        labels: np.ndarray = self.part(name).labels[self.numbers(name)]
        return labels

    def image(self, image: ImageRef) -> np.ndarray:
        """Return an image, uint8 (28, 28)."""
        pixels: np.ndarray = self.part(image.part).images[image.index]
        return pixels

    def label(self, image: ImageRef) -> int:
        """Return an image's label."""
        return int(self.part(image.part).labels[image.index])

    def set_of(self, image: ImageRef) -> str:
        """Return the set that an image is in, one of ``SETS``."""
        is_held_back = image.part == TRAIN and image.index >= self.validation_from
        return VALIDATION if is_held_back else image.part


def load_data() -> DataSet | None:
    """Return all images, with progress while they load; None, with a sentence, where there are none."""
    test = load_images(TEST)
    train = load_images(TRAIN) if test else None
    if test is None or train is None:
        return None
    share = float(st.session_state.get("setting_validation_split") or DEFAULT_VALIDATION_SPLIT)
    return DataSet(train[0], train[1], test[1], validation_start(len(train[1]), share))


def chosen_image(data: DataSet) -> ImageRef:
    """Return the image that is looked at, at first the tutorials' 5."""
    chosen = st.session_state.get(CHOSEN, FIRST)
    return chosen if chosen.index < len(data.part(chosen.part)) else FIRST


@st.cache_data(max_entries=4, show_spinner=False)
def is_original(source: Source) -> bool:
    """Return whether these are MNIST's own images, unchanged."""
    return checksum(images_of(source, TRAIN), images_of(source, TEST)) == MNIST_SHA256


@st.cache_resource(max_entries=4, show_spinner=False)
def statistics_of(source: Source, part: str) -> ClassStatistics:
    """Return counts, mean and deviation of each class of the "train" or "test" images."""
    split = images_of(source, part)
    return class_statistics(split.images, split.labels)
