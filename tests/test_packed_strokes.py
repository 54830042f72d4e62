"""Strokes in an address: nothing is lost, and nothing that is none is taken for strokes."""

from __future__ import annotations

import base64
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_app.numerics.fabric import UNSEEN, objects_of, strokes_of
from mnist_app.numerics.packed_strokes import (
    FURTHEST,
    MOST_LETTERS,
    WIDEST,
    PenStroke,
    pack_strokes,
    unpack_strokes,
)
from mnist_app.texts.user_error import UserError

# What Fabric 7.4 made of a pen's seven, as the canvas sent it.
SEVEN = {
    "type": "Path",
    "originX": "center",
    "originY": "center",
    "left": 139.38,
    "top": 145.1722,
    "fill": None,
    "stroke": "#ffffff",
    "strokeWidth": 18,
    "path": [
        ["M", 79.982, 69.515625],
        ["Q", 80, 69.515625, 86.5, 69.015625],
        ["Q", 93, 68.515625, 99.5, 68.515625],
        ["Q", 106, 68.515625, 113, 68.015625],
        ["Q", 120, 67.515625, 133, 67.015625],
        ["Q", 146, 66.515625, 159.5, 66.515625],
        ["Q", 173, 66.515625, 186.5, 66.015625],
        ["Q", 200, 65.515625, 197.5, 71.015625],
        ["Q", 195, 76.515625, 192.5, 82.515625],
        ["Q", 190, 88.515625, 187.5, 94.015625],
        ["Q", 185, 99.515625, 175.5, 120.515625],
        ["Q", 166, 141.515625, 148, 183.015625],
        ["L", 129.982, 224.533625],
    ],
}
DOT = {**SEVEN, "left": 50, "top": 49.5156, "path": [["M", 49.982, 49.515625], ["L", 50.018, 49.515625]]}

places = st.integers(-FURTHEST * 64, FURTHEST * 64).map(lambda place: place / 64)
points = st.lists(st.tuples(places, places), min_size=1, max_size=30).map(tuple)
strokes = st.lists(st.builds(PenStroke, points, st.integers(1, WIDEST), st.booleans()), max_size=8)


def packed(*numbers: int) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.urlsafe_b64encode(packer.compress(bytes(numbers)) + packer.flush()).decode().rstrip("=")


@given(strokes)
def test_strokes_come_back_as_they_were(drawn):
    text = pack_strokes(drawn)
    assert unpack_strokes(text) == drawn
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), min_size=1, max_size=20))
def test_a_finger_moves_by_less_than_a_hundredth_of_a_pixel(drawn):
    [stroke] = unpack_strokes(pack_strokes([PenStroke(tuple(drawn), 18)]))
    apart = [
        abs(a - b)
        for before, after in zip(drawn, stroke.points, strict=True)
        for a, b in zip(before, after, strict=True)
    ]
    assert max(apart) <= 1 / 128
    assert unpack_strokes(pack_strokes([stroke])) == [stroke]


def test_a_digit_costs_about_a_hundred_letters_and_a_scrawl_is_refused():
    steps = random.Random(1)
    x, y = 100, 100
    walk = []
    for _ in range(40):
        x, y = x + steps.randint(-6, 9), y + steps.randint(-5, 9)
        walk.append((float(x), float(y)))
    assert 80 < len(pack_strokes([PenStroke(tuple(walk), 18)])) < 140
    scrawl = [PenStroke(tuple((steps.uniform(0, 280), steps.uniform(0, 280)) for _ in range(300)), 8)] * 6
    scrawl = [PenStroke(tuple((x + n, y) for x, y in stroke.points), 8) for n, stroke in enumerate(scrawl)]
    different = [
        PenStroke(tuple((steps.uniform(0, 280), steps.uniform(0, 280)) for _ in range(900)), 8)
        for _ in range(3)
    ]
    with pytest.raises(UserError) as error:
        pack_strokes([*scrawl, *different])
    assert error.value.key == "error.strokes_too_long"


@pytest.mark.parametrize(
    "text",
    [
        *("", "A", "====", "hello", "é", "../../etc/passwd", "<script>", "A" * (MOST_LETTERS + 1)),
        *(
            packed(0),
            packed(0, 1),
            packed(0, 1, 36, 2, 0, 0),
            packed(7, 0),
            packed(0, 0, 5),
            packed(0, 1, 0, 1, 0, 0),
        ),
        *(packed(0, 1, 36, 0), packed(0, 1, 36, 1, 255, 255, 255, 255, 127, 0), packed(0, 1, 36, 1, 128)),
        packed(*[255] * 200_000),
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_drawing_is_refused(text):
    with pytest.raises(UserError) as error:
        unpack_strokes(text)
    assert error.value.key.startswith("error.strokes")


@given(
    st.text(st.characters(codec="ascii"), max_size=200)
    | st.binary(max_size=200).map(lambda raw: packed(*raw))
)
def test_any_text_is_strokes_or_an_error(text):
    try:
        drawn = unpack_strokes(text)
    except UserError:
        return
    assert unpack_strokes(pack_strokes(drawn)) == drawn


# ------------------------------------------------------------- Fabric's objects


def test_the_path_is_the_one_that_fabric_made():
    drawn = strokes_of([SEVEN, DOT])
    assert [len(stroke.points) for stroke in drawn] == [12, 1]
    assert drawn[0].points[-1] == (130, 224.515625)
    again = objects_of(unpack_strokes(pack_strokes(drawn)))
    assert [each["path"] for each in again] == [SEVEN["path"], DOT["path"]]
    assert strokes_of([UNSEEN, *again]) == drawn


def test_two_points_are_a_stroke_too():
    line = PenStroke(((10.0, 20.0), (60.0, 21.0)), 24, erases=True)
    [drawn] = objects_of([line])
    assert drawn["stroke"] == "#000000"
    assert drawn["path"] == [["M", 9.976, 20], ["Q", 10, 20, 35, 20.5], ["L", 60.024, 21]]
    assert strokes_of([drawn]) == [line]


def test_a_stroke_moved_and_turned_by_hand_is_taken_where_it_is():
    moved = {**SEVEN, "left": SEVEN["left"] + 20, "top": SEVEN["top"] - 10, "scaleX": 0.5, "scaleY": 0.5}
    [stroke], [before] = strokes_of([moved]), strokes_of([SEVEN])
    assert stroke.width == 9
    assert stroke.points[0] == pytest.approx(
        (159.38 - (139.38 - 80) / 2, 135.1722 - (145.1722 - 69.515625) / 2), abs=0.01
    )
    [turned] = strokes_of([{**SEVEN, "angle": 90}])
    (x, y), (tx, ty) = before.points[3], turned.points[3]
    assert (tx - 139.38, ty - 145.1722) == pytest.approx((145.1722 - y, x - 139.38), abs=0.01)
    [mirrored] = strokes_of([{**SEVEN, "flipX": True}])
    assert mirrored.points[3][0] - 139.38 == pytest.approx(139.38 - x, abs=0.01)


def test_what_is_no_stroke_is_no_stroke():
    assert strokes_of([UNSEEN, {"type": "path"}, {**SEVEN, "visible": False}]) == []
