"""Numbers drawn from recorded digits, and how many of them are read right."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy

from benchmarks import numbers
from benchmarks.canvas import SIDE, WIDE
from benchmarks.drawn_numbers import by_writer, draw_number
from benchmarks.strokes import DIGITS
from mnist_app.data.recorded_strokes import read_strokes
from mnist_app.numerics.preprocess import INK

BOTH = pytest.mark.parametrize("touching", [False, True], ids=["apart", "touching"])


@pytest.fixture(scope="module")
def strokes(tmp_path_factory) -> Path:
    """A file of digits by two writers: one wrote the even digits, the other the odd ones."""
    path = tmp_path_factory.mktemp("strokes") / "digits.jsonl.gz"
    with gzip.open(path, "wt") as file:
        for digit, drawn in DIGITS.items():
            unit = [[(x / 90, (y - 5) / 90) for x, y in stroke] for stroke in drawn]
            for _ in range(2):
                row = {"label": digit, "writer": ("even", "odd")[digit % 2], "strokes": unit}
                file.write(json.dumps(row) + "\n")
    return path


@pytest.fixture(scope="module")
def writers(strokes):
    return by_writer(read_strokes(strokes))


def connected(ink: np.ndarray) -> int:
    return scipy.ndimage.label(ink >= INK, np.ones((3, 3)))[1]


# ------------------------------------------------------------- the numbers


@BOTH
def test_a_number_is_by_one_writer_on_the_wide_canvas(touching, writers):
    for seed in range(12):
        number = draw_number(writers, seed, touching)
        assert number.ink.shape == (SIDE, WIDE)
        assert number.ink.dtype == np.float32
        assert 2 <= len(number.digits) == len(number.boxes) <= 6
        assert {int(digit) % 2 for digit in number.digits} == {number.writer == "odd"}
        left = [box.x for box in number.boxes]
        assert left == sorted(left)
        assert min(left) >= 0
        assert max(box.x + box.width for box in number.boxes) <= WIDE
        assert max(box.y + box.height for box in number.boxes) <= SIDE


def test_the_ink_of_no_two_digits_connects_or_that_of_exactly_one_pair(writers):
    for seed in range(25):
        for touching in (False, True):
            number = draw_number(writers, seed, touching)
            assert connected(number.ink) == len(number.digits) - touching


@BOTH
def test_the_same_seed_draws_the_same_and_another_one_another(touching, writers):
    first, again, other = (draw_number(writers, seed, touching) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.ink, again.ink)
    assert first.boxes == again.boxes
    assert not np.array_equal(first.ink, other.ink)


@pytest.mark.parametrize("count", range(2, 7))
def test_a_number_has_as_many_digits_as_were_asked_for(count, writers):
    assert len(draw_number(writers, 1, True, count).digits) == count


def test_digits_differ_in_height_and_do_not_stand_on_one_line(writers):
    number = draw_number(writers, 2, False, 6)
    assert len({box.height for box in number.boxes}) > 2
    assert len({box.y + box.height for box in number.boxes}) > 2


def test_a_number_of_more_digits_than_anybody_drew_is_an_error(writers):
    few = {writer: digits[:2] for writer, digits in writers.items()}
    with pytest.raises(ValueError, match="3 digits"):
        draw_number(few, 1, False, 3)


# ------------------------------------------------------------- the command


def run(monkeypatch, capsys, *arguments: object) -> str:
    monkeypatch.setattr(sys, "argv", ["numbers", *map(str, arguments)])
    numbers.main()
    return capsys.readouterr().out


def test_the_command_prints_a_row_for_each_case_and_number_of_digits(strokes, monkeypatch, capsys, tmp_path):
    picture = tmp_path / "errors.png"
    out = run(monkeypatch, capsys, "--strokes", strokes, "--count", 5, "--json", "--errors", picture)
    rows = [json.loads(line) for line in out.splitlines()]
    assert {row["case"] for row in rows} == {"apart", "touching"}
    whole = {row["case"]: row for row in rows if row["digits"] is None}
    for case, row in whole.items():
        parts = [each for each in rows if each["case"] == case and each["digits"]]
        assert row["numbers"] == sum(each["numbers"] for each in parts) == 5
        assert row["right"] + row["misread"] + row["parted_wrongly"] == pytest.approx(1, abs=0.2)
    assert whole["touching"]["plain_right"] == 0
    assert whole["touching"]["plain_parted_wrongly"] == 1
    assert picture.exists() == any(row["right"] < 1 for row in whole.values())


def test_the_table_for_people_says_whether_the_goals_are_met(strokes, monkeypatch, capsys):
    out = run(monkeypatch, capsys, "--strokes", strokes, "--count", 2)
    assert out.count("met: ") == 2
    assert "85%" in out


@pytest.mark.parametrize("content", [b"", b"{}\n", b"no json\n", b"\x1f\x8bdamaged"], ids=repr)
def test_a_file_without_strokes_ends_the_command_with_one_sentence(content, tmp_path, monkeypatch, capsys):
    path = tmp_path / "strokes.jsonl"
    path.write_bytes(content)
    monkeypatch.setattr(sys, "argv", ["numbers", "--strokes", str(path)])
    with pytest.raises(SystemExit) as ended:
        numbers.main()
    assert ended.value.code == 2
    assert str(path) in capsys.readouterr().err


def test_an_unknown_model_ends_the_command_with_one_sentence(strokes, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["numbers", "--strokes", str(strokes), "--model", "nobody"])
    with pytest.raises(SystemExit):
        numbers.main()
    assert "nobody" in capsys.readouterr().err
