"""The images of a training: MNIST's, a person's own, and what is drawn with a pen for it."""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mnist_app.data.drawings import read_drawings
from mnist_app.data.mnist import Progress, Source, Split, checksum, find_source, read_split
from mnist_app.data.number_parts import number_parts
from mnist_app.data.pen_images import NO_DIGIT, pen_images, scrawl_images
from mnist_app.data.recorded_strokes import RecordedDigit, read_strokes
from mnist_app.data.splits import first, joined, mixed, split_validation
from mnist_app.numerics.scrawls import LEARNT
from mnist_app.training.events import append_event
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.settings import Settings

HELD_BACK_WRITERS = 0.08  # of a file of recorded strokes: for the confidence alone
HELD_BACK_DIGITS = 5000  # with a pen, and as many of MNIST's


@dataclass(frozen=True)
class Images:
    """What a training works on.

    Attributes:
        source: where MNIST comes from.
        sha256: MNIST's checksum.
        train: the images to learn from, those that are no digits labelled ``NO_DIGIT``.
        validation: the images that judge the network while it learns.
        test: MNIST's test images.
        held_back: digits from which nothing is learned, for the confidence;
            None where nobody asks for it.
        parts: how many images of each kind there are, by the names of the card's ``data``.
    """

    source: Source
    sha256: str
    train: Split
    validation: Split | None
    test: Split
    held_back: Split | None
    parts: dict[str, Any]


def read_images(run: RunDirectory, settings: Settings) -> Images:
    """Return the images that a run's settings ask for.

    Raises:
        UserError: one of the files cannot be read.
    """
    source = find_source(Path(settings.data) if settings.data else None, _progress(run, "download"))
    train_all, test = read_split(source, "train"), read_split(source, "test")
    train = first(train_all, settings.train_images)
    validation = test if settings.validation == "test" else None
    if settings.validation == "train":
        train, validation = split_validation(train, settings.validation_split)
    parts: dict[str, Any] = {
        "validation_images": 0 if validation is None else len(validation),
        "test_images": len(test),
    }
    count = len(train)
    recorded = read_strokes(run.path / settings.recorded) if settings.recorded else []
    learnt, others = by_writer(recorded)
    drawing = _progress(run, "drawing")
    if settings.pen_digits:
        pen = pen_images(round(count * settings.pen_digits), settings.seed, learnt, drawing)
        parts |= {"pen_digits": len(pen), "recorded_digits": len(learnt)}
        train = joined(train, pen)
    if settings.non_digits:
        scrawls = scrawl_images(round(count * settings.non_digits), settings.seed, LEARNT, drawing)
        parts |= {"non_digits": len(scrawls)}
        train = joined(train, Split(scrawls, np.full(len(scrawls), NO_DIGIT, np.uint8)))
    if settings.number_parts:
        cut = number_parts(round(count * settings.number_parts), settings.seed, learnt, drawing)
        parts |= {"number_parts": len(cut)}
        train = joined(train, cut)
    if settings.drawings:
        train = mixed(train, read_drawings(run.path / settings.drawings))
    held_back = None
    if settings.calibrate or settings.has_no_digits:
        assert validation is not None
        held_back = first(validation, HELD_BACK_DIGITS)
        if settings.pen_digits:
            # As many as are held back of MNIST: both kinds of writing count alike.
            held_back = joined(held_back, pen_images(len(held_back), settings.seed + 1, others))
    parts = {"train_images": len(train), **parts}
    return Images(source, checksum(train_all, test), train, validation, test, held_back, parts)


def by_writer(recorded: Sequence[RecordedDigit]) -> tuple[list[RecordedDigit], list[RecordedDigit]]:
    """Return the digits to learn from and those of the writers who are held back, always the same ones."""
    held_back = [zlib.crc32(each.writer.encode()) % 1000 < 1000 * HELD_BACK_WRITERS for each in recorded]
    pairs = list(zip(recorded, held_back, strict=True))
    return [each for each, held in pairs if not held], [each for each, held in pairs if held]


def _progress(run: RunDirectory, kind: str) -> Progress:
    last = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5 or done == total:
            last = time.monotonic()
            append_event(run.events, kind, done=done, total=total)

    return progress
