"""What is no digit: every kind of it, and the guard against what could be taken for one."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.numerics.digit_likeness import could_be_a_digit
from mnist_app.numerics.figures import RING
from mnist_app.numerics.handwriting import written
from mnist_app.numerics.hangul import JAMO, LEARNT_HANGUL, OTHER_HANGUL
from mnist_app.numerics.letters import LEARNT_LETTERS, LETTERS, OTHER_LETTERS
from mnist_app.numerics.made_digits import WAYS, written_in
from mnist_app.numerics.pen import digit_image
from mnist_app.numerics.printed_letters import printed_letters
from mnist_app.numerics.scrawls import LEARNT, SCRAWLS, UNSEEN, WIDEST, scrawl_width


def chance(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("kind", SCRAWLS)
def test_every_kind_draws_pictures_with_ink_and_never_the_same_twice(kind):
    rng = chance()
    pictures = [digit_image(SCRAWLS[kind](rng), scrawl_width(kind, rng)) for _ in range(12)]
    assert len({picture.tobytes() for picture in pictures}) == 12
    assert all((picture > 60).sum() > 8 for picture in pictures)


@pytest.mark.parametrize("kind", SCRAWLS)
def test_the_same_chance_draws_the_same(kind):
    first, again = (np.concatenate(SCRAWLS[kind](chance(5))) for _ in range(2))
    assert np.array_equal(first, again)
    assert np.isfinite(first).all()


@pytest.mark.parametrize("kind", SCRAWLS)
def test_few_of_a_kind_could_be_taken_for_a_digit(kind):
    rng = chance(1)
    pictures = [digit_image(SCRAWLS[kind](rng), scrawl_width(kind, rng)) for _ in range(40)]
    assert np.mean([could_be_a_digit(picture) for picture in pictures]) < 0.25


def test_every_kind_is_learnt_or_unseen_and_none_is_both():
    assert set(LEARNT) | set(UNSEEN) == set(SCRAWLS)
    assert set(LEARNT) & set(UNSEEN) == set()
    assert set(WIDEST) <= set(SCRAWLS)
    assert {"walk", "letter", "smiley", "frame"} <= set(LEARNT)
    assert len(UNSEEN) > 10


def test_learnt_and_unseen_letters_are_others():
    assert set(LEARNT_LETTERS) & set(OTHER_LETTERS) == set()
    assert set(LEARNT_LETTERS + OTHER_LETTERS) == set(LETTERS)
    assert set(LEARNT_HANGUL.split()) & set(OTHER_HANGUL.split()) == set()
    assert set(LEARNT_HANGUL + OTHER_HANGUL) == {*JAMO, " "}


# ------------------------------------------------------------- the guard


@pytest.mark.parametrize("width", [0.05, 0.12, 0.25])
@pytest.mark.parametrize("way", ["plain", "round", "clockwise"])
def test_a_plain_zero_could_be_a_digit(way, width):
    rng = chance(2)
    # Some are not quite closed.
    found = [could_be_a_digit(digit_image(written_in(WAYS[0][way], rng), width)) for _ in range(20)]
    assert np.mean(found) > 0.6


@pytest.mark.parametrize("width", [0.05, 0.12, 0.25])
@pytest.mark.parametrize("way", ["stroke", "leaning"])
def test_a_plain_one_could_be_a_digit(way, width):
    rng = chance(3)
    assert all(could_be_a_digit(digit_image(written_in(WAYS[1][way], rng), width)) for _ in range(10))


def test_a_filled_upright_bar_could_be_a_digit_and_a_lying_one_could_not():
    zigzag = np.stack([np.arange(20) % 2 * 0.3, np.linspace(0, 1, 20)], 1)
    assert could_be_a_digit(digit_image([zigzag], 0.15))
    assert not could_be_a_digit(digit_image([zigzag[:, ::-1]], 0.15))


@pytest.mark.parametrize(
    "notation",
    [
        "2 2!, 98 2!, 98 98!, 2 98!, 2 2",
        "50 2!, 98 98!, 2 98!, 50 2",
        "2 50, 98 50; 50 2, 50 98",
        f"{RING}; 34 36, 34 44; 66 36, 66 44; 30 64, 50 76, 70 64",
        *LETTERS.values(),
    ],
)
def test_a_frame_a_triangle_a_cross_a_face_and_letters_could_not(notation):
    rng = chance(4)
    for _ in range(5):
        assert not could_be_a_digit(digit_image(written(notation, rng), 0.08))


def test_a_faint_dot_could_not():
    image = np.zeros((28, 28), np.uint8)
    image[14, 14] = 9
    assert not could_be_a_digit(image)


# ------------------------------------------------------------- printed letters


def test_printed_letters_are_pictures_as_the_app_makes_them():
    images = printed_letters(40, chance(6))
    assert (images.shape, images.dtype) == ((40, 28, 28), np.uint8)
    for image in images:
        rows, columns = np.nonzero(image > 40)
        assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
    assert len({image.tobytes() for image in images}) == 40
    assert np.array_equal(images, printed_letters(40, chance(6)))
