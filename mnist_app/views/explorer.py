"""The whole network for one drawing as one picture, alive in the browser: a component of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import streamlit as st

from mnist_app.numerics.preprocess import Steps
from mnist_app.serving.network import Network
from mnist_app.texts.catalog import catalog
from mnist_app.views.about import about_link
from mnist_app.views.assets import asset, script
from mnist_app.views.explorer_data import is_live, pack_network, preparation_constants
from mnist_app.views.explorer_data import script as network_script
from mnist_app.views.language import language, t
from mnist_app.views.layer_maps import LINKED, SCALINGS, first_scaling, packed_layers, scales
from mnist_app.views.layers import heading_words, shown_layers
from mnist_app.views.served_files import address, served

KEY = "explorer"
SCRIPTS = (
    "network", "geometry", "layout", "sums", "pens", "paint", "viewport", "keys",
    "numbers", "passage", "sum_views", "panel", "slide", "telling", "legend", "saving", "look",
    "change", "occlusion", "filters", "follow", "share", "component",
)  # fmt: skip
ABOUT = ("sum", "filter", "alter", "occlusion")  # what has a paragraph of its own
NETWORKS = 12  # whose weights are kept as files
# The texts a person reads or hears in the component, by their key in "explore"; {fields} are filled there.
WORDS = (
    "alt", "invite", "spot_cell", "spot_unit", "spot_digit", "value", "field", "sources", "map", "unit",
    "adds", "takes", "full", "zoom", "zoom_out", "zoom_in", "zoom_whole",
    "loading", "too_large", "agrees", "no_weights",
    "change", "across", "down", "turn", "size", "pen", "reset",
    "counts", "switch_off", "switch_on", "filter_at", "moved", "not_moved",
    "occlusion", "rub", "rub_alt", "occlusion_map", "occlusion_says",
    "save", "save_svg", "picture_title", "table", "sum", "play", "pause", "step", "close",
    "side_map", "sides", "window_of", "kernel", "products", "product_keys", "product", "padding",
    "over_maps", "with_bias", "relu",
    "sum_input", "sum_same", "sum_flatten", "sum_max", "sum_mean", "terms", "others", "sum_softmax", "share",
)  # fmt: skip


def show_explorer(
    image: np.ndarray,
    activations: Mapping[str, np.ndarray],
    network: Network,
    name: str,
    file: Path,
    filters: Mapping[str, object],
    place: int,
    steps: Steps,
) -> None:
    """Show the network with the server's answer; the browser takes over while the pen moves.

    Args:
        image: float32 (28, 28), what the network sees.
        activations: each layer's output by the layer's name, without the batch axis.
        network: whose they are.
        name: of the network.
        file: where its weights are, of ``network_file``.
        filters: what they look for, of ``filters_header``.
        place: which digit of a number is looked at, from 0.
        steps: how a drawing is prepared.
    """
    layers = shown_layers(image, activations, network.layers)
    cards = {card.name: {"className": card.class_name, "config": card.config} for card in network.layers}
    dropouts = {card.name for card in network.layers if card.class_name == "Dropout"}  # drop nothing here
    texts = catalog(language())
    header = {
        "words": {word: texts[f"explore.{word}"] for word in WORDS},
        "heading": heading_words(t("explore.layers_title"), t("explore.layers_help"), KEY),
        "about": {subject: about_link(subject) for subject in ABOUT},
        "scaling": first_scaling(),
        "view": st.session_state.get(LINKED, {}),
        "scalings": SCALINGS,
        "colours": scales(),
        "cards": cards,
        "network": {"name": name, "url": address(file), "live": is_live(network.layers)},
        "filters": filters,
        "prepare": preparation_constants(),
        "steps": asdict(steps),
        "place": place,
    }
    shown = [layer for layer in layers if layer.name not in dropouts]
    _COMPONENT(key="network", data=packed_layers(header, shown))


def network_file(network: Network, version: object | None) -> Path:
    """Return the file with a network's weights for the browser.

    Args:
        network: whose.
        version: what tells it from others; None for one that is still learning.

    Raises:
        UserError: the weights cannot be read.
    """
    return _write(network) if version is None else _kept(network, version)


@st.cache_resource(max_entries=NETWORKS, show_spinner=False)
def _kept(_network: Network, version: object) -> Path:
    del version
    return _write(_network)


def _write(network: Network) -> Path:
    return served(pack_network(network))


def _script() -> str:
    shared = asset("segmented.js", *(f"layer_maps/{name}.js" for name in ("values", "decode", "heading")))
    return "\n".join([shared, network_script(), script(*(f"explorer/{name}.js" for name in SCRIPTS))])


# Registered once, when the module is imported.
_COMPONENT = st.components.v2.component(
    "explorer",
    js=_script(),
    css=asset(
        "segmented.css",
        "layer_maps/layer_maps.css",
        *(f"explorer/{name}.css" for name in ("explorer", "panel", "filters")),
    ),
    isolate_styles=False,
)
