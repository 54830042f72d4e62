"""Principal components: the directions in which points differ most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EXTRA = 10  # directions followed beside those that are asked for
ROUNDS = 6  # each makes the strong directions stand out more
CHUNK = 256  # rows at a time


@dataclass(frozen=True, eq=False)
class Principal:
    """The principal components of points.

    ``mean``: float32 (values,).  ``components``: float32 (count, values),
    orthonormal rows, the strongest first.  ``shares``: float64 (count,), the
    share of the points' whole variance that lies along each.
    """

    mean: np.ndarray
    components: np.ndarray
    shares: np.ndarray

    def project(self, points: np.ndarray) -> np.ndarray:
        """Return where points (…, values) lie along the components, float32 (…, count)."""
        placed: np.ndarray = points @ self.components.T - self.mean @ self.components.T
        return placed


def principal(points: np.ndarray, count: int) -> Principal:
    """Return the strongest principal components of points.

    Randomised subspace iteration (Halko, Martinsson and Tropp 2011, "Finding
    structure with randomness"): exact in all digits that a picture shows, and
    for thousands of values many times faster than all components.

    Args:
        points: float32 (points, values).
        count: how many components; fewer where there are not so many.
    """
    mean = points.mean(0, np.float64).astype(np.float32)
    width = min(count + EXTRA, *points.shape)
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.standard_normal((points.shape[1], width), np.float32))[0]
    for _ in range(ROUNDS):
        # The mean is taken off what comes out: a centred copy would double the memory.
        basis = np.linalg.qr(points.T @ (points @ basis - mean @ basis))[0]
    _, strengths, turn = np.linalg.svd(points @ basis - mean @ basis, full_matrices=False)
    components = (turn @ basis.T)[:count]
    # A component's sign is open; the largest part of each is made positive.
    strongest = components[np.arange(len(components)), np.abs(components).argmax(1)]
    components *= np.where(strongest < 0, -1, 1)[:, np.newaxis]
    whole = _variance(points, mean) or 1.0
    return Principal(mean, components, strengths[:count].astype(np.float64) ** 2 / whole)


def _variance(points: np.ndarray, mean: np.ndarray) -> float:
    """Return the sum of all squared distances from the mean."""
    chunks = (points[n : n + CHUNK] - mean for n in range(0, len(points), CHUNK))
    return float(sum(np.square(chunk).sum(dtype=np.float64) for chunk in chunks))
