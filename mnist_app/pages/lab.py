"""The page "Lab": convolution and pooling themselves, window by window."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from mnist_app.numerics.operation import Operation
from mnist_app.texts.user_error import UserError
from mnist_app.views.lab_kernel import Learned, learned_kernels
from mnist_app.views.lab_operations import choose_operations
from mnist_app.views.lab_picture import choose_lab_source, lab_picture
from mnist_app.views.lab_result import (
    Step,
    show_gallery,
    show_numbers,
    show_size,
    show_stages,
    show_windows,
    steps_of,
)
from mnist_app.views.language import language, t
from mnist_app.views.numbers import shape
from mnist_app.views.sidebar import ChosenModel, choose_model
from mnist_app.views.walk import walk


def show_lab(source: str, learned: Learned) -> None:
    """Show the walk on the left (on a phone on top) and the settings that it follows beside it."""
    top = st.container()
    result, settings = st.columns([5, 3], gap="medium")
    with top if source == "example" else settings:
        picture = lab_picture(source)
    with settings:
        try:
            operations = choose_operations(learned)
        except UserError as error:
            result.error(error.message(language()))
            return
    with result:
        if picture is not None:
            show_result(operations, picture)
    if picture is not None:
        with st.expander(t("lab.beside"), on_change="rerun", expanded=True, key="lab-beside") as beside:
            if beside.open:
                show_gallery(picture, learned)


def show_result(operations: Sequence[Operation], picture: np.ndarray) -> None:
    """Show the operations' walk, sizes, windows and numbers."""
    try:
        steps = steps_of(operations, picture)
    except UserError as error:
        st.error(error.message(language()))
        return
    step = choose_step(steps)
    with st.container(key="walk"):
        walk(step.before, step.operation, "walk_component")
    with st.container(key="lab-result"):
        st.subheader(t("lab.size"))
        show_size(step)
        show_windows(step)
        show_numbers(step)
        if len(steps) > 1:
            show_stages(steps)


def choose_step(steps: Sequence[Step]) -> Step:
    """Show which of two operations is walked through, and return it."""
    if len(steps) == 1:
        return steps[0]
    names = [
        f"{place + 1} · {t(f'operation.{step.operation.kind}')} → {shape(step.after.shape)}"
        for place, step in enumerate(steps)
    ]
    place = st.segmented_control(
        t("lab.step"),
        range(len(steps)),
        format_func=names.__getitem__,
        default=0,
        required=True,
        key="lab_step",
    )
    return steps[place or 0]


def learned_by(model: ChosenModel | None) -> Learned:
    """Return the chosen network's kernels, none with a sentence where they cannot be read."""
    try:
        return learned_kernels(model.network) if model is not None else {}
    except UserError as error:
        st.warning(error.message(language()))
        return {}


model = choose_model()
with st.container(key="lab"):
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(t("lab.title"), width="content")
        source = choose_lab_source()
    show_lab(source, learned_by(model))
