"""Images of what a number is cut into: digits with a bit of their neighbour, and pieces that are none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mnist_app.data.mnist import Split
from mnist_app.data.pen_images import CLASSES, NO_DIGIT, Progress, Recordings, report, written_digit
from mnist_app.data.recorded_strokes import RecordedDigit
from mnist_app.numerics.digit_likeness import could_be_a_digit
from mnist_app.numerics.pen import Strokes, digit_image, random_width, warped
from mnist_app.numerics.preprocess import SIDE
from mnist_app.numerics.touching_digits import cut_off, cut_wrongly, touching

THICKEST = 0.25  # of a digit: nobody writes small numbers with a thicker pen
PAIRS = 0.35  # of what is no digit: two whole ones
NARROWEST = 0.4  # of its height: what is narrower could be a one


def number_parts(
    count: int, seed: int, recorded: Sequence[RecordedDigit] = (), progress: Progress | None = None
) -> Split:
    """Return parts of numbers whose digits touch: in turn a digit and what is none, labelled ``NO_DIGIT``.

    A digit was cut off its neighbour; what is none is two digits, or what a cut at a wrong place leaves.
    The same arguments give the same images.

    Args:
        count: how many.
        seed: of the chance.
        recorded: as ``pen_images`` takes it.
        progress: called while they are drawn.
    """
    rng = np.random.default_rng(seed)
    draw = Recordings(recorded)
    images, labels = np.empty((count, SIDE, SIDE), np.uint8), np.empty(count, np.uint8)
    for n in range(count):
        images[n], labels[n] = _digit(draw, rng) if n % 2 else _no_digit(draw, rng)
        report(progress, n + 1, count)
    return Split(images, labels)


def _digit(draw: Recordings, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    while True:
        pair, labels, width = _pair(draw, rng)
        found = cut_off(*pair, rng)
        if found is not None:
            strokes, which = found
            return _image(strokes, width), labels[which]


def _no_digit(draw: Recordings, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    while True:
        pair, _, width = _pair(draw, rng)
        strokes = [*pair[0], *pair[1]] if rng.random() < PAIRS else cut_wrongly(*pair, rng)
        if strokes is None:
            continue
        across, down = np.ptp(np.concatenate(strokes), axis=0) + width
        image = _image(strokes, width)
        if across > NARROWEST * down and not could_be_a_digit(image):
            return image, NO_DIGIT


def _pair(
    draw: Recordings, rng: np.random.Generator
) -> tuple[tuple[Strokes, Strokes], tuple[int, int], float]:
    """Return two touching digits by one hand, their labels, and the pen's width in digits."""
    first, second = rng.integers(CLASSES, size=2).tolist()
    hand = int(rng.integers(2**32))
    left, right = (
        warped(written_digit(label, draw, rng), np.random.default_rng(hand)) for label in (first, second)
    )
    width = min(random_width(rng), THICKEST)
    return touching(left, right, width, rng), (first, second), width


def _image(strokes: Strokes, width: float) -> np.ndarray:
    """Return strokes as the network gets them, drawn with a pen of a width in their unit."""
    side = float(np.ptp(np.concatenate(strokes), axis=0).max())
    return digit_image(strokes, width / max(side, 1e-3))
