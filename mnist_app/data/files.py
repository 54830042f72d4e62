"""Files that nobody reads half of, files of strangers read with care, and files read once."""

from __future__ import annotations

import json
import os
import threading
import zipfile
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
REMEMBERED = 20_000  # files; what is remembered of one takes some hundred bytes
MEGABYTE = 10**6
LONGEST_NAME = 255  # bytes: no file system takes more
MOST_JSON = 8 * MEGABYTE  # bytes: a card of a thousand epochs has a quarter of one million
MOST_ARRAYS = 512 * MEGABYTE  # bytes, unpacked: more than any file of weights that the app writes


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, whole or not at all; text as UTF-8.

    Raises:
        OSError: the disk is full, or the folder is gone; what was there stays.
    """
    # Two people may write one file at the same moment.
    half = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        half.write_bytes(content.encode() if isinstance(content, str) else content)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)  # of no use on a full disk


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no JSON, larger than ``MOST_JSON``, or nested too deeply.
    """
    with path.open("rb") as file:
        content = file.read(MOST_JSON + 1)
    if len(content) > MOST_JSON:
        raise ValueError(f"{path} has more than {MOST_JSON} bytes")
    return parse_json(content)


def parse_json(content: bytes) -> Any:
    """Return what JSON stands for.

    Raises:
        ValueError: it is none, nested too deeply, or holds half a character, which nothing can show.
    """
    try:
        value = json.loads(content)
        # "\ud800" is allowed in JSON, but it is no character, and no page can be sent with it.
        if b"\\u" in content:
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("too deeply nested") from error
    return value


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of an ``.npz`` file by name, in the order in which they were written.

    Raises:
        OSError: it is not there.
        Exception: it is damaged, holds objects that would have to be unpickled, or more than
            ``MOST_ARRAYS`` bytes; zipfile, zlib and NumPy raise a dozen kinds of them.
    """
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > MOST_ARRAYS:
        raise ValueError(f"{path} unpacks to {size} bytes")
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    if not all(isinstance(array, np.ndarray) for array in arrays.values()):  # NumPy hands out other files too
        raise ValueError(f"not everything in {path} is an array")
    return arrays


def is_name(name: str) -> bool:
    """Return whether a text can be the name of a file or folder, shown on a page, and leads nowhere else."""
    is_plain = name.isprintable() and name not in ("", ".", "..") and "/" not in name and "\\" not in name
    return is_plain and len(name.encode()) <= LONGEST_NAME


def read_once(read: Callable[[Path], T]) -> Callable[[Path], T]:
    """Return what reads a file as ``read`` does, but only if it has changed since the last time.

    With a thousand runs, every rerun of a page would read a thousand files.  Neither a
    file that grows nor one that ``write_whole`` replaces can be mistaken for the old one.

    Args:
        read: what to make of a file; it may raise ``OSError``, which is not remembered.
    """
    known: dict[Path, tuple[tuple[int, int, int], T]] = {}

    @wraps(read)
    def read_if_changed(path: Path) -> T:
        try:
            found = path.stat()
        except OSError:
            return read(path)
        stamp = found.st_mtime_ns, found.st_size, found.st_ino
        last = known.get(path)
        if last is not None and last[0] == stamp:
            return last[1]
        content = read(path)
        if len(known) >= REMEMBERED:
            known.clear()
        known[path] = stamp, content
        return content

    return read_if_changed
