"""Why the network reads a digit: four methods' maps side by side, for any digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape

import numpy as np
import streamlit as st

from mnist_app.numerics.layer_card import LayerCard
from mnist_app.serving.network import Network
from mnist_app.serving.reading import DigitReading
from mnist_app.texts.user_error import UserError
from mnist_app.views.about import about, about_html
from mnist_app.views.explain_methods import METHODS, Explanation, Question
from mnist_app.views.heat_picture import heat_picture, legend_html
from mnist_app.views.language import t
from mnist_app.views.numbers import three_digits
from mnist_app.views.pictures import image_html
from mnist_app.views.plain import sentence
from mnist_app.views.tables import csv_table, grid_table

KEY = "explain"
SIDE = 224  # pixels: 28 × 8
WIDTH = 250  # pixels of a figure with its text


# Choosing another digit runs this alone; a stroke runs it with the page's own fragment.
@st.fragment
def show_explanations(network: Network, reading: DigitReading | None) -> None:
    """Show the closed section; opened, it explains a digit that was read, or any other.

    Nothing is computed while it is closed.
    """
    with st.container(key=KEY), st.expander(t("explain.title"), on_change="rerun", key="explain-box") as box:
        if not box.open:
            return
        if reading is None:
            st.info(t("explain.empty"), icon=":material/draw:")
            return
        asked = _choose(network, reading)
        st.caption(t("explain.help"))
        found: dict[str, Explanation] = {}
        with st.spinner(t("explain.computing")), st.container(horizontal=True):
            for name, explain in METHODS.items():
                with st.container(width=WIDTH, key=f"explain-{name}"):
                    try:
                        found[name] = explain(asked)
                    except UserError as problem:
                        st.html(_heading(name))
                        st.caption(sentence(problem))
                    else:
                        _show(name, asked, found[name])
        _show_numbers(asked, found)


def layers_with_maps(layers: Sequence[LayerCard]) -> list[LayerCard]:
    """Return the convolutions and poolings that have maps."""
    return [card for card in layers if len(card.output_shape) == 3 and _is_window(card)]


def _is_window(card: LayerCard) -> bool:
    return "kernel_size" in card.config or "pool_size" in card.config


def _choose(network: Network, reading: DigitReading) -> Question:
    """Show the choice of the digit and of Score-CAM's layer, and return both."""
    cards = layers_with_maps(network.layers)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        digit = st.pills(
            t("explain.digit"),
            range(10),
            default=reading.digit,
            required=True,
            wrap=True,
            key=f"explain_digit_{reading.digit}",  # another digit read is the next one asked about
        )
        if not cards:
            return Question(network, reading.preparation.digit, digit, None)
        convolutions = [n for n, card in enumerate(cards) if "kernel_size" in card.config]
        last = convolutions[-1] if convolutions else len(cards) - 1
        layer = st.selectbox(
            t("explain.layer"),
            [card.name for card in cards],
            last,
            key=f"explain_layer_{cards[last].name}",  # another network has another last one
            help=about("score_cam"),
            width=180,
        )
    chosen = next(card for card in cards if card.name == layer)
    return Question(network, reading.preparation.digit, digit, chosen)


def _show(name: str, asked: Question, found: Explanation) -> None:
    dark = st.context.theme.type == "dark"
    content = heat_picture(found.values, found.reach, found.signed, asked.image, dark)
    row, column = np.unravel_index(np.abs(found.values).argmax(), found.values.shape)
    texts = {
        "digit": asked.digit,
        "row": row + 1,
        "column": column + 1,
        "steepest": three_digits(float(found.values[row, column])),
        **found.numbers,
    }
    unit = t(f"explain.{name}_unit")
    low, high = (three_digits(float(end)) for end in (found.values.min(), found.values.max()))
    alt = t("explain.alt", method=t(f"explain.{name}"), low=low, high=high, unit=unit, **texts)
    small = "font-size:.85rem;line-height:1.4;margin-top:.375rem;font-variant-numeric:tabular-nums"
    st.html(
        _heading(name)
        + image_html(content, alt, f"width:{SIDE}px;display:block;margin:.25rem 0")
        + legend_html(found.reach, found.signed, unit, dark)
        + f'<div style="{small}">{escape(t(f"explain.{name}_found", **texts))}</div>'
        + f'<div style="{small};opacity:.8">{escape(t(f"explain.{name}_says", **texts))}</div>'
    )
    st.download_button(
        t("explain.picture"),
        lambda: content,
        f"{name}-{asked.digit}.png",
        "image/png",
        icon=":material/download:",
        type="tertiary",
        key=f"explain-png-{name}",
        on_click="ignore",
    )


@st.fragment
def _show_numbers(asked: Question, found: Mapping[str, Explanation]) -> None:
    """Show the numbers of a map as a table, and all of them as a file."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.pills(
            t("details.table"),
            list(found),
            format_func=lambda name: t(f"explain.{name}"),
            key="explain_table",
            wrap=True,
        )
        st.download_button(
            t("explain.csv"),
            partial(explanations_csv, asked.image, {name: each.values for name, each in found.items()}),
            f"why-{asked.digit}.csv",
            "text/csv",
            icon=":material/download:",
            key="explain-csv",
            on_click="ignore",
        )
    if name is not None and name in found:
        caption = f"{t(f'explain.{name}')}, {asked.digit}: {t(f'explain.{name}_unit')}"
        st.html(grid_table(caption, found[name].values, three_digits))


def explanations_csv(image: np.ndarray, maps: Mapping[str, np.ndarray]) -> str:
    """Return a CSV with one row for each pixel: row and column from 1, its ink, its value in each map."""
    columns = {"ink": image, **maps}
    rows = (
        [row + 1, column + 1, *(f"{values[row, column]:.6g}" for values in columns.values())]
        for row, column in np.ndindex(*image.shape)
    )
    return csv_table(["row", "column", *columns], rows)


def _heading(name: str) -> str:
    words = f"{t(f'explain.{name}')} {about_html(name)}"
    return f'<div role="heading" aria-level="3" style="font-weight:600">{words}</div>'
