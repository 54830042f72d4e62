"""How a model reads the test images: all its probabilities, computed once and kept on disk.

runs/.evaluations/<model>-<test images>.npz     named after both checksums
"""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from mnist_app.data.files import read_arrays, write_whole
from mnist_app.data.mnist import Source, Split, checksum
from mnist_app.serving.card import SIGNATURE, TFLITE_FILE, Card
from mnist_app.serving.model_folders import open_folder, runs_folder
from mnist_app.serving.predictor import Predictor
from mnist_app.serving.trial import is_sound
from mnist_app.texts.user_error import UserError

CHUNK = 16  # images at a time: their maps fit into the processor's cache, 256 take twice as long each
MOST_KEPT = 200  # evaluations on disk, half a megabyte each
NAME_DIGITS = 32  # of each checksum in a file's name

Progress = Callable[[int, int], None]  # images done, images in all


@dataclass(frozen=True, eq=False)
class Examination:
    """The test images, where they come from (as in ``Source.kind``) and their checksum."""

    test: Split
    source: str
    fingerprint: str


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a model reads in each test image.

    ``labels`` is uint8 (count,); ``probabilities`` float32 (count, 10);
    ``seconds`` is how long it took; ``source`` and ``fingerprint`` are those of
    the images.
    """

    labels: np.ndarray
    probabilities: np.ndarray
    seconds: float
    source: str
    fingerprint: str

    @cached_property
    def digits(self) -> np.ndarray:
        """Return the digit read in each image, int64 (count,)."""
        digits: np.ndarray = self.probabilities.argmax(1)
        return digits

    @cached_property
    def hits(self) -> np.ndarray:
        """Return which images are read right, bool (count,)."""
        hits: np.ndarray = self.digits == self.labels
        return hits

    @property
    def right(self) -> int:
        """Return how many images are read right."""
        return int(self.hits.sum())

    @property
    def accuracy(self) -> float:
        """Return the share of the images that is read right, 0 to 1."""
        return self.right / len(self.labels)


def examination(source: Source, test: Split) -> Examination:
    """Return the test images of a source with their checksum."""
    return Examination(test, source.kind, checksum(test))


def evaluate(predictor: Predictor, asked: Examination, progress: Progress | None = None) -> Evaluation:
    """Return what a model reads in the test images.

    Args:
        predictor: the model; it can be used by others meanwhile.
        asked: the images.
        progress: called after each chunk; what it raises ends the evaluation.

    Raises:
        UserError: the model's folder is gone or damaged.
    """
    start = time.monotonic()
    read = _Reader(predictor)
    inputs = asked.test.inputs()
    answers = np.empty((len(inputs), predictor.layers[-1].output_shape[0]), np.float32)
    for first in range(0, len(inputs), CHUNK):
        chunk = slice(first, first + CHUNK)
        answers[chunk] = read(inputs[chunk])
        if progress is not None:
            progress(min(first + CHUNK, len(inputs)), len(inputs))
    return Evaluation(asked.test.labels, answers, time.monotonic() - start, asked.source, asked.fingerprint)


class _Reader:
    """An interpreter beside the predictor's, so that no stroke waits for it.

    It hands out the last layer alone: copying what all layers made of 10,000
    images takes longer than making it.
    """

    def __init__(self, predictor: Predictor) -> None:
        _, content = open_folder(predictor.folder)
        if not is_sound(content):  # another one than the predictor's, by now
            raise UserError("error.model_damaged", name=predictor.name, file=TFLITE_FILE)
        self._interpreter = Interpreter(model_content=content, num_threads=1)
        # A second thread brings nothing here, and takes a processor from the strokes.
        signature = self._interpreter.get_signature_runner(SIGNATURE)
        (entry,) = signature.get_input_details().values()
        self._input: int = entry["index"]
        self._output: int = signature.get_output_details()[predictor.layers[-1].name]["index"]
        self._shape: tuple[int, ...] = ()

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        if batch.shape != self._shape:
            self._interpreter.resize_tensor_input(self._input, batch.shape)
            self._interpreter.allocate_tensors()
            self._shape = batch.shape
        self._interpreter.set_tensor(self._input, batch)
        self._interpreter.invoke()
        probabilities: np.ndarray = self._interpreter.get_tensor(self._output)
        return probabilities


def keep(card: Card, evaluation: Evaluation) -> None:
    """Keep an evaluation on disk, where it can be written; the oldest of too many are deleted."""
    path = _path(card, evaluation.fingerprint)
    content = io.BytesIO()
    np.savez_compressed(
        content,
        labels=evaluation.labels,
        probabilities=evaluation.probabilities,
        seconds=np.float64(evaluation.seconds),
    )
    with contextlib.suppress(OSError):  # a full disk, a folder of somebody else's: it is computed again
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content.getvalue())
        files = sorted(path.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime)
        for old in files[:-MOST_KEPT]:
            old.unlink(missing_ok=True)


def kept(card: Card, asked: Examination) -> Evaluation | None:
    """Return the evaluation of a model that is kept on disk; None if there is none, or a damaged one."""
    try:
        arrays = read_arrays(_path(card, asked.fingerprint))
        labels, probabilities = arrays["labels"], arrays["probabilities"]
        seconds = float(arrays["seconds"])
    except Exception:  # a damaged file makes zipfile, zlib and NumPy raise a dozen kinds of them
        return None
    fits = probabilities.shape == (len(asked.test), card.layers[-1].output_shape[0])
    if not fits or not np.array_equal(labels, asked.test.labels) or not np.isfinite(probabilities).all():
        return None
    return Evaluation(labels, probabilities, seconds, asked.source, asked.fingerprint)


def _path(card: Card, fingerprint: str) -> Path:
    name = f"{card.tflite_sha256[:NAME_DIGITS]}-{fingerprint[:NAME_DIGITS]}.npz"
    return runs_folder() / ".evaluations" / name
