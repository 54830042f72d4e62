"""What two networks read differently, in words and as lists of images."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from scipy.stats import binom

from mnist_app.numerics.metrics import McNemar, mcnemar
from mnist_app.serving.evaluation import Evaluation
from mnist_app.texts.catalog import LANGUAGES
from mnist_app.views import compare_verdict
from mnist_app.views.compare_verdict import GROUPS, groups, mistakes_csv, verdict, verdict_html


def evaluation(digits: str, sure: list[float]) -> Evaluation:
    """Return an evaluation of images that are all a 3, with these digits read, so and so surely."""
    probabilities = np.zeros((len(digits), 10), np.float32)
    for row, digit, share in zip(probabilities, digits, sure, strict=True):
        row[:] = (1 - share) / 9
        row[int(digit)] = share
    return Evaluation(np.full(len(digits), 3, np.uint8), probabilities, 0.0, "file", "")


# Image 0: both right; 1 and 2: only the first; 3: only the second; 4 to 6: neither.
FIRST = evaluation("3338558", [0.9, 0.9, 0.9, 0.6, 0.5, 0.7, 0.6])
SECOND = evaluation("3853585", [0.9, 0.6, 0.8, 0.9, 0.6, 0.5, 0.99])


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((40, 15), "The difference of 25 images is more than chance: p = 0.001."),
        ((15, 40), "The difference of 25 images is more than chance: p = 0.001."),
        ((200, 20), "The difference of 180 images is more than chance: p < 0.001."),
        ((12, 8), "The difference of 4 images may well be chance: p = 0.503."),
        ((7, 7), "The difference of 0 images may well be chance: p = 1.000."),
        ((0, 0), "They read exactly the same images, so nothing tells them apart."),
    ],
)
def test_the_verdict_says_whether_it_is_chance(counts, sentence):
    only_first, only_second = counts
    first = np.repeat([True, False, True], [only_first, only_second, 50])
    second = np.repeat([False, True, True], [only_first, only_second, 50])
    assert verdict(mcnemar(first, second)) == sentence


@pytest.mark.parametrize("counts", [(5, 0), (6, 0), (14, 5), (15, 5)])
def test_the_border_of_chance_is_five_in_a_hundred(counts):
    more, fewer = counts
    by_hand = min(1.0, 2 * binom.cdf(fewer, more + fewer, 0.5))  # both ends are alike
    result = mcnemar(np.repeat([True, False], counts), np.repeat([False, True], counts))
    assert result.p_value == pytest.approx(by_hand)
    assert ("more than chance" in verdict(result)) == (by_hand < 0.05)


def test_both_counts_are_said_with_the_networks_names():
    html = verdict_html(McNemar(1234, 5, 0.0), 67, "<a>", "b")
    assert "Images that &lt;a&gt; reads and b does not: 1,234" in html
    assert "Images that b reads and &lt;a&gt; does not: 5" in html
    assert "neither of them reads: 67" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_exist_in_every_language(language, monkeypatch):
    monkeypatch.setattr("mnist_app.views.language.language", lambda: language)
    for result in (McNemar(40, 15, 0.001), McNemar(1, 2, 0.5), McNemar(0, 0, 1.0)):
        assert "{" not in compare_verdict.verdict_html(result, 3, "a", "b")


def test_images_are_grouped_by_who_reads_them_the_surest_mistake_first():
    found = groups(FIRST, SECOND)
    assert {name: list(images) for name, images in found.items()} == {
        "only_first": [2, 1],
        "only_second": [3],
        "neither": [6, 5, 4],
    }
    assert set(found) == set(GROUPS)


def test_the_csv_has_every_image_that_one_of_them_misreads():
    rows = list(csv.DictReader(io.StringIO(mistakes_csv(FIRST, SECOND))))
    assert [" ".join(row.values()) for row in rows] == [
        "only_first 2 3 3 5",
        "only_first 1 3 3 8",
        "only_second 3 3 8 3",
        "neither 6 3 8 5",
        "neither 5 3 5 8",
        "neither 4 3 5 5",
    ]
