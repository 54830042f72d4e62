"""Files that nobody reads half of."""

from __future__ import annotations

import os
from pathlib import Path


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
