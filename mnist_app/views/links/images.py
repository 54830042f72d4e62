"""The pieces of a link that are an image of MNIST: which set, and its number there."""

from __future__ import annotations

import streamlit as st

from mnist_app.texts.user_error import UserError
from mnist_app.views.data_set import CHOSEN
from mnist_app.views.links.piece import JOINT, Piece, one_of, whole_number
from mnist_app.views.open_image import ImageRef
from mnist_app.views.sources import INDEX, PART, PARTS, SOURCE

COUNTS = {"train": 60_000, "test": 10_000}  # of MNIST; a page shows another image where it has fewer


def _read() -> str | None:
    """Return the image that is read on the page, where one is."""
    if "test" not in (st.session_state.get(SOURCE), st.session_state.get("lab_source")):
        return None
    return f"{st.session_state.get(PART) or PARTS[0]}{JOINT}{st.session_state.get(INDEX) or 0}"


def _take(text: str) -> None:
    st.session_state[PART], st.session_state[INDEX] = _image(text)


def _looked_at() -> str | None:
    chosen = st.session_state.get(CHOSEN)
    return f"{chosen.part}{JOINT}{chosen.index}" if isinstance(chosen, ImageRef) else None


def _look_at(text: str) -> None:
    st.session_state[CHOSEN] = ImageRef(*_image(text))


def _image(text: str) -> tuple[str, int]:
    part, dot, number = text.partition(JOINT)
    count = COUNTS[one_of(part, COUNTS)]
    if not dot:
        raise UserError("error.link_parts", count=2)
    return part, whole_number(number, 0, count - 1)


IMAGE = Piece("image", _read, _take)
DATA_IMAGE = Piece("data-image", _looked_at, _look_at)
