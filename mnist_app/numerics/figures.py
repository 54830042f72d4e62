"""Small figures as people doodle them: frames, faces, hearts, houses, signs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mnist_app.numerics.handwriting import written
from mnist_app.numerics.pen import Strokes
from mnist_app.numerics.scribbles import turned

RING = "50 2, 16 14, 2 50, 15 86, 50 98, 85 86, 98 50, 85 15, 52 2"


@dataclass(frozen=True)
class Figure:
    """A figure put together from parts.

    Attributes:
        parts: of each part the ways to draw it, in the notation of ``handwriting``; "" leaves it out.
        turn: degrees by which it may lie turned, either way.
    """

    parts: tuple[tuple[str, ...], ...]
    turn: float = 8


FIGURES = {
    "smiley": Figure(
        (
            (RING, RING, RING, "50 4, 10 14, 6 52, 18 90, 52 96, 86 88, 95 48, 86 12, 48 4", ""),
            (
                "34 32, 34 46; 66 32, 66 46",
                "33 38, 34 40; 66 38, 67 40",
                "36 30, 28 38, 36 46, 42 38, 36 30; 66 30, 58 38, 66 46, 72 38, 66 30",
                "26 42, 34 34, 42 42; 58 42, 66 34, 74 42",
            ),
            ("", "", "50 46, 50 60", "50 46, 46 60!, 54 60"),
            ("26 64, 50 82, 74 64", "24 62, 50 76, 76 62", "26 80, 50 66, 74 80", "28 72, 72 72"),
        ),
    ),
    "heart": Figure(
        (
            (
                "50 30!, 32 6, 6 16, 8 46, 50 98!, 92 46, 94 16, 68 6, 50 30",
                "50 22!, 26 2, 2 28, 20 64, 50 96!, 80 62, 98 26, 74 2, 48 24",
            ),
        ),
    ),
    "triangle": Figure((("50 2!, 98 90!, 2 90!, 50 2", "50 12!, 98 92!, 8 84!, 50 12"),), turn=180),
    "cross": Figure(
        (
            ("4 4, 96 96; 96 4, 4 96", "50 2, 50 98; 2 50, 98 50", "20 4, 80 96; 80 4, 20 96"),
            ("", "", "50 2, 50 98; 2 50, 98 50"),
        ),
    ),
    "arrow": Figure(
        (
            ("2 50, 96 50", "2 40, 40 62, 96 50"),
            ("70 24, 98 50!, 70 76", "62 18, 98 50!, 62 82", "72 28, 98 50!, 72 72!, 72 28"),
            ("", "", "", "28 24, 2 50!, 28 76"),
        ),
        turn=180,
    ),
    "house": Figure(
        (
            ("4 98!, 4 46!, 50 4!, 96 46!, 96 98!, 4 98", "10 98!, 10 40!, 50 4!, 90 40!, 90 98!, 10 98"),
            ("", "8 44, 92 44"),
            ("", "40 98, 40 68!, 60 68!, 60 98", "20 56!, 40 56!, 40 74!, 20 74!, 20 56"),
        ),
    ),
    "grid": Figure(
        (
            (
                "34 2, 34 98; 66 2, 66 98; 2 34, 98 34; 2 66, 98 66",
                "25 2, 25 98; 50 2, 50 98; 75 2, 75 98; 2 30, 98 30; 2 70, 98 70",
                "30 2, 24 98; 74 2, 68 98; 2 36, 98 32; 2 68, 98 64",
                "25 2, 25 98; 50 2, 50 98; 75 2, 75 98; 2 25, 98 25; 2 50, 98 50; 2 75, 98 75",
            ),
            ("", "", "2 2!, 98 2!, 98 98!, 2 98!, 2 2"),
        ),
        turn=12,
    ),
    "person": Figure(
        (
            ("50 2, 38 8, 40 24, 54 26, 60 12, 50 2",),
            ("50 28, 50 66",),
            ("20 44, 50 40!, 80 44", "22 22, 50 42!, 78 22", "20 62, 50 38!, 80 24"),
            ("28 98, 50 66!, 72 98", "36 98, 50 66!, 64 98"),
        ),
    ),
    "cat": Figure(
        (
            ("12 30!, 14 2!, 36 20!, 64 20!, 86 2!, 90 34, 88 70, 50 96, 14 74, 10 28",),
            ("34 46, 36 50; 66 46, 64 50",),
            ("50 62, 50 68", "44 60!, 56 60!, 50 68!, 44 60"),
            ("", "4 58, 28 62; 4 74, 28 70; 96 58, 72 62; 96 74, 72 70"),
        ),
    ),
    "tree": Figure(
        (
            ("50 2!, 88 40!, 12 40!, 50 2; 50 30!, 98 80!, 2 80!, 50 30",),
            ("42 80, 42 98!, 58 98!, 58 80", "50 80, 50 98"),
        ),
    ),
    "car": Figure(
        (
            ("2 70!, 4 46!, 24 44!, 34 20!, 68 20!, 78 44!, 98 48!, 98 70!, 2 70",),
            ("24 66, 16 78, 26 88, 36 78, 26 66; 74 66, 66 78, 76 88, 86 78, 76 66",),
            ("", "50 22, 50 44"),
        ),
    ),
    "boat": Figure(
        (
            ("2 68!, 98 68!, 80 94!, 20 94!, 2 68",),
            ("48 66, 48 4!, 84 56!, 48 56", "50 66, 50 6; 54 8!, 86 56!, 54 56!, 54 8"),
        ),
    ),
    "crown": Figure((("6 96!, 2 20!, 28 58!, 50 6!, 72 58!, 98 20!, 94 96!, 6 96",), ("", "8 80, 92 80"))),
    "envelope": Figure((("2 16!, 98 16!, 98 84!, 2 84!, 2 16",), ("2 18, 50 54!, 98 18",))),
    "flash": Figure((("62 2!, 14 56!, 46 54!, 24 98!, 88 38!, 54 42!, 90 2!, 62 2",),)),
    "pentagram": Figure((("50 2!, 80 96!, 2 38!, 98 38!, 20 96!, 50 2",),), turn=20),
    "sign": Figure(
        (
            (
                "4 32, 96 32; 4 66, 96 66",
                "4 18, 96 18; 4 50, 96 50; 4 82, 96 82",
                "22 6, 8 24, 22 42, 36 24, 22 6; 78 56, 64 76, 78 94, 92 76, 78 56; 86 4, 14 96",
                "92 8, 8 50!, 92 92",
                "4 56, 28 94!, 96 6",
                "4 50, 96 50; 49 14, 51 17; 49 83, 51 86",
                "2 22, 98 18; 32 20, 24 96; 68 20, 68 84, 84 96",
                "2 60, 18 52!, 36 96!, 56 4!, 98 4",
                "72 36, 46 30, 32 60, 64 64, 72 36!, 74 66, 94 56, 90 22, 50 4, 10 28, 10 72, 46 96, 76 90",
            ),
        ),
    ),
}  # fmt: skip


def figure(name: str) -> Callable[[np.random.Generator], Strokes]:
    """Return the function that draws one of the ``FIGURES``."""

    def draw(rng: np.random.Generator) -> Strokes:
        chosen = [ways[rng.integers(len(ways))] for ways in FIGURES[name].parts]
        strokes = [stroke for part in chosen if part for stroke in written(part, rng)]
        return turned(strokes, rng, FIGURES[name].turn)

    return draw


def frame(rng: np.random.Generator) -> Strokes:
    """Return an empty frame, or one with another inside or a line through it."""
    inside = ("", "", "", "18 18!, 82 18!, 82 82!, 18 82!, 18 18", "2 2, 98 98")[rng.integers(5)]
    outside = "2 2!, 98 2!, 98 98!, 2 98!, 2 2"
    strokes = written(f"{outside}; {inside}" if inside else outside, rng)
    return turned([stroke * (np.exp(rng.uniform(-0.35, 0.6)), 1) for stroke in strokes], rng, 8)


def star(rng: np.random.Generator) -> Strokes:
    """Return the outline of a star of four to seven points."""
    points = int(rng.integers(4, 8))
    radius = np.where(np.arange(2 * points + 1) % 2, rng.uniform(0.3, 0.5), 1)
    return turned([_around(radius + rng.normal(0, 0.03, len(radius)))], rng, 180)


def cloud(rng: np.random.Generator) -> Strokes:
    """Return a lying cloud of five to eight bulges."""
    bulges = int(rng.integers(5, 9))
    radius = 0.8 + rng.uniform(0.45, 0.6) * np.abs(np.sin(np.linspace(0, np.pi * bulges, 121)))
    return [_around(radius) * (rng.uniform(1.3, 1.8), 1)]


def flower(rng: np.random.Generator) -> Strokes:
    """Return four to seven petals in one go, some on a stalk."""
    petals = int(rng.integers(4, 8))
    strokes = [_around(0.65 + 0.35 * np.cos(np.linspace(0, 2 * np.pi * petals, 121)))]
    if rng.random() < 0.6:
        strokes.append(np.array([[0, 0.9], [rng.normal(0, 0.1), rng.uniform(1.8, 2.4)]]))
    return turned(strokes, rng, 12)


def sun(rng: np.random.Generator) -> Strokes:
    """Return a disc and six to twelve rays."""
    rays = int(rng.integers(6, 13))
    angles = 2 * np.pi * np.arange(rays) / rays + rng.normal(0, 0.08, rays)
    ways = np.stack([np.cos(angles), np.sin(angles)], 1)
    ends = np.stack([0.65 * ways, rng.uniform(0.9, 1.1, (rays, 1)) * ways], 1)
    return [_around(np.full(25, 0.45)), *ends]


def _around(radius: np.ndarray) -> np.ndarray:
    """Return a closed path about 0 with such radii, the first one at the top."""
    angles = np.linspace(0, 2 * np.pi, len(radius))
    return np.asarray(radius[:, np.newaxis] * np.stack([np.sin(angles), -np.cos(angles)], 1))
