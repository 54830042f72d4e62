"""The page "Lab": convolution and pooling themselves, window by window."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from mnist_app.numerics.operation import Operation
from mnist_app.texts.user_error import UserError
from mnist_app.views.about import about
from mnist_app.views.canvas import canvas_width
from mnist_app.views.desk import columns
from mnist_app.views.lab_gallery import show_gallery
from mnist_app.views.lab_kernel import Learned, learned_kernels
from mnist_app.views.lab_operations import choose_operations, naming
from mnist_app.views.lab_picture import DRAW, SOURCE, SOURCES, lab_picture
from mnist_app.views.lab_result import (
    Step,
    choose_step,
    show_numbers,
    show_size,
    show_stages,
    show_windows,
    step_of,
)
from mnist_app.views.language import t
from mnist_app.views.plain import sentence
from mnist_app.views.resuming import kept
from mnist_app.views.sidebar import ChosenModel, choose_model
from mnist_app.views.sources import choose_source
from mnist_app.views.walk import walk

SETTINGS, RESULT = 330, 420  # pixels: the least that each needs beside the other


# A stroke, or a setting, runs this function again and nothing else of the app.
@st.fragment
@kept("lab")
def lab(source: str, learned: Learned) -> None:
    """Show the picture and the operations, and beside them (on a phone below) what comes out."""
    above, settings, result = columns(canvas_width() if source == DRAW else 0, SETTINGS, RESULT)
    with above:
        picture = lab_picture(source)
    with settings:
        try:
            operations = choose_operations(learned)
        except UserError as error:
            result.error(sentence(error))
            return
    with result:
        if picture is None:
            st.info(t(f"lab.{source}_first"), icon=":material/draw:")
            return
        show_result(operations, picture)
    with st.expander(t("lab.beside"), on_change="rerun", expanded=True, key="lab-beside") as beside:
        if beside.open:
            show_gallery(picture, learned)


def show_result(operations: Sequence[Operation], picture: np.ndarray) -> None:
    """Show the operations' walk, sizes, windows and numbers, up to the first one that cannot be done."""
    steps: list[Step] = []
    for number, operation in enumerate(operations, 1):
        try:
            with naming(number):
                steps.append(step_of(operation, steps[-1].after if steps else picture))
        except UserError as error:
            st.error(sentence(error))
            break
    if not steps:
        return
    step = choose_step(steps)
    with st.container(key="walk"):
        walk(step.before, step.operation, "walk_component")
    with st.container(key="lab-result"):
        st.subheader(t("lab.size"), help=about("output_size", "strides", "padding"))
        show_size(step)
        show_windows(step)
        show_numbers(step)
        if len(steps) > 1:
            show_stages(steps)


def learned_by(model: ChosenModel | None) -> Learned:
    """Return the chosen network's kernels, none with a sentence where they cannot be read."""
    try:
        return learned_kernels(model.network) if model is not None else {}
    except UserError as error:
        st.warning(sentence(error))
        return {}


model = choose_model()
with st.container(key="lab"):
    source = choose_source(t("lab.title"), SOURCES, SOURCE)
    lab(source, learned_by(model))
