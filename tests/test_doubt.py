"""What speaks against ink being one digit, and the partition that leaves the least of it."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.numerics.doubt import USUAL_WIDTHS, cheapest, doubt


def answer(digit: int, probability: float) -> np.ndarray:
    probabilities = np.full(10, (1 - probability) / 9)
    probabilities[digit] = probability
    return probabilities


def doubt_of(digit: int, probability: float = 1.0, aspect: float | None = None, height: int = 100) -> float:
    width = round(height * (USUAL_WIDTHS[digit] if aspect is None else aspect))
    return doubt(answer(digit, probability), width, height, 100)


@pytest.mark.parametrize("digit", range(10))
def test_a_sure_digit_of_the_usual_shape_leaves_no_doubt(digit):
    assert doubt_of(digit) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("digit", range(10))
def test_the_less_probable_the_wider_and_the_lower_the_more_doubtful(digit):
    by_probability = [doubt_of(digit, probability) for probability in (1.0, 0.999, 0.99, 0.9, 0.5, 0.2)]
    by_width = [doubt_of(digit, aspect=USUAL_WIDTHS[digit] * factor) for factor in (1, 1.3, 1.8, 3)]
    by_height = [doubt_of(digit, height=height) for height in (100, 50, 30, 10)]
    for doubts in (by_probability, by_width, by_height):
        assert doubts == sorted(doubts)
        assert doubts[-1] > doubts[0] + 0.5


def test_a_narrow_digit_and_one_somewhat_lower_than_others_are_not_doubtful():
    assert doubt_of(0, aspect=0.4) == doubt_of(0)
    assert doubt_of(6, height=65) == pytest.approx(doubt_of(6), abs=0.01)


def test_ones_differ_more_in_width_than_others():
    assert doubt_of(1, aspect=2 * USUAL_WIDTHS[1]) < doubt_of(8, aspect=2 * USUAL_WIDTHS[8])


def test_the_least_costly_spans_cover_all_places():
    costs = {(0, 1): 1.0, (1, 2): 1.0, (2, 3): 5.0, (0, 2): 3.0, (1, 3): 2.0, (0, 3): 4.0}
    assert cheapest(costs, 3) == [(0, 1), (1, 3)]
    assert cheapest(costs | {(0, 3): 2.5}, 3) == [(0, 3)]
    assert cheapest({(0, 1): 7.0}, 1) == [(0, 1)]


def test_spans_that_leave_a_gap_are_an_error():
    with pytest.raises(ValueError, match="cover 0 to 3"):
        cheapest({(0, 1): 1.0, (2, 3): 1.0}, 3)
