"""Training images turned, scaled, shifted and drawn with another pen.

Never mirrored: a mirrored 2 is no 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Augmentation:
    """How far an image may be changed, either way; every image gets its own changes, evenly spread.

    Attributes:
        rotation: degrees.
        zoom: share of the size; 0.1: from 90 % to 110 %.
        shift: share of the side, down and across.
        thickness: of the pen: at 1 a stroke becomes up to a pixel wider or
            narrower on each side.
    """

    rotation: float = 0.0
    zoom: float = 0.0
    shift: float = 0.0
    thickness: float = 0.0

    def __bool__(self) -> bool:
        return any((self.rotation, self.zoom, self.shift, self.thickness))


def augment(images: np.ndarray, augmentation: Augmentation, rng: np.random.Generator) -> np.ndarray:
    """Return as many images, each changed at random.

    Args:
        images: float32, (batch, height, width), 0 to 1.
        augmentation: how far.
        rng: where the chance comes from; the same state gives the same images.
    """
    count, height, width = images.shape

    def between(limit: float) -> np.ndarray:
        return rng.uniform(-limit, limit, (count, 1, 1)).astype(np.float32)

    angle = np.deg2rad(between(augmentation.rotation))
    scale = 1 + between(augmentation.zoom)
    down, across = between(augmentation.shift) * height, between(augmentation.shift) * width
    thickness = between(augmentation.thickness)
    if augmentation.rotation or augmentation.zoom or augmentation.shift:
        # Where each pixel of the result comes from, counted from the middle.
        rows = np.arange(height, dtype=np.float32)[:, np.newaxis] - (height - 1) / 2 - down
        columns = np.arange(width, dtype=np.float32) - (width - 1) / 2 - across
        cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
        images = _sampled(images, cos * rows - sin * columns, sin * rows + cos * columns)
    if augmentation.thickness:
        images = _thickened(images, thickness)
    return images


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


def _thickened(images: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Return the images drawn with a wider pen where ``by`` is above 0, with a narrower one below."""
    framed = np.pad(images, [(0, 0), (1, 1), (1, 1)])
    middle = framed[:, 1:-1, 1:-1]
    beside = [framed[:, :-2, 1:-1], framed[:, 2:, 1:-1], framed[:, 1:-1, :-2], framed[:, 1:-1, 2:]]
    widest, narrowest = np.maximum.reduce([middle, *beside]), np.minimum.reduce([middle, *beside])
    result: np.ndarray = images + np.abs(by) * (np.where(by > 0, widest, narrowest) - images)
    return result
