"""How well digits are read: what the labels and a network's probabilities say together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SMALLEST = 1e-7  # a probability below it counts as this one, as in Keras's cross-entropy
DIGITS = 10
BINS = 15  # of a reliability diagram, and of the error read from it: as many as Guo et al. 2017 take


@dataclass(frozen=True, eq=False)
class ClassScores:
    """Precision, recall and F1 of each class, float64 (10,), 0 to 1; NaN where nothing was counted.

    ``support`` is how often each class is the label, int64 (10,).
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray


@dataclass(frozen=True, eq=False)
class Calibration:
    """How often a network is right when it is so and so sure, by bins of its confidence.

    ``edges`` is float64 (bins + 1,), 0 to 1; ``counts`` and ``hits``, int64
    (bins,), are how many images fall into each bin and how many of them are
    read right; ``confidence`` is their mean confidence, NaN for an empty bin.
    """

    edges: np.ndarray
    counts: np.ndarray
    hits: np.ndarray
    confidence: np.ndarray

    @property
    def accuracy(self) -> np.ndarray:
        """Return the share read right in each bin, float64 (bins,), NaN for an empty one."""
        return _ratio(self.hits, self.counts)

    @property
    def error(self) -> float:
        """Return the expected calibration error, 0 to 1: how far confidence and accuracy lie apart.

        The mean over all images of the distance in their bin (Naeini, Cooper
        and Hauskrecht 2015, "Obtaining well calibrated probabilities using
        Bayesian binning"; Guo, Pleiss, Sun and Weinberger 2017, "On
        calibration of modern neural networks").
        """
        gaps = np.abs(np.nan_to_num(self.accuracy) - np.nan_to_num(self.confidence))
        return float((gaps * self.counts).sum() / self.counts.sum())


@dataclass(frozen=True)
class McNemar:
    """What two networks read differently, and how likely that much is by chance.

    ``only_first`` images are read right by the first network alone,
    ``only_second`` by the second alone; ``p_value``, 0 to 1, is the probability
    of so large a difference or a larger one between two equally good networks.
    """

    only_first: int
    only_second: int
    p_value: float


def confusion_matrix(labels: np.ndarray, digits: np.ndarray) -> np.ndarray:
    """Return how often each label (row) is read as each digit (column), int64 (10, 10).

    Args:
        labels: whole numbers (count,), 0 to 9.
        digits: what was read, likewise.
    """
    pairs = labels.astype(np.int64) * DIGITS + digits
    return np.bincount(pairs, minlength=DIGITS * DIGITS).reshape(DIGITS, DIGITS)


def class_scores(confusion: np.ndarray) -> ClassScores:
    """Return precision, recall and F1 of each class, from a confusion matrix as above."""
    right, support, read = confusion.diagonal(), confusion.sum(1), confusion.sum(0)
    return ClassScores(
        precision=_ratio(right, read),
        recall=_ratio(right, support),
        f1=_ratio(2 * right, read + support),
        support=support,
    )


def cross_entropy(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the mean cross-entropy loss in nats, as ``keras.losses`` computes it.

    Args:
        labels: whole numbers (count,).
        probabilities: float (count, 10), each row adding up to 1.
    """
    return float(-np.log(np.maximum(of_labels(labels, probabilities), SMALLEST)).mean())


def of_labels(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return the probability that each image's label was given, (count,), 0 to 1."""
    chosen: np.ndarray = probabilities[np.arange(len(labels)), labels]
    return chosen


def calibration(labels: np.ndarray, probabilities: np.ndarray, bins: int = BINS) -> Calibration:
    """Return how often a network is right, by the probability of what it reads.

    The bins are equally wide; a confidence on an edge belongs to the bin below
    it.
    """
    edges = np.linspace(0, 1, bins + 1)
    sure = probabilities.max(1).astype(np.float64)
    places = np.clip(np.searchsorted(edges, sure, side="left") - 1, 0, bins - 1)
    counts = np.bincount(places, minlength=bins)
    hits = np.bincount(places[probabilities.argmax(1) == labels], minlength=bins)
    return Calibration(edges, counts, hits, _ratio(np.bincount(places, sure, bins), counts))


def refused(probabilities: np.ndarray, below: float) -> np.ndarray:
    """Return which images look like no digit, bool (…): those whose ``likeness`` is less.

    Args:
        probabilities: float (…, 10).
        below: the threshold, 0 to 1.
    """
    too_little: np.ndarray = likeness(probabilities) < below
    return too_little


def likeness(probabilities: np.ndarray) -> np.ndarray:
    """Return how much images look like digits, float64 (…), 0 to 1: the two greatest probabilities together.

    Of what could be a 4 or a 9 a network is not sure, yet it is a digit; what is none spreads over more.

    Args:
        probabilities: float (…, 10).
    """
    two = np.partition(probabilities.astype(np.float64), -2, axis=-1)[..., -2:]
    together: np.ndarray = two.sum(-1)
    return together


def hardest(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return the indices of all images, int64 (count,), those with the least probable label first."""
    return np.argsort(of_labels(labels, probabilities), kind="stable")


def confidently_wrong(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return the indices of the misread images, int64, those read wrong with most confidence first."""
    misread = np.flatnonzero(probabilities.argmax(1) != labels)
    return misread[np.argsort(-probabilities[misread].max(1), kind="stable")]


def mcnemar(first: np.ndarray, second: np.ndarray) -> McNemar:
    """Return McNemar's exact test of two networks on the same images.

    Only images that one network reads and the other does not tell the two
    apart; were they equally good, each would be a toss of a coin (McNemar
    1947).

    Args:
        first: bool (count,), which images the first network reads right.
        second: likewise.
    """
    from scipy.stats import binomtest  # only when two networks are compared: it takes half a second

    only_first, only_second = int((first & ~second).sum()), int((~first & second).sum())
    differ = only_first + only_second
    p_value = float(binomtest(only_first, differ).pvalue) if differ else 1.0
    return McNemar(only_first, only_second, p_value)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    ratio: np.ndarray = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return ratio
