"""Two digits side by side that touch, and what a cut leaves of them.

A digit cut off its neighbour keeps a bit of it, or loses one; a cut elsewhere leaves what is no digit.
"""

from __future__ import annotations

import numpy as np

from mnist_app.numerics.pen import Strokes, unit

STEP = 0.015  # of a digit: how near to one another the points are between which a path can be cut
FINER = 6  # so many times shorter than a distance are the steps by which it is measured
UNEVEN = 0.12  # standard deviation of two digits' sizes, as the logarithm of their quotient
OFF_LINE = 0.08  # standard deviation of the second one's foot, in digits
PUSHED = 0.08  # of a digit: how far at most one reaches beyond the first touch
LEANING = 0.45  # columns a row that a cut leans at most
WHOLE = 0.85  # of a digit's path; with less it may be another one
REST = 0.12  # of its neighbour's path; with more it may be two
TRIES = 12  # cuts of two digits before others are asked for


def touching(
    first: Strokes, second: Strokes, width: float, rng: np.random.Generator
) -> tuple[Strokes, Strokes]:
    """Return two digits with the second so far to the left that their ink touches.

    Args:
        first: in any unit.
        second: in any unit.
        width: of the pen, in digits.
        rng: where the chance comes from.
    """
    size = np.exp(rng.normal(0, UNEVEN))
    left = [_dense(stroke, STEP) for stroke in unit(first)]
    right = [_dense(stroke * size, STEP) for stroke in unit(second)]
    foot = _end(left, 1) - _end(right, 1) + rng.normal(0, OFF_LINE)
    right = [stroke + np.array([0, foot]) for stroke in right]
    across = first_touch(left, right, width) - rng.uniform(0, PUSHED)
    return left, [stroke + np.array([across, 0]) for stroke in right]


def first_touch(before: Strokes, after: Strokes, distance: float) -> float:
    """Return how far strokes must go to the right to be at a distance from those before them.

    Args:
        before: in any unit.
        after: in the same unit.
        distance: from path to path, in that unit.
    """
    step = distance / FINER
    a, b = (np.concatenate([_dense(stroke, step) for stroke in strokes]) for strokes in (before, after))
    down = a[:, np.newaxis, 1] - b[:, 1]
    across = a[:, np.newaxis, 0] - b[:, 0] + np.sqrt(np.maximum(distance**2 - down**2, 0))
    return float(across.max(where=np.abs(down) <= distance, initial=a[:, 0].min() - b[:, 0].max()))


def cut_off(left: Strokes, right: Strokes, rng: np.random.Generator) -> tuple[Strokes, int] | None:
    """Return what a good cut between two digits leaves of one, and which one (0, 1); None: none was found."""
    low, high = sorted((float(np.concatenate(right)[:, 0].min()), _end(left, 0)))
    for _ in range(TRIES):
        strokes, kept = _side(left, right, rng.uniform(low - 0.05, high + 0.05), rng)
        which = int(kept[1] > kept[0])
        if kept[which] > WHOLE and kept[1 - which] < REST:
            return strokes, which
    return None


def cut_wrongly(left: Strokes, right: Strokes, rng: np.random.Generator) -> Strokes | None:
    """Return what a bad cut leaves on one of its sides, which is no digit; None: none was found."""
    low, high = float(np.concatenate(left)[:, 0].min()), _end(right, 0)
    for _ in range(TRIES):
        strokes, kept = _side(left, right, rng.uniform(low, high), rng)
        less, more = sorted(kept)
        if 0.15 < more < 0.6 or (more > 0.6 and 0.3 < less < 0.95):
            return strokes
    return None


def _side(
    left: Strokes, right: Strokes, place: float, rng: np.random.Generator
) -> tuple[Strokes, tuple[float, float]]:
    """Return what lies on one side of a leaning line, and the shares of both digits that it is."""
    lean, sign = rng.uniform(-LEANING, LEANING), rng.choice((-1, 1))
    strokes, kept = [], []
    for digit in (left, right):
        inside = [sign * (stroke[:, 0] - place - lean * (stroke[:, 1] - 0.5)) > 0 for stroke in digit]
        kept.append(float(np.concatenate(inside).mean()))
        for stroke, here in zip(digit, inside, strict=True):
            borders = np.flatnonzero(np.diff(here)) + 1
            pieces = zip(np.split(stroke, borders), np.split(here, borders), strict=True)
            strokes += [piece for piece, is_here in pieces if is_here[0]]
    return strokes, (kept[0], kept[1])


def _dense(stroke: np.ndarray, step: float) -> np.ndarray:
    """Return a stroke with points at most ``step`` apart."""
    steps = np.ceil(np.hypot(*np.diff(stroke, axis=0).T) / step)
    places = np.r_[0, np.cumsum(np.maximum(steps, 1))]
    along = np.arange(places[-1] + 1)
    return np.stack([np.interp(along, places, stroke[:, axis]) for axis in (0, 1)], 1)


def _end(strokes: Strokes, axis: int) -> float:
    return float(np.concatenate(strokes)[:, axis].max())
