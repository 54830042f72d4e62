"""Digits that people wrote with a pen on a tablet, as the pen's path.

A file has one digit a line, gzipped or not; x to the right, y downwards, in any unit:
{"label": 3, "writer": "somebody", "strokes": [[[x, y], ...], ...]}
"""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mnist_app.numerics.pen import Strokes
from mnist_app.texts.user_error import UserError

GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class RecordedDigit:
    """A digit as somebody wrote it.

    Attributes:
        label: 0 to 9.
        writer: who wrote it, or the file of one sitting.
        strokes: as ``numerics.pen`` has them.
    """

    label: int
    writer: str
    strokes: Strokes


def read_strokes(path: Path) -> list[RecordedDigit]:
    """Return the digits of a ``.jsonl`` or ``.jsonl.gz`` file, in its order.

    Raises:
        UserError: there is no such file, it cannot be read, or a line of it is no digit.
    """
    if not path.is_file():
        raise UserError("error.path_missing", path=path)
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if content.startswith(GZIP_MAGIC) else content).decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise UserError("error.strokes_damaged", path=path) from error
    digits = [_read(path, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not digits:
        raise UserError("error.strokes_none", path=path)
    return digits


def _read(path: Path, number: int, line: str) -> RecordedDigit:
    try:
        row = json.loads(line)
        label, writer = row["label"], row["writer"]
        if type(label) is not int or not 0 <= label <= 9 or not isinstance(writer, str):
            raise ValueError(label, writer)
        return RecordedDigit(label, writer, _checked(row["strokes"]))
    # Whatever stands there instead makes json, the look-ups and NumPy raise any of these.
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise UserError("error.strokes_line", path=path, number=number) from error


def _checked(strokes: Any) -> Strokes:
    arrays = [np.array(stroke, float) for stroke in strokes]
    if not arrays or any(a.ndim != 2 or a.shape[1] != 2 or not len(a) for a in arrays):
        raise ValueError(strokes)
    if not np.isfinite(np.concatenate(arrays)).all():
        raise ValueError(strokes)
    return arrays
