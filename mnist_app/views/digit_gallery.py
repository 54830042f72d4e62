"""Many small digits with a line below each; a click opens one. A component of the page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_app.views import colours
from mnist_app.views.assets import asset, script
from mnist_app.views.pictures import png


@dataclass(frozen=True, eq=False)
class Specimen:
    """One digit: which image it is, its pixels, uint8 (28, 28), and what is said of it.

    ``caption`` and ``detail`` stand below it, ``alt`` is what a screen reader
    says of it; ``right`` is whether it was read right, None where nothing was read.
    """

    index: int
    image: np.ndarray
    caption: str
    detail: str
    alt: str
    right: bool | None = None


def digit_gallery(
    specimens: Sequence[Specimen],
    key: str,
    on_open: Callable[[], None],
    chosen: int | None = None,
    reveal: str = "",
) -> None:
    """Show digits; ``on_open`` is called on a click and asks ``opened`` which one it was.

    Args:
        specimens: the digits, one of them at least.
        key: the component's key.
        on_open: called when a person has clicked one.
        chosen: which image has a frame, by its index.
        reveal: the key of a container that a click brings into sight.
    """
    _COMPONENT(key=key, data=pack(specimens, chosen, reveal), on_opened_change=on_open)


def opened(key: str) -> int | None:
    """Return which image was clicked just now in the gallery ``key``; None if none was."""
    state = st.session_state.get(key)
    content = state.get("opened") if state else None
    return int(content["index"]) if content else None


def pack(specimens: Sequence[Specimen], chosen: int | None = None, reveal: str = "") -> bytes:
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
        "chosen": chosen,
        "reveal": f".st-key-{reveal}" if reveal else None,
        "colours": {"right": colours.RIGHT, "wrong": colours.WRONG, "selected": colours.SELECTED},
    }
    return json.dumps(content, ensure_ascii=False).encode()  # as bytes: see walk.py


_COMPONENT = st.components.v2.component(
    "digit_gallery",
    js=script("layer_maps/values.js", "digit_gallery/gallery.js"),
    css=asset("digit_gallery/gallery.css"),
    isolate_styles=False,
)
