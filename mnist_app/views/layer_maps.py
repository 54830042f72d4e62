"""The maps of every layer for one drawing, as a component of the page.

The numbers travel to the browser as raw float32 bytes and are coloured there,
in layer_maps/*.js; nothing is encoded as a picture on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_app.views import colours
from mnist_app.views.assets import asset, script
from mnist_app.views.packed import packed

OPENED = "opened"  # in the session: the map that is shown enlarged
LINKED = "linked_view"  # in the session: what the components begin with, as a link has it
SCALINGS = ("map", "layer", "network")
SCRIPTS = ("values", "decode", "heading", "layer", "component")

# The text a person reads or hears, by key. Each is written in the language of
# the page; {fields} may stand in any order. Maps, units, rows and columns are
# counted from 1 on screen and from 0 in Selection.
WORDS = (
    "map",  # names a map: {number}, or {index}, which counts from 0
    "unit",  # names a unit of a vector: {number}
    "place",  # where in the map: {row}, {column}
    "value",  # one value: {value}
    "range",  # the values of a whole map: {low}, {high}
    "each_map",  # legend when each map of activations has its own scale
    "each_map_signed",  # the same for signed values
    "open",  # what a click or Enter does, for selectable maps
    "keys",  # what the arrow keys do
    "selected",  # said of the selected map
)


# The texts of the heading, which holds the choice of what shares a colour scale.
HEADING = (
    "title",
    "help",
    "scaling",  # names the choice
    "scaling_help",
    "scaling_map",
    "scaling_layer",
    "scaling_network",
    "about",  # a link to the paragraph about the layers, as ``about_link`` has it
    "scaling_about",  # and about their colours
)


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer's values for one drawing, and how to show them.

    `values` is float32, (height, width, channels) for maps or (units,) for a
    vector, which is drawn as bars. A signed layer has a diverging scale with
    zero neutral and a symmetric range, any other a scale from zero up. `labels`
    names each unit of a short vector: its bars become rows with the number
    beside. `percent` says that values are shares of 1. Only maps can be
    `selectable`. A layer with `own_scale` (the input) keeps out of the
    network's common scale.
    """

    name: str
    title: str
    detail: str
    values: npt.NDArray[np.float32]
    signed: bool
    labels: tuple[str, ...] = ()
    percent: bool = False
    selectable: bool = False
    own_scale: bool = False

    def __post_init__(self) -> None:
        shape = self.values.shape
        if len(shape) not in (1, 3) or 0 in shape:
            raise ValueError(
                f"`values` must have the shape (height, width, channels) or (units,). Received: {shape}"
            )
        if self.labels and shape != (len(self.labels),):
            raise ValueError(f"`labels` must name each unit of a vector. Received: {self.labels} for {shape}")
        if self.selectable and len(shape) != 3:
            raise ValueError(f"`selectable` is for maps only. Received: values of shape {shape}")


@dataclass(frozen=True)
class Selection:
    """One map of one layer, counted from 0."""

    layer: str
    map: int


def selection(key: str) -> Selection | None:
    """Return the map clicked last in the component `key`, None if there is none.

    Callable before the component is drawn in this run, and in its callback.
    The layer may belong to a network that is no longer shown.
    """
    state = st.session_state.get(key)
    chosen = state.get("selected") if state else None
    if not chosen or chosen["layer"] is None:
        return None
    return Selection(chosen["layer"], int(chosen["map"]))


def layer_maps(
    layers: Sequence[Layer],
    scaling: str,
    words: Mapping[str, str],
    selected: Selection | None,
    key: str,
    on_select: Callable[[], None] | None = None,
    heading: Mapping[str, Any] | None = None,
) -> Selection | None:
    """Draw the layers from top to bottom and return the map clicked last.

    `scaling` is what shares one colour scale: "map", "layer" or "network" (all
    maps; vectors always scale by themselves). `words` holds the keys of WORDS.
    The outline follows `selected`; pass `selection(key)` to let a click decide.
    With the texts of a `heading` (the keys of HEADING), `scaling` is where the
    reader's own choice begins; the browser keeps it.
    """
    _COMPONENT(
        key=key,
        data=pack(layers, scaling, words, selected, heading),
        on_selected_change=on_select or _nothing,
    )
    return selection(key)


def first_scaling() -> str:
    """Return what shares a colour scale until the reader chooses."""
    return str(st.session_state.get(LINKED, {}).get("scale", "layer"))


def pack(
    layers: Sequence[Layer],
    scaling: str,
    words: Mapping[str, str],
    selected: Selection | None,
    heading: Mapping[str, Any] | None = None,
) -> bytes:
    """Return everything the browser needs in one piece of bytes."""
    if scaling not in SCALINGS:
        raise ValueError(f"`scaling` must be one of {SCALINGS}. Received: {scaling!r}")
    if missing := [word for word in WORDS if word not in words]:
        raise ValueError(f"`words` must have every key of WORDS. Received none for: {missing}")
    header = {
        "scaling": scaling,
        "words": {word: words[word] for word in WORDS},
        "heading": None if heading is None else {name: heading[name] for name in HEADING},
        "scalings": SCALINGS,
        "selected": None if selected is None else asdict(selected),
        "colours": scales(),
    }
    return packed_layers(header, layers)


def packed_layers(header: Mapping[str, object], layers: Sequence[Layer]) -> bytes:
    """Return a header and layers, which are described under "layers", in one piece of bytes."""
    described, offset = [], 0
    for layer in layers:
        described.append(_describe(layer, offset))
        offset += layer.values.size
    return packed({**header, "layers": described}, [layer.values for layer in layers])


def _describe(layer: Layer, offset: int) -> dict[str, object]:
    """Return a layer without its values, which begin `offset` floats into the blob."""
    vector = layer.values.ndim == 1
    return {
        "name": layer.name,
        "title": layer.title,
        "detail": layer.detail,
        "kind": "rows" if layer.labels else "vector" if vector else "maps",
        # A vector is a row of maps of one cell each.
        "shape": (1, 1, layer.values.size) if vector else layer.values.shape,
        "offset": offset,
        "signed": layer.signed,
        "labels": layer.labels,
        "percent": layer.percent,
        "selectable": layer.selectable,
        "ownScale": layer.own_scale or vector,
    }


def scales() -> dict[str, object]:
    """Return the colours that the browser needs, by theme."""
    themes = {
        theme: {"sequential": colours.sequential(dark), "diverging": colours.diverging(dark)}
        for theme, dark in (("light", False), ("dark", True))
    }
    return {"selected": colours.SELECTED, **themes}


def _nothing() -> None:
    """Do nothing: Streamlit keeps only those states that have a callback."""


# Registered once, when the module is imported.
_COMPONENT = st.components.v2.component(
    "layer_maps",
    js=script("packed.js", "segmented.js", *(f"layer_maps/{name}.js" for name in SCRIPTS)),
    css=asset("segmented.css", "layer_maps/layer_maps.css"),
    isolate_styles=False,
)
