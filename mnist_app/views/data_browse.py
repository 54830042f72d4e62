"""Leafing through the images of one set, all of them or those of one digit."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from mnist_app.views.about import about
from mnist_app.views.data_image import IMAGE, specimen, take_opened
from mnist_app.views.data_set import CHOSEN, SETS, TRAIN, DataSet, chosen_image, part_of
from mnist_app.views.digit_gallery import digit_gallery
from mnist_app.views.language import t
from mnist_app.views.open_image import ImageRef

PER_PAGE = 60  # fills the rows of a phone (5) and of a page of 1280 pixels (12)
GALLERY = "data-browse"  # the component's key
SET, DIGIT, JUMP = "data_set", "data_digit", "data_jump"
PAGE, TURNS = "data_page", "data_turns"  # in the session: the page, and how often the app turned to one


def show_browse(data: DataSet) -> None:
    """Show the images of a set page by page; a click makes one the image that is looked at."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choose_set()
        _choose_digit()
        _show_jump(data)
    name, numbers = _chosen(data)
    if not len(numbers):
        st.info(t("data.no_images"))
        return
    pages = -(-len(numbers) // PER_PAGE)
    page = min(int(st.session_state.get(PAGE) or 1), pages)
    shown = numbers[(page - 1) * PER_PAGE : page * PER_PAGE].tolist()
    st.caption(
        t("data.shown", first=f"{shown[0]:,}", last=f"{shown[-1]:,}", count=f"{len(numbers):,}"),
        help=about("image_sheet"),
    )
    part, image = part_of(name), chosen_image(data)
    specimens = [specimen(data, ImageRef(part, number)) for number in shown]
    chosen = image.index if image.part == part else None
    digit_gallery(specimens, GALLERY, partial(take_opened, GALLERY, part), chosen, reveal=IMAGE)
    if pages > 1:
        # A new widget for a page that no person has turned to: it cannot be told of one.
        key = f"data-pages-{st.session_state.get(TURNS, 0)}"
        st.pagination(pages, default=page, key=key, on_change=_turn, args=(key,))


def _chosen(data: DataSet) -> tuple[str, np.ndarray]:
    """Return the chosen set, and the numbers of its images that have the chosen digit."""
    name = str(st.session_state.get(SET) or TRAIN)
    digit = st.session_state.get(DIGIT)
    numbers = data.numbers(name)
    return name, numbers if digit is None else numbers[data.labels(name) == digit]


def _choose_set() -> None:
    if st.session_state.get(SET) not in SETS:
        st.session_state[SET] = TRAIN
    st.segmented_control(
        t("data.set"),
        SETS,
        format_func=lambda name: t(f"data.{name}"),
        required=True,
        key=SET,
        persist_state="session",
        on_change=_restart,
    )


def _choose_digit() -> None:
    st.pills(
        t("data.digit"),
        range(10),
        key=DIGIT,
        persist_state="session",
        on_change=_restart,
        help=t("data.digit_help"),
        wrap=True,
    )


def _restart() -> None:
    _turn_to(1)


def _turn(key: str) -> None:
    st.session_state[PAGE] = st.session_state[key]


def _turn_to(page: int) -> None:
    st.session_state[PAGE] = page
    st.session_state[TURNS] = st.session_state.get(TURNS, 0) + 1


def _show_jump(data: DataSet) -> None:
    last = len(data.part(_chosen(data)[0])) - 1
    st.session_state[JUMP] = None  # an empty field: what is looked at stands above
    st.number_input(
        t("data.jump", last=f"{last:,}"),
        0,
        last,
        None,
        key=JUMP,
        width=190,
        placeholder=t("data.number"),
        on_change=_jump,
        args=(data,),
    )


def _jump(data: DataSet) -> None:
    """Look at the image with a number, and turn to the page where it is or would be."""
    number = st.session_state.get(JUMP)
    if number is None:
        return
    image = ImageRef(part_of(_chosen(data)[0]), int(number))
    st.session_state[CHOSEN] = image
    st.session_state[SET] = data.set_of(image)
    place = int(np.searchsorted(_chosen(data)[1], image.index))
    _turn_to(place // PER_PAGE + 1)
