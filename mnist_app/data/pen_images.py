"""Images of pen drawings to learn from: digits, and what is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mnist_app.data.mnist import Split
from mnist_app.data.recorded_strokes import RecordedDigit
from mnist_app.numerics.digit_likeness import could_be_a_digit
from mnist_app.numerics.habits import with_habit
from mnist_app.numerics.made_digits import made_digit
from mnist_app.numerics.pen import Strokes, digit_image, random_width, warped
from mnist_app.numerics.preprocess import SIDE
from mnist_app.numerics.scrawls import LEARNT, SCRAWLS, scrawl_width

CLASSES = 10
NO_DIGIT = CLASSES  # the label of what is none
RECORDED_SHARE = 0.75  # of the images, where there are recordings; the rest shows habits that they may lack
SCRAWL_WARP = 0.8  # of what digits are warped: more would make one shape of another
REPORT = 100  # images from one report of the progress to the next: well under half a second

Progress = Callable[[int, int], None]  # images done, images in all


@dataclass(frozen=True, eq=False)
class Scrawl:
    """A drawing that is no digit.

    ``strokes`` are unit strokes, ``width`` is the pen's as ``pen.digit_image``
    takes it, ``image`` what that makes of them, uint8 (28, 28).
    """

    strokes: Strokes
    width: float
    image: np.ndarray


def pen_images(
    count: int, seed: int, recorded: Sequence[RecordedDigit] = (), progress: Progress | None = None
) -> Split:
    """Return drawings of digits, each class as often as any other (or once more), in random order.

    Each is written by another hand with another pen, now and then with a habit that MNIST lacks.  The same
    arguments give the same images.

    Args:
        count: how many.
        seed: of the chance.
        recorded: digits as people wrote them, for three quarters of the images; each counts by one over the
            square root of how many its writer made.  Without any, or any of a class, all are made up.
        progress: called while they are drawn.
    """
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % CLASSES).astype(np.uint8)
    draw = Recordings(recorded)
    images = np.empty((count, SIDE, SIDE), np.uint8)
    for n, label in enumerate(labels.tolist()):
        images[n] = digit_image(warped(written_digit(label, draw, rng), rng), random_width(rng))
        report(progress, n + 1, count)
    return Split(images, labels)


def scrawl_images(
    count: int, seed: int, kinds: Sequence[str] = LEARNT, progress: Progress | None = None
) -> np.ndarray:
    """Return drawings that are no digit, of each kind in turn: uint8 (count, 28, 28), 0 to 255.

    What turned out like a zero or a one is not among them.  The same arguments give the same images.

    Args:
        count: how many.
        seed: of the chance.
        kinds: keys of ``SCRAWLS``.
        progress: called while they are drawn.
    """
    rng = np.random.default_rng(seed)
    images = np.empty((count, SIDE, SIDE), np.uint8)
    for n in range(count):
        images[n] = scrawl(kinds[n % len(kinds)], rng).image
        report(progress, n + 1, count)
    return images


def scrawl(kind: str, rng: np.random.Generator) -> Scrawl:
    """Return a drawing of a kind of ``SCRAWLS`` that is neither like a zero nor like a one."""
    while True:
        strokes = warped(SCRAWLS[kind](rng), rng, SCRAWL_WARP)
        width = scrawl_width(kind, rng)
        image = digit_image(strokes, width)
        if not could_be_a_digit(image):
            return Scrawl(strokes, width, image)


def written_digit(label: int, draw: Recordings, rng: np.random.Generator) -> Strokes:
    """Return a digit as somebody wrote it, or made up, now and then with a habit that its writer lacks."""
    strokes = draw.one(label, rng) if rng.random() < RECORDED_SHARE else None
    return with_habit(strokes or made_digit(label, rng), label, rng)


def report(progress: Progress | None, done: int, count: int) -> None:
    """Tell, now and then and at the end, how many images are done."""
    if progress and (done % REPORT == 0 or done == count):
        progress(done, count)


class Recordings:
    """Recorded digits by their class, those of diligent writers less often."""

    def __init__(self, recorded: Sequence[RecordedDigit]) -> None:
        """Sort recordings by their class; each counts by one over the root of how many its writer made."""
        drawn = Counter(digit.writer for digit in recorded)
        self._classes: dict[int, tuple[list[RecordedDigit], np.ndarray]] = {}
        for label in range(CLASSES):
            digits = [digit for digit in recorded if digit.label == label]
            self._classes[label] = digits, np.cumsum([drawn[digit.writer] ** -0.5 for digit in digits])

    def one(self, label: int, rng: np.random.Generator) -> Strokes | None:
        """Return a recording of a class, or None where it has none."""
        digits, weights = self._classes[label]
        if not digits:
            return None
        return digits[int(np.searchsorted(weights, rng.random() * weights[-1], "right"))].strokes
