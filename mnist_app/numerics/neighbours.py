"""Which images are nearest, and whether neighbours show the same digit."""

from __future__ import annotations

import numpy as np

CHUNK = 1024  # rows at a time: what is in between stays small


def distances(points: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Return the Euclidean distance of each point from one of them, float32 (count,).

    Args:
        points: (count, …), of any type; taken as they are, in chunks.
        point: (…).
    """
    found = np.empty(len(points), np.float32)
    wanted = np.asarray(point, np.float32).reshape(-1)
    for start in range(0, len(points), CHUNK):
        chunk = points[start : start + CHUNK]
        apart = chunk.reshape(len(chunk), -1).astype(np.float32) - wanted
        found[start : start + CHUNK] = np.sqrt(np.einsum("ij,ij->i", apart, apart))
    return found


def nearest(distance: np.ndarray, count: int) -> np.ndarray:
    """Return the indices of the smallest distances, int64 (at most count,), the nearest first."""
    return np.argsort(distance, kind="stable")[:count]


def agreement(points: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of points, 0 to 1, whose nearest other point has the same label.

    Args:
        points: float (count, values), two of them at least.
        labels: (count,).
    """
    squares = np.einsum("ij,ij->i", points, points)
    same = 0
    for start in range(0, len(points), CHUNK):
        chunk = points[start : start + CHUNK]
        # |a - b|² without |a|², which is the same for all b.
        squared = squares - 2 * chunk @ points.T
        own = np.arange(len(chunk))
        squared[own, start + own] = np.inf
        same += int((labels[squared.argmin(1)] == labels[start : start + CHUNK]).sum())
    return same / len(points)
