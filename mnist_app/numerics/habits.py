"""Ways in which people write digits and which MNIST hardly shows, given to plain drawings.

Slashed zeros, ones with a flag and a foot, barred sevens, fives whose bar stands apart, open fours and
eights.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mnist_app.numerics.pen import Strokes, unit

Habit = Callable[[Strokes, np.random.Generator], Strokes]

SLIM = 0.35  # width over height above which a one has a flag or a foot already
ROOM = (0.45, 1.4)  # width over height between which a zero has room for a slash
CLOSED = 0.13  # a stroke that comes so near to where it began is closed there
BOW = 0.03  # standard deviation of how far a straight line bows, as a share of its length


def with_habit(strokes: Strokes, digit: int, rng: np.random.Generator) -> Strokes:
    """Return the drawing of a digit, now and then with a habit that its writer lacks, as unit strokes.

    A drawing stays as it is where it has the habit already, or is drawn in a way that cannot have it.
    """
    strokes = unit(strokes)
    roll = rng.random()
    for share, habit in HABITS.get(digit, ()):
        if roll < share:
            return unit(habit(strokes, rng))
        roll -= share
    return strokes


def _slash(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Add a line through a zero, from below on the left, beyond the ring or short of it."""
    (width, height), reach = _size(strokes), rng.uniform(-0.2, 0.25, 4)
    if len(strokes) > 1 or not ROOM[0] * height < width < ROOM[1] * height:
        return strokes
    low, high = np.array([reach[0], 1 - reach[1]]), np.array([1 - reach[2], reach[3]])
    kind = rng.random()
    if kind < 0.12:  # the other way
        low[0], high[0] = high[0], low[0]
    elif kind < 0.27:  # nearly upright
        low[0], high[0] = 0.5 + (low[0] - 0.5) * 0.4, 0.5 + (high[0] - 0.5) * 0.4
    return [*strokes, _line(low * (width, height), high * (width, height), rng)]


def _flag(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Draw the stroke in front of a one's top; the flatter, the shorter, else it would be a seven."""
    if not _is_plain_one(strokes):
        return strokes
    top = strokes[0][strokes[0][:, 1].argmin()]
    slope = rng.uniform(0.55, 2.2)  # down for each step across
    length = rng.uniform(0.12, 0.26 if slope < 0.8 else 0.4)
    return [*strokes, _line(top + _along(slope, length), top, rng)]


def _long_flag(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Draw a flag half as long as the one itself, as in much of Europe."""
    if not _is_plain_one(strokes):
        return strokes
    top = strokes[0][strokes[0][:, 1].argmin()]
    return [*strokes, _line(top + _along(rng.uniform(0.9, 1.7), rng.uniform(0.36, 0.56)), top, rng)]


def _foot(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Draw the line that a one stands on."""
    if not _is_plain_one(strokes):
        return strokes
    bottom, half = strokes[0][strokes[0][:, 1].argmax()], rng.uniform(0.12, 0.38)
    left, right = rng.uniform(0.7, 1.3, 2) * half
    start, end = np.array([[-left, 0], [right, 0]]) + rng.normal(0, (0, 0.02), (2, 2))
    return [*strokes, _line(bottom + start, bottom + end, rng)]


def _flag_and_foot(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    flagged = (_long_flag if rng.random() < 0.25 else _flag)(strokes, rng)
    return flagged + _foot(strokes, rng)[len(strokes) :]


def _bar(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Cross the stem of a seven where it is at about half of its height."""
    if len(strokes) > 1:
        return strokes
    width, height = _size(strokes)
    stem = strokes[0][len(strokes[0]) // 2 :]
    y = height * rng.uniform(0.38, 0.65)
    x = stem[np.abs(stem[:, 1] - y).argmin(), 0]
    half, tilt = rng.uniform(0.15, 0.36) * max(width, 0.4 * height), rng.normal(0, 0.05)
    ends = np.array([x - half, y + tilt]), np.array([x + half * rng.uniform(0.7, 1.2), y - tilt])
    return [*strokes, _line(*ends, rng)]


def _serif(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Draw the short line down from where the top of a seven begins."""
    height, first = _size(strokes)[1], strokes[0]
    start = first[first[:, 0].argmin()]
    if start[1] > 0.3 * height:
        return strokes
    down = np.array([rng.normal(0, 0.03), rng.uniform(0.1, 0.26) * height])
    return [*strokes, _line(start, start + down, rng)]


def _bar_and_serif(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    return _serif(_bar(strokes, rng), rng)


def _detached_bar(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Move the bar of a five away from its stem, to the right and a little up."""
    width = _size(strokes)[0]
    if len(strokes) == 2:
        body, bar = sorted(strokes, key=lambda stroke: -float(np.ptp(stroke[:, 1])))
    elif len(strokes) == 1:
        path = strokes[0]
        corner = int(path[: max(2, len(path) // 2), 0].argmin())  # the bar is drawn from the right
        bar, body = path[: corner + 1], path[corner:]
    else:
        return strokes
    is_bar = np.ptp(bar[:, 0]) > 0.25 * width and np.ptp(bar[:, 1]) < 0.3 and bar[:, 1].mean() < 0.35
    if not is_bar or len(body) < 3:
        return strokes
    away = np.array([rng.uniform(0.05, 0.22) * width, -rng.uniform(0, 0.08)])
    return [body, bar + away]


def _open_four(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Part the two strokes of a four at its top: the stem begins lower, and a little to the right."""
    if len(strokes) != 2:
        return strokes
    angle, stem = strokes if np.ptp(strokes[1][:, 0]) < np.ptp(strokes[0][:, 0]) else strokes[::-1]
    stem = stem if stem[0, 1] < stem[-1, 1] else stem[::-1]  # from its top on
    room = float(angle[:, 1].max() - stem[0, 1])  # of the stem above the bar
    if np.ptp(stem[:, 0]) > 0.5 * np.ptp(stem[:, 1]) or room < 0.3 or not _meets(stem[0], angle):
        return strokes
    lower = stem[stem[:, 1] > stem[0, 1] + rng.uniform(0.25, 0.55) * room]
    if len(lower) < 2:
        return strokes
    return [angle, lower + np.array([rng.uniform(0, 0.08), 0])]


def _unclosed(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Lose the first part of a stroke that should come back to where it began."""
    if len(strokes) != 1 or len(strokes[0]) < 12:
        return strokes
    path = strokes[0]
    if not _meets(path[0], path[len(path) // 4 :]):
        return strokes
    lengths = np.r_[0, np.cumsum(np.hypot(*np.diff(path, axis=0).T))]
    return [path[lengths >= rng.uniform(0.04, 0.1) * lengths[-1]]]


# The share of each digit's drawings that are given a habit; what is left stays as it is.
HABITS: dict[int, tuple[tuple[float, Habit], ...]] = {
    0: ((0.35, _slash), (0.08, _unclosed)),
    1: ((0.20, _flag), (0.15, _long_flag), (0.20, _flag_and_foot), (0.10, _foot)),
    4: ((0.25, _open_four),),
    5: ((0.25, _detached_bar),),
    7: ((0.30, _bar), (0.08, _serif), (0.08, _bar_and_serif)),
    8: ((0.15, _unclosed),),
}


def _size(strokes: Strokes) -> np.ndarray:
    """Return width and height of unit strokes."""
    return np.asarray(np.concatenate(strokes).max(0))


def _meets(place: np.ndarray, path: np.ndarray) -> bool:
    return bool((np.hypot(*(path - place).T) < CLOSED).any())


def _is_plain_one(strokes: Strokes) -> bool:
    width, height = _size(strokes)
    return len(strokes) == 1 and bool(width < SLIM * height)


def _along(slope: float, length: float) -> np.ndarray:
    """Return the way to the left and down, so steep and so long."""
    return np.asarray(np.array([-1, slope]) * length / np.hypot(1, slope))


def _line(start: np.ndarray, end: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a line as a hand draws it, a little bowed: float (points, 2)."""
    way = end - start
    t = np.linspace(0, 1, 6)[:, np.newaxis]
    return np.asarray(start + t * way + rng.normal(0, BOW) * np.sin(np.pi * t) * (-way[1], way[0]))
