"""One drawing through all networks: what each of them reads, and who keeps its answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

import numpy as np
import streamlit as st

from mnist_app.serving.reading import read
from mnist_app.views.about import show_about
from mnist_app.views.answer import chosen_digit, show_choice
from mnist_app.views.answers_table import answer, answers_csv, answers_html
from mnist_app.views.canvas import show_tools
from mnist_app.views.downloads import show_csv
from mnist_app.views.keeps_answer import show_keeps_answer
from mnist_app.views.language import t
from mnist_app.views.networks import MOST, Reader, readers
from mnist_app.views.resuming import kept
from mnist_app.views.sources import ink_from, pick_source
from mnist_app.views.training_probe import MY_DIGIT


@st.fragment
@kept("compare")
def show_drawing(names: Collection[str]) -> None:
    """Show a canvas, what every network reads on it, and who keeps its answer.

    Args:
        names: of the networks.
    """
    left, right = st.columns([2, 3], gap="medium")
    with right:
        source = pick_source()
    with left:
        st.space("small")  # the canvas's own tools appear right above it
        with st.container(key="canvas"):
            ink = ink_from(source)
        if source == "draw":
            show_tools()
    networks = readers(names)
    if not networks:
        right.info(t("compare.no_networks"), icon=":material/model_training:")
        return
    reading = read(ink, networks[0].network)
    chosen = chosen_digit(reading)
    image = reading.digits[chosen].preparation.digit if reading.digits else None
    with right, st.container(key="compare-answers"):
        if image is None:
            st.info(t(f"answer.hint_{reading.status}"), icon=":material/draw:")
        else:
            st.session_state[MY_DIGIT] = image
            show_choice(reading)
            _show_answers(image, networks)
            if len(names) > MOST:
                st.caption(t("compare.most", most=MOST, count=len(names)))
    show_keeps_answer(image, names)


def _show_answers(image: np.ndarray, networks: Sequence[Reader]) -> None:
    answers = [answer(reader.label, reader.network, image) for reader in networks]
    st.html(answers_html(answers))
    show_about("probabilities")
    show_csv(t("download.probabilities"), "answers", partial(answers_csv, answers))
