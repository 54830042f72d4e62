"""Training images turned, scaled, shifted and drawn with another pen.

Never mirrored: a mirrored 2 is no 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_app.numerics.alter import moved, thickened


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
        images = moved(images, angle, scale, down, across)
    if augmentation.thickness:
        images = thickened(images, thickness)
    return images
