"""The preparation as steps, each with a switch and its worth for the answer."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.numerics.metrics import refused
from mnist_app.numerics.preprocess import PLAIN_RESIZE, Preparation, Steps, prepare, without_each
from mnist_app.serving.network import Network
from mnist_app.serving.reading import Reading
from mnist_app.views.about import explained
from mnist_app.views.language import t
from mnist_app.views.numbers import probability
from mnist_app.views.pictures import picture

SIDE = 84  # pixels: 28 × 3
CARD = 150  # pixels, so that two stand side by side on a phone
GRID = f"display:grid;gap:12px 24px;grid-template-columns:repeat(auto-fill,minmax({CARD}px,1fr))"
QUIET = "font-size:.85rem;opacity:.8"
STEP_NAMES = ("crop", "scale", "centre")
STEPS = "steps"  # in the session: those that are switched on


def chosen_steps() -> Steps:
    """Return the steps that are switched on."""
    on = st.session_state.get(STEPS, STEP_NAMES)
    return Steps(**{name: name in on for name in STEP_NAMES})


def choose_steps() -> None:
    """Show the heading of the preparation with a switch for each step."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        help_text = explained(t("prepare.help"), "preparation")
        st.subheader(t("prepare.title"), help=help_text, width="content")
        st.pills(
            t("prepare.switches"),
            STEP_NAMES,
            selection_mode="multi",
            format_func=lambda name: t(f"prepare.{name}_switch"),
            default=STEP_NAMES,
            key=STEPS,
            persist_state="session",
            label_visibility="collapsed",
        )


def show_preparation(reading: Reading, chosen: int, network: Network) -> None:
    """Show every stage of the chosen digit, and the answers with and without each step."""
    digit = reading.digits[chosen]
    steps = chosen_steps()
    stages = digit.preparation
    others = {
        name: _answer(each, network.refuse_below) for name, each in _answers(stages, steps, network).items()
    }
    boxes = tuple(each.box for each in reading.digits)
    whole = _whole(reading)
    longer_side = min(CARD, SIDE * max(whole.shape) // whole.shape[0])
    drawing = picture(whole, longer_side, t("prepare.drawing_alt"), boxes, chosen)
    figures = [_figure(t("prepare.drawing"), drawing, t("prepare.plain", answer=others["plain"]))]
    for name, stage in zip(STEP_NAMES, (stages.cropped, stages.scaled, stages.digit), strict=True):
        # All pixels of the last two are shown at one size.
        side = SIDE if name != "scale" else SIDE * max(stage.shape) // 28
        title = f"{t(f'prepare.{name}')} · {stage.shape[1]} × {stage.shape[0]}"
        key = "prepare.without" if getattr(steps, name) else "prepare.with"
        image = picture(stage, side, t(f"prepare.{name}_alt"))
        figures.append(_figure(title, image, t(key, answer=others[name])))
    # One element for all figures: each element costs the browser milliseconds.
    cut = f'<div style="{QUIET};margin-top:8px">{t("prepare.cut")}</div>' if digit.is_cut else ""
    st.html(f'<div style="{GRID}">{"".join(figures)}</div>{cut}')


def _whole(reading: Reading) -> np.ndarray:
    """Return the drawing with all its digits."""
    whole = reading.digits[0].preparation.drawing
    for digit in reading.digits[1:]:
        whole = np.maximum(whole, digit.preparation.drawing)
    return whole


def _answers(stages: Preparation, steps: Steps, network: Network) -> dict[str, np.ndarray]:
    """Return the probabilities with each step switched over, and after a plain resize."""
    variants = {**without_each(steps), "plain": PLAIN_RESIZE}
    digits = np.stack([prepare(stages.drawing, variant).digit for variant in variants.values()])
    return dict(zip(variants, network.predict(digits).probabilities, strict=True))


def _answer(probabilities: np.ndarray, refuse_below: float) -> str:
    if refused(probabilities, refuse_below):
        return t("compare.no_digit", digit=probabilities.argmax())
    return f"<b>{probabilities.argmax()}</b> ({probability(float(probabilities.max()))})"


def _figure(title: str, image: str, answer: str) -> str:
    return (
        f'<figure style="margin:0"><figcaption style="{QUIET}">{title}</figcaption>'
        f'<div style="height:{SIDE}px;display:flex;align-items:flex-end;margin:4px 0">{image}</div>'
        f'<div style="{QUIET}">{answer}</div></figure>'
    )
