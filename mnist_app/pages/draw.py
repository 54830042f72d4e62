"""The page "Draw": a drawing, what the network reads in it, and why."""

from __future__ import annotations

import streamlit as st

from mnist_app.serving.reading import DigitReading, Reading, read
from mnist_app.views.answer import show_prediction, show_probabilities
from mnist_app.views.downloads import show_downloads
from mnist_app.views.language import t
from mnist_app.views.layer_maps import SCALINGS, Selection, layer_maps, selection
from mnist_app.views.layers import layer_words, shown_layers
from mnist_app.views.map_details import show_map
from mnist_app.views.preparation import chosen_steps, show_preparation
from mnist_app.views.sidebar import ChosenModel, choose_model
from mnist_app.views.sources import choose_source, ink_from

MAPS = "layer_maps"


# A stroke runs this function again and nothing else of the app.
@st.fragment
def draw(model: ChosenModel) -> None:
    """Show the canvas, the answer and all that led to it."""
    # The canvas's own toolbar appears above it when a pointer comes near: the row
    # over it keeps the middle free.
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(t("draw.title"), width="content")
        source = choose_source()
    with st.container(horizontal=True, gap="medium"):
        with st.container(key="canvas", width="content", gap="xsmall"):
            ink = ink_from(source)
        reading = read(ink, model.predictor, steps=chosen_steps())
        with st.container(width=190):
            with st.container(key="prediction"):
                chosen = _chosen_digit(reading)
                show_prediction(reading, chosen)
            if reading.digits:
                _show_choice(reading)
        with st.container(key="probabilities", width=270):
            show_probabilities(reading.digits[chosen] if reading.digits else None)
    if not reading.digits:
        st.info(t("draw.empty"), icon=":material/draw:")
        return
    digit = reading.digits[chosen]
    with st.container(key="preparation"):
        st.subheader(t("prepare.title"), help=t("prepare.help"))
        show_preparation(reading, chosen, model.predictor)
    with st.container(key="maps"):
        _show_network(digit, model)
    show_downloads(reading, chosen)


def _chosen_digit(reading: Reading) -> int:
    """Return which digit of the number is looked at, counted from 0."""
    place = int(st.session_state.get("place") or 0)
    return place if place < len(reading.digits) else 0


def _show_choice(reading: Reading) -> None:
    if len(reading.digits) < 2:
        return
    if st.session_state.get("place", 0) not in range(len(reading.digits)):
        st.session_state["place"] = 0
    st.segmented_control(
        t("draw.place"),
        range(len(reading.digits)),
        format_func=lambda place: str(reading.digits[place].digit),
        default=0,
        required=True,
        key="place",
    )


def _show_network(digit: DigitReading, model: ChosenModel) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader(t("network.title"), help=t("network.help"), width="content")
        with st.container(horizontal=True, width="content", vertical_alignment="center", gap="xsmall"):
            st.caption(t("network.scaling"), help=t("network.scaling_help"), width="content")
            scaling = st.segmented_control(
                t("network.scaling"),
                SCALINGS,
                format_func=lambda name: t(f"network.scaling_{name}"),
                default="layer",
                required=True,
                key="scaling",
                label_visibility="collapsed",
                persist_state="session",
            )
    cards = model.predictor.card.layers
    chosen = selection(MAPS)
    by_name = {card.name: card for card in cards}
    if chosen is not None and not _exists(chosen, by_name.keys(), digit):
        chosen = None
    if chosen is not None:
        with st.container(border=True, key="map-details"):
            values = digit.activations[chosen.layer]
            show_map(by_name[chosen.layer], values, chosen, model.predictor.folder, model.modified)
    layer_maps(shown_layers(digit, cards), scaling or "layer", layer_words(), chosen, MAPS)


def _exists(chosen: Selection, names: object, digit: DigitReading) -> bool:
    values = digit.activations.get(chosen.layer)
    return values is not None and values.ndim == 3 and chosen.map < values.shape[-1]


model = choose_model()
if model is not None:
    draw(model)
