"""What many kernels make of one picture, side by side; a click, or a key, chooses one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_app.numerics.operation import Kernel
from mnist_app.texts.catalog import catalog
from mnist_app.views import colours
from mnist_app.views.assets import asset, script
from mnist_app.views.language import language
from mnist_app.views.layer_maps import Layer, packed_layers
from mnist_app.views.numbers import shape

# The texts that the component writes or speaks, by key; {fields} may stand in any order.
WORDS = (
    "label",  # names the whole, and says what the keys do
    "scale",  # the legend
    "value",  # {row}, {column}, {value}
    "range",  # of a whole response: {low}, {high}
    "choose",  # what a click does
)


@dataclass(frozen=True, eq=False)
class Response:
    """What one kernel makes of the picture: ``values`` is float32 (height, width), any range."""

    name: str
    caption: str
    kernel: Kernel
    values: np.ndarray


def kernel_gallery(
    responses: Sequence[Response], chosen: str | None, key: str, on_choose: Callable[[], None]
) -> None:
    """Show the responses; ``on_choose`` is called on a click and asks ``clicked`` for the name."""
    _COMPONENT(key=key, data=pack(responses, chosen, language()), on_clicked_change=on_choose)


def pack(responses: Sequence[Response], chosen: str | None, language: str) -> bytes:
    """Return everything the browser needs in one piece of bytes."""
    texts = catalog(language)
    header = {
        "chosen": chosen,
        "kernels": [response.kernel for response in responses],
        "words": {word: texts[f"gallery.{word}"] for word in WORDS},
        "colours": {
            "selected": colours.SELECTED,
            "light": colours.diverging(False),
            "dark": colours.diverging(True),
        },
    }
    layers = [
        Layer(each.name, each.caption, shape(each.values.shape), each.values[..., np.newaxis], signed=True)
        for each in responses
    ]
    return packed_layers(header, layers)


def clicked(key: str) -> str | None:
    """Return the name of the response that was clicked last; None if none was."""
    state = st.session_state.get(key)
    content = state.get("clicked") if state else None
    return str(content["name"]) if content else None


SCRIPTS = ("packed", "layer_maps/values", "layer_maps/decode", "walk/shades", "kernel_gallery/gallery")
_COMPONENT = st.components.v2.component(
    "kernel_gallery",
    js=script(*(f"{name}.js" for name in SCRIPTS)),
    css=asset("kernel_gallery/gallery.css"),
    isolate_styles=False,
)
