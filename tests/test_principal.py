"""Principal components, held against a full singular value decomposition."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.numerics.principal import principal


@pytest.fixture(scope="module")
def points(subset):
    """600 images as points, float32 (600, 784), 0 to 1."""
    train, _ = subset
    return (train.images[:600].reshape(600, -1) / np.float32(255)).astype(np.float32)


def test_the_components_are_those_of_the_full_decomposition(points):
    found = principal(points, 20)
    centred = points.astype(np.float64) - points.mean(0, np.float64)
    _, strengths, directions = np.linalg.svd(centred, full_matrices=False)
    shares = strengths**2 / (strengths**2).sum()
    np.testing.assert_allclose(found.shares, shares[:20], rtol=2e-3)
    for n in range(5):  # a direction may be turned round
        assert abs(found.components[n] @ directions[n]) == pytest.approx(1, abs=1e-4)
    placed = found.project(points)[:, :2]
    expected = centred @ directions[:2].T
    np.testing.assert_allclose(np.abs(placed), np.abs(expected), atol=0.02)


def test_components_are_orthonormal_and_ordered(points):
    found = principal(points, 12)
    np.testing.assert_allclose(found.components @ found.components.T, np.eye(12), atol=1e-5)
    assert (np.diff(found.shares) <= 0).all()
    assert found.components.dtype == np.float32


def test_the_same_points_give_the_same_components(points):
    assert (principal(points, 3).components == principal(points, 3).components).all()


def test_one_point_is_projected_as_it_would_be_among_others(points):
    found = principal(points, 4)
    np.testing.assert_allclose(found.project(points[7]), found.project(points)[7], atol=1e-4)


@pytest.mark.parametrize("shape", [(5, 40), (40, 3)])
def test_there_are_not_more_components_than_points_or_values(shape):
    values = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    assert len(principal(values, 50).components) == min(shape)


def test_points_that_are_all_the_same_lie_in_the_middle():
    found = principal(np.full((9, 6), 0.3, np.float32), 2)
    assert np.isfinite(found.components).all()
    np.testing.assert_allclose(found.project(np.full((9, 6), 0.3, np.float32)), 0, atol=1e-6)
    np.testing.assert_allclose(found.shares, 0, atol=1e-6)
