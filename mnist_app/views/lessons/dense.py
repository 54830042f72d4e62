"""Dense against convolutional: the same drawing, shifted."""

from __future__ import annotations

import streamlit as st

from mnist_app.numerics.alter import SPANS, Change, altered
from mnist_app.views.answers_table import answer as answer_of
from mnist_app.views.answers_table import answers_html
from mnist_app.views.keeps_answer import sentences, sweep, sweep_html
from mnist_app.views.language import t
from mnist_app.views.lessons.formula import show_formula, words
from mnist_app.views.lessons.layers import first
from mnist_app.views.lessons.learner import shipped
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.networks import Reader
from mnist_app.views.pictures import picture

DENSE = "mlp-512"
ASKED = 6  # pixels
SIDE = 112  # pixels: 28 × 4


def show(learner: Learner) -> None:
    """Show the shifted digit with what both networks read, and how many weights each needs."""
    span = SPANS["across"]
    across = st.slider(
        t("lesson_dense.across"),
        int(span.low),
        int(span.high),
        0,
        key="lesson-across",
        persist_state="session",
        width=420,
    )
    (shifted,) = altered(learner.digit, [Change(across=across)])
    networks = _networks(learner)
    st.html(picture(shifted, SIDE, t("lesson_dense.alt", pixels=across)))
    st.html(answers_html([answer_of(each.label, each.network, shifted) for each in networks]))
    convolution, _ = first(learner.network, "Conv2D")
    dense, _ = first(networks[1].network, "Dense")
    height, width = convolution.config["kernel_size"]
    filters, units = convolution.output_shape[-1], dense.output_shape[0]
    inputs = dense.parameters // units - 1
    show_formula(
        [
            rf"({height} \times {width} \times 1 + 1)\times {filters} &= {convolution.parameters:,}"
            rf"\ {words(t('lesson_dense.shared', name=networks[0].label))}",
            rf"({inputs} + 1)\times {units} &= {dense.parameters:,}"
            rf"\ {words(t('lesson_dense.own', name=networks[1].label))}",
        ]
    )


def ask(learner: Learner) -> Question:
    """Ask who still reads the digit when it is shifted."""
    networks = _networks(learner)

    def answer() -> Answer:
        made = sweep("across", learner.digit, networks)
        step = made.values.index(ASKED)
        convolutional, dense = (one.digits[step] == one.answer for one in made.kept)
        choice = (0 if dense else 1) if convolutional else (2 if dense else 3)
        dark = st.context.theme.type == "dark"
        return Answer(choice, " · ".join(sentences(made)), lambda: st.html(sweep_html(made, dark)))

    names = {"convolutional": networks[0].label, "dense": networks[1].label}
    choices = tuple(
        t(f"lesson_dense.{who}", **names) for who in ("both", "only_first", "only_second", "neither")
    )
    return Question(t("lesson_dense.ask", pixels=ASKED), choices, answer)


def _networks(learner: Learner) -> list[Reader]:
    """Return the learner's network and the dense one."""
    return [Reader(learner.name, learner.name, learner.network), Reader(DENSE, DENSE, shipped(DENSE))]
