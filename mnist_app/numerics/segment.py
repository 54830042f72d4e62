"""Several digits on one canvas: which parts belong together, left to right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from mnist_app.numerics.preprocess import INK, Box, ink_box

SPECK = 0.02  # a part with less than this share of the largest part's ink is dirt
MOST_PARTS = 40  # of a page of text only the largest parts are looked at
OVERLAP = 0.3  # parts that share this much of the narrower one's width are one digit
SMALL = 0.45  # a part lower than this share of the tallest digit is part of another
NEAR = 0.4  # and that one is at most this share of the tallest digit's height away
SOFT_EDGE = 2  # pixels around a part that belong to it: its stroke's soft edge, fainter than INK

Part = tuple[np.ndarray, Box]  # ink alone, float32 (height, width), and the box around it


@dataclass
class _Group:
    """Connected parts taken for one digit, by their labels, and the box around them."""

    labels: list[int]
    top: int
    bottom: int
    left: int
    right: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def absorb(self, other: _Group) -> None:
        self.labels += other.labels
        self.top, self.bottom = min(self.top, other.top), max(self.bottom, other.bottom)
        self.left, self.right = min(self.left, other.left), max(self.right, other.right)


def find_digits(ink: np.ndarray) -> list[Part]:
    """Return the ink of each digit alone and its box, from left to right.

    Connected parts that stand above one another, and small parts beside a
    larger one (the bar of a 5), belong to one digit.  No ink, no digits.

    Args:
        ink: float32 (height, width), 0 to 1.
    """
    labels, count = scipy.ndimage.label(ink >= INK, np.ones((3, 3)))
    if not count:
        return []
    areas = np.bincount(labels.ravel())[1:]
    largest = np.argsort(areas, kind="stable")[-MOST_PARTS:]
    slices = scipy.ndimage.find_objects(labels)
    parts = [n for n in largest if areas[n] >= SPECK * areas.max()]
    groups = _join([_group(n + 1, *slices[n]) for n in parts])
    if len(groups) == 1 and len(groups[0].labels) == count:
        box = ink_box(ink)
        return [(ink, box)] if box else []
    found = [_alone(ink, labels, group) for group in sorted(groups, key=lambda group: group.left)]
    return [(part, box) for part in found if (box := ink_box(part))]


def _group(label: int, rows: slice, columns: slice) -> _Group:
    return _Group([label], rows.start, rows.stop, columns.start, columns.stop)


def _join(groups: list[_Group]) -> list[_Group]:
    """Return the groups after joining all pairs that belong together."""
    while len(groups) > 1:
        pairs = [
            (_bond(a, b, groups), i, j) for i, a in enumerate(groups) for j, b in enumerate(groups) if i < j
        ]
        bond, i, j = max(pairs)
        if bond <= 0:
            break
        groups[i].absorb(groups.pop(j))
    return groups


def _bond(a: _Group, b: _Group, groups: list[_Group]) -> float:
    """Return how surely two groups are one digit; 0 and below: they are two."""
    overlap = min(a.right, b.right) - max(a.left, b.left)
    shared = overlap / min(a.width, b.width)
    if shared >= OVERLAP:
        return 1 + shared
    tallest = max(group.height for group in groups)
    low = min(a.height, b.height)
    if low >= SMALL * tallest:
        return 0
    # A small part joins the digit that it stands nearest to, if it is near.
    return 1 - max(0, -overlap) / (NEAR * tallest)


def _alone(ink: np.ndarray, labels: np.ndarray, group: _Group) -> np.ndarray:
    own = scipy.ndimage.binary_dilation(np.isin(labels, group.labels), iterations=SOFT_EDGE)
    return np.where(own, ink, 0).astype(np.float32)
