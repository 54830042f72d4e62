"""Files that the page's scripts fetch by themselves from the app's own server."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit.components.v1 as components

FOLDER = Path(tempfile.mkdtemp(prefix="digit-lab-files-"))


def address(file: Path) -> str:
    """Return where a file of ``FOLDER`` is fetched from, relative to the app."""
    return f"component/{_FILES.name}/{file.name}"


# It is never shown: declaring it makes the server hand out the files of its folder.
_FILES = components.declare_component("files", path=FOLDER)
