"""A drawing's strokes: the picture they become, and how hands and pens differ."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist_app.numerics.pen import PENS, SIDES, digit_image, random_width, unit, warped
from mnist_app.numerics.preprocess import prepare
from tests.drawings import FIVE, ONE, SEVEN, THREE

DRAWINGS = {"one": ONE, "three": THREE, "five": FIVE, "seven": SEVEN}


def arrays(drawing):
    return [np.array(stroke, float) for stroke in drawing]


def canvas(strokes, pen: int) -> np.ndarray:
    """Return the ink of a drawing on the 280 × 280 canvas: float32, drawn finely with a circle everywhere."""
    fine = Image.new("L", (1120, 1120))
    brush = ImageDraw.Draw(fine)
    for stroke in strokes:
        steps = [np.linspace(a, b, 60) for a, b in pairwise(stroke)]
        for x, y in np.concatenate(steps) * 4:
            brush.ellipse((x - 2 * pen, y - 2 * pen, x + 2 * pen, y + 2 * pen), fill=255)
    return np.asarray(fine.reduce(4), np.float32) / 255


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.minimum(one, other).sum() / np.maximum(one, other).sum())


def chance(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# ------------------------------------------------------------- unit strokes


@pytest.mark.parametrize("name", DRAWINGS)
def test_unit_strokes_begin_at_0_and_their_larger_side_is_1(name):
    points = np.concatenate(unit(arrays(DRAWINGS[name])))
    assert points.min(0) == pytest.approx([0, 0])
    assert points.max() == pytest.approx(1)


def test_unit_strokes_keep_their_shape():
    (small,) = unit([np.array([[3.0, 8], [5, 12], [4, 16]])])
    assert small == pytest.approx(np.array([[0, 0], [0.25, 0.5], [0.125, 1]]))


def test_a_single_point_is_at_0():
    assert unit([np.array([[7.0, 9]])])[0].tolist() == [[0, 0]]


# ------------------------------------------------------------- the picture


def test_the_picture_is_the_one_that_the_app_makes_of_the_canvas():
    overlaps = []
    for drawing in map(arrays, DRAWINGS.values()):
        side = np.ptp(np.concatenate(drawing), axis=0).max()
        for pen in (8, 14, 24):
            on_canvas = prepare(canvas(drawing, pen)).digit * 255
            ours = digit_image(drawing, pen / side).astype(float)
            # Size and place are rounded to whole pixels: next to a half, to one or the other.
            shifts = (np.roll(ours, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1))
            overlaps.append(max(overlap(shifted, on_canvas) for shifted in shifts))
    assert np.median(overlaps) > 0.9
    assert min(overlaps) > 0.6


def test_the_picture_does_not_depend_on_place_and_size():
    strokes = arrays(THREE)
    moved = [3 * stroke + (40, -7) for stroke in strokes]
    assert np.array_equal(digit_image(strokes, 0.1), digit_image(moved, 0.1))


def test_a_picture_is_as_mnist_has_them():
    image = digit_image(arrays(FIVE), 0.1)
    assert (image.shape, image.dtype) == ((28, 28), np.uint8)
    rows, columns = np.nonzero(image)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert image.max() > 240


def test_a_thicker_pen_leaves_more_ink():
    inks = [int(digit_image(arrays(SEVEN), width).sum()) for width in (0.03, 0.06, 0.12, 0.2, 0.3)]
    assert inks == sorted(set(inks))


def test_a_sharp_corner_is_round_and_whole():
    corner = np.array([[0.0, 1], [0.5, 0], [1, 1]])
    with_circles = np.concatenate([corner[:2], corner[1:2] + 0.001, corner[1:]])
    assert np.abs(digit_image([corner], 0.3).astype(int) - digit_image([with_circles], 0.3)).max() < 30
    # Without its round tip the ink would begin lower.
    assert digit_image([corner], 0.3)[:6].sum() > 255


def test_a_tap_of_the_pen_is_a_dot():
    image = digit_image([np.array([[0.3, 0.3]])], 1.0)
    rows, columns = np.nonzero(image > 128)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=1)


def test_pens_are_as_thick_as_on_the_canvas():
    widths = [random_width(chance(n)) for n in range(500)]
    assert PENS[0] / (SIDES[1] * 280) <= min(widths) < 0.05
    assert 0.2 < max(widths) <= PENS[1] / (SIDES[0] * 280)


# ------------------------------------------------------------- another hand


def test_without_an_amount_a_drawing_stays_as_it_is():
    strokes = arrays(FIVE)
    for seed in range(20):
        for found, expected in zip(warped(strokes, chance(seed), 0), unit(strokes), strict=True):
            assert found == pytest.approx(expected, abs=1e-9)


def test_the_same_chance_is_the_same_hand():
    first, again, other = (warped(arrays(FIVE), chance(seed)) for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(len(a) == len(b) and np.allclose(a, b) for a, b in zip(first, other, strict=True))


def test_other_hands_draw_unit_strokes_that_are_still_the_same_digit():
    straight = digit_image(arrays(FIVE), 0.1).astype(float)
    for seed in range(50):
        strokes = warped(arrays(FIVE), chance(seed))
        points = np.concatenate(strokes)
        assert len(strokes) == 2
        assert points.min(0) == pytest.approx([0, 0])
        assert points.max() == pytest.approx(1)
        likeness = np.corrcoef(digit_image(strokes, 0.1).ravel(), straight.ravel())[0, 1]
        assert 0.15 < likeness < 0.999


def test_a_larger_amount_changes_more():
    def change(amount):
        pictures = (digit_image(warped(arrays(THREE), chance(n), amount), 0.1) for n in range(40))
        return np.mean([np.abs(picture - before).mean() for picture in pictures])

    before = digit_image(arrays(THREE), 0.1).astype(float)
    assert 0 < change(0.2) < change(0.6) < change(1.2)


def test_some_hands_report_fewer_points_and_none_more():
    circle = np.linspace(0, 2 * np.pi, 61)
    dense = [np.stack([np.cos(circle), np.sin(circle)], 1)]
    counts = {len(warped(dense, chance(n))[0]) for n in range(60)}
    assert counts == {61, 31, 21}
    corners = [np.array([[0.0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])]
    assert {len(warped(corners, chance(n))[0]) for n in range(60)} == {5}
