"""Cuts through digits that touch."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist_app.numerics.cuts import LEAST, between, find_cuts

BLOCKS = (slice(10, 90), slice(0, 40)), (slice(10, 90), slice(60, 100))  # rows, columns


def bridged() -> np.ndarray:
    """Return two blocks with a thin bridge between them."""
    ink = np.zeros((100, 100), np.float32)
    for rows, columns in BLOCKS:
        ink[rows, columns] = 1
    ink[50:54, 40:60] = 1
    return ink


def leaning() -> np.ndarray:
    """Return two bars that lean to the right, each over columns of the other, and a bridge between them."""
    image = Image.new("F", (160, 120))
    pen = ImageDraw.Draw(image)
    for x in (0, 40):
        pen.line((x + 10, 115, x + 55, 5), fill=1.0, width=14)
    pen.line((32, 60, 72, 60), fill=1.0, width=6)
    return np.asarray(image)[:, :110]


def sides(ink: np.ndarray, cut: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return between(ink, None, cut), between(ink, cut, None)


def test_two_blocks_are_parted_at_the_bridge_between_them():
    ink = bridged()
    parted = [
        (left[BLOCKS[0]].all(), right[BLOCKS[1]].all())
        for left, right in (sides(ink, cut) for cut in find_cuts(ink))
    ]
    assert (True, True) in parted


def test_leaning_bars_are_parted_along_their_slope():
    ink = leaning()
    bars = np.zeros((2, *ink.shape), bool)
    for n, x in enumerate((0, 40)):
        image = Image.new("1", ink.shape[::-1])
        ImageDraw.Draw(image).line((x + 10, 115, x + 55, 5), fill=1, width=14)
        bars[n] = np.asarray(image)
    kept = [
        min((left[bars[0]] > 0).mean(), (right[bars[1]] > 0).mean())
        for left, right in (sides(ink, cut) for cut in find_cuts(ink))
    ]
    assert max(kept) > 0.98


def test_what_lies_between_cuts_is_all_of_the_ink():
    ink = bridged()
    cuts = [None, *find_cuts(ink), None]
    assert len(cuts) > 3
    pieces = [between(ink, left, right) for left, right in pairwise(cuts)]
    np.testing.assert_array_equal(np.maximum.reduce(pieces), ink)
    whole = between(ink, cuts[0], cuts[-1])
    np.testing.assert_array_equal(whole, ink)


def test_cuts_come_from_left_to_right_and_none_leaves_next_to_nothing_on_a_side():
    ink = bridged()
    shares = [between(ink, None, cut).sum() / ink.sum() for cut in find_cuts(ink)]
    assert shares == sorted(shares)
    assert all(LEAST - 0.02 < share < 1.02 - LEAST for share in shares)


def test_a_cut_is_the_same_for_a_finer_picture_of_the_same_ink():
    ink = bridged()
    finer = ink.repeat(3, 0).repeat(3, 1)
    for cut in find_cuts(ink):
        coarse, fine = between(ink, None, cut), between(finer, None, cut)
        assert abs(coarse.mean() - fine.mean()) < 0.01


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (3, 3), (40, 2000)], ids=str)
def test_ink_of_any_shape_has_cuts_or_none(shape):
    for cut in find_cuts(np.ones(shape, np.float32)):
        left, right = sides(np.ones(shape, np.float32), cut)
        assert left.any()
        assert right.any()
