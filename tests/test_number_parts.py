"""Digits that touch, what cuts leave of them, and the images to learn from that they make."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.data.number_parts import number_parts
from mnist_app.data.pen_images import NO_DIGIT
from mnist_app.data.recorded_strokes import RecordedDigit
from mnist_app.numerics.digit_likeness import could_be_a_digit
from mnist_app.numerics.made_digits import made_digit
from mnist_app.numerics.touching_digits import cut_off, cut_wrongly, first_touch, touching

BAR = [np.array([[0.0, 0.0], [0.0, 1.0]])]
WIDTH = 0.1


def chance(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def pair(seed: int):
    rng = chance(seed)
    return touching(made_digit(seed % 10, rng), made_digit(seed // 10 % 10, rng), WIDTH, rng)


def gap(left, right) -> float:
    """Return the distance between two paths."""
    a, b = np.concatenate(left), np.concatenate(right)
    return float(np.hypot(*(a[:, np.newaxis] - b).transpose(2, 0, 1)).min())


def length(strokes) -> float:
    return sum(float(np.hypot(*np.diff(stroke, axis=0).T).sum()) for stroke in strokes)


# ------------------------------------------------------------- pairs and cuts


def test_upright_bars_at_a_distance_stand_so_far_apart():
    assert first_touch(BAR, BAR, 0.3) == pytest.approx(0.3, abs=1e-6)


def test_a_digit_goes_under_the_roof_of_the_one_before_until_it_is_near():
    roof = [np.array([[0.0, 0.0], [1.0, 0.0]])]
    low_bar = [np.array([[0.0, 0.5], [0.0, 1.0]])]
    assert first_touch([*BAR, *roof], low_bar, 0.2) == pytest.approx(0.2, abs=1e-6)
    assert first_touch([*BAR, *roof], BAR, 0.2) == pytest.approx(1.2, abs=0.02)


@pytest.mark.parametrize("seed", range(0, 100, 7))
def test_two_digits_touch_and_the_second_is_right_of_the_first(seed):
    left, right = pair(seed)
    assert gap(left, right) <= WIDTH
    assert np.concatenate(right)[:, 0].mean() > np.concatenate(left)[:, 0].mean()


def test_a_good_cut_leaves_one_digit_nearly_whole_and_little_of_the_other():
    found = 0
    for seed in range(100):
        both = pair(seed)
        piece = cut_off(*both, chance(seed))
        if piece is not None:
            strokes, which = piece
            assert 0.75 < length(strokes) / length(both[which]) < 1.4
            found += 1
    assert found > 60


def test_a_bad_cut_leaves_part_of_a_digit_or_more_than_one():
    shares = []
    for seed in range(100):
        both = pair(seed)
        strokes = cut_wrongly(*both, chance(seed))
        if strokes is not None:
            shares.append(length(strokes) / (length(both[0]) + length(both[1])))
    assert len(shares) > 60
    assert min(shares) < 0.3
    assert max(shares) > 0.6


# ------------------------------------------------------------- images


def test_every_second_image_is_no_digit_and_the_others_are_of_all_classes():
    split = number_parts(200, seed=1)
    assert (split.images.shape, split.images.dtype) == ((200, 28, 28), np.uint8)
    assert split.labels.dtype == np.uint8
    counts = np.bincount(split.labels, minlength=NO_DIGIT + 1)
    assert counts[NO_DIGIT] == 100
    assert min(counts[:NO_DIGIT]) > 0
    assert not any(could_be_a_digit(image) for image in split.images[split.labels == NO_DIGIT])
    assert len({image.tobytes() for image in split.images}) == 200


def test_the_same_seed_gives_the_same_images():
    first, again, other = (number_parts(20, seed) for seed in (2, 2, 3))
    assert np.array_equal(first.images, again.images)
    assert np.array_equal(first.labels, again.labels)
    assert not np.array_equal(first.images, other.images)


def test_recorded_digits_are_cut_too():
    recorded = [RecordedDigit(label, "somebody", made_digit(label, chance(label))) for label in range(10)]
    assert not np.array_equal(number_parts(20, 4).images, number_parts(20, 4, recorded).images)


def test_progress_is_reported_to_the_last_image():
    seen = []
    number_parts(150, 5, progress=lambda done, count: seen.append((done, count)))
    assert seen == [(100, 150), (150, 150)]
    assert len(number_parts(0, 6)) == 0
