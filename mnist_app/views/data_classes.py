"""What the images of each digit have in common, and where they differ."""

from __future__ import annotations

import streamlit as st

from mnist_app.views.about import about
from mnist_app.views.data_set import TEST, TRAIN, DataSet, statistics_of
from mnist_app.views.language import t
from mnist_app.views.layer_maps import Layer, layer_maps, selection
from mnist_app.views.layers import layer_words
from mnist_app.views.map_details import show_heat_map, show_table
from mnist_app.views.numbers import shape

MAPS, PART = "data-classes", "data_classes_part"


def show_classes(data: DataSet) -> None:
    """Show the mean image of each digit and how much each pixel varies; a click enlarges one."""
    part = st.segmented_control(
        t("data.set"),
        [TRAIN, TEST],
        format_func=lambda name: t(f"data.all_{name}"),
        default=TRAIN,
        required=True,
        key=PART,
        persist_state="session",
        label_visibility="collapsed",
    )
    found = statistics_of(data.source, str(part))
    values = {t("data.mean"): found.mean, t("data.deviation"): found.deviation}
    st.caption(t("data.classes_help"), help=about("data-classes", "scaling"))
    layers = [
        # In a mosaic the digit is what a filter's number is in a layer.
        Layer(name, "", shape(each.shape[1:]), each.transpose(1, 2, 0), signed=False, selectable=True)
        for name, each in values.items()
    ]
    words = layer_words(map_name="data.of_digit")
    chosen = layer_maps(layers, "layer", words, selection(MAPS), MAPS)
    if chosen is not None and chosen.layer in values:
        name = t("data.class_name", kind=chosen.layer, digit=chosen.map)
        one = values[chosen.layer][chosen.map]
        with st.container(width=420):
            show_heat_map(one, name, t("data.pixel"), "data-class")
        show_table(one, name)
