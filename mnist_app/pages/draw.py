"""The page "Draw": a drawing, what the network reads in it, and why."""

from __future__ import annotations

import streamlit as st

from mnist_app.serving.network import Network
from mnist_app.serving.reading import DigitReading, read
from mnist_app.texts.user_error import UserError
from mnist_app.views.answer import chosen_digit, show_choice, show_prediction, show_probabilities
from mnist_app.views.desk import desk
from mnist_app.views.downloads import show_downloads
from mnist_app.views.language import t
from mnist_app.views.layer_maps import OPENED, Selection, first_scaling, layer_maps, selection
from mnist_app.views.layers import heading_words, layer_words, shown_layers
from mnist_app.views.map_details import show_map
from mnist_app.views.metered import metered
from mnist_app.views.mistakes import DRAWER, show_mistakes
from mnist_app.views.plain import sentence
from mnist_app.views.preparation import choose_steps, chosen_steps, show_preparation
from mnist_app.views.resources import warm_up
from mnist_app.views.resuming import kept
from mnist_app.views.sidebar import ChosenModel, choose_model
from mnist_app.views.sources import choose_source, ink_from
from mnist_app.views.training_probe import MY_DIGIT

BELOW = ("switches", "preparation", "maps")
READING = "reading"  # in the session: what was read last
MAPS = "layer_maps"
WIDTH = 420  # pixels: the drawing beside it stays in sight


# A stroke runs this function again and nothing else of the app. Every element in
# it costs the browser two milliseconds a stroke, changed or not.
@st.fragment
@kept("draw")
@metered("draw")
def draw(model: ChosenModel, source: str) -> None:
    """Show the canvas, the answer and all that led to it."""
    # The containers stay where they are on an empty canvas too: filling them is
    # quicker than making them.
    names = ("canvas", "prediction", "probabilities", "preparation", "maps")
    canvas, prediction, probabilities, preparation, maps = (st.container(key=name) for name in names)
    with canvas:
        ink = ink_from(source)
    try:
        network = model.network
    except UserError as error:  # a run that was deleted while one drew on it
        st.session_state.pop(READING, None)
        st.error(sentence(error))
        return
    reading = read(ink, network, steps=chosen_steps())
    chosen = chosen_digit(reading)
    st.session_state[READING] = reading
    with prediction:
        show_prediction(reading, chosen)
        show_choice(reading)
        if reading.digits and source != "test":  # a test image that is learned judges nothing any more
            _show_mistakes(reading.digits[chosen], model)
    with probabilities:
        show_probabilities(reading.digits[chosen] if reading.digits else None)
    if not reading.digits:
        preparation.info(t("draw.empty"), icon=":material/draw:")
        warm_up()
        return
    st.session_state[MY_DIGIT] = reading.digits[chosen].preparation.digit  # the probe of a training
    with preparation:
        show_preparation(reading, chosen, network)
    with maps:
        _show_network(reading.digits[chosen], network)


def show_desk(model: ChosenModel, source: str) -> None:
    """Show the drawing and its answer, and around them what no stroke changes."""
    with desk(source, BELOW):
        with st.container(key="switches"):
            choose_steps()
        draw(model, source)
    reading = st.session_state.get(READING)
    if reading is not None:
        show_downloads(reading, chosen_digit(reading))


def _show_network(digit: DigitReading, network: Network) -> None:
    cards = network.layers
    opened = st.session_state.get(OPENED)
    if not isinstance(opened, Selection) or not _exists(opened, digit):
        opened = None
    layers = shown_layers(digit.preparation.digit, digit.activations, cards)
    heading = heading_words(t("network.title"), t("network.help"), MAPS)
    layer_maps(layers, first_scaling(), layer_words(), opened, MAPS, _open, heading)
    if opened is not None:
        card = next(card for card in cards if card.name == opened.layer)
        name = t("details.title", layer=card.name, number=opened.map + 1)
        drawer = st.dialog(name, width="medium", position="right", on_dismiss=_close)
        drawer(show_map)(card, digit.activations[opened.layer], opened, network)


def _show_mistakes(digit: DigitReading, model: ChosenModel) -> None:
    st.button(t("mistake.label"), icon=":material/school:", on_click=_open_mistakes, key="mistake")
    if st.session_state.get(OPENED) == DRAWER:
        drawer = st.dialog(t("mistake.title"), width=WIDTH, position="right", on_dismiss=_close)
        drawer(kept("draw")(show_mistakes))(digit, model, _close)


def _open_mistakes() -> None:
    st.session_state[OPENED] = DRAWER


def _open() -> None:
    st.session_state[OPENED] = selection(MAPS)


def _close() -> None:
    st.session_state[OPENED] = None


def _exists(chosen: Selection, digit: DigitReading) -> bool:
    """Return whether the network at work has this map: it may be another one by now."""
    values = digit.activations.get(chosen.layer)
    return values is not None and values.ndim == 3 and chosen.map < values.shape[-1]


model = choose_model()
source = choose_source(t("draw.title"))
if model is not None:
    show_desk(model, source)
