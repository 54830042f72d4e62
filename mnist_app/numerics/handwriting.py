"""Strokes written down as a few points, and drawn by a hand that never draws the same twice.

"20 26, 40 5, 66 14, 20 94!, 82 90; 30 50, 70 50" is two strokes: a semicolon parts strokes, a comma points,
each of them x and y (downwards) in hundredths of a square.  The pen runs smoothly through the points, and
turns sharply at one with an exclamation mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import scipy

from mnist_app.numerics.pen import Strokes

STEP = 0.05  # of the square: how far a moving pen comes between two reports of its place
WOBBLE = 0.02  # standard deviation of how far a hand misses a point
BENDS = (0.75, 1.2)  # how roundly hands write: 0 is straight from point to point, 1 a spline


@dataclass(frozen=True)
class _Curves:
    """Curves as sums of the points that they run through.

    Attributes:
        knots: float (knots, 2), those points.
        straight: float (points, knots), their weights for lines from one to the next.
        bend: the same shape, what makes splines of the lines.
        ends: numbers of the points after which a stroke ends, the last one left out.
    """

    knots: np.ndarray
    straight: np.ndarray
    bend: np.ndarray
    ends: tuple[int, ...]


def written(notation: str, rng: np.random.Generator) -> Strokes:
    """Return the strokes as somebody draws them, within about 0 to 1.

    Args:
        notation: as the module describes it.
        rng: where the chance comes from.
    """
    curves = _curves(notation)
    knots = curves.knots + rng.normal(0, WOBBLE, curves.knots.shape)
    return np.split((curves.straight + rng.uniform(*BENDS) * curves.bend) @ knots, curves.ends)


@cache
def _curves(notation: str) -> _Curves:
    strokes = [[point.split() for point in stroke.split(",")] for stroke in notation.split(";")]
    knots = np.array([[float(x), float(y.rstrip("!"))] for stroke in strokes for x, y in stroke]) / 100
    straight, bend, ends = [], [], []
    first = points = 0
    for stroke in strokes:
        inner = range(1, len(stroke) - 1)
        turns = [0, *(n for n in inner if stroke[n][1].endswith("!")), len(stroke) - 1]
        for start, end in pairwise(turns):
            weights = _smooth_piece(knots, slice(first + start, first + end + 1))
            skip = start > 0  # the point at which the piece before has ended
            straight.append(weights[0][skip:])
            bend.append(weights[1][skip:])
            points += len(weights[0]) - skip
        ends.append(points)
        first += len(stroke)
    return _Curves(knots, np.concatenate(straight), np.concatenate(bend), tuple(ends[:-1]))


def _smooth_piece(knots: np.ndarray, piece: slice) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights ``straight`` and ``bend`` of all knots along a piece without sharp turns."""
    own = np.eye(len(knots))[piece]
    places = np.r_[0, np.cumsum(np.hypot(*np.diff(knots[piece], axis=0).T))]
    along = np.linspace(0, places[-1], max(2, round(places[-1] / STEP)) + 1)
    straight = scipy.interpolate.make_interp_spline(places, own, k=1)(along)
    return straight, scipy.interpolate.CubicSpline(places, own, bc_type="natural")(along) - straight
