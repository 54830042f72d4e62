"""Files that the page's scripts fetch by themselves from the app's own server."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import streamlit.components.v1 as components

from mnist_app.data.files import write_whole

FOLDER = Path(tempfile.mkdtemp(prefix="digit-lab-files-"))


def served(content: bytes) -> Path:
    """Return a file of ``FOLDER`` with a content, named after it: browsers may keep it for ever."""
    file = FOLDER / f"{hashlib.sha256(content).hexdigest()}.bin"
    if not file.exists():
        write_whole(file, content)
    return file


def address(file: Path) -> str:
    """Return where a file of ``FOLDER`` is fetched from, relative to the app."""
    return f"component/{_FILES.name}/{file.name}"


# It is never shown: declaring it makes the server hand out the files of its folder.
_FILES = components.declare_component("files", path=FOLDER)
