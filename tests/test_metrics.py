"""What labels and probabilities say together, beside scikit-learn and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as reference
from sklearn.calibration import calibration_curve

from mnist_app.numerics.metrics import (
    calibration,
    class_scores,
    confidently_wrong,
    confusion_matrix,
    cross_entropy,
    hardest,
    likeness,
    mcnemar,
    refused,
)

IMAGES = 2_000


@pytest.fixture(scope="module")
def answers() -> tuple[np.ndarray, np.ndarray]:
    """Labels of 2,000 images, and probabilities that are right for most of them."""
    rng = np.random.default_rng(7)
    labels = rng.integers(0, 10, IMAGES).astype(np.uint8)
    logits = rng.normal(0, 1, (IMAGES, 10)) + 3 * np.eye(10)[labels]
    powers = np.exp(logits)
    return labels, (powers / powers.sum(1, keepdims=True)).astype(np.float32)


def test_the_confusion_matrix_is_scikit_learns(answers):
    labels, probabilities = answers
    digits = probabilities.argmax(1)
    found = confusion_matrix(labels, digits)
    np.testing.assert_array_equal(found, reference.confusion_matrix(labels, digits, labels=range(10)))
    assert found[labels[0], digits[0]] > 0
    assert found.sum() == IMAGES


def test_precision_recall_and_f1_are_scikit_learns(answers):
    labels, probabilities = answers
    digits = probabilities.argmax(1)
    scores = class_scores(confusion_matrix(labels, digits))
    expected = reference.precision_recall_fscore_support(labels, digits, labels=range(10))
    for found, wanted in zip(
        (scores.precision, scores.recall, scores.f1, scores.support), expected, strict=True
    ):
        np.testing.assert_allclose(found, wanted)


def test_a_digit_that_is_never_read_or_never_there_has_no_score():
    scores = class_scores(confusion_matrix(np.array([0, 0, 1]), np.array([0, 2, 0])))
    np.testing.assert_array_equal(scores.precision[:4], [0.5, np.nan, 0, np.nan])
    np.testing.assert_array_equal(scores.recall[:4], [0.5, 0, np.nan, np.nan])
    np.testing.assert_array_equal(scores.f1[:4], [0.5, 0, 0, np.nan])
    np.testing.assert_array_equal(scores.support[:4], [2, 1, 0, 0])


def test_the_loss_is_scikit_learns_log_loss(answers):
    labels, probabilities = answers
    assert cross_entropy(labels, probabilities) == pytest.approx(
        reference.log_loss(labels, probabilities, labels=range(10)), rel=1e-5
    )


def test_a_probability_of_zero_has_a_finite_loss():
    certain = np.eye(10, dtype=np.float32)[[3]]
    assert cross_entropy(np.array([3]), certain) == 0
    assert cross_entropy(np.array([4]), certain) == pytest.approx(-np.log(1e-7))


def test_the_reliability_bins_are_scikit_learns(answers):
    labels, probabilities = answers
    hits = probabilities.argmax(1) == labels
    found = calibration(labels, probabilities)
    accuracy, confidence = calibration_curve(hits, probabilities.max(1), n_bins=15)
    filled = found.counts > 0
    np.testing.assert_allclose(found.accuracy[filled], accuracy, rtol=1e-6)
    np.testing.assert_allclose(found.confidence[filled], confidence, rtol=1e-6)
    assert np.isnan(found.accuracy[~filled]).all()
    assert (found.counts.sum(), found.hits.sum()) == (IMAGES, hits.sum())
    expected = (np.abs(accuracy - confidence) * found.counts[filled]).sum() / IMAGES
    assert found.error == pytest.approx(expected)


def test_a_confidence_of_one_and_one_on_an_edge_fall_into_a_bin():
    sure, on_edge = np.eye(10)[3], np.full(10, 0.5 / 9)
    on_edge[3] = 0.5
    found = calibration(np.array([3, 4]), np.stack([sure, on_edge]), bins=10)
    assert found.counts.tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    assert found.hits.tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert found.error == pytest.approx(0.25)


def test_what_spreads_over_more_than_two_digits_is_refused_and_what_could_be_one_of_two_is_not():
    answers = np.array([[0.0, 0.5, 0.5], [0.4, 0.3, 0.3], [0.1, 0.9, 0.0]], np.float32)
    np.testing.assert_allclose(likeness(answers), [1, 0.7, 1])
    assert refused(answers, 0.8).tolist() == [False, True, False]
    assert not refused(answers, 0.0).any()
    assert refused(answers, 1.01).all()


def test_the_hardest_come_by_their_labels_probability(answers):
    labels, probabilities = answers
    order = hardest(labels, probabilities)
    of_label = probabilities[order, labels[order]]
    assert sorted(order) == list(range(IMAGES))
    assert (np.diff(of_label) >= 0).all()
    assert of_label[0] == min(probabilities[n, labels[n]] for n in range(IMAGES))


def test_the_confidently_wrong_are_all_misread_and_come_by_confidence(answers):
    labels, probabilities = answers
    order = confidently_wrong(labels, probabilities)
    digits = probabilities.argmax(1)
    assert sorted(order) == [n for n in range(IMAGES) if digits[n] != labels[n]]
    assert (np.diff(probabilities[order].max(1)) <= 0).all()


@pytest.mark.parametrize(("only_first", "only_second"), [(0, 1), (5, 5), (3, 12), (40, 21), (0, 30)])
def test_mcnemars_test_is_the_two_sided_sign_test_of_what_differs(only_first, only_second):
    both = [True] * 50 + [False] * 7
    first = np.array([True] * only_first + [False] * only_second + both)
    second = np.array([False] * only_first + [True] * only_second + both)
    found = mcnemar(first, second)
    assert (found.only_first, found.only_second) == (only_first, only_second)
    tail = stats.binom.cdf(min(only_first, only_second), only_first + only_second, 0.5)
    assert found.p_value == pytest.approx(min(1.0, 2 * tail))


def test_two_networks_with_the_same_hits_do_not_differ():
    hits = np.array([True, False, True])
    assert mcnemar(hits, hits).p_value == 1.0
