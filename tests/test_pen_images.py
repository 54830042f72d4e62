"""Images of pen drawings to learn from."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.data import pen_images as module
from mnist_app.data.pen_images import pen_images, scrawl_images
from mnist_app.data.recorded_strokes import RecordedDigit
from mnist_app.numerics.digit_likeness import could_be_a_digit
from mnist_app.numerics.scrawls import LEARNT, SCRAWLS, UNSEEN

LINE = np.array([[0.5, 0], [0.5, 0.5], [0.5, 1]])


def recorded(label: int, writer: str = "a") -> RecordedDigit:
    return RecordedDigit(label, writer, [LINE])


# ------------------------------------------------------------- digits


def test_every_class_comes_as_often_as_any_other_in_random_order():
    split = pen_images(103, seed=1)
    assert (split.images.shape, split.images.dtype) == ((103, 28, 28), np.uint8)
    assert split.labels.dtype == np.uint8
    assert sorted(np.bincount(split.labels, minlength=10)) == [10] * 7 + [11] * 3
    assert len(set(split.labels[:20])) > 5
    assert len({image.tobytes() for image in split.images}) == 103


def test_the_same_seed_gives_the_same_images():
    first, again, other = (pen_images(30, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.images, again.images)
    assert np.array_equal(first.labels, again.labels)
    assert not np.array_equal(first.images, other.images)


def test_the_network_that_ships_reads_most_of_them(predictor):
    split = pen_images(300, seed=3)
    answers = predictor.probabilities(split.images.astype(np.float32) / 255).argmax(1)
    assert (answers == split.labels).mean() > 0.75


def test_three_quarters_are_recorded_ones(monkeypatch):
    made = []
    monkeypatch.setattr(module, "made_digit", lambda label, rng: made.append(label) or [LINE])
    pen_images(1000, seed=4, recorded=[recorded(label) for label in range(10)])
    assert len(made) == pytest.approx(250, abs=50)


def test_a_class_without_recordings_is_made_up(monkeypatch):
    made = []
    monkeypatch.setattr(module, "made_digit", lambda label, rng: made.append(label) or [LINE])
    pen_images(400, seed=5, recorded=[recorded(7)])
    assert np.bincount(made, minlength=10).tolist()[:7] == [40] * 7
    assert made.count(7) < 20


def test_a_diligent_writer_counts_by_the_root_of_what_there_is():
    digits = [*(recorded(3, "much") for _ in range(100)), *(recorded(3, "little") for _ in range(4))]
    draw, rng = module.Recordings(digits), np.random.default_rng(6)
    little = {id(digit.strokes) for digit in digits[100:]}
    share = np.mean([id(draw.one(3, rng)) in little for _ in range(3000)])
    assert share == pytest.approx(2 / 12, abs=0.03)


# ------------------------------------------------------------- no digits


@pytest.mark.parametrize("kinds", [LEARNT, UNSEEN], ids=["learnt", "unseen"])
def test_scrawls_of_each_kind_come_in_turn_and_none_could_be_a_digit(kinds):
    images = scrawl_images(3 * len(kinds), 7, kinds)
    assert (images.shape, images.dtype) == ((3 * len(kinds), 28, 28), np.uint8)
    assert not any(could_be_a_digit(image) for image in images)
    assert np.array_equal(images, scrawl_images(3 * len(kinds), 7, kinds))


def test_scrawls_are_of_the_kinds_that_were_asked_for(monkeypatch):
    drawn = []
    watched = {kind: lambda rng, kind=kind: drawn.append(kind) or SCRAWLS["cross"](rng) for kind in SCRAWLS}
    monkeypatch.setattr(module, "SCRAWLS", watched)
    scrawl_images(5, 8, ("sun", "heart"))
    assert drawn == ["sun", "heart", "sun", "heart", "sun"]


# ------------------------------------------------------------- progress


@pytest.mark.parametrize("draw", [pen_images, scrawl_images])
def test_progress_is_reported_to_the_last_image(draw):
    seen = []
    draw(250, 9, progress=lambda done, count: seen.append((done, count)))
    assert seen == [(100, 250), (200, 250), (250, 250)]


@pytest.mark.parametrize("draw", [pen_images, scrawl_images])
def test_nothing_asked_for_is_nothing(draw):
    assert len(draw(0, 10)) == 0
