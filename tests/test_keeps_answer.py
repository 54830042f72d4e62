"""Who keeps the answer: every network over every step of a change."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from benchmarks.explorer import random_network
from mnist_app.numerics.alter import SPANS, Change, altered
from mnist_app.numerics.kept_answer import KeptAnswer
from mnist_app.numerics.preprocess import prepare
from mnist_app.views.keeps_answer import Sweep, sentences, sweep, sweep_csv, sweep_html
from mnist_app.views.networks import Reader
from tests.drawings import THREE
from tests.test_explorer_numerics import ink_of


def kept(digits: str, rest: int, sure: float = 0.7) -> KeptAnswer:
    """Return what a network does that reads these digits, one a step."""
    probabilities = np.full((len(digits), 10), (1 - sure) / 9, np.float32)
    for step, digit in enumerate(digits):
        probabilities[step, int(digit)] = sure
    return KeptAnswer(probabilities, rest)


def made(change: str, **digits: str) -> Sweep:
    """Return a sweep in which networks of these names read these digits."""
    span = SPANS[change]
    rest = span.values.index(span.rest)
    each = tuple(kept(row, rest) for row in digits.values())
    return Sweep(change, span.values, np.zeros((len(span.values), 28, 28), np.float32), tuple(digits), each)


@pytest.mark.parametrize(
    ("digits", "rest", "expected"),
    [
        ("33333", 2, (0, 4)),
        ("83338", 2, (1, 3)),
        ("88388", 2, (2, 2)),
        ("38333", 2, (2, 4)),  # what it reads again further out does not count
        ("33338", 0, (0, 3)),
        ("83333", 4, (1, 4)),
    ],
)
def test_an_answer_is_kept_as_far_as_it_never_changes(digits, rest, expected):
    one = kept(digits, rest)
    assert one.kept == expected
    assert one.answer == 3


def test_the_probability_followed_is_that_of_the_networks_own_answer():
    one = kept("83338", 2, sure=0.55)
    assert one.shares == pytest.approx([0.05, 0.55, 0.55, 0.55, 0.05])


@pytest.fixture(scope="module")
def networks(predictor) -> list[Reader]:
    """The default network, and one that reads at random and was never exported."""
    return [
        Reader("shipped", "shipped", predictor),
        Reader("random", "<random>", random_network("mlp-512")),
    ]


@pytest.mark.parametrize("change", SPANS)
def test_a_sweep_is_what_each_network_reads_one_by_one(change, networks):
    image = prepare(ink_of(THREE)).digit
    result = sweep(change, image, networks)
    assert result.values == SPANS[change].values
    for reader, one in zip(networks, result.kept, strict=True):
        for value, probabilities in zip(result.values, one.probabilities, strict=True):
            alone = reader.network.predict(altered(image, [Change(**{change: value})])[0])
            np.testing.assert_allclose(probabilities, alone.probabilities[0], atol=1e-5)
    assert result.kept[0].answer == 3


def test_the_words_name_the_range_of_each_network_widest_first():
    found = made(
        "across",
        dense="8" * 7 + "333" + "8" * 7,
        conv="8" + "3" * 16,
        always="3" * 17,
        never="8" * 8 + "3" + "8" * 8,
        another="5" + "3" * 16,
    )
    assert sentences(found) == [
        "Answer kept over the whole range: always",
        "Answer kept from −7 px to 8 px: conv, another",
        "Answer kept from −1 px to 1 px: dense",
        "Answer lost at the first step either way: never",
    ]


def test_the_words_name_the_answers_where_they_differ():
    assert sentences(made("across", a="3" * 17, b="8" * 17)) == [
        "Answer kept over the whole range: a (3), b (8)"
    ]


def test_the_words_have_the_unit_of_the_change():
    assert sentences(made("turn", a="8" + "3" * 18)) == ["Answer kept from −40° to 45°: a"]
    assert sentences(made("size", a="8" + "3" * 10)) == ["Answer kept from 60 % to 150 %: a"]
    assert sentences(made("pen", a="8" + "3" * 12)) == ["Answer kept from −0.75 px to 2 px: a"]


@pytest.mark.parametrize("dark", [True, False])
def test_the_table_has_a_digit_for_every_step_and_says_more_than_the_colour(dark, networks):
    image = prepare(ink_of(THREE)).digit
    result = sweep("turn", image, networks)
    html = sweep_html(result, dark)
    steps = len(result.values)
    assert html.count("<img") == steps
    assert html.count("its own answer") == steps * len(networks)
    assert "&lt;random&gt;" in html
    assert "<random>" not in html
    for one in result.kept:
        for digit in one.digits:
            assert f">{digit}</td>" in html


def test_the_csv_has_every_step_of_every_network(networks):
    result = sweep("pen", prepare(ink_of(THREE)).digit, networks)
    rows = list(csv.DictReader(io.StringIO(sweep_csv(result))))
    assert len(rows) == len(networks) * len(result.values)
    assert {row["network"] for row in rows} == {"shipped", "<random>"}
    for row in rows:
        shares = [float(row[f"p{label}"]) for label in range(10)]
        assert sum(shares) == pytest.approx(1, abs=1e-4)
        assert row["digit"] == str(np.argmax(shares))
