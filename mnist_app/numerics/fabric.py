"""Pen strokes as the drawable canvas has them: objects of Fabric.js 7."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from mnist_app.numerics.packed_strokes import PenStroke

PEN, ERASER = "#ffffff", "#000000"
Point = tuple[float, float]
Matrix = tuple[float, float, float, float]
# Fabric lengthens both ends of a stroke by this share of its width, so that a dot is one.
LONGER = 1e-3
# The canvas says nothing of a drawing that it begins with, unless it had to mend
# something in it: it makes a polygon of every closed path of straight lines.  So this
# one, which nobody sees, has it tell what is drawn.
UNSEEN: dict[str, Any] = {
    "type": "Path",
    "path": [["M", 0, 0], ["L", 0, 0], ["L", 0, 0], ["Z"]],
    "visible": False,
}


def objects_of(strokes: Iterable[PenStroke]) -> list[dict[str, Any]]:
    """Return the objects that draw strokes, to be given to the canvas as ``initial_drawing``.

    They say nothing of where they lie: Fabric finds it by their points and rounds
    nothing, so the ink is that of the pen to the last byte.
    """
    return [
        {
            "type": "Path",
            "path": _path(stroke.points, stroke.width),
            "fill": None,
            "stroke": ERASER if stroke.erases else PEN,
            "strokeWidth": stroke.width,
            "strokeLineCap": "round",
            "strokeLineJoin": "round",
        }
        for stroke in strokes
    ]


def strokes_of(objects: Iterable[Mapping[str, Any]]) -> list[PenStroke]:
    """Return the strokes among a canvas's objects, those moved or scaled by hand where they are now.

    A stroke that was made wider than high keeps a round pen.
    """
    found = []
    for each in objects:
        points = _points(each) if each.get("visible", True) else []
        if not points:
            continue
        matrix = _matrix(each)
        width = max(
            1,
            round(float(each["strokeWidth"]) * math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))),
        )
        found.append(PenStroke(_moved(each, points, matrix), width, each.get("stroke") == ERASER))
    return found


def _path(points: Sequence[Point], width: float) -> list[list[Any]]:
    """Return a stroke's path as Fabric's pencil makes it (``getSmoothPathFromPoints``)."""
    points = list(points) if len(points) > 1 else [points[0], points[0]]
    end = LONGER * width
    (first, second), (last, before) = points[:2], (points[-1], points[-2])
    many = len(points) > 2
    # The signs as Fabric has them: with two points, to the left and to the right.
    down = [_sign(points[2][axis] - second[axis]) if many else 1 - axis for axis in (0, 1)]
    up = [_sign(last[axis] - before[axis]) if many else 1 - axis for axis in (0, 1)]
    path: list[list[Any]] = [["M", *(first[axis] - down[axis] * end for axis in (0, 1))]]
    for here, there in pairwise(points):
        if here != there:
            path.append(["Q", *here, *(here[axis] + (there[axis] - here[axis]) * 0.5 for axis in (0, 1))])
    return [*path, ["L", *(last[axis] + up[axis] * end for axis in (0, 1))]]


def _points(each: Mapping[str, Any]) -> list[Point]:
    """Return where the pen was; nothing for what is no stroke."""
    path = each.get("path") or []
    if len(path) < 2:
        return []
    start = (float(path[0][1]), float(path[0][2]))
    end = (float(path[-1][1]), float(path[-1][2]))
    controls = [(float(part[1]), float(part[2])) for part in path if part[0] == "Q"]
    if not controls:
        return [_middle(start, end)]
    longer = LONGER * float(each["strokeWidth"])
    last = controls[-1]
    if len(controls) == 1:  # two points, or a dot: lengthened to the right
        return [last] if end == (last[0] + longer, last[1]) else [last, (end[0] - longer, end[1])]
    return [*controls, (_shortened(end[0], last[0], longer), _shortened(end[1], last[1], longer))]


def _shortened(end: float, before: float, longer: float) -> float:
    return end - _sign(end - before) * longer


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _matrix(each: Mapping[str, Any]) -> Matrix:
    """Return how an object is turned, scaled and skewed: x' = a x + b y, y' = c x + d y."""
    angle, across, down = (math.radians(float(each.get(name, 0))) for name in ("angle", "skewX", "skewY"))
    wide = float(each.get("scaleX", 1)) * (-1 if each.get("flipX") else 1)
    high = float(each.get("scaleY", 1)) * (-1 if each.get("flipY") else 1)
    cos, sin = math.cos(angle), math.sin(angle)
    # Fabric: turn, then scale, then skew across, then down.
    a, b = wide * (1 + math.tan(across) * math.tan(down)), wide * math.tan(across)
    c, d = high * math.tan(down), high
    return cos * a - sin * c, cos * b - sin * d, sin * a + cos * c, sin * b + cos * d


def _moved(each: Mapping[str, Any], points: Sequence[Point], matrix: Matrix) -> tuple[Point, ...]:
    """Return points where a person has put them; as they are where nobody has."""
    middle = _box_middle(each.get("path") or [])
    if middle is None or each.get("originX") != "center" or "left" not in each:
        return tuple(points)
    place = (float(each["left"]), float(each["top"]))
    near = max(abs(place[axis] - middle[axis]) for axis in (0, 1)) < 0.01  # Fabric rounds to 4 digits
    if near and matrix == (1, 0, 0, 1):
        return tuple(points)
    a, b, c, d = matrix
    apart = [(x - middle[0], y - middle[1]) for x, y in points]
    return tuple((place[0] + a * x + b * y, place[1] + c * x + d * y) for x, y in apart)


def _box_middle(path: Sequence[Sequence[Any]]) -> Point | None:
    """Return the middle of the box around a path of lines and quadratic curves, as Fabric finds it."""
    reached: list[Point] = []
    here: Point = (0.0, 0.0)
    for name, *numbers in path:
        if name == "Q":
            control, end = (numbers[0], numbers[1]), (numbers[2], numbers[3])
            reached += _turns(here, control, end)
        here = (numbers[-2], numbers[-1])
        reached.append(here)
    if not reached:
        return None
    sides = [[point[axis] for point in reached] for axis in (0, 1)]
    return (min(sides[0]) + max(sides[0])) / 2, (min(sides[1]) + max(sides[1])) / 2


def _turns(start: Point, control: Point, end: Point) -> list[Point]:
    """Return where a curve turns back; Fabric takes it for a cubic one with its control twice."""
    found = []
    for axis in (0, 1):
        rise, fall = control[axis] - start[axis], control[axis] - end[axis]
        if rise * fall > 0:
            share = 1 / (1 + math.sqrt(fall / rise))
            rest = 1 - share
            shares = (rest**3, 3 * rest * share, share**3)
            x, y = (
                sum(part * point[each] for part, point in zip(shares, (start, control, end), strict=True))
                for each in (0, 1)
            )
            found.append((x, y))
    return found
