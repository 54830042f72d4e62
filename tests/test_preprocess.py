"""From a drawing to 28 × 28 pixels as MNIST has them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from mnist_app.numerics.preprocess import (
    ALL_STEPS,
    CENTRE,
    INK,
    PLAIN_RESIZE,
    Box,
    Steps,
    ink_box,
    is_dot,
    prepare,
    without_each,
)
from tests.drawings import FIVE, ONE, SEVEN, THREE, canvas_image

EIGHT = [
    [
        *[(170, 80), (140, 60), (110, 80), (115, 110), (140, 130), (165, 150), (175, 180), (155, 210)],
        *[(125, 212), (105, 185), (115, 155), (140, 130), (165, 110), (170, 80)],
    ]
]
ZERO = [
    [(140, 60), (105, 85), (95, 140), (105, 195), (140, 220), (175, 195), (185, 140), (175, 85), (140, 60)]
]
DIGITS = {"0": ZERO, "1": ONE, "3": THREE, "5": FIVE, "7": SEVEN, "8": EIGHT}


def ink_of(strokes, width: int = 18) -> np.ndarray:
    return canvas_image(strokes, width)[..., 0] / np.float32(255)


def moved(ink: np.ndarray, side: int, scale: float, left: int, top: int) -> np.ndarray:
    """Return the drawing scaled onto an empty square canvas; what leaves it is cut off."""
    size = [max(1, round(length * scale)) for length in ink.shape]
    small = np.asarray(Image.fromarray(ink).resize((size[1], size[0]), Image.Resampling.BOX))
    canvas = Image.new("F", (side, side))
    canvas.paste(Image.fromarray(small), (left, top))
    return np.asarray(canvas)


@pytest.mark.parametrize("name", DIGITS)
def test_a_digit_is_20_pixels_long_and_its_mass_lies_in_the_middle(name):
    stages = prepare(ink_of(DIGITS[name]))
    assert (stages.digit.shape, stages.digit.dtype) == ((28, 28), np.float32)
    assert stages.digit.min() >= 0
    assert stages.digit.max() <= 1
    assert max(stages.scaled.shape) == 20
    centre = np.array(ndimage.center_of_mass(stages.digit))
    assert np.abs(centre - CENTRE).max() <= 0.501
    assert stages.digit.sum() == pytest.approx(stages.scaled.sum(), rel=1e-4)  # nothing is cut off


@pytest.mark.parametrize("name", DIGITS)
def test_the_aspect_is_kept(name):
    stages = prepare(ink_of(DIGITS[name]))
    height, width = stages.cropped.shape
    assert stages.scaled.shape == (
        max(1, round(20 * height / max(height, width))),
        max(1, round(20 * width / max(height, width))),
    )


def test_every_stage_is_kept():
    ink = ink_of(THREE)
    stages = prepare(ink)
    assert stages.drawing is ink
    np.testing.assert_array_equal(stages.cropped, stages.box.of(ink))
    height, width = stages.scaled.shape
    top, left = (int(np.flatnonzero(stages.digit.any(axis))[0]) for axis in (1, 0))
    found = stages.digit[top : top + height, left : left + width]
    np.testing.assert_array_equal(found, stages.scaled[: found.shape[0], : found.shape[1]])


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.25])
def test_where_and_how_large_a_digit_is_drawn_makes_no_difference(scale, predictor):
    ink = ink_of(THREE)
    whole = prepare(ink).digit
    for left, top in ((0, 0), (-10, 5), (30, -10)):
        other = prepare(moved(ink, 280, scale, left, top)).digit
        # The mass may round to the pixel beside.
        beside = [np.roll(other, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
        assert min(np.abs(whole - shifted).mean() for shifted in beside) < 0.02
        assert predictor.probabilities(other[np.newaxis]).argmax() == 3


# ------------------------------------------------------------- the box and the dot


def test_the_box_is_the_smallest_around_all_ink():
    ink = np.zeros((50, 60), np.float32)
    ink[10, 20] = ink[30, 45] = 1
    ink[5, 5] = INK - 0.01  # the soft edge of a stroke
    assert ink_box(ink) == Box(20, 10, 26, 21)
    assert Box(20, 10, 26, 21).of(ink).shape == (21, 26)


@pytest.mark.parametrize("level", [0.0, INK - 0.01])
def test_a_blank_drawing_has_no_box_and_cannot_be_prepared(level):
    blank = np.full((280, 280), level, np.float32)
    assert ink_box(blank) is None
    assert not is_dot(blank)
    with pytest.raises(ValueError, match="ink must have a pixel"):
        prepare(blank)


@pytest.mark.parametrize("width", [4, 8, 18, 40])
def test_a_tap_of_the_pen_is_a_dot(width):
    assert is_dot(ink_of([[(140, 140), (140, 140)]], width))
    assert is_dot(ink_of([[(140, 140), (142, 141)]], width))  # a hand is never quite still


def test_a_single_pixel_is_a_dot():
    ink = np.zeros((28, 28), np.float32)
    ink[14, 14] = 1
    assert is_dot(ink)


@pytest.mark.parametrize("width", [8, 18, 24])
@pytest.mark.parametrize("name", DIGITS)
def test_a_digit_is_no_dot(name, width):
    assert not is_dot(ink_of(DIGITS[name], width))


def test_a_short_thick_1_is_no_dot():
    assert not is_dot(ink_of([[(140, 120), (140, 165)]], 24))


def test_no_mnist_image_is_a_dot(subset):
    assert not any(is_dot(image / np.float32(255)) for split in subset for image in split.images)


def test_no_test_image_of_mnist_is_a_dot(full_mnist):
    assert not any(is_dot(image / np.float32(255)) for image in full_mnist[1].images)


def test_a_filled_square_is_no_digit():
    assert is_dot(np.ones((60, 60), np.float32))


# ------------------------------------------------------------- drawings at their limits


def test_a_drawing_that_touches_all_borders_is_prepared_whole(predictor):
    stages = prepare(ink_of(THREE))
    large = np.asarray(Image.fromarray(stages.cropped).resize((280, 280)))
    assert ink_box(large) == Box(0, 0, 280, 280)
    found = prepare(large)
    assert found.scaled.shape == (20, 20)
    assert found.digit.sum() == pytest.approx(found.scaled.sum(), rel=1e-4)
    assert predictor.probabilities(found.digit[np.newaxis]).argmax() == 3


def test_a_drawing_of_12_pixels_height_is_prepared(predictor):
    ink = ink_of(THREE)
    box = ink_box(ink)
    tiny = moved(box.of(ink), 280, 12 / box.height, 250, 3)
    assert ink_box(tiny).height == 12
    stages = prepare(tiny)
    assert stages.scaled.shape[0] == 20
    assert predictor.probabilities(stages.digit[np.newaxis]).argmax() == 3


def test_a_stroke_that_leaves_the_canvas_counts_as_far_as_it_is_on_it():
    ink = ink_of([[(140, 60), (140, 400)]])
    stages = prepare(ink)
    assert stages.box.y + stages.box.height == 280
    assert max(stages.scaled.shape) == 20
    assert np.abs(np.array(ndimage.center_of_mass(stages.digit)) - CENTRE).max() <= 0.5


@pytest.mark.parametrize("size", [(1, 280), (280, 1), (1, 1), (3, 2)], ids=str)
def test_a_line_one_pixel_wide_keeps_at_least_one_pixel(size):
    stages = prepare(np.ones(size, np.float32))
    assert max(stages.scaled.shape) == 20
    assert stages.digit.any()


def test_a_lopsided_drawing_stays_inside_the_28_pixels():
    ink = np.zeros((200, 200), np.float32)
    ink[:, 0:4] = 1
    ink[150:200] = 1  # all mass below: centred, its upper end leaves the picture
    stages = prepare(ink)
    assert stages.digit.shape == (28, 28)
    assert np.abs(np.array(ndimage.center_of_mass(stages.digit)) - CENTRE).max() <= 1


# ------------------------------------------------------------- MNIST's own images


def test_mnists_own_images_come_through_nearly_unchanged(subset, predictor):
    _, test = subset
    images = test.images / np.float32(255)
    prepared = np.stack([prepare(image).digit for image in images])
    differences = np.abs(prepared - images).mean((1, 2))
    assert np.median(differences) < 0.001
    assert differences.mean() < 0.004
    before, after = (predictor.probabilities(batch).argmax(1) for batch in (images, prepared))
    assert (before == after).mean() >= 0.998


def test_an_mnist_image_enlarged_to_a_canvas_and_back_is_read_as_before(subset, predictor):
    images = subset[1].images[:200]
    back = np.stack(
        [
            prepare(np.asarray(Image.fromarray(image).resize((280, 280))) / np.float32(255)).digit
            for image in images
        ]
    )
    before, after = (predictor.probabilities(batch).argmax(1) for batch in (images / np.float32(255), back))
    assert (before == after).mean() >= 0.99


# ------------------------------------------------------------- steps switched off


def test_without_the_crop_the_whole_canvas_stands_for_the_digit():
    ink = moved(ink_of(THREE), 280, 0.3, 10, 10)
    stages = prepare(ink, Steps(crop=False))
    assert stages.cropped is ink
    assert stages.scaled.shape == (20, 20)
    assert stages.box == ink_box(ink)
    drawn = ink_box(stages.scaled)
    assert max(drawn.width, drawn.height) < 10  # a small drawing stays small


def test_without_the_scale_the_crop_is_stretched_over_all_pixels():
    stages = prepare(ink_of(ONE), Steps(scale=False, centre=False))
    assert stages.scaled.shape == (28, 28)
    np.testing.assert_array_equal(stages.digit, stages.scaled)
    assert stages.digit.mean() > 0.7  # a 1 is as wide as it is high now


def test_without_the_centre_the_box_lies_in_the_middle():
    ink = ink_of(SEVEN)  # its mass lies high
    boxed, massed = prepare(ink, Steps(centre=False)), prepare(ink)
    box = ink_box(boxed.digit)
    assert abs((box.y + box.height / 2) - 14) <= 1
    assert abs((box.x + box.width / 2) - 14) <= 1
    assert ndimage.center_of_mass(boxed.digit)[0] < ndimage.center_of_mass(massed.digit)[0]
    np.testing.assert_array_equal(boxed.scaled, massed.scaled)


def test_a_plain_resize_is_the_canvas_at_28_pixels():
    ink = moved(ink_of(THREE), 280, 0.4, 20, 100)
    stages = prepare(ink, PLAIN_RESIZE)
    assert stages.digit.mean() == pytest.approx(ink.mean(), abs=0.002)
    centre = np.array(ndimage.center_of_mass(stages.digit)) * 10
    np.testing.assert_allclose(centre, ndimage.center_of_mass(ink), atol=6)


@pytest.mark.parametrize("steps", [ALL_STEPS, PLAIN_RESIZE, Steps(centre=False)], ids=str)
def test_each_step_can_be_switched_over_alone(steps):
    others = without_each(steps)
    assert list(others) == ["crop", "scale", "centre"]
    for name, other in others.items():
        changed = {step for step, on in vars(steps).items() if getattr(other, step) != on}
        assert changed == {name}


@pytest.mark.parametrize("crop", [True, False])
@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("centre", [True, False])
def test_every_combination_of_steps_gives_28_by_28_pixels(crop, scale, centre):
    stages = prepare(ink_of(FIVE), Steps(crop, scale, centre))
    assert (stages.digit.shape, stages.digit.dtype) == ((28, 28), np.float32)
    assert stages.digit.any()
    assert stages.digit.min() >= 0
    assert stages.digit.max() <= 1
