"""Files that nobody reads half of, and that are not read again before they change."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
REMEMBERED = 20_000  # files; what is remembered of one takes some hundred bytes


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, whole or not at all; text as UTF-8.

    Raises:
        OSError: the disk is full, or the folder is gone; what was there stays.
    """
    half = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        half.write_bytes(content.encode() if isinstance(content, str) else content)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)  # of no use on a full disk


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
