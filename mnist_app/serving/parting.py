"""Which parts of a drawing are one digit each, by the network's own answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Protocol, TypeVar

import numpy as np

from mnist_app.numerics.cuts import Cut, between, find_cuts
from mnist_app.numerics.doubt import cheapest, doubt
from mnist_app.numerics.picture import at_most
from mnist_app.numerics.preprocess import Box, ink_box
from mnist_app.numerics.segment import Part, find_digits

# What speaks against a choice before anybody has looked, in units of log likelihood.
JOIN = 1.0  # two parts are one digit
JOIN_ALONE = 0.0  # and the canvas was not made for several
CUT = 0.5  # one part is two digits
CUT_ALONE = 5.0  # and there is no digit beside it: people mostly draw one, or something else
NOTHING = 6.0  # it is no digit at all; more doubt than that makes no difference
BESIDE = 1.0  # what is less doubtful is a digit, and another one beside it is likely
WIDE = 1.5  # heights; a canvas so wide was made for several digits
APART = 0.5  # of the tallest digit's height: parts of one digit have no more paper between them
LONG = 1.6  # heights: no digit is wider
THREE = 1.4  # heights: what is narrower holds no three digits
FINE = 280  # pixels of a part that are looked at: the canvas's height


class Answer(Protocol):
    """What a network says of a part."""

    @property
    def box(self) -> Box:
        """Return where the part is."""

    @property
    def probabilities(self) -> np.ndarray:
        """Return the class probabilities, float32 (10,)."""


A = TypeVar("A", bound=Answer)
Ask = Callable[[Sequence[Part]], list[A]]  # a network's answers to parts


def tell_apart(ink: np.ndarray, ask: Ask[A]) -> list[tuple[A, bool]]:
    """Return the answer to each digit of a drawing, from left to right, and whether it was cut off another.

    Connected parts are asked about, and two neighbours as one where they may be one
    digit.  Only a part that is more doubtful than a cut can be two digits: what lies
    between the cuts of such a part is asked about, too, and the least doubtful digits
    that together are the part are taken.

    Args:
        ink: float32 (height, width), 0 to 1, with at least one pixel of ink.
        ask: the network.
    """
    parts = find_digits(ink)
    tallest = max(box.height for _, box in parts)
    near = [n for n in range(len(parts) - 1) if _may_be_one(parts[n][1], parts[n + 1][1], tallest)]
    asked = {(n, n + 1): part for n, part in enumerate(parts)}
    asked |= {(n, n + 2): _union(parts[n], parts[n + 1]) for n in near}
    answers = dict(zip(asked, ask(list(asked.values())), strict=True))
    doubts = {span: _doubt(answer, tallest) for span, answer in answers.items()}
    is_wide = ink.shape[1] >= WIDE * ink.shape[0]
    join = JOIN if is_wide else JOIN_ALONE
    tolls = {(start, end): cost + join * (end - start - 1) for (start, end), cost in doubts.items()}
    taken = cheapest(tolls, len(parts))
    is_number = is_wide or min(doubts[span] for span in taken) < BESIDE
    cut = CUT if is_number else CUT_ALONE
    told: list[tuple[A, bool]] = []
    for span in taken:
        pieces = _pieces(asked[span], doubts[span], tallest, cut, ask) if doubts[span] > cut else []
        told += [(answer, True) for answer in ask(pieces)] if pieces else [(answers[span], False)]
    return told


def _may_be_one(a: Box, b: Box, tallest: int) -> bool:
    """Return whether two neighbours may be parts of one digit: of an open 4, or a 5 and its far bar."""
    paper = max(a.x, b.x) - min(a.x + a.width, b.x + b.width)
    both = _around(a, b)
    return paper <= APART * tallest and both.width <= LONG * both.height


def _union(a: Part, b: Part) -> Part:
    return np.maximum(a[0], b[0]), _around(a[1], b[1])


def _around(a: Box, b: Box) -> Box:
    x, y = min(a.x, b.x), min(a.y, b.y)
    right, bottom = max(a.x + a.width, b.x + b.width), max(a.y + a.height, b.y + b.height)
    return Box(x, y, right - x, bottom - y)


def _pieces(part: Part, whole: float, tallest: int, cut: float, ask: Ask[A]) -> list[Part]:
    """Return the digits that a part is to be cut into; none if it is likelier to be one."""
    ink, box = part
    inside = at_most(box.of(ink), FINE)
    shrunk = inside.shape[0] / box.height
    cuts = [None, *find_cuts(inside), None]
    last = len(cuts) - 1
    asked: dict[tuple[int, int], Part] = {}
    for start, end in combinations(range(last + 1), 2):
        is_middle = start > 0 and end < last
        if (start, end) == (0, last) or (is_middle and box.width < THREE * box.height):
            continue
        piece = between(inside, cuts[start], cuts[end])
        own = ink_box(piece)
        if own is not None:
            asked[start, end] = piece, own
    if not asked:
        return []
    costs = {(0, last): whole}
    for span, answer in zip(asked, ask(list(asked.values())), strict=True):
        costs[span] = _doubt(answer, tallest * shrunk) + cut * (span[0] > 0)
    spans = cheapest(costs, last)
    return [_placed(part, cuts[start], cuts[end]) for start, end in spans] if len(spans) > 1 else []


def _placed(part: Part, left: Cut | None, right: Cut | None) -> Part:
    """Return what is between two cuts of a part, where it stands in the drawing."""
    ink, box = part
    drawing = np.zeros_like(ink)
    drawing[box.y : box.y + box.height, box.x : box.x + box.width] = between(box.of(ink), left, right)
    own = ink_box(drawing)
    assert own is not None, "a piece that was read has ink"
    return drawing, own


def _doubt(answer: Answer, tallest: float) -> float:
    return min(NOTHING, doubt(answer.probabilities, answer.box.width, answer.box.height, tallest))
