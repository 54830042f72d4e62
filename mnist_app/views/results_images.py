"""The test images behind a model's results: those of a cell, the first, the misread; a click opens one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from mnist_app.data.mnist import Split
from mnist_app.numerics.metrics import confidently_wrong, confusion_matrix, hardest
from mnist_app.numerics.preprocess import PLAIN_RESIZE
from mnist_app.serving.evaluation import Evaluation
from mnist_app.serving.network import Network
from mnist_app.serving.reading import read
from mnist_app.views.about import about, show_about
from mnist_app.views.answer import prediction_html, probabilities_html
from mnist_app.views.confusion_table import clicked, confusion_table
from mnist_app.views.digit_gallery import Specimen, digit_gallery, opened
from mnist_app.views.downloads import show_csv
from mnist_app.views.language import t
from mnist_app.views.numbers import probability
from mnist_app.views.open_image import ImageRef, show_open_buttons
from mnist_app.views.pictures import picture
from mnist_app.views.tables import csv_table

FIRST, PAGE = 16, 25  # images: as many as the tutorials show
ORDERS = ("misread", "confident", "hardest")
SIDE = 140  # pixels of the opened image: 28 × 5
DRAWER = 420  # pixels
CELL = "results_cell"  # in the session: the cell of the confusion matrix that was clicked
OPENED = "results_opened"  # and the image
_TABLE = "confusion-table"


def show_confusion(evaluation: Evaluation, test: Split) -> None:
    """Show which digit is read as which, and the images of the cell that was clicked."""
    confusion = confusion_matrix(evaluation.labels, evaluation.digits)
    cell: tuple[int, int] | None = st.session_state.get(CELL)
    confusion_table(confusion, cell, _TABLE, _choose)
    show_about("confusion_table")
    digits = range(len(confusion))
    rows = [[digit, *confusion[digit]] for digit in digits]
    show_csv(
        t("results.csv"),
        "confusion",
        partial(csv_table, ["label", *(f"read_as_{digit}" for digit in digits)], rows),
    )
    if cell is None:
        st.caption(t("confusion.empty"))
        return
    label, digit = cell
    inside = np.flatnonzero((evaluation.labels == label) & (evaluation.digits == digit))
    # The least sure ones among the right, the surest ones among the wrong: those are worth a look.
    sure = evaluation.probabilities[inside, digit]
    order = inside[np.argsort(sure if label == digit else -sure, kind="stable")]
    name = "confusion.cell_right" if label == digit else "confusion.cell_wrong"
    st.markdown(f"**{t(name, label=label, digit=digit, count=len(inside))}**")
    _show_pages(f"cell-{label}-{digit}", order, evaluation, test)


def _choose() -> None:
    st.session_state[CELL] = clicked(_TABLE)


def show_first(evaluation: Evaluation, test: Split) -> None:
    """Show the first test images with label and prediction, as the tutorials do."""
    st.subheader(t("results.first", count=FIRST))
    st.caption(t("results.caption"))
    _show_gallery("first", np.arange(min(FIRST, len(test))), evaluation, test)


def show_misread(evaluation: Evaluation, test: Split) -> None:
    """Show the misread images, in their own order or the surest first, or the hardest of all images."""
    st.subheader(t("results.mistakes"), help=about("digit_gallery"))
    order = st.segmented_control(
        t("results.order"),
        ORDERS,
        format_func=lambda name: t(f"results.order_{name}"),
        default=ORDERS[0],
        required=True,
        key="results_order",
        persist_state="session",
        label_visibility="collapsed",
    )
    st.caption(t(f"results.caption_{order}"))
    labels, probabilities = evaluation.labels, evaluation.probabilities
    if order == "hardest":
        _show_pages("hardest", hardest(labels, probabilities), evaluation, test, by_label=True)
    elif evaluation.right == len(labels):
        st.info(t("results.none_misread"))
    elif order == "confident":
        _show_pages("confident", confidently_wrong(labels, probabilities), evaluation, test)
    else:
        _show_pages("misread", np.flatnonzero(~evaluation.hits), evaluation, test)


def _show_pages(
    name: str, images: np.ndarray, evaluation: Evaluation, test: Split, by_label: bool = False
) -> None:
    """Show images, so many at a time; ``by_label`` with their labels' probability, not their digits'."""
    show_paged(images, name, lambda part: _show_gallery(name, part, evaluation, test, by_label))


def show_paged(images: np.ndarray, name: str, show: Callable[[np.ndarray], None]) -> None:
    """Show images so many at a time, with the choice of the page below them.

    Args:
        images: indices.
        name: tells these pages from others.
        show: shows the images of one page.
    """
    pages = -(-len(images) // PAGE)
    key = f"page-{name}"
    if st.session_state.get(key, 1) > pages:  # another model has fewer
        st.session_state[key] = pages
    place = st.session_state.get(key, 1) - 1
    show(images[PAGE * place : PAGE * (place + 1)])
    if pages > 1:
        st.pagination(pages, key=key)


def _show_gallery(
    name: str, images: np.ndarray, evaluation: Evaluation, test: Split, by_label: bool = False
) -> None:
    digits = evaluation.labels if by_label else evaluation.digits
    shares = evaluation.probabilities[images, digits[images]]
    specimens = [
        _specimen(int(index), evaluation, test, float(share))
        for index, share in zip(images, shares, strict=True)
    ]
    key = f"gallery-{name}"
    digit_gallery(specimens, key, partial(_open, key))


def _specimen(index: int, evaluation: Evaluation, test: Split, share: float) -> Specimen:
    label, digit = int(evaluation.labels[index]), int(evaluation.digits[index])
    right = label == digit
    alt = t("results.image_right" if right else "results.image_wrong", index=index, label=label, digit=digit)
    return Specimen(index, test.images[index], f"{label}, {digit}", probability(share), alt, right)


def _open(key: str) -> None:
    st.session_state[OPENED] = opened(key)


def _close() -> None:
    st.session_state[OPENED] = None


def show_opened(test: Split, network: Network) -> None:
    """Show the image that was clicked, in a drawer, and the way to pages that can read it."""
    index: int | None = st.session_state.get(OPENED)
    if index is None or index >= len(test):
        return
    title = t("results.opened", index=index, label=int(test.labels[index]))
    drawer = st.dialog(title, width=DRAWER, position="right", on_dismiss=_close)
    drawer(_show_opened)(index, test, network)


def _show_opened(index: int, test: Split, network: Network) -> None:
    image = test.images[index] / np.float32(255)
    reading = read(image, network, single=True, steps=PLAIN_RESIZE)
    shown = picture(image, SIDE, t("source.test_alt", index=index, label=int(test.labels[index])))
    st.html(f'<div style="display:flex;gap:1.25rem">{shown}{prediction_html(reading, 0)}</div>')
    st.html(probabilities_html(reading.digits[0]))
    show_open_buttons(ImageRef("test", index), "open", on_leave=_close)
    st.caption(t("results.prepared"))
