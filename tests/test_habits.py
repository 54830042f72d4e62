"""Ways of writing that MNIST hardly shows, given to plain drawings."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.numerics.habits import HABITS, with_habit
from mnist_app.numerics.made_digits import WAYS, written_in
from mnist_app.numerics.pen import unit

PLAIN = {0: "plain", 1: "stroke", 4: "closed", 5: "two_strokes", 7: "plain", 8: "snake"}
ROWS = [(digit, habit) for digit, habits in HABITS.items() for _, habit in habits]


def plain(digit: int, seed: int = 0):
    return written_in(WAYS[digit][PLAIN[digit]], np.random.default_rng(seed))


def same(a, b) -> bool:
    return len(a) == len(b) and all(len(x) == len(y) and np.allclose(x, y) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize(("digit", "habit"), ROWS, ids=[f"{d}{habit.__name__}" for d, habit in ROWS])
def test_a_habit_changes_a_plain_digit_and_keeps_most_of_it(digit, habit):
    changed = 0
    for seed in range(20):
        before = plain(digit, seed)
        after = habit(before, np.random.default_rng(seed))
        changed += not same(before, after)
        assert np.isfinite(np.concatenate(after)).all()
        # The drawing may grow by a flag or a slash, but nothing flies off.
        assert np.abs(np.concatenate(after) - 0.5).max() < 0.95
        kept = sum(len(stroke) for stroke in after) / sum(len(stroke) for stroke in before)
        assert 0.7 < kept < 2.5
    assert changed >= 17


@pytest.mark.parametrize("digit", HABITS)
def test_as_many_plain_digits_get_a_habit_as_the_table_says(digit):
    rng, count = np.random.default_rng(1), 400
    changed = sum(not same(before := plain(digit, n), with_habit(before, digit, rng)) for n in range(count))
    assert changed / count == pytest.approx(sum(share for share, _ in HABITS[digit]), abs=0.09)


@pytest.mark.parametrize("digit", range(10))
def test_strokes_come_back_as_unit_strokes(digit):
    rng = np.random.default_rng(2)
    for way in WAYS[digit].values():
        for _ in range(8):
            strokes = with_habit([3 * stroke + 7 for stroke in written_in(way, rng)], digit, rng)
            points = np.concatenate(strokes)
            assert points.min(0) == pytest.approx([0, 0])
            assert points.max() == pytest.approx(1)


@pytest.mark.parametrize(
    ("digit", "way"),
    [(0, "slashed"), (1, "long_flag"), (1, "flag_foot"), (4, "one_go"), (7, "serif_bar"), (8, "circles")],
)
def test_a_digit_that_has_the_habit_or_cannot_have_it_stays_as_it_is(digit, way):
    strokes = written_in(WAYS[digit][way], np.random.default_rng(3))
    results = [with_habit(strokes, digit, np.random.default_rng(seed)) for seed in range(60)]
    # A seven may get a second serif where its own is short; nothing gets a second bar.
    assert sum(same(unit(strokes), result) for result in results) >= 45


@pytest.mark.parametrize("digit", sorted(set(range(10)) - set(HABITS)))
def test_other_digits_stay_as_they_are(digit):
    strokes = written_in(next(iter(WAYS[digit].values())), np.random.default_rng(4))
    assert all(same(unit(strokes), with_habit(strokes, digit, np.random.default_rng(n))) for n in range(20))


def test_the_shares_of_a_digit_are_no_more_than_all():
    assert all(0 < sum(share for share, _ in habits) < 1 for habits in HABITS.values())
    assert set(HABITS) <= set(range(10))
