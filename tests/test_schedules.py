"""How the learning rate changes over a training."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.training.schedules import SCHEDULES, WARM_UP, cosine, one_cycle
from mnist_app.training.settings import Settings

PROGRESS = np.linspace(0, 1, 1001)


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_is_a_share_of_the_learning_rate_without_jumps(name):
    shares = np.array([SCHEDULES[name](progress) for progress in PROGRESS])
    assert shares.min() >= 0
    assert shares.max() == pytest.approx(1)  # the rate that was asked for is reached
    assert np.abs(np.diff(shares)).max() < 0.01


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_can_be_asked_for(name):
    assert Settings(schedule=name).schedule == name


def test_a_constant_rate_never_changes():
    assert {SCHEDULES["constant"](progress) for progress in PROGRESS} == {1.0}


def test_a_cosine_falls_from_1_to_0():
    shares = [cosine(progress) for progress in PROGRESS]
    assert shares[0] == 1
    assert shares[500] == pytest.approx(0.5)
    assert shares[-1] == pytest.approx(0)
    assert (np.diff(shares) < 0).all()


@pytest.mark.tensorflow
def test_the_cosine_is_keras():
    import keras

    decay = keras.optimizers.schedules.CosineDecay(1.0, decay_steps=100)
    for step in range(0, 101, 10):
        assert cosine(step / 100) == pytest.approx(float(decay(step)), abs=1e-6)


def test_one_cycle_climbs_to_its_peak_and_falls_for_longer():
    shares = np.array([one_cycle(progress) for progress in PROGRESS])
    peak = shares.argmax()
    assert PROGRESS[peak] == pytest.approx(WARM_UP)
    assert shares[[0, peak, -1]] == pytest.approx([1 / 25, 1, 1e-4])
    assert (np.diff(shares[: peak + 1]) > 0).all()
    assert (np.diff(shares[peak:]) < 0).all()
    assert peak < len(PROGRESS) / 2
    # Half a cosine each way: half of the way is done at half of the time.
    assert one_cycle(WARM_UP / 2) == pytest.approx((1 / 25 + 1) / 2)
    assert one_cycle((WARM_UP + 1) / 2) == pytest.approx((1 + 1e-4) / 2)
