"""Where digits that touch may be parted: ways from top to bottom through little ink."""

from __future__ import annotations

import numpy as np
from PIL import Image

ROWS = 48  # the ink is looked at this coarsely: finer than any pen that people draw with
COLUMNS = 400  # of a long smear, no more
SLANTS = (-0.35, 0.0, 0.35)  # columns a row that people's digits lean by
STEP = 2  # coarse pixels between two places where a way is looked for
REACH = 4  # coarse pixels to either side of such a place that a way may wander
PAPER = 0.02  # what a step over paper costs, where one through ink costs 1: ways are short
LEAST = 0.10  # of the ink; a way with less of it on one of its sides parts nothing
ALIKE = 0.03  # of the ink: ways between which there is less are one, that through the least ink
MOST = 10  # ways in as many columns as there are rows


Cut = np.ndarray  # float (rows,): where a way is at evenly spaced heights, 0 (left border) to 1 (right)


def find_cuts(ink: np.ndarray) -> list[Cut]:
    """Return the cuts that are worth a look, from left to right.

    In narrow bands side by side, upright and leaning, the way of least ink from
    the top row to the bottom row is found by dynamic programming, as in seam
    carving (Avidan and Shamir 2007, "Seam carving for content-aware image
    resizing").

    Args:
        ink: float32 (height, width), 0 to 1, cropped to its ink.
    """
    height, width = ink.shape
    scale = min(ROWS / height, COLUMNS / width, 1)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    coarse = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BOX))
    found = [_ways(coarse, slant) for slant in SLANTS]
    ways = np.concatenate([ways for ways, _ in found], 1)
    through = np.concatenate([costs for _, costs in found])
    rows = np.arange(size[1])
    before = np.pad(coarse.cumsum(1), ((0, 0), (1, 0)))[rows[:, np.newaxis], ways].sum(0) / coarse.sum()
    kept: list[int] = []
    for way in np.argsort(through, kind="stable").tolist():
        new = all(abs(before[way] - before[other]) > ALIKE for other in kept)
        if new and LEAST < before[way] < 1 - LEAST and len(kept) < MOST * max(1, width / height):
            kept.append(way)
    return [ways[:, way] / size[0] for way in sorted(kept, key=lambda way: before[way])]


def between(ink: np.ndarray, left: Cut | None, right: Cut | None) -> np.ndarray:
    """Return the ink between two cuts, of the same shape, as finely as it may be drawn; None: the border."""
    columns = np.arange(ink.shape[1])
    piece = np.array(ink, np.float32)
    if left is not None:
        piece[columns < _columns(left, ink.shape)] = 0
    if right is not None:
        piece[columns >= _columns(right, ink.shape)] = 0
    return piece


def _columns(cut: Cut, shape: tuple[int, ...]) -> np.ndarray:
    """Return the first column right of a cut in each row, whole numbers, (height, 1)."""
    height, width = shape
    places = (np.arange(height) + 0.5) / height
    rows = (np.arange(len(cut)) + 0.5) / len(cut)
    columns: np.ndarray = np.rint(np.interp(places, rows, cut) * width)[:, np.newaxis]
    return columns


def _ways(ink: np.ndarray, slant: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the cheapest way in each band that leans so, and its cost.

    A way is its column in each row: int (rows, bands); costs are (bands,).
    """
    rows, columns = ink.shape
    lean = np.rint((np.arange(rows) - rows / 2) * slant).astype(int)
    margin = REACH + int(abs(lean).max())
    cost = np.pad(ink + np.float32(PAPER), ((0, 0), (margin, margin)), constant_values=PAPER)
    starts = np.arange(0, columns, STEP) + margin - REACH
    across = starts[:, np.newaxis] + np.arange(2 * REACH + 1)  # (bands, columns of a band)
    came = np.zeros((rows, *across.shape), np.int8)
    total = cost[0, across + lean[0]]
    closed = np.full((len(starts), 1), np.inf, np.float32)
    for y in range(1, rows):
        here = cost[y, across + lean[y]]
        beside = np.concatenate([closed, total, closed], 1)
        aside = here * np.float32(2**0.5)  # a step aside is longer
        steps = np.stack([beside[:, :-2] + aside, total + here, beside[:, 2:] + aside])
        best = steps.argmin(0)
        came[y] = best - 1
        total = np.take_along_axis(steps, best[np.newaxis], 0)[0]
    at = total.argmin(1)
    bands = np.arange(len(starts))
    ways = np.empty((rows, len(starts)), int)
    for y in range(rows - 1, -1, -1):
        ways[y] = across[bands, at] + lean[y] - margin
        at = at + came[y, bands, at]
    return np.clip(ways, 0, columns), total.min(1)
