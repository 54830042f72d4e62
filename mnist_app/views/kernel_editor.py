"""A kernel to type into or to paint on, as a component of the page."""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from mnist_app.numerics.kernels import LARGEST, Typed
from mnist_app.texts.catalog import catalog
from mnist_app.views import colours
from mnist_app.views.assets import asset, script
from mnist_app.views.language import language

WORDS = ("cell", "brush", "type")  # {row} and {column} of a cell; the choice; the choice that is no brush
BRUSHES = ("-1", "0", "1", "2")


def kernel_editor(rows: Typed, key: str, on_change: Callable[[], None]) -> None:
    """Show a kernel as fields; ``on_change`` is called when a person has changed one.

    Args:
        rows: the values as one types them.
        key: the component's key.
        on_change: asks ``edited`` for the new values.
    """
    texts = catalog(language())
    content = {
        "rows": rows,
        "brushes": BRUSHES,
        "words": {word: texts[f"editor.{word}"] for word in WORDS},
        "colours": {"light": colours.diverging(False), "dark": colours.diverging(True)},
    }
    data = json.dumps(content, ensure_ascii=False).encode()  # as bytes: see walk.py
    _COMPONENT(key=key, data=data, on_edited_change=on_change)


def edited(key: str) -> Typed | None:
    """Return the values that a person has changed last; None if nobody has."""
    state = st.session_state.get(key)
    content = state.get("edited") if state else None
    if not content:
        return None
    return tuple(tuple(str(value) for value in row[:LARGEST]) for row in content["rows"][:LARGEST])


_COMPONENT = st.components.v2.component(
    "kernel_editor",
    js=script("layer_maps/values.js", "segmented.js", "walk/shades.js", "kernel_editor/editor.js"),
    css=asset("segmented.css", "kernel_editor/editor.css"),
    isolate_styles=False,
)
