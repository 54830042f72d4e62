"""One temperature for all answers."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.numerics.metrics import calibration
from mnist_app.numerics.temperature import BOUNDS, best_temperature


def answers(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return logits whose softmax is exactly how often each digit is the right one, and such labels."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2.5, (count, 10))
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (shares.cumsum(1) > rng.random((count, 1))).argmax(1)
    return logits, labels


@pytest.mark.parametrize("factor", [0.3, 1.0, 1.7, 4.0])
def test_the_temperature_undoes_what_made_the_network_too_sure_or_not_sure_enough(factor):
    logits, labels = answers(20_000)
    assert best_temperature(logits * factor, labels) == pytest.approx(factor, rel=0.05)


def test_confidence_agrees_with_accuracy_afterwards():
    logits, labels = answers(20_000, seed=1)
    spoilt = logits * 3

    def error(values: np.ndarray) -> float:
        shares = np.exp(values - values.max(1, keepdims=True))
        return calibration(labels, shares / shares.sum(1, keepdims=True)).error

    assert error(spoilt) > 0.1
    assert error(spoilt / best_temperature(spoilt, labels)) < 0.02


def test_answers_that_are_all_right_do_not_run_away():
    logits = np.eye(10) * 5
    assert BOUNDS[0] <= best_temperature(logits, np.arange(10)) <= BOUNDS[1]
