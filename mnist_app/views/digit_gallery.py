"""Many small digits with a line below each; a click opens one. A component of the page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_app.views import colours
from mnist_app.views.assets import asset
from mnist_app.views.pictures import png


@dataclass(frozen=True, eq=False)
class Specimen:
    """One digit: which image it is, its pixels, uint8 (28, 28), and what is said of it.

    ``caption`` and ``detail`` stand below it, ``alt`` is what a screen reader
    says of it; ``right`` is whether it was read right.
    """

    index: int
    image: np.ndarray
    caption: str
    detail: str
    alt: str
    right: bool


def digit_gallery(specimens: Sequence[Specimen], key: str, on_open: Callable[[], None]) -> None:
    """Show digits; ``on_open`` is called on a click and asks ``opened`` which one it was."""
    _COMPONENT(key=key, data=pack(specimens), on_opened_change=on_open)


def opened(key: str) -> int | None:
    """Return which image was clicked just now in the gallery ``key``; None if none was."""
    state = st.session_state.get(key)
    content = state.get("opened") if state else None
    return int(content["index"]) if content else None


def pack(specimens: Sequence[Specimen]) -> bytes:
    """Return everything the browser needs, as JSON; the pictures are one PNG, side by side."""
    mosaic = np.concatenate([specimen.image for specimen in specimens], axis=1) / np.float32(255)
    content = {
        "picture": base64.b64encode(png(mosaic)).decode(),
        "items": [
            {
                "index": specimen.index,
                "caption": specimen.caption,
                "detail": specimen.detail,
                "alt": specimen.alt,
                "right": specimen.right,
            }
            for specimen in specimens
        ],
        "colours": {"right": colours.RIGHT, "wrong": colours.WRONG},
    }
    return json.dumps(content, ensure_ascii=False).encode()  # as bytes: see walk.py


_COMPONENT = st.components.v2.component(
    "digit_gallery",
    js=asset("layer_maps/values.js", "digit_gallery/gallery.js"),
    css=asset("digit_gallery/gallery.css"),
    isolate_styles=False,
)
