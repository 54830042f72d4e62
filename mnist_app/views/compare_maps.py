"""Two networks map by map: the same drawing in layers that stand for each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from mnist_app.numerics.layer_card import LayerCard
from mnist_app.numerics.layer_pairs import layer_pairs
from mnist_app.views.about import explained
from mnist_app.views.compare_two import choose_two
from mnist_app.views.language import t
from mnist_app.views.layer_maps import layer_maps
from mnist_app.views.layers import layer_words, shown_layers
from mnist_app.views.networks import Reader, readers
from mnist_app.views.plain import markdown
from mnist_app.views.trained_rows import Row
from mnist_app.views.training_probe import MY_DIGIT

SCALINGS = ("map", "layer")  # whose largest value is full colour


def show_maps(rows: Sequence[Row]) -> None:
    """Show the last drawing in two of the networks."""
    image = st.session_state.get(MY_DIGIT)
    pair = choose_two([row for row in rows if row.kind != "without"])
    if pair is None:
        return
    if image is None:
        st.info(t("compare.draw_first"), icon=":material/draw:")
        return
    found = {reader.name: reader for reader in readers([row.name for row in pair])}
    if len(found) == len(pair):  # neither was deleted meanwhile
        show_pair(image, found[pair[0].name], found[pair[1].name])


def show_pair(image: np.ndarray, first: Reader, second: Reader) -> None:
    """Show the maps of two networks for an image side by side, one pair of layers at a time.

    Args:
        image: float32 (28, 28), what they see.
        first: on the left; on a phone above.
        second: beside it.
    """
    pairs = layer_pairs(first.network.layers, second.network.layers)
    if not pairs:  # networks from elsewhere, of layers that nobody else has
        st.info(t("compare.no_pairs"))
        return
    names = [_name(*pair) for pair in pairs]
    place = st.segmented_control(
        t("compare.layer"),
        range(len(pairs)),
        format_func=names.__getitem__,
        default=0,
        required=True,
        key=f"compare-layer-{'-'.join(names)}",
        help=explained(t("compare.layer_help"), "layer_maps"),
    )
    pair = pairs[place or 0]
    scaling = _choose_scaling() if len(pair[0].output_shape) == 3 else SCALINGS[0]  # maps; bars need none
    for column, reader, card in zip(st.columns(2), (first, second), pair, strict=True):
        with column:
            st.subheader(markdown(reader.label))
            _show_layer(image, reader, card, scaling)


def _choose_scaling() -> str:
    scaling = st.segmented_control(
        t("network.scaling"),
        SCALINGS,
        format_func=lambda name: t(f"network.scaling_{name}"),
        default="layer",
        required=True,
        key="compare-scaling",
        help=explained(t("network.scaling_help"), "scaling"),
        persist_state="session",
    )
    return str(scaling)


def _name(first: LayerCard, second: LayerCard) -> str:
    return first.name if first.name == second.name else f"{first.name} · {second.name}"


def _show_layer(image: np.ndarray, reader: Reader, card: LayerCard, scaling: str) -> None:
    prediction = reader.network.predict(image)
    activations = {name: values[0] for name, values in prediction.activations.items()}
    (layer,) = (
        layer for layer in shown_layers(image, activations, reader.network.layers) if layer.name == card.name
    )
    layer_maps([layer], scaling, layer_words(), None, f"compare-maps-{reader.name}")
