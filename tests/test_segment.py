"""Several digits on one canvas."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist_app.numerics.preprocess import Box, ink_box
from mnist_app.numerics.segment import find_digits
from mnist_app.serving.reading import read
from tests.drawings import FIVE, ONE, SEVEN, THREE, canvas_image


def ink_of(strokes, width: int = 18) -> np.ndarray:
    return canvas_image(strokes, width)[..., 0] / np.float32(255)


def beside(*inks: np.ndarray) -> np.ndarray:
    return np.concatenate(inks, 1)


def blocks(*boxes: tuple[int, int, int, int], size: tuple[int, int] = (100, 200)) -> np.ndarray:
    """Return ink that fills some boxes (x, y, width, height)."""
    ink = np.zeros(size, np.float32)
    for x, y, width, height in boxes:
        ink[y : y + height, x : x + width] = 1
    return ink


def boxes_of(ink: np.ndarray) -> list[tuple[int, int, int, int]]:
    return [(box.x, box.y, box.width, box.height) for _, box in find_digits(ink)]


def floating_five() -> np.ndarray:
    """Return a 5 whose bar touches nothing."""
    body, bar = FIVE
    return ink_of([body[1:], [(x + 12, y - 16) for x, y in bar]], 12)


def test_the_tutorials_own_picture_is_read_as_504192(full_mnist, predictor):
    train, _ = full_mnist
    np.testing.assert_array_equal(train.labels[:6], [5, 0, 4, 1, 9, 2])
    row = beside(*train.images[:6]) / np.float32(255)
    assert read(row, predictor).number == "504192"
    canvas = Image.fromarray(row).resize((6 * 112, 112), Image.Resampling.BICUBIC)
    assert read(np.clip(np.asarray(canvas), 0, 1), predictor).number == "504192"


def test_six_digits_of_the_subset_are_read_as_a_number(subset, predictor):
    _, test = subset
    alone = predictor.probabilities(test.inputs()).argmax(1)
    right = 0
    for start in range(0, 300, 6):
        row = beside(*test.images[start : start + 6]) / np.float32(255)
        right += read(row, predictor).number == "".join(map(str, alone[start : start + 6]))
    assert right >= 45  # of 50: broken digits and digits that touch are there


def test_drawn_digits_are_read_from_left_to_right(predictor):
    reading = read(beside(*(ink_of(digit) for digit in (SEVEN, THREE, ONE, FIVE))), predictor)
    assert reading.number == "7315"
    left = [digit.box.x for digit in reading.digits]
    assert left == sorted(left)


def test_boxes_come_from_left_to_right_whatever_stands_higher():
    ink = blocks((150, 5, 20, 60), (10, 30, 20, 60), (80, 20, 20, 60))
    assert boxes_of(ink) == [(10, 30, 20, 60), (80, 20, 20, 60), (150, 5, 20, 60)]


def test_no_ink_has_no_digits():
    assert find_digits(np.zeros((100, 100), np.float32)) == []


def test_a_digit_of_one_part_is_the_drawing_itself():
    ink = ink_of(THREE)
    ((part, box),) = find_digits(ink)
    assert part is ink
    assert box == ink_box(ink)


def test_the_bar_of_a_5_stays_with_its_5(predictor):
    five = floating_five()
    _, parts = np.unique(Image.fromarray((five >= 0.3).astype(np.uint8)), return_counts=True)
    assert len(parts) == 2
    assert len(find_digits(five)) == 1
    assert read(five, predictor).number == "5"
    assert read(beside(ink_of(SEVEN), five, ink_of(ONE)), predictor).number == "751"


def test_a_bar_beside_its_5_stays_with_it_too():
    # The bar begins right of the body's end, a little above: no shared column.
    body, bar, far = (20, 20, 30, 70), (54, 20, 18, 8), (120, 20, 30, 70)
    assert boxes_of(blocks(body, bar, far)) == [(20, 20, 52, 70), far]


def test_parts_above_one_another_are_one_digit():
    assert boxes_of(blocks((50, 5, 40, 30), (55, 40, 40, 50))) == [(50, 5, 45, 85)]


def test_parts_of_one_height_beside_one_another_are_two_digits():
    assert len(find_digits(blocks((20, 10, 30, 80), (54, 10, 30, 80)))) == 2


@pytest.mark.parametrize("side", [1, 3, 6])
def test_a_speck_is_dirt(side):
    ink = blocks((20, 10, 40, 80), (150, 50, side, side))
    ((part, box),) = find_digits(ink)
    assert box == Box(20, 10, 40, 80)
    assert not part[50:56, 150:156].any()


def test_a_small_part_far_from_all_digits_is_not_joined_to_one():
    assert boxes_of(blocks((10, 10, 30, 80), (150, 50, 12, 12))) == [(10, 10, 30, 80), (150, 50, 12, 12)]


def test_each_digit_comes_without_the_others_and_with_its_soft_edge():
    ink = beside(ink_of(SEVEN), ink_of(THREE))
    for part, box in find_digits(ink):
        assert part.shape == ink.shape
        outside = part.copy()
        outside[max(box.y - 3, 0) : box.y + box.height + 3, max(box.x - 3, 0) : box.x + box.width + 3] = 0
        assert not outside.any()
        np.testing.assert_array_equal(box.of(part), box.of(ink))


def test_two_digits_that_overlap_in_a_few_columns_stay_two():
    # A slanted 7 reaches over the 1 beside it.
    assert len(find_digits(blocks((10, 10, 50, 80), (55, 10, 30, 80)))) == 1  # touching: one part
    assert len(find_digits(blocks((10, 10, 40, 30), (44, 45, 40, 50)))) == 2


def test_a_digit_of_several_strokes_that_cross_is_one(predictor):
    four = [[(120, 60), (85, 150), (190, 150)], [(165, 90), (165, 225)]]
    ink = ink_of(four)
    assert len(find_digits(ink)) == 1
    assert read(ink, predictor).number == "4"


def test_very_many_parts_are_found_in_reasonable_time(predictor):
    rng = np.random.default_rng(1)
    picture = Image.new("F", (1000, 1000))
    pen = ImageDraw.Draw(picture)
    for x, y in rng.integers(0, 990, (400, 2)):
        pen.rectangle((x, y, x + 8, y + 8), fill=1.0)
    digits = find_digits(np.asarray(picture))
    assert digits
