"""A guard: what is made as no digit must not be one by chance."""

from __future__ import annotations

import numpy as np
import scipy

INK = 0.3  # of the darkest pixel; fainter ones are a soft edge
SLIM_COLUMNS = 9  # a tall picture so narrow could be a one
SLIM = 0.42  # likewise a solid one so slim, along its own axes
SOLID = 0.8
UPRIGHT = 55.0  # degrees from upright up to which a bar could be a leaning one
ROUND = 0.9  # a silhouette that overlaps with an ellipse so far, and has one hole, could be a zero


def could_be_a_digit(image: np.ndarray) -> bool:
    """Return whether a drawing turned out like a plain zero or a one, which anybody could take it for.

    Args:
        image: uint8 (28, 28), as ``pen.digit_image`` makes it.
    """
    inside = image >= INK * image.max()
    return _is_bar(inside) or _is_ring(inside)


def _is_bar(inside: np.ndarray) -> bool:
    rows, columns = np.nonzero(inside)
    if np.ptp(columns) < SLIM_COLUMNS and np.ptp(rows) > 2 * SLIM_COLUMNS - 2:
        return True
    if len(rows) < 3:
        return False
    values, ways = np.linalg.eigh(np.cov(rows, columns))
    # Sides of the rectangle that has the same second moments.
    short, long = np.sqrt(12 * np.maximum(values, 1 / 12))
    leaning = np.rad2deg(np.arccos(min(1.0, abs(float(ways[0, 1])))))
    return bool(short < SLIM * long and inside.sum() > SOLID * short * long and leaning < UPRIGHT)


def _is_ring(inside: np.ndarray) -> bool:
    parts = scipy.ndimage.label(inside, np.ones((3, 3)))[1]
    holes = scipy.ndimage.label(~np.pad(inside, 1))[1] - 1
    if (parts, holes) != (1, 1):
        return False
    filled = scipy.ndimage.binary_fill_holes(inside)
    rows, columns = np.nonzero(filled)
    middle = np.array([[rows.mean()], [columns.mean()]])
    places = np.indices(filled.shape).reshape(2, -1) - middle
    # An ellipse reaches as far as twice its standard deviation.
    spread = np.linalg.inv(np.cov(rows, columns) + np.eye(2) / 12)
    ellipse = ((spread @ places * places).sum(0) <= 4).reshape(filled.shape)
    return bool((filled & ellipse).sum() > ROUND * (filled | ellipse).sum())
