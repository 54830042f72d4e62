"""Digits as pen strokes, so that the benchmarks need no file from outside."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

Stroke = list[tuple[float, float]]

# Each digit's strokes as the corners of lines, in hundredths of its square, y downwards.
DIGITS: dict[int, list[Stroke]] = {
    0: [[(60, 5), (30, 15), (20, 50), (30, 85), (55, 95), (75, 75), (80, 40), (60, 5)]],
    1: [[(55, 5), (50, 50), (45, 95)]],
    2: [[(20, 25), (45, 5), (75, 20), (65, 50), (20, 95), (85, 92)]],
    3: [[(20, 15), (55, 5), (75, 25), (45, 47), (80, 70), (55, 95), (20, 85)]],
    4: [[(30, 5), (20, 55), (80, 55)], [(65, 20), (60, 95)]],
    5: [[(35, 8), (30, 45), (65, 45), (78, 70), (55, 93), (20, 85)], [(35, 8), (80, 6)]],
    6: [[(65, 5), (35, 35), (25, 75), (50, 95), (75, 75), (55, 55), (27, 70)]],
    7: [[(20, 10), (80, 8), (55, 50), (40, 95)]],
    8: [[(70, 20), (45, 5), (28, 25), (70, 70), (50, 95), (27, 75), (65, 40), (70, 20)]],
    9: [[(72, 30), (50, 8), (28, 30), (50, 50), (72, 30), (68, 60), (60, 95)]],
}
PLACES = [(40, 40, 200), (20, 60, 160), (90, 30, 150), (50, 20, 230)]  # pixels: left, top, side
STEP = 6  # hundredths; a moving pen reports its place about so often


def drawings() -> Iterator[list[Stroke]]:
    """Yield the strokes of one digit after another, in pixels of a 280×280 canvas, without end."""
    turn = 0
    while True:
        for strokes in DIGITS.values():
            left, top, side = PLACES[turn % len(PLACES)]
            turn += 1
            yield [
                [(left + side * x / 100, top + side * y / 100) for x, y in _dense(stroke)]
                for stroke in strokes
            ]


def _dense(stroke: Stroke) -> Stroke:
    """Return a stroke with more points on its lines."""
    points = [stroke[0]]
    for (x0, y0), (x1, y1) in pairwise(stroke):
        steps = max(1, round(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 / STEP))
        points += [(x0 + (x1 - x0) * n / steps, y0 + (y1 - y0) * n / steps) for n in range(1, steps + 1)]
    return points
