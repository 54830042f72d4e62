"""How long a training will take, told before it begins."""

from __future__ import annotations

import pytest

from mnist_app.training.estimate import (
    CUTTING_SECONDS,
    DRAWING_SECONDS,
    EVALUATION_SECONDS,
    estimate,
    remember,
)
from mnist_app.training.settings import Settings, from_recipe

RATE = 500.0  # images a second


def seconds(runs, **changes: object) -> float:
    """Return the estimate for 1,000 training images at ``RATE``, the end left out."""
    settings = Settings(**{"epochs": 2, "validation": "none", **changes})
    remember(settings, RATE, "CPU", runs)
    found = estimate(settings, 1000, 200, runs)
    assert found.measured
    return found.seconds - EVALUATION_SECONDS


def test_every_epoch_takes_as_long_as_its_images(tmp_path):
    assert seconds(tmp_path) == pytest.approx(2 * 1000 / RATE)
    assert seconds(tmp_path, train_images=100, epochs=3) == pytest.approx(3 * 100 / RATE)


def test_what_is_drawn_beside_mnist_counts_and_takes_its_time_to_draw(tmp_path):
    pen = seconds(tmp_path, pen_digits=0.5)
    assert pen == pytest.approx(2 * 1500 / RATE + 500 * DRAWING_SECONDS)
    held_back = {"validation": "train", "validation_split": 0.5}
    plain = seconds(tmp_path, **held_back)
    scrawls = seconds(tmp_path, non_digits=0.2, **held_back)
    assert scrawls - plain == pytest.approx(2 * 100 / RATE + 100 * DRAWING_SECONDS)
    parts = seconds(tmp_path, number_parts=0.1, **held_back)
    assert parts - plain == pytest.approx(2 * 50 / RATE + 50 * CUTTING_SECONDS)


def test_a_training_on_smaller_images_does_not_tell_how_fast_one_on_whole_images_is(tmp_path):
    remember(Settings(crop=0.5), 2 * RATE, "CPU", tmp_path)
    assert estimate(Settings(crop=0.5), 1000, 200, tmp_path).measured
    assert not estimate(Settings(), 1000, 200, tmp_path).measured


def test_before_the_first_training_it_is_a_guess(tmp_path):
    whole, less = (
        estimate(from_recipe("drawings", pen_digits=share), 60_000, 10_000, tmp_path) for share in (1.0, 0.0)
    )
    assert (whole.measured, less.measured) == (False, False)
    assert whole.seconds > 1.5 * less.seconds
