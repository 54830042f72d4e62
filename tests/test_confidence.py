"""What a network's confidence is worth: the benchmark's own arithmetic, and a small run of it."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from benchmarks import confidence
from benchmarks.canvas import PENS, SIDE, SIDES, on_canvas
from benchmarks.confidence import Answers, caught
from benchmarks.strokes import DIGITS
from mnist_app.numerics.metrics import refused
from mnist_app.numerics.preprocess import ink_box
from mnist_app.serving.card import read_card
from tests.small_models import change_card, copy_shipped


def strokes_of(digit: int) -> list[np.ndarray]:
    return [np.array(stroke, float) for stroke in DIGITS[digit]]


def test_a_drawing_stands_anywhere_on_the_canvas_in_any_size():
    corners, longest = [], []
    for seed in range(40):
        ink = on_canvas(strokes_of(4), np.random.default_rng(seed))
        assert (ink.shape, ink.dtype, ink.max()) == ((SIDE, SIDE), np.float32, 1)
        box = ink_box(ink)
        corners.append((box.x, box.y))
        longest.append(max(box.width, box.height))
    assert np.ptp(corners, axis=0).min() > SIDE / 3
    assert min(longest) >= SIDES[0] * SIDE
    assert SIDES[0] * SIDE * 1.5 < max(longest) <= SIDES[1] * SIDE + PENS[1] + 2
    same = [on_canvas(strokes_of(4), np.random.default_rng(3)) for _ in range(2)]
    np.testing.assert_array_equal(*same)


def test_the_pens_width_is_a_share_of_the_drawing():
    thin, thick = (on_canvas(strokes_of(1), np.random.default_rng(0), width) for width in (0.05, 0.15))
    assert thick.sum() / thin.sum() == pytest.approx(3, rel=0.2)


def answers(groups: np.ndarray) -> Answers:
    """Return a hundred answers, seven of them wrong, those in one group after another."""
    digits = np.where(np.arange(100) < 7, 1, 0)
    sure = np.linspace(0.5, 0.995, 100)
    probabilities = np.full((100, 10), 0.0)
    probabilities[np.arange(100), digits] = sure
    return Answers(np.zeros(100, int), probabilities, groups)


def test_a_standard_error_goes_by_the_groups_that_are_alike():
    alone, alike = answers(np.arange(100)), answers(np.arange(100) // 10)
    share, error = alone.figure(alone.accuracy)
    assert share == 0.93
    assert error == pytest.approx((0.93 * 0.07 / 100) ** 0.5, rel=0.2)
    assert alike.figure(alike.accuracy)[1] > 2 * error


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1])
def test_the_threshold_refuses_just_that_share(share):
    found = answers(np.arange(100))
    below = found.threshold(share)
    assert refused(found.probabilities, below).mean() == pytest.approx(share)
    assert found.figure(found.refused(below))[0] == pytest.approx(share)


def test_what_is_caught_is_counted_over_several_kinds():
    kinds = [{"parts": np.array([0.2, 0.9]), "whole": np.array([0.2, 0.3])}] * 2
    assert caught(kinds, 0.5) == {"parts": (0.5, 0.25), "whole": (1.0, 0.0)}


@pytest.mark.parametrize("threshold", [0.0, 0.9])
def test_a_run_tells_all_figures_and_what_a_card_can_hold(
    threshold, tmp_path, small_npz, monkeypatch, capsys
):
    monkeypatch.setenv("MNIST_NPZ", str(small_npz))
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path))
    folder = copy_shipped(tmp_path, "mine")
    change_card(folder, refuse_below=threshold)
    rows = [
        {"label": label, "writer": f"{place}/{label}", "strokes": strokes}
        for place in ("here", "there")
        for label, strokes in DIGITS.items()
    ]
    file = tmp_path / "strokes.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    asked = ["confidence", "--strokes", str(file), "--model", "mine", "--each", "1"]
    monkeypatch.setattr(sys, "argv", [*asked, "--writers", "here", "--json"])
    confidence.main()
    row = json.loads(capsys.readouterr().out)
    assert (row["model"], row["test_images"], row["drawings"], row["writers"]) == ("mine", 200, 10, 10)
    limits = ["card", "two_percent"] if threshold else ["two_percent"]
    assert list(row["thresholds"]) == list(row["refused"]) == list(row["caught"]["all"]) == limits
    assert row["for_card"]["refuse_below"] == row["thresholds"][limits[0]]
    assert row["caught"]["frame"].keys() == row["caught"]["unseen"].keys()
    change_card(folder, **row["for_card"])
    assert list(read_card(folder).measured)[1:] == list(row["for_card"]["figures"])

    monkeypatch.setattr(sys, "argv", [*asked, "--writers", "nowhere"])
    with pytest.raises(SystemExit, match="nowhere"):
        confidence.main()
