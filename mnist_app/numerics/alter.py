"""Images shifted, turned, scaled and drawn with another pen.

``altered`` does what the explorer does in the browser (``views/explorer/change.js``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Change:
    """What is done to a digit; as it stands, nothing.

    Attributes:
        across: pixels to the right.
        down: pixels down.
        turn: degrees, clockwise.
        size: percent.
        pen: pixels by which a stroke becomes wider, below 0 narrower, on each side.
    """

    across: float = 0.0
    down: float = 0.0
    turn: float = 0.0
    size: float = 100.0
    pen: float = 0.0


@dataclass(frozen=True)
class Span:
    """How far one value of a ``Change`` goes, and in which steps; ``rest`` changes nothing."""

    low: float
    high: float
    step: float
    rest: float

    @property
    def values(self) -> tuple[float, ...]:
        """Return every step, from the lowest to the highest."""
        return tuple(self.low + n * self.step for n in range(round((self.high - self.low) / self.step) + 1))


SPANS = {
    "across": Span(-8, 8, 1, 0),
    "down": Span(-8, 8, 1, 0),
    "turn": Span(-45, 45, 5, 0),
    "size": Span(50, 150, 10, 100),
    "pen": Span(-1, 2, 0.25, 0),
}


def altered(image: np.ndarray, changes: Sequence[Change]) -> np.ndarray:
    """Return an image after each of the changes, float32 (changes, height, width), 0 to 1.

    Args:
        image: float32 (height, width), 0 to 1.
        changes: at least one; what they bring from outside the image has no ink.
    """

    def each(name: str) -> np.ndarray:
        return np.array([getattr(change, name) for change in changes], np.float32)[:, np.newaxis, np.newaxis]

    images = np.repeat(np.asarray(image, np.float32)[np.newaxis], len(changes), axis=0)
    images = moved(images, np.deg2rad(each("turn")), each("size") / 100, each("down"), each("across"))
    left = each("pen")
    while left.any():  # a pixel at a time: a stroke grows by its neighbours only
        by = np.clip(left, -1, 1)
        images = thickened(images, by)
        left = left - by
    return images


def moved(
    images: np.ndarray,
    angle: np.ndarray,
    scale: np.ndarray,
    down: np.ndarray,
    across: np.ndarray,
    slant: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Return images slanted, turned about their middle, scaled and shifted, bilinear between the pixels.

    Args:
        images: float32 (count, height, width), 0 to 1.
        angle: radians, clockwise; this and the rest float32 (count, 1, 1).
        scale: share of the size.
        down: pixels.
        across: pixels, to the right; ``down`` and ``across`` may be (count, height, width) as well,
            every pixel's own.
        slant: how far up goes to the right, in pixels a pixel.
    """
    _, height, width = images.shape
    # Where each pixel of the result comes from, counted from the middle.
    rows = np.arange(height, dtype=np.float32)[:, np.newaxis] - (height - 1) / 2 - down
    columns = np.arange(width, dtype=np.float32) - (width - 1) / 2 - across
    cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
    row = cos * rows - sin * columns
    return _sampled(images, row, sin * rows + cos * columns + slant * row)


def thickened(images: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Return images drawn with a wider pen where ``by`` is above 0, with a narrower one below.

    Args:
        images: float32 (count, height, width), 0 to 1.
        by: float32 (count, 1, 1), -1 to 1: at 1 a stroke becomes a pixel wider on each side.
    """
    framed = np.pad(images, [(0, 0), (1, 1), (1, 1)])
    middle = framed[:, 1:-1, 1:-1]
    beside = [framed[:, :-2, 1:-1], framed[:, 2:, 1:-1], framed[:, 1:-1, :-2], framed[:, 1:-1, 2:]]
    widest, narrowest = np.maximum.reduce([middle, *beside]), np.minimum.reduce([middle, *beside])
    result: np.ndarray = images + np.abs(by) * (np.where(by > 0, widest, narrowest) - images)
    return result


def _sampled(images: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the images' values between their pixels (bilinear), zero outside.

    ``rows`` and ``columns`` are counted from the middle of the image.
    """
    count, height, width = images.shape
    # One more below and to the right, for the neighbour of the last place outside.
    framed = np.pad(images, [(0, 0), (1, 2), (1, 2)])
    row = np.clip(rows + (height + 1) / 2, 0, height + 1)
    column = np.clip(columns + (width + 1) / 2, 0, width + 1)
    above, left = row.astype(np.intp), column.astype(np.intp)
    down, across = row % 1, column % 1
    stride = width + 3
    corner = np.arange(count)[:, np.newaxis, np.newaxis] * framed[0].size + above * stride + left
    flat = framed.reshape(-1)
    upper = flat[corner] * (1 - across) + flat[corner + 1] * across
    lower = flat[corner + stride] * (1 - across) + flat[corner + stride + 1] * across
    result: np.ndarray = upper * (1 - down) + lower * down
    return result
