"""Strokes written down as a few points."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.numerics import handwriting
from mnist_app.numerics.handwriting import written


@pytest.fixture
def steady(monkeypatch):
    """A hand that misses no point and writes as roundly as a spline."""
    monkeypatch.setattr(handwriting, "WOBBLE", 0)
    monkeypatch.setattr(handwriting, "BENDS", (1, 1))
    return np.random.default_rng(0)


def distance(path: np.ndarray, place: tuple[float, float]) -> float:
    return float(np.hypot(*(path - place).T).min())


def test_a_semicolon_parts_strokes_which_begin_and_end_where_they_should(steady):
    first, second = written("20 10, 80 30, 50 90; 10 50, 60 70", steady)
    assert first[[0, -1]] == pytest.approx(np.array([[0.2, 0.1], [0.5, 0.9]]))
    assert second[[0, -1]] == pytest.approx(np.array([[0.1, 0.5], [0.6, 0.7]]))


def test_two_points_are_a_line(steady):
    (path,) = written("10 20, 90 60", steady)
    assert path[:, 1] == pytest.approx(0.2 + (path[:, 0] - 0.1) / 2)


def test_a_path_runs_through_its_points_smoothly(steady):
    (path,) = written("0 50, 50 0, 100 50, 50 100", steady)
    assert distance(path, (0.5, 0)) < 0.03
    assert distance(path, (1, 0.5)) < 0.03
    steps = np.diff(path, axis=0)
    turns = np.abs(np.diff(np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))))
    assert turns.max() < np.deg2rad(15)


def test_an_exclamation_mark_is_a_sharp_turn(steady):
    (sharp,) = written("10 10, 80 10!, 40 90", steady)
    (round_,) = written("10 10, 80 10, 40 90", steady)
    assert sharp[:, 0].max() == pytest.approx(0.8)
    assert np.isclose(sharp, (0.8, 0.1)).all(1).sum() == 1
    upper = sharp[sharp[:, 0] < 0.8][:5]
    assert upper[:, 1] == pytest.approx(0.1)
    assert round_[:, 0].max() > 0.81


def test_points_are_as_dense_as_a_pen_reports_them(steady):
    for path in written("0 0, 100 100; 0 0, 10 40, 90 40!, 50 90", steady):
        assert np.hypot(*np.diff(path, axis=0).T).max() < 2 * handwriting.STEP


def test_a_hand_never_draws_the_same_twice_but_the_same_chance_does():
    def draw(seed):
        return np.concatenate(written("20 10, 80 30!, 50 90", np.random.default_rng(seed)))

    assert np.array_equal(draw(1), draw(1))
    moves = [np.abs(draw(seed)[0] - (0.2, 0.1)).max() for seed in range(50)]
    assert len(set(moves)) == 50
    assert max(moves) < 0.12
