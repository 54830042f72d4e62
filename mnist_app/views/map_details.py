"""One chosen map, enlarged: its values, and the kernel that made it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.numerics.layer_card import LayerCard
from mnist_app.serving.network import Network
from mnist_app.texts.user_error import UserError
from mnist_app.views.about import show_about
from mnist_app.views.charts import CONFIG, heat_map
from mnist_app.views.language import t
from mnist_app.views.layer_maps import Layer, Selection, layer_maps
from mnist_app.views.layers import layer_words
from mnist_app.views.numbers import shape, three_digits
from mnist_app.views.plain import sentence
from mnist_app.views.tables import grid_table


def show_map(card: LayerCard, values: np.ndarray, chosen: Selection, network: Network) -> None:
    """Show a map enlarged, beside the kernel that made it, and as a table.

    Args:
        card: the layer's card.
        values: the layer's activations, (height, width, channels).
        chosen: which map.
        network: the network, which has the kernel.
    """
    one = values[..., chosen.map]
    name = t("details.title", layer=card.name, number=chosen.map + 1)
    with st.container(horizontal=True):
        with st.container(width=370):
            show_heat_map(one, name, t("details.value"), "map-chart")
        with st.container(width=300):
            _show_kernel(card, chosen, network)
    show_about("layer_maps", "scaling")
    show_table(one, name)


def show_heat_map(values: np.ndarray, name: str, value: str, key: str) -> None:
    """Show a matrix as a heat map.

    Args:
        values: (height, width).
        name: what it is.
        value: what one of its values is.
        key: the chart's key.
    """
    dark = st.context.theme.type == "dark"
    signed = bool((values < 0).any())
    figure = heat_map(values, name, t("details.row"), t("details.column"), value, signed, dark)
    low, high = three_digits(float(values.min())), three_digits(float(values.max()))
    st.plotly_chart(figure, key=key, alt=t("details.alt", name=name, low=low, high=high), config=CONFIG)


def show_table(values: np.ndarray, name: str) -> None:
    """Show a matrix as a table, a click away."""
    with st.expander(t("details.table"), on_change="rerun") as table:
        if table.open:
            st.html(grid_table(name, values, three_digits))


def _show_kernel(card: LayerCard, chosen: Selection, network: Network) -> None:
    if "pool_size" in card.config:
        st.markdown(t("details.pool", size=shape(tuple(card.config["pool_size"]))))
        return
    try:
        learned = network.weights(card.name)
    except UserError as error:
        st.warning(sentence(error))
        return
    if not learned or learned[0].ndim != 4:
        return
    kernel = learned[0][..., chosen.map]
    st.markdown(t("details.kernel", size=shape(kernel.shape), channels=kernel.shape[2]))
    described = Layer(
        t("details.kernel_name", number=chosen.map + 1), "", shape(kernel.shape), kernel, signed=True
    )
    layer_maps([described], "layer", layer_words(map_name="details.channel"), None, "kernel")
    if len(learned) > 1:
        st.markdown(t("details.bias", bias=three_digits(float(learned[1][chosen.map]))))
