"""Parts told apart by the answers of a network, which a stand-in gives here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from mnist_app.numerics.preprocess import Box
from mnist_app.numerics.segment import Part
from mnist_app.serving.parting import tell_apart

WIDE = (100, 400)  # a canvas for several digits


@dataclass
class Said:
    box: Box
    probabilities: np.ndarray


@dataclass
class StandIn:
    """A network that is sure of what looks like a digit to ``knows``, and of nothing else."""

    knows: Callable[[Box], bool]
    asked: list[int] = field(default_factory=list)

    def __call__(self, parts: Sequence[Part]) -> list[Said]:
        self.asked.append(len(parts))
        return [Said(box, self._answer(box)) for _, box in parts]

    def _answer(self, box: Box) -> np.ndarray:
        sure = np.full(10, 0.0001)
        sure[4] = 0.9991
        return sure if self.knows(box) else np.full(10, 0.1)


def blocks(*boxes: tuple[int, int, int, int], size: tuple[int, int] = WIDE) -> np.ndarray:
    """Return ink that fills some boxes (x, y, width, height)."""
    ink = np.zeros(size, np.float32)
    for x, y, width, height in boxes:
        ink[y : y + height, x : x + width] = 1
    return ink


def is_forty_wide(box: Box) -> bool:
    return 34 <= box.width <= 50


def boxes_of(ink: np.ndarray, network: StandIn) -> list[Box]:
    return [said.box for said, _ in tell_apart(ink, network)]


def test_two_digits_that_touch_are_cut_apart():
    ink = blocks((20, 10, 40, 80), (60, 48, 6, 6), (66, 10, 40, 80))
    (left, left_cut), (right, right_cut) = tell_apart(ink, StandIn(is_forty_wide))
    assert left_cut
    assert right_cut
    assert abs(left.box.x - 20) <= 1
    assert abs(right.box.x + right.box.width - 106) <= 1
    assert (left.box.y, left.box.height) == (right.box.y, right.box.height) == (10, 80)


def test_three_digits_that_touch_are_cut_apart():
    ink = blocks((20, 10, 40, 80), (60, 48, 6, 6), (66, 10, 40, 80), (106, 30, 6, 6), (112, 10, 40, 80))
    assert len(boxes_of(ink, StandIn(is_forty_wide))) == 3


def test_of_several_parts_only_the_doubtful_one_is_cut():
    ink = blocks((20, 10, 40, 80), (60, 48, 6, 6), (66, 10, 40, 80), (180, 10, 40, 80))
    assert [is_cut for _, is_cut in tell_apart(ink, StandIn(is_forty_wide))] == [True, True, False]


def test_a_network_that_is_sure_is_asked_once():
    network = StandIn(lambda box: True)
    assert boxes_of(blocks((20, 10, 60, 80)), network) == [Box(20, 10, 60, 80)]
    assert network.asked == [1]


def test_what_is_no_digit_stays_whole_if_its_pieces_are_none_either():
    network = StandIn(lambda box: False)
    ink = blocks((20, 10, 40, 80), (60, 48, 6, 6), (66, 10, 40, 80))
    assert boxes_of(ink, network) == [Box(20, 10, 86, 80)]
    assert len(network.asked) == 2


def test_a_drawing_alone_on_a_square_canvas_is_cut_only_if_little_else_is_likely():
    pair = (20, 10, 40, 80), (60, 48, 6, 6), (66, 10, 40, 80)

    @dataclass
    class Doubting(StandIn):
        def _answer(self, box: Box) -> np.ndarray:
            if is_forty_wide(box):
                return super()._answer(box)
            unsure = np.full(10, 0.3 / 9)
            unsure[0] = 0.7
            return unsure

    for size, count in ((WIDE, 2), ((150, 150), 1)):
        assert len(boxes_of(blocks(*pair, size=size), Doubting(is_forty_wide))) == count


def test_two_parts_that_only_together_look_like_a_digit_are_one():
    ink = blocks((20, 10, 20, 80), (50, 10, 10, 80))
    assert boxes_of(ink, StandIn(is_forty_wide)) == [Box(20, 10, 40, 80)]
    assert len(boxes_of(ink, StandIn(lambda box: box.width < 30))) == 2
    assert len(boxes_of(ink, StandIn(lambda box: True))) == 2


def test_parts_that_are_no_two_digits_are_one_where_one_was_to_be_drawn():
    parts = (20, 10, 20, 80), (50, 10, 10, 80)
    left_alone = StandIn(lambda box: box.width == 20)
    assert len(boxes_of(blocks(*parts), left_alone)) == 2
    assert boxes_of(blocks(*parts, size=(150, 150)), left_alone) == [Box(20, 10, 40, 80)]


def test_parts_far_from_each_other_are_not_even_asked_about_as_one():
    network = StandIn(lambda box: box.width < 30)
    assert len(boxes_of(blocks((20, 10, 20, 80), (150, 10, 20, 80)), network)) == 2
    assert network.asked == [2]


def test_each_piece_stands_where_it_stood_in_the_drawing():
    ink = blocks((220, 10, 40, 80), (260, 48, 6, 6), (266, 10, 40, 80))
    seen: list[np.ndarray] = []

    def watching(parts: Sequence[Part]) -> list[Said]:
        seen[:] = [part for part, _ in parts]
        return StandIn(is_forty_wide)(parts)

    assert len(tell_apart(ink, watching)) == 2
    assert all(part.shape == ink.shape for part in seen)
    np.testing.assert_array_equal(np.maximum(*seen), ink)
