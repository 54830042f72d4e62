"""Scribbles: what a pen leaves that draws nothing."""

from __future__ import annotations

import numpy as np
import scipy

from mnist_app.numerics.pen import Strokes


def walk(rng: np.random.Generator) -> Strokes:
    """Return one path from place to place."""
    count = int(rng.integers(12, 28))
    return [_smooth(rng.uniform(0, 1, (count, 2)) * (1, rng.uniform(0.5, 1)))]


def zigzag(rng: np.random.Generator) -> Strokes:
    """Return one path to and fro, in any direction."""
    count = int(rng.integers(7, 22))
    across = np.linspace(0, 1, count) + rng.normal(0, 0.03, count)
    along = np.arange(count) % 2 * rng.uniform(0.35, 1) + rng.normal(0, 0.06, count)
    corners = np.stack([across, along], 1)
    return turned([_smooth(corners) if rng.random() < 0.7 else corners], rng, 180)


def wave(rng: np.random.Generator) -> Strokes:
    """Return a lying wave of two to five crests."""
    crests = rng.uniform(2, 5)
    t = np.linspace(0, 1, int(14 * crests))
    height = rng.uniform(0.3, 1.2) / (2 * crests)
    return turned([np.stack([t, height * np.sin(2 * np.pi * crests * t)], 1)], rng, 25)


def spiral(rng: np.random.Generator) -> Strokes:
    """Return a spiral of more than two turns."""
    turns = rng.uniform(2.3, 5)
    t = np.linspace(0, 2 * np.pi * turns, int(24 * turns))
    radius = np.linspace(rng.uniform(0.02, 0.12), 1, len(t)) * (1 + 0.1 * np.sin(t * rng.uniform(0.3, 1.3)))
    path = radius[:, np.newaxis] * np.stack([np.cos(t), rng.uniform(0.6, 1) * np.sin(t)], 1)
    return turned([path * (rng.choice([-1, 1]), 1)], rng, 180)


def loops(rng: np.random.Generator) -> Strokes:
    """Return a row of loops, like a telephone's cord."""
    turns = rng.uniform(3, 7)
    t = np.linspace(0, 2 * np.pi * turns, int(24 * turns))
    drift = rng.uniform(0.8, 2.2)
    path = np.stack([np.cos(t) + drift * t / (2 * np.pi), rng.uniform(0.8, 1.6) * np.sin(t)], 1)
    return turned([path + rng.normal(0, 0.02, path.shape)], rng, 180)


def tangle(rng: np.random.Generator) -> Strokes:
    """Return one closed path that crosses itself many times."""
    t, orders = np.linspace(0, 2 * np.pi, 140), np.arange(2, 8)[:, np.newaxis]
    waves = [np.sin(orders * t + rng.uniform(0, 2 * np.pi, orders.shape)) for _ in range(2)]
    return [np.stack([rng.normal(0, 1, len(orders)) @ wave for wave in waves], 1)]


def lines(rng: np.random.Generator) -> Strokes:
    """Return short bowed strokes that lie anyhow."""
    count = int(rng.integers(5, 9))
    starts = rng.uniform(0, 1, (count, 1, 2))
    ways, bows = rng.normal(0, 0.4, (count, 1, 2)), rng.normal(0, 0.1, (count, 1, 2))
    t = np.linspace(0, 1, 8)[:, np.newaxis]
    return list(starts + t * ways + np.sin(np.pi * t) * bows)


def dots(rng: np.random.Generator) -> Strokes:
    """Return dabs of the pen, here and there."""
    starts = rng.uniform(0, 1, (int(rng.integers(4, 10)), 2))
    return [np.stack([start, start + rng.normal(0, 0.03, 2)]) for start in starts]


def turned(strokes: Strokes, rng: np.random.Generator, degrees: float) -> Strokes:
    """Return the strokes turned by at most so many degrees, either way."""
    angle = np.deg2rad(rng.uniform(-degrees, degrees))
    cos, sin = np.cos(angle), np.sin(angle)
    return [stroke @ np.array([[cos, sin], [-sin, cos]]) for stroke in strokes]


def _smooth(points: np.ndarray) -> np.ndarray:
    """Return a smooth path through the points."""
    spline = scipy.interpolate.CubicSpline(np.arange(len(points)), points)
    return np.asarray(spline(np.linspace(0, len(points) - 1, 6 * len(points))))
