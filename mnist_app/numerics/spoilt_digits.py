"""What is made of digits and is none: overlaid, crossed out, lying, mirrored, in pieces, two that touch."""

from __future__ import annotations

import numpy as np

from mnist_app.numerics.made_digits import made_digit
from mnist_app.numerics.pen import Strokes

# With a line or two through them, 0 and 1 are still read: as a slashed zero, as a 7, as a 4.
WITH_BODY = (2, 3, 4, 5, 6, 8, 9)
LIE = (3, 5)  # on its side no digit; a lying 4 looks like a 4, a 2 much like one
HAVE_A_SIDE = (3, 9)  # in the mirror no digit; 2 becomes a 5, 5 a 2, and a 4 stays one
AFTER_ONE = (2, 4, 5, 7, 8)  # 1 and another digit that touch can look like one: 10 like a 6, 13 like an 8


def overlaid(rng: np.random.Generator) -> Strokes:
    """Return two or three different digits written over one another."""
    strokes: Strokes = []
    way = rng.uniform(0, 2 * np.pi)
    for number, digit in enumerate(rng.choice(WITH_BODY, int(rng.integers(2, 4)), replace=False)):
        place = number * rng.uniform(0.35, 0.55) * np.array([np.cos(way), np.sin(way)])
        size = rng.uniform(0.8, 1.1)
        strokes += [size * stroke + place for stroke in made_digit(int(digit), rng)]
        way += rng.uniform(1.5, 2.5)
    return strokes


def crossed_out(rng: np.random.Generator) -> Strokes:
    """Return a digit with a cross or a zigzag over it."""
    strokes = made_digit(int(rng.choice(WITH_BODY)), rng)
    right, bottom = np.concatenate(strokes).max(0) + 0.1
    if rng.random() < 0.5:
        count = int(rng.integers(6, 12))
        up_and_down = np.where(np.arange(count) % 2, -0.1, bottom) + rng.normal(0, 0.06, count)
        return [*strokes, np.stack([np.linspace(-0.1, right, count), up_and_down], 1)]
    cross = np.array([[[-0.1, -0.1], [right, bottom]], [[right, -0.1], [-0.1, bottom]]])
    return [*strokes, *(cross + rng.normal(0, 0.05, cross.shape))]


def lying(rng: np.random.Generator) -> Strokes:
    """Return a digit that lies on its side."""
    quarter = rng.choice((-1, 1))
    return [stroke[:, ::-1] * (quarter, -quarter) for stroke in made_digit(int(rng.choice(LIE)), rng)]


def mirrored(rng: np.random.Generator) -> Strokes:
    """Return a digit as a mirror shows it."""
    return [stroke * (-1, 1) for stroke in made_digit(int(rng.choice(HAVE_A_SIDE)), rng)]


def pieces(rng: np.random.Generator) -> Strokes:
    """Return parts of four or five digits' strokes, anyhow beside one another."""
    strokes = []
    for _ in range(int(rng.integers(4, 6))):
        path = max(made_digit(int(rng.choice(WITH_BODY)), rng), key=len)
        length = int(rng.integers(len(path) // 4, len(path) // 2 + 1))
        start = int(rng.integers(0, len(path) - length))
        part = path[start : start + length + 1]
        strokes.append((part - part[0]) * rng.uniform(0.6, 1.2) + rng.uniform(0, 1, 2))
    return strokes


def touching(rng: np.random.Generator) -> Strokes:
    """Return two digits side by side that touch."""
    left = int(rng.choice((0, 1, *WITH_BODY, 7)))
    right = int(rng.choice(AFTER_ONE if left == 1 else (0, *WITH_BODY, 7)))
    first, second = made_digit(left, rng), made_digit(right, rng)
    edge = np.concatenate(first)[:, 0].max() + rng.uniform(-0.1, 0.06)
    place = np.array([edge, rng.uniform(-0.1, 0.1)])
    size = rng.uniform(0.85, 1.1)
    return [*first, *(size * stroke + place for stroke in second)]
