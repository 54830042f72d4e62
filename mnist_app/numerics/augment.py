"""Training images turned, slanted, bent, scaled, shifted and drawn with another pen.

Never mirrored: a mirrored 2 is no 2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import scipy

from mnist_app.numerics.alter import moved, thickened

KNOTS = 5  # along each side: where an image is bent, it is bent as a whole region


@dataclass(frozen=True)
class Augmentation:
    """How far an image may be changed, either way; every image gets its own changes, evenly spread.

    Attributes:
        rotation: degrees.
        zoom: share of the size; 0.1: from 90 % to 110 %.
        shift: share of the side, down and across.
        thickness: of the pen: at 1 a stroke becomes up to a pixel wider or
            narrower on each side.
        slant: pixels to the right for each pixel up.
        bend: pixels, a standard deviation (not evenly spread): how far places of
            the image move against one another, as on a sheet of rubber (after
            Simard, Steinkraus and Platt, "Best practices for convolutional
            neural networks applied to visual document analysis", 2003).
    """

    rotation: float = 0.0
    zoom: float = 0.0
    shift: float = 0.0
    thickness: float = 0.0
    slant: float = 0.0
    bend: float = 0.0

    def __bool__(self) -> bool:
        return any(vars(self).values())

    def times(self, share: float) -> Augmentation:
        """Return an augmentation that goes so much less far, 0 to 1."""
        return Augmentation(**{name: share * limit for name, limit in vars(self).items()})


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
    slant = between(augmentation.slant) if augmentation.slant else 0.0
    if augmentation.bend:
        down, across = (far + augmentation.bend * _bent(rng, count, height, width) for far in (down, across))
    if replace(augmentation, thickness=0.0):
        images = moved(images, angle, scale, down, across, slant)
    if augmentation.thickness:
        images = thickened(images, thickness)
    return images


def _bent(rng: np.random.Generator, count: int, height: int, width: int) -> np.ndarray:
    """Return smooth noise of variance 1 at a few knots, float32 (count, height, width)."""
    knots = rng.standard_normal((count, KNOTS, KNOTS), np.float32)
    upright, level = (_spline(length) for length in (height, width))
    result: np.ndarray = upright @ knots @ level.T
    return result


@cache
def _spline(length: int) -> np.ndarray:
    """Return the weights by which so many pixels depend on the knots, float32 (length, KNOTS)."""
    spline = scipy.interpolate.make_interp_spline(np.linspace(0, length - 1, KNOTS), np.eye(KNOTS))
    return np.asarray(spline(np.arange(length)), np.float32)
