"""The pieces of a link that say what of the network is looked at.

The explorer keeps its cell, its switched-off filters and the changes of the drawing in
the browser.  Its own script writes them into a link (``explorer/share.js``) and is
given what a link says; here it is checked against the network.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mnist_app.nets.architectures import INPUT_SHAPE
from mnist_app.serving.network import Network
from mnist_app.texts.user_error import UserError
from mnist_app.views.layer_maps import LINKED, OPENED, SCALINGS, Selection
from mnist_app.views.layers import INPUT
from mnist_app.views.links.piece import JOINT, Piece, one_of, whole_number
from mnist_app.views.networks import all_models
from mnist_app.views.sidebar import MODEL

BETWEEN = "*"  # between several of one kind
MOST_FILTERS = 400
PERCENT = 200  # a filter counts twice, at most
# The sliders of explorer/change.js: lowest, highest; a pen by quarters of a pixel.
CHANGES = {"across": (-8, 8), "down": (-8, 8), "turn": (-45, 45), "size": (50, 150), "pen": (-4, 8)}
ZOOMS = (100, 400)  # percent


def used_network() -> Network:
    """Return the network in use, or the one that will be.

    Raises:
        UserError: there is none, or it cannot be loaded.
    """
    models = all_models()
    if not models:
        raise UserError("model.none")
    return (models.get(str(st.session_state.get(MODEL))) or next(iter(models.values()))).network


def _layers() -> dict[str, tuple[int, int, int]]:
    """Return the height, width and number of maps of each layer of the network in use, by name."""
    shapes = {card.name: card.output_shape for card in used_network().layers}
    wide = {name: shape if len(shape) == 3 else (1, 1, shape[-1]) for name, shape in shapes.items()}
    return {INPUT: INPUT_SHAPE, **wide}


def _place(text: str, count: int) -> tuple[str, list[int]]:
    """Return a layer's name and so many numbers, which follow it in a text; people count from 1.

    The numbers are a map, then a row and a column.
    """
    parts = text.rsplit(JOINT, count)
    layers = _layers()
    layer = one_of(parts[0], layers)
    height, width, maps = layers[layer]
    if len(parts) != count + 1:
        raise UserError("error.link_parts", count=count + 1)
    return layer, [
        whole_number(part, 1, most) - 1 for part, most in zip(parts[1:], (maps, height, width), strict=False)
    ]


def _tell_map() -> str | None:
    opened = st.session_state.get(OPENED)
    return f"{opened.layer}{JOINT}{opened.map + 1}" if isinstance(opened, Selection) else None


def _take_map(text: str) -> None:
    layer, (number,) = _place(text, 1)
    st.session_state[OPENED] = Selection(layer, number)


def _cell(text: str) -> dict[str, object]:
    layer, (number, row, column) = _place(text, 3)
    return {"layer": layer, "map": number, "row": row, "column": column}


def _filters(text: str) -> list[object]:
    found: list[object] = []
    for part in text.split(BETWEEN)[: MOST_FILTERS + 1]:
        where, _, percent = part.rpartition(JOINT)
        layer, (number,) = _place(where, 1)
        found.append([layer, number, whole_number(percent, 0, PERCENT) / 100])
    if len(found) > MOST_FILTERS:
        raise UserError("error.link_parts", count=MOST_FILTERS)
    return found


def _changes(text: str) -> dict[str, float]:
    found = {}
    for part in text.split(BETWEEN)[: len(CHANGES)]:
        name, _, number = part.partition(JOINT)
        value = whole_number(number, *CHANGES[one_of(name, CHANGES)])
        found[name] = value / 4 if name == "pen" else value
    return found


def _in_browser(name: str, checked: Callable[[str], object]) -> Piece:
    """Return a piece that the browser tells and takes."""

    def take(text: str) -> None:
        st.session_state.setdefault(LINKED, {})[name] = checked(text)

    return Piece(name, lambda: None, take)


MAP = Piece("map", _tell_map, _take_map)
SCALE = _in_browser("scale", lambda text: one_of(text, SCALINGS))
IN_EXPLORER = (
    _in_browser("cell", _cell),
    _in_browser("filters", _filters),
    _in_browser("changes", _changes),
    _in_browser("zoom", lambda text: whole_number(text, *ZOOMS) / 100),
)
