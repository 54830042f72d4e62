"""Reading recorded pen strokes."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

from mnist_app.data.recorded_strokes import read_strokes
from mnist_app.texts.catalog import LANGUAGES
from mnist_app.texts.user_error import UserError

ROWS = [
    {"label": 1, "writer": "a/01", "strokes": [[[0.5, 0], [0.5, 1]]]},
    {"label": 7, "writer": "b/02", "strokes": [[[0, 0], [1, 0], [0.4, 1]], [[0.2, 0.5], [0.9, 0.5]]]},
]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)


@pytest.mark.parametrize("content", [LINES.encode(), gzip.compress(LINES.encode()), LINES.strip().encode()])
def test_a_file_is_read_packed_or_not(tmp_path, content):
    path = tmp_path / "strokes.jsonl.gz"
    path.write_bytes(content)
    one, seven = read_strokes(path)
    assert (one.label, one.writer, seven.label, seven.writer) == (1, "a/01", 7, "b/02")
    assert one.strokes[0].tolist() == [[0.5, 0], [0.5, 1]]
    assert [stroke.shape for stroke in seven.strokes] == [(3, 2), (2, 2)]
    assert seven.strokes[0].dtype == np.float64


@pytest.mark.parametrize(
    "change",
    [
        {"label": 10},
        {"label": -1},
        {"label": "7"},
        {"label": True},
        {"label": None},
        {"writer": 5},
        {"strokes": []},
        {"strokes": [[]]},
        {"strokes": [[[0, 0], [1]]]},
        {"strokes": [[[0, 0, 0]]]},
        {"strokes": [[0, 1]]},
        {"strokes": [[["a", "b"]]]},
        {"strokes": [[[0, None]]]},
        {"strokes": [[[0, 10**400]]]},
        {"strokes": 3},
    ],
    ids=str,
)
def test_a_line_that_is_no_digit_is_named(tmp_path, change):
    path = tmp_path / "strokes.jsonl"
    path.write_text(LINES + json.dumps({**ROWS[0], **change}) + "\n")
    with pytest.raises(UserError) as caught:
        read_strokes(path)
    assert (caught.value.key, caught.value.values["number"]) == ("error.strokes_line", 3)
    assert all(str(path) in caught.value.message(language) for language in LANGUAGES)


@pytest.mark.parametrize(
    "line", ["{", "[1, 2]", "5", '{"label": 3}', '{"label": 3, "writer": "a"}', "[" * 100_000]
)
def test_a_line_that_is_no_row_is_named(tmp_path, line):
    path = tmp_path / "strokes.jsonl"
    path.write_text(f"{line}\n{LINES}")
    with pytest.raises(UserError) as caught:
        read_strokes(path)
    assert (caught.value.key, caught.value.values["number"]) == ("error.strokes_line", 1)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "error.strokes_damaged"),
        (gzip.compress(LINES.encode(), mtime=0)[:40], "error.strokes_damaged"),
        (gzip.compress(LINES.encode(), mtime=0)[:-8] + b"12345678", "error.strokes_damaged"),
        (b"", "error.strokes_none"),
        (b"\n\n", "error.strokes_none"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, content, key):
    path = tmp_path / "strokes.jsonl"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_strokes(path)
    assert caught.value.key == key
    assert all(str(path) in caught.value.message(language) for language in LANGUAGES)


def test_a_missing_file_or_a_folder_is_refused(tmp_path):
    for path in (tmp_path / "nothing.jsonl", tmp_path):
        with pytest.raises(UserError) as caught:
            read_strokes(path)
        assert caught.value.key == "error.path_missing"
