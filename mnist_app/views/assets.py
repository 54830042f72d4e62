"""The scripts and style sheets of the components."""

from __future__ import annotations

from pathlib import Path


def asset(*names: str) -> str:
    """Return files below ``views/`` as one: a component without a package of its own cannot import."""
    folder = Path(__file__).parent
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)
