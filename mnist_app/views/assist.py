"""What every page has for people without a mouse or without sight: a component that is not seen itself."""

from __future__ import annotations

import json

import streamlit as st

from mnist_app.texts.catalog import catalog
from mnist_app.views import colours
from mnist_app.views.assets import asset, script
from mnist_app.views.language import language

# The texts that the component writes or speaks, by key.
WORDS = (
    "canvas",  # names the canvas
    "keys",  # what the keys do on it
    "down",  # said of the pen
    "up",
    "place",  # where it is: {across}, {down}
)


def assist() -> None:
    """Let the keys draw on the canvas, have each answer said aloud, and fit the canvas to a phone."""
    texts = catalog(language())
    content = {"words": {word: texts[f"assist.{word}"] for word in WORDS}, "colour": colours.SELECTED}
    _COMPONENT(key="assist", data=json.dumps(content, ensure_ascii=False).encode())  # as bytes: see walk.py


_COMPONENT = st.components.v2.component(
    "assist",
    js=script(
        "layer_maps/values.js",
        *(f"assist/{name}.js" for name in ("announcer", "pen", "patience", "component")),
    ),
    css=asset("assist/assist.css"),
    isolate_styles=False,
)
