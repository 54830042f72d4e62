"""How long a training will take, before it begins."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from mnist_app.data.files import read_json, write_whole
from mnist_app.nets.summary import multiplications, summary
from mnist_app.training.settings import Settings

SPEEDS = ".speeds.json"  # in the folder of the runs: images per second by architecture, batch size and crop
MULTIPLICATIONS_PER_CORE = 9e9  # a second, forward pass counted alone; measured with convnet-128
DEVICE = ".device"  # in the folder of the runs: what the last training ran on
VALIDATION_SHARE = 0.3  # of the time that an image takes to train on
DRAWING_SECONDS = 0.0008  # what one drawing made with a pen takes before the training begins
CUTTING_SECONDS = 0.0036  # and what a part of a number takes
EVALUATION_SECONDS = 6.0  # evaluating on the test images, writing the model, describing its filters


@dataclass(frozen=True)
class Estimate:
    """``seconds`` in all, and whether they come from an earlier training of this network here."""

    seconds: float
    measured: bool


def estimate(settings: Settings, train_images: int, test_images: int, runs: Path) -> Estimate:
    """Return how long a training will take.

    Args:
        settings: what it shall do.
        train_images: how many training images there are.
        test_images: how many test images.
        runs: the folder of the runs, which knows how fast earlier ones were.
    """
    images = min(settings.train_images or train_images, train_images)
    validated = 0.0
    if settings.validation == "train":
        validated = images * settings.validation_split
        images -= round(validated)
    elif settings.validation == "test":
        validated = test_images
    drawn = images * (settings.pen_digits + settings.non_digits)
    cut = images * settings.number_parts
    known = _speeds(runs).get(_key(settings))
    rate = known or MULTIPLICATIONS_PER_CORE * (os.cpu_count() or 1) / multiplications(
        summary(settings.architecture)
    )
    an_epoch = (images + drawn + cut + VALIDATION_SHARE * validated) / rate
    before = drawn * DRAWING_SECONDS + cut * CUTTING_SECONDS
    seconds = before + settings.epochs * an_epoch + EVALUATION_SECONDS
    return Estimate(seconds, known is not None)


def remember(settings: Settings, images_per_second: float, device: str, runs: Path) -> None:
    """Note how fast a training was and on what, for the estimates to come."""
    speeds = _speeds(runs) | {_key(settings): round(images_per_second, 1)}
    for name, content in ((SPEEDS, json.dumps(speeds)), (DEVICE, device)):
        write_whole(runs / name, content)


def _key(settings: Settings) -> str:
    return f"{settings.architecture}/{settings.batch_size}/{settings.crop}"


def _speeds(runs: Path) -> dict[str, float]:
    try:
        return {str(key): float(value) for key, value in read_json(runs / SPEEDS).items() if float(value) > 0}
    except (OSError, ValueError, TypeError, AttributeError, OverflowError):
        return {}


def device(runs: Path) -> str:
    """Return what trains here: what the last training ran on, before the first one the processor."""
    try:
        return (runs / DEVICE).read_text("utf-8")
    except OSError:
        return processor()


def processor() -> str:
    """Return the processor as the app calls it."""
    return f"CPU × {os.cpu_count()}"
