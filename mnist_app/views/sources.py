"""What the network reads: a drawing, a test image or an uploaded picture."""

from __future__ import annotations

import time

import numpy as np
import streamlit as st

from mnist_app.data.mnist import Source, Split, find_source
from mnist_app.numerics.picture import read_picture
from mnist_app.texts.duration import duration
from mnist_app.texts.user_error import UserError
from mnist_app.views.canvas import SIDE, drawn_ink
from mnist_app.views.language import language, t
from mnist_app.views.pictures import picture
from mnist_app.views.resources import test_images

SOURCES = ("draw", "test", "upload")
_SOURCE, _INDEX = "source", "test_index"  # in the session: the choice, and which test image
TYPES = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"]
NOTHING = np.zeros((SIDE, SIDE), np.float32)


def choose_source(title: str) -> str:
    """Show a page's title, beside it the choice of what is read, and return that: one of ``SOURCES``."""
    if st.session_state.get(_SOURCE) not in SOURCES:
        st.session_state[_SOURCE] = SOURCES[0]
    # On a phone the choice stands above the title: the canvas's own tools appear right above the canvas.
    st.html("<style>.st-key-top { flex-wrap: wrap-reverse }</style>")
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="top"
    ):
        st.title(title, width="content")
        source = st.segmented_control(
            t("source.label"),
            SOURCES,
            format_func=lambda name: t(f"source.{name}"),
            required=True,
            key=_SOURCE,
            persist_state="session",
            label_visibility="collapsed",
        )
    return str(source)


def choose_test_image(index: int) -> None:
    """Let the pages that read something read a test image."""
    st.session_state[_SOURCE], st.session_state[_INDEX] = "test", index


def ink_from(source: str, side: int = SIDE) -> np.ndarray:
    """Show a source's controls and picture, and return its ink: float32 (height, width), 0 to 1.

    ``side`` is how large a picture is shown, in pixels.
    """
    if source == "draw":
        return drawn_ink()
    return _test_image(side) if source == "test" else _upload(side)


def _test_image(side: int) -> np.ndarray:
    loaded = load_test_images()
    if loaded is None:
        return NOTHING
    origin, test = loaded
    last = len(test) - 1
    if st.session_state.get(_INDEX, 0) > last:
        st.session_state[_INDEX] = last
    with st.container(horizontal=True, vertical_alignment="bottom"):
        index = st.number_input(
            t("source.index", last=last), 0, last, key=_INDEX, width=150, persist_state="session"
        )
        st.button(t("source.random"), icon=":material/casino:", on_click=_pick, args=(last,))
    ink: np.ndarray = test.images[index] / np.float32(255)
    label = int(test.labels[index])
    st.html(picture(ink, side, t("source.test_alt", index=index, label=label)))
    st.caption(t("source.test_label", label=label) + " " + t(f"source.from_{origin.kind}"))
    return ink


def load_test_images() -> tuple[Source, Split] | None:
    """Return where MNIST comes from and its test images, with progress while they load; None without any."""
    place = st.empty()
    start = time.monotonic()

    def progress(done: int, total: int) -> None:
        share = min(1.0, done / max(total, 1))
        left = duration((time.monotonic() - start) * (1 / max(share, 1e-3) - 1), language())
        # Choosing another source ends this run, and the download with it.
        place.progress(share, t("source.downloading", size=f"{total / 1e6:.0f} MB", time=left))

    try:
        with st.spinner(t("source.loading")):
            if "mnist_source" not in st.session_state:
                st.session_state["mnist_source"] = find_source(progress=progress)
            source: Source = st.session_state["mnist_source"]
            images = test_images(source)
    except UserError as error:
        st.error(error.message(language()))
        return None
    place.empty()
    return source, images


def _pick(last: int) -> None:
    st.session_state[_INDEX] = int(np.random.default_rng().integers(last + 1))


def _upload(side: int) -> np.ndarray:
    file = st.file_uploader(t("source.upload_label"), TYPES, key="upload", help=t("source.upload_help"))
    if file is None:
        return NOTHING
    # Read once for each file: a rerun for another reason keeps the ink.
    if st.session_state.get("upload_id") != file.file_id:
        try:
            with st.spinner(t("source.reading")):
                ink = read_picture(file.getvalue())
        except UserError as error:
            st.error(error.message(language()))
            return NOTHING
        st.session_state["upload_id"], st.session_state["upload_ink"] = file.file_id, ink
    shown: np.ndarray = st.session_state["upload_ink"]
    st.html(picture(shown, side, t("source.upload_alt")))
    return shown
