"""Numbers of several digits, made from recorded digits as one person draws them side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import scipy

from benchmarks.canvas import PENS, SIDE, WIDE, drawn
from mnist_app.data.recorded_strokes import RecordedDigit
from mnist_app.numerics.pen import Strokes, unit
from mnist_app.numerics.preprocess import INK, Box, ink_box
from mnist_app.numerics.touching_digits import first_touch

FEWEST, MOST = 2, 6  # digits of a number
SIZES = (0.30, 0.75)  # of a digit: its larger side, as a share of the canvas's height
UNEVEN = 0.12  # spread of one number's sizes, as a share
OFF_LINE = 0.06  # spread of the digits' feet around the line that they stand on, in sizes
THICKEST = 0.25  # a pen, in sizes: nobody draws small digits with a thick one
GAPS = (0.10, 0.40)  # paper between two digits, in sizes, as one person leaves it
UNEVEN_GAP = 0.4  # spread of one number's gaps, as a share
CLEAR = 4  # pixels: nearer than this, soft edges meet
PUSHED = (0.01, 0.06)  # how far one of two digits that touch reaches beyond the first touch, in sizes
TRIES = 200  # before a number is given up

Writers = dict[str, list[RecordedDigit]]


@dataclass(frozen=True)
class DrawnNumber:
    """A number on the wide canvas: what it is, its ink (float32, 0 to 1), and each digit's box in it."""

    digits: str
    writer: str
    ink: np.ndarray
    boxes: tuple[Box, ...]


def by_writer(digits: Iterable[RecordedDigit]) -> Writers:
    """Return the digits of each writer."""
    writers = defaultdict(list)
    for digit in digits:
        writers[digit.writer].append(digit)
    return dict(writers)


def draw_number(writers: Writers, seed: int, touching: bool, count: int | None = None) -> DrawnNumber:
    """Return a number by one of the writers; the same one for the same seed.

    Args:
        writers: of ``by_writer``.
        seed: decides on all that is left open.
        touching: the ink of exactly one pair of neighbours connects, else that of none.
        count: of digits; None: 2 to 6.

    Raises:
        ValueError: nobody drew so many digits, or they will not stand so.
    """
    rng = np.random.default_rng([seed, touching])
    count = count or int(rng.integers(FEWEST, MOST + 1))
    able = [writer for writer, digits in writers.items() if len(digits) >= count]
    for _ in range(TRIES if able else 0):
        writer = able[rng.integers(len(able))]
        own = writers[writer]
        digits = [own[n] for n in rng.permutation(len(own))[:count]]
        pair = int(rng.integers(count - 1)) if touching else None
        placed, pen = _place([unit(digit.strokes) for digit in digits], pair, rng)
        inks = [drawn(strokes, pen, WIDE) for strokes in placed]
        if _connected(inks) == ([] if pair is None else [(pair, pair + 1)]):
            boxes = tuple(box for ink in inks if (box := ink_box(ink)))
            number = "".join(str(digit.label) for digit in digits)
            return DrawnNumber(number, writer, np.max(inks, axis=0), boxes)
    raise ValueError(f"draw_number: no {count} digits of one writer that stand so")


def _place(digits: list[Strokes], pair: int | None, rng: np.random.Generator) -> tuple[list[Strokes], int]:
    """Return the strokes of each digit where they stand on the canvas, and the pen's width, in pixels.

    Args:
        digits: as unit strokes.
        pair: the left one of two that touch, or None.
        rng: where the chance comes from.
    """
    size = rng.uniform(*SIZES) * SIDE
    thickness = int(rng.integers(PENS[0], PENS[1] + 1))
    sizes = np.exp(rng.normal(0, UNEVEN, len(digits)))
    feet = rng.normal(0, OFF_LINE, len(digits))
    gaps = rng.uniform(*GAPS) * np.exp(rng.normal(0, UNEVEN_GAP, len(digits)))
    tight = rng.random()  # 0: each digit has columns of its own; 1: it may stand under the roof of a 7
    pushed = rng.uniform(*PUSHED)
    limit = np.array([WIDE, SIDE])
    while True:
        pen = min(thickness, int(THICKEST * size))
        row: list[Strokes] = []
        for n, strokes in enumerate(digits):
            digit = _standing(strokes, size * sizes[n], feet[n] * size)
            x = 0.0
            if row and n - 1 == pair:
                x = first_touch(row[-1], digit, pen) - pushed * size
            elif row:
                before = [stroke for each in row for stroke in each]
                apart = pen + max(CLEAR, gaps[n] * size)
                columns = np.concatenate(before)[:, 0].max() + apart
                x = tight * first_touch(before, digit, apart) + (1 - tight) * columns
            row.append([stroke + np.array([x, 0.0]) for stroke in digit])
        points = np.concatenate([stroke for digit in row for stroke in digit])
        extent = np.ptp(points, axis=0) + pen
        if (extent <= limit).all():
            break
        size *= 0.97 * float((limit / extent).min())
    corner = pen / 2 + rng.random(2) * (limit - extent) - points.min(0)
    return [[stroke + corner for stroke in digit] for digit in row], pen


def _standing(strokes: Strokes, size: float, foot: float) -> Strokes:
    """Return the strokes of a digit of this size, its left edge at 0, its foot at that height."""
    points = np.concatenate(strokes) * size
    return [stroke * size - (points[:, 0].min(), points[:, 1].max() - foot) for stroke in strokes]


def _connected(inks: list[np.ndarray]) -> list[tuple[int, int]]:
    """Return the pairs of digits whose ink hangs together."""
    labels, _ = scipy.ndimage.label(np.max(inks, axis=0) >= INK, np.ones((3, 3)))
    parts = [set(labels[ink >= INK].tolist()) for ink in inks]
    return [(a, b) for a, b in combinations(range(len(inks)), 2) if parts[a] & parts[b]]
