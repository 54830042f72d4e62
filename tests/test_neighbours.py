"""Nearest neighbours, held against every pair compared one by one."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.numerics import neighbours
from mnist_app.numerics.neighbours import agreement, distances, nearest


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Let a few points already need several chunks."""
    monkeypatch.setattr(neighbours, "CHUNK", 7)


def test_the_nearest_images_are_those_that_all_pairs_say(subset):
    train, test = subset
    images, wanted = train.images[:200], test.images[3]
    apart = [
        np.sqrt(sum((int(a) - int(b)) ** 2 for a, b in zip(image.flat, wanted.flat, strict=True)))
        for image in images
    ]
    found = distances(images, wanted)
    np.testing.assert_allclose(found, apart, rtol=1e-6)
    assert nearest(found, 12).tolist() == np.argsort(apart)[:12].tolist()


def test_the_nearest_of_equal_distances_is_the_first():
    assert nearest(np.array([2.0, 1.0, 1.0, 0.5]), 3).tolist() == [3, 1, 2]


def test_there_are_not_more_neighbours_than_points():
    assert len(nearest(np.zeros(4), 9)) == 4


def test_agreement_counts_nearest_others_of_the_same_label():
    rng = np.random.default_rng(2)
    points = rng.normal(size=(50, 6)).astype(np.float32)
    labels = rng.integers(3, size=50)
    apart = np.linalg.norm(points[:, np.newaxis] - points, axis=-1)
    np.fill_diagonal(apart, np.inf)
    expected = (labels[apart.argmin(1)] == labels).mean()
    assert 0 < expected < 1
    assert agreement(points, labels) == pytest.approx(expected)


def test_heaps_of_one_label_agree_wholly():
    points = np.repeat(np.eye(3, dtype=np.float32) * 50, 5, axis=0)
    points += np.random.default_rng(0).normal(size=points.shape).astype(np.float32)
    assert agreement(points, np.repeat([0, 1, 2], 5)) == 1
