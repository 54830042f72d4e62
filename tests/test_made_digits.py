"""The pen digits of our own: each way of writing each digit."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.numerics.made_digits import WAYS, made_digit, written_in
from mnist_app.numerics.pen import digit_image, random_width, warped

EACH_WAY = [(digit, name) for digit, ways in WAYS.items() for name in ways]
IDS = [f"{digit}_{name}" for digit, name in EACH_WAY]


def test_every_digit_has_several_ways():
    assert list(WAYS) == list(range(10))
    assert all(4 <= len(ways) <= 12 for ways in WAYS.values())


@pytest.mark.parametrize(("digit", "name"), EACH_WAY, ids=IDS)
def test_every_way_gives_a_picture_with_ink_and_never_the_same_twice(digit, name):
    rng = np.random.default_rng(0)
    pictures = [digit_image(written_in(WAYS[digit][name], rng), 0.08) for _ in range(5)]
    assert len({picture.tobytes() for picture in pictures}) == 5
    for picture in pictures:
        assert 0.02 < (picture > 128).mean() < 0.35


@pytest.mark.parametrize(("digit", "name"), EACH_WAY, ids=IDS)
def test_every_way_is_written_as_unit_strokes(digit, name):
    for seed in range(5):
        points = np.concatenate(written_in(WAYS[digit][name], np.random.default_rng(seed)))
        assert points.min(0) == pytest.approx([0, 0])
        assert points.max() == pytest.approx(1)
        assert np.ptp(points[:, 1]) > 0.45


@pytest.mark.parametrize("digit", range(10))
def test_the_network_that_ships_reads_most_of_each_digit(digit, predictor):
    rng = np.random.default_rng(digit)
    pictures = [digit_image(warped(made_digit(digit, rng), rng, 0.6), random_width(rng)) for _ in range(100)]
    answers = predictor.probabilities(np.array(pictures, np.float32) / 255).argmax(1)
    assert np.bincount(answers, minlength=10).argmax() == digit
    assert (answers == digit).mean() > 0.5


@pytest.mark.parametrize("digit", range(10))
def test_all_ways_of_a_digit_come_up(digit, monkeypatch):
    seen = set()
    monkeypatch.setattr(
        "mnist_app.numerics.made_digits.written_in", lambda way, rng: seen.add(way) or [np.eye(2)]
    )
    rng = np.random.default_rng(0)
    for _ in range(200):
        made_digit(digit, rng)
    assert seen == set(WAYS[digit].values())
