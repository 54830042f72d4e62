"""The scripts and style sheets of the components, and the picture of the app."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
ICON = str(FOLDER / "icon.png")  # our own: a name of Streamlit's would be fetched from elsewhere


def asset(*names: str) -> str:
    """Return files below ``views/`` as one: a component without a package of its own cannot import."""
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)


def script(*names: str) -> str:
    """Return a component's script, of files below ``views/``: one of them has what ``newest.js`` calls."""
    return asset(*names, "newest.js")
