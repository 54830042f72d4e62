"""From ink to digits: blank, a dot, one digit, several; how sure."""

from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest

from mnist_app.numerics.metrics import likeness
from mnist_app.numerics.preprocess import PLAIN_RESIZE, Steps, ink_box, prepare
from mnist_app.serving.reading import SURE, DigitReading, read
from tests.conftest import PROJECT
from tests.drawings import FIVE, LETTER_E, ONE, SEVEN, THREE, canvas_image

SHARED = PROJECT.parent / "shared"


def ink_of(strokes, width: int = 18) -> np.ndarray:
    return canvas_image(strokes, width)[..., 0] / np.float32(255)


def test_nothing_drawn_is_blank(predictor):
    for ink in (np.zeros((280, 280), np.float32), np.full((280, 280), 0.2, np.float32)):
        reading = read(ink, predictor)
        assert (reading.status, reading.digits, reading.number) == ("blank", (), "")


def test_a_tap_of_the_pen_is_only_a_dot(predictor):
    for single in (True, False):
        reading = read(ink_of([[(140, 140), (141, 140)]]), predictor, single)
        assert (reading.status, reading.digits, reading.number) == ("dot", (), "")


@pytest.mark.parametrize(("digit", "strokes"), [(1, ONE), (3, THREE), (5, FIVE), (7, SEVEN)])
def test_a_digit_is_read_with_its_box_its_stages_and_its_activations(digit, strokes, predictor):
    ink = ink_of(strokes)
    reading = read(ink, predictor)
    assert (reading.status, reading.number) == ("read", str(digit))
    (found,) = reading.digits
    assert (found.digit, found.sure) == (digit, True)
    assert found.box == ink_box(ink)
    np.testing.assert_array_equal(found.preparation.digit, prepare(ink).digit)
    expected = predictor.predict(prepare(ink).digit)
    assert list(found.activations) == list(expected.activations)
    for name, values in found.activations.items():
        np.testing.assert_allclose(values, expected.activations[name][0], atol=1e-5)
    np.testing.assert_allclose(found.probabilities, expected.probabilities[0], atol=1e-5)


def reading_of(probabilities: list[float], refuse_below: float = 0.0) -> DigitReading:
    stages = prepare(np.ones((5, 5), np.float32))
    outputs = {"logits": np.zeros(10), "softmax": np.array(probabilities)}
    return DigitReading(stages.box, stages, outputs, refuse_below)


def test_the_digit_is_the_likeliest_and_the_second_guess_the_next():
    found = reading_of([0, 0, 0.1, 0.5, 0, 0, 0, 0, 0.4, 0])
    assert (found.digit, found.second, found.probability) == (3, 8, 0.5)


@pytest.mark.parametrize(("share", "sure"), [(SURE - 0.01, False), (SURE, True), (1.0, True)])
def test_a_digit_below_the_threshold_is_not_sure(share, sure):
    assert reading_of([1 - share, share, 0, 0, 0, 0, 0, 0, 0, 0]).sure is sure


@pytest.mark.parametrize(
    ("limit", "is_digit", "symbol"), [(0.0, True, "3"), (0.75, True, "3"), (0.76, False, "?")]
)
def test_what_does_not_reach_the_threshold_is_no_digit_and_keeps_its_closest(limit, is_digit, symbol):
    found = reading_of([0, 0, 0.25, 0.5, 0, 0, 0, 0, 0.25, 0], limit)
    assert (found.is_digit, found.symbol, found.digit) == (is_digit, symbol, 3)


def test_the_networks_threshold_reaches_every_digit_of_a_number(predictor, monkeypatch):
    ink = np.concatenate([ink_of(ONE), ink_of(SEVEN)], 1)
    shares = [float(likeness(digit.probabilities)) for digit in read(ink, predictor).digits]
    assert read(ink, predictor).answer == "17"  # its own threshold refuses nothing here
    monkeypatch.setattr(predictor, "card", dataclasses.replace(predictor.card, refuse_below=max(shares)))
    found = read(ink, predictor)
    assert sorted(found.answer) == sorted(f"?{'17'[int(np.argmax(shares))]}")
    assert (found.number, found.has_digit) == ("17", True)
    monkeypatch.setattr(predictor, "card", dataclasses.replace(predictor.card, refuse_below=1.01))
    assert (read(ink, predictor).answer, read(ink, predictor).has_digit) == ("??", False)


def test_a_drawing_between_two_digits_is_not_sure(predictor):
    seven, three = ink_of(SEVEN), ink_of(THREE)
    found = [
        read(share * seven + (1 - share) * three, predictor, single=True).digits[0]
        for share in np.linspace(0, 1, 41, dtype=np.float32)
    ]
    assert (found[0].digit, found[0].sure) == (3, True)
    assert (found[-1].digit, found[-1].sure) == (7, True)
    assert not all(digit.sure for digit in found)


def test_a_single_digit_is_read_as_one_whatever_its_parts_look_like(predictor):
    ink = np.concatenate([ink_of(ONE), ink_of(ONE)], 1)
    assert len(read(ink, predictor).digits) == 2
    (digit,) = read(ink, predictor, single=True).digits
    assert digit.box == ink_box(ink)


def test_without_the_crop_the_canvas_holds_one_digit(predictor):
    ink = np.concatenate([ink_of(ONE), ink_of(SEVEN)], 1)
    assert len(read(ink, predictor, steps=Steps(crop=False)).digits) == 1
    assert len(read(ink, predictor, steps=Steps(scale=False)).digits) == 2


def test_the_steps_reach_the_network(predictor):
    ink = ink_of(THREE)
    (plain,) = read(ink, predictor, steps=PLAIN_RESIZE).digits
    np.testing.assert_array_equal(plain.preparation.digit, prepare(ink, PLAIN_RESIZE).digit)


@pytest.mark.parametrize("width", [10, 18, 24])
def test_a_letter_stays_below_the_threshold_that_digits_reach(width, predictor):
    letter, *digits = (read(ink_of(each, width), predictor) for each in (LETTER_E, ONE, THREE, FIVE, SEVEN))
    assert (letter.answer, letter.digits[0].sure) == ("?", False)
    assert [digit.answer for digit in digits] == ["1", "3", "5", "7"]


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (28, 28), (1024, 1024)], ids=str)
def test_ink_of_any_shape_has_a_reading(shape, predictor):
    reading = read(np.ones(shape, np.float32), predictor)
    assert reading.status in ("dot", "read")
    assert bool(reading.digits) == (reading.status == "read")


def test_a_reading_cannot_be_changed(predictor):
    reading = read(ink_of(THREE), predictor)
    with pytest.raises(dataclasses.FrozenInstanceError):
        reading.status = "blank"


# ------------------------------------------------------------- what people really draw


@pytest.mark.skipif(not (SHARED / "strokes").is_dir(), reason="needs the recorded strokes in ../shared")
@pytest.mark.parametrize("easy", [True, False], ids=["easy", "wild"])
def test_recorded_strokes_are_read_as_well_alone_as_among_others(easy, predictor, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path, str(SHARED / "strokes")])
    import strokes as pen

    rows = pen.load(SHARED / "data" / "strokes_dev.jsonl.gz")
    order = np.random.default_rng(1).permutation(len(rows))[:1500]
    right = {True: 0, False: 0}
    for seed, row in enumerate(order):
        ink = pen.rasterise(pen.place(rows[row], seed, easy))[..., 0] / np.float32(255)
        for single in right:
            right[single] += read(ink, predictor, single).number == str(rows[row]["label"])
    shares = {single: count / len(order) for single, count in right.items()}
    assert min(shares.values()) >= 0.975
    assert shares[True] - shares[False] <= 0.003
