"""A drawing as the strokes of a pen: the 28×28 picture it becomes, and how hands and pens differ.

"Unit strokes" fit a square: their larger side is 1, and both sides begin at 0.
"""

from __future__ import annotations

import numpy as np
import scipy
from PIL import Image, ImageDraw

from mnist_app.numerics.preprocess import prepare

# Each float (points, 2): x to the right, y downwards, in the order in which they were drawn.
Strokes = list[np.ndarray]

LENGTH = 128  # pixels of the ink's larger side before it is prepared; on the canvas it has 100 to 260
FINER = 2  # so many times larger it is drawn, for soft edges
SHARP = 0.5  # tangent of a turn: where a path turns less, its pieces join without a gap that could be seen
CANVAS = 280  # pixels of the app's canvas
PENS = (7, 27)  # pixels: a little thinner and thicker than what people choose
SIDES = (0.32, 0.85)  # share of the canvas's side that a drawing takes

# How far a hand is from another one, either way.
TURN = 12.0  # degrees
SLANT = 0.35  # across for each step down
STRETCH = 0.11  # of one side, as the logarithm of its factor; the other side shrinks by as much
WAVE = 0.035  # of the drawing: how far a long wave moves a point
LOOSE = 0.025  # standard deviation of a stroke's place against the first one's
TREMBLE = 0.03
DENSE = 0.08  # of the drawing: points nearer to one another than this on average can be missed
LOOSE_SHARE = 0.4  # of all drawings whose strokes are moved against one another
SPARSE_SHARE = 0.25  # of those of a slow computer, which sees fewer points
TREMBLE_SHARE = 0.25


def unit(strokes: Strokes) -> Strokes:
    """Return the strokes as unit strokes; a single point stays one."""
    points = np.concatenate(strokes)
    low = points.min(0)
    side = max(float((points.max(0) - low).max()), 1e-9)
    return [(stroke - low) / side for stroke in strokes]


def digit_image(strokes: Strokes, width: float) -> np.ndarray:
    """Return what the app makes of a drawing: uint8 (28, 28), 0 (paper) to 255 (pen).

    Ends and corners are round.  It is drawn smaller than on the canvas and then goes the canvas's way.

    Args:
        strokes: in any unit.
        width: of the pen, as a share of the larger side of the path that it follows.
    """
    strokes = unit(strokes)
    scale = LENGTH * FINER / (1 + width)
    pen = max(FINER, round(width * scale))
    margin = pen / 2 + 1
    columns, rows = (np.concatenate(strokes).max(0) * scale + 2 * margin).astype(int) + 1
    picture = Image.new("L", (int(columns), int(rows)))
    brush = ImageDraw.Draw(picture)
    for stroke in strokes:
        _draw(brush, stroke * scale + margin, pen)
    ink = np.asarray(picture.reduce(FINER), np.float32) / np.float32(255)
    return np.asarray(np.rint(prepare(ink).digit * 255), np.uint8)


def random_width(rng: np.random.Generator) -> float:
    """Return the width of somebody's pen, as ``digit_image`` takes it."""
    return float(rng.uniform(*PENS) / (rng.uniform(*SIDES) * CANVAS))


def warped(strokes: Strokes, rng: np.random.Generator, amount: float = 1.0) -> Strokes:
    """Return the drawing as another hand might have made it, as unit strokes.

    It is turned, slanted, stretched and bent in long waves; strokes move against one another; points
    are lost or tremble.

    Args:
        strokes: in any unit.
        rng: where the chance comes from.
        amount: 1 for what people differ by, less for less; 0 leaves the drawing as it is.
    """
    strokes = unit(strokes)
    points = np.concatenate(strokes)
    points = _bent((points - points.max(0) / 2) @ _another_hand(rng, amount), rng, amount)
    parts = np.split(points, np.cumsum([len(stroke) for stroke in strokes[:-1]]))
    if len(parts) > 1 and rng.random() < LOOSE_SHARE:
        parts[1:] = [part + rng.normal(0, LOOSE * amount, 2) for part in parts[1:]]
    roll = rng.random()
    if roll < SPARSE_SHARE * amount:
        step = int(rng.integers(2, 4))
        parts = [_thinned(part, step) for part in parts]
    elif roll > 1 - TREMBLE_SHARE:
        size = rng.uniform(0, TREMBLE) * amount
        parts = [part + _smooth_noise(len(part), rng) * size for part in parts]
    return unit(parts)


def _draw(brush: ImageDraw.ImageDraw, path: np.ndarray, pen: int) -> None:
    """Draw one path, in pixels, with a round pen so many pixels wide."""
    places = np.rint(path).astype(int)
    if len(path) > 1:
        brush.line(places.ravel().tolist(), fill=255, width=pen)
    # A circle at every point would take most of the time; only ends and corners need one.
    before, after = np.diff(path[:-1], axis=0), np.diff(path[1:], axis=0)
    turn = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0])
    corners = np.flatnonzero(turn >= SHARP * (before * after).sum(1)) + 1
    for place in {0, len(path) - 1, *corners.tolist()}:
        left, top = (places[place] - pen // 2).tolist()
        brush.ellipse((left, top, left + pen - 1, top + pen - 1), fill=255)


def _another_hand(rng: np.random.Generator, amount: float) -> np.ndarray:
    """Return the matrix that turns, slants and stretches rows of (x, y)."""
    angle = np.deg2rad(rng.uniform(-TURN, TURN)) * amount
    cos, sin = np.cos(angle), np.sin(angle)
    stretch = np.exp(rng.uniform(-STRETCH, STRETCH) * amount)
    slant = rng.uniform(-SLANT, SLANT) * amount
    shape = np.array([[stretch, 0], [slant * stretch, 1 / stretch]])
    return np.asarray(shape @ np.array([[cos, sin], [-sin, cos]]))


def _bent(points: np.ndarray, rng: np.random.Generator, amount: float) -> np.ndarray:
    """Return the points moved by two waves across and two down, each longer than the drawing."""
    waves = rng.uniform(0.3, 1.1, (2, 4)) * rng.choice([-1, 1], (2, 4))
    heights = rng.uniform(0, WAVE, 4) * amount
    moves = np.sin(2 * np.pi * (points @ waves + rng.uniform(0, 1, 4))) * heights
    return np.asarray(points + moves[:, :2] + moves[:, 2:])


def _thinned(path: np.ndarray, step: int) -> np.ndarray:
    """Return each ``step``-th point of a path, and its last one; all of them where they lie far apart."""
    if np.hypot(*np.diff(path, axis=0).T).sum() > DENSE * len(path):
        return path
    return np.concatenate([path[:-1:step], path[-1:]])


def _smooth_noise(count: int, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(scipy.ndimage.gaussian_filter1d(rng.normal(0, 1, (count, 2)), 1, axis=0))
