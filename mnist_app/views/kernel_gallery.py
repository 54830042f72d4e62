"""What many kernels make of one picture, side by side; a click chooses one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_app.texts.catalog import catalog
from mnist_app.views import colours
from mnist_app.views.assets import asset
from mnist_app.views.language import language

WORDS = ("scale", "value", "choose")  # the legend; {row}, {column}, {value}; what a click does


@dataclass(frozen=True, eq=False)
class Response:
    """What one kernel makes of the picture: float32 (height, width), any range."""

    name: str
    caption: str
    values: np.ndarray


def kernel_gallery(
    responses: Sequence[Response], chosen: str | None, key: str, on_choose: Callable[[], None]
) -> None:
    """Show the responses; ``on_choose`` is called on a click and asks ``clicked`` for the name."""
    texts = catalog(language())
    content = {
        "items": [
            {
                "name": response.name,
                "caption": response.caption,
                "rows": [[round(float(value), 4) for value in row] for row in response.values],
            }
            for response in responses
        ],
        "chosen": chosen,
        "words": {word: texts[f"gallery.{word}"] for word in WORDS},
        "colours": {
            "selected": colours.SELECTED,
            "light": colours.diverging(False),
            "dark": colours.diverging(True),
        },
    }
    data = json.dumps(content, ensure_ascii=False).encode()  # as bytes: see walk.py
    _COMPONENT(key=key, data=data, on_clicked_change=on_choose)


def clicked(key: str) -> str | None:
    """Return the name of the response that was clicked last; None if none was."""
    state = st.session_state.get(key)
    content = state.get("clicked") if state else None
    return str(content["name"]) if content else None


_COMPONENT = st.components.v2.component(
    "kernel_gallery",
    js=asset("layer_maps/values.js", "walk/shades.js", "kernel_gallery/gallery.js"),
    css=asset("kernel_gallery/gallery.css"),
    isolate_styles=False,
)
