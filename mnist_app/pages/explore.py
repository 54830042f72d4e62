"""The page "Explore": the whole network for a drawing, alive while the pen moves."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.nets.architectures import INPUT_SHAPE
from mnist_app.serving.reading import read
from mnist_app.texts.user_error import UserError
from mnist_app.views.answer import chosen_digit, show_choice, show_prediction
from mnist_app.views.desk import desk
from mnist_app.views.explain import show_explanations
from mnist_app.views.explorer import KEY, network_file, show_explorer
from mnist_app.views.filters import filters_header
from mnist_app.views.keeps_answer import show_keeps_answer
from mnist_app.views.language import t
from mnist_app.views.metered import metered
from mnist_app.views.plain import sentence
from mnist_app.views.preparation import chosen_steps
from mnist_app.views.resources import warm_up
from mnist_app.views.resuming import kept
from mnist_app.views.sidebar import ChosenModel, choose_model
from mnist_app.views.sources import choose_source, ink_from
from mnist_app.views.training_probe import MY_DIGIT

BELOW = (KEY, "explore-below")
PARTS = ("canvas", "prediction", *BELOW)
BLANK = np.zeros(INPUT_SHAPE[:2], np.float32)


@st.fragment
@kept("explore")
@metered("explore")
def explore(model: ChosenModel, source: str) -> None:
    """Show the canvas, the answer and the network."""
    canvas, prediction, explorer, below = (st.container(key=name) for name in PARTS)
    with canvas:
        ink = ink_from(source)
    try:
        network = model.network
        file = network_file(network, None if model.is_learning else (model.folder, model.modified))
    except UserError as error:  # a run that was deleted while one drew on it
        st.error(sentence(error))
        return
    steps = chosen_steps()
    reading = read(ink, network, steps=steps)
    chosen = chosen_digit(reading)
    with prediction:
        show_prediction(reading, chosen)
        show_choice(reading)
    digit = reading.digits[chosen] if reading.digits else None
    image = digit.preparation.digit if digit else BLANK
    if digit:
        activations = digit.activations
        st.session_state[MY_DIGIT] = image  # for the lab and the probe of a training
    else:
        activations = {name: values[0] for name, values in network.predict(BLANK).activations.items()}
        warm_up()
    with explorer:
        show_explorer(image, activations, network, model.name, file, filters_header(model), chosen, steps)
    with below:
        show_explanations(network, digit)
        show_keeps_answer(image if digit else None)


model = choose_model()
source = choose_source(t("explore.title"))
if model is not None:
    with desk(source, BELOW):
        explore(model, source)
