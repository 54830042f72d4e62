"""What the network reads: a drawing, an image of MNIST or an uploaded picture."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import streamlit as st

from mnist_app.data.mnist import Source, Split, find_source
from mnist_app.numerics.picture import read_picture
from mnist_app.texts.duration import duration
from mnist_app.texts.user_error import UserError
from mnist_app.views.access import allow_upload
from mnist_app.views.canvas import SIDE, drawn_ink
from mnist_app.views.language import language, t
from mnist_app.views.pictures import picture
from mnist_app.views.plain import sentence
from mnist_app.views.resources import images_of

SOURCES = ("draw", "test", "upload")
TYPES = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"]
PARTS = ("test", "train")
SOURCE, PART, INDEX = "source", "test_part", "test_index"  # in the session: the choice, and which image
UPLOAD = "upload"  # the session's uploaded file
NOTHING = np.zeros((SIDE, SIDE), np.float32)


def choose_source(title: str, sources: Sequence[str] = SOURCES, key: str = SOURCE) -> str:
    """Show a page's title, beside it the choice of its picture, and return that as ``pick_source`` does."""
    # On a phone the choice stands above the title: the canvas's own tools appear right above the canvas.
    st.html("<style>.st-key-top { flex-wrap: wrap-reverse }</style>")
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="top"
    ):
        st.title(title, width="content")
        return pick_source(sources, key)


def pick_source(sources: Sequence[str] = SOURCES, key: str = SOURCE) -> str:
    """Show the choice of what is read and return it: one of ``sources``.

    Args:
        sources: what can be chosen, the first one to begin with.
        key: where the session has the choice; pages with the same choice share it.
    """
    if st.session_state.get(key) not in sources:
        st.session_state[key] = sources[0]
    source = st.segmented_control(
        t("source.label"),
        sources,
        format_func=lambda name: t(f"source.{name}"),
        required=True,
        key=key,
        persist_state="session",
        label_visibility="collapsed",
    )
    return str(source)


def choose_image(part: str, index: int, key: str = SOURCE) -> None:
    """Let a page that reads something read an image of MNIST.

    Args:
        part: "train" or "test".
        index: its number there, from 0.
        key: where the session has the page's choice of what it reads.
    """
    st.session_state[key], st.session_state[PART], st.session_state[INDEX] = "test", part, index


def ink_from(source: str, side: int = SIDE) -> np.ndarray:
    """Show a source's controls and picture, and return its ink: float32 (height, width), 0 to 1.

    ``side`` is how large a picture is shown, in pixels.
    """
    if source == "draw":
        return drawn_ink()
    return _image(side) if source == "test" else _upload(side)


def _image(side: int) -> np.ndarray:
    """Show an image of MNIST with its controls and return its ink."""
    if st.session_state.get(PART) not in PARTS:
        st.session_state[PART] = PARTS[0]
    part = str(st.session_state[PART])
    loaded = load_images(part)
    if loaded is None:
        return NOTHING
    origin, split = loaded
    last = len(split) - 1
    if st.session_state.get(INDEX, 0) > last:
        st.session_state[INDEX] = last
    with st.container(horizontal=True, vertical_alignment="bottom"):
        index = st.number_input(
            t("source.index", last=last), 0, last, key=INDEX, width=150, persist_state="session"
        )
        st.button(t("source.random"), icon=":material/casino:", on_click=_pick, args=(last,))
    ink: np.ndarray = split.images[index] / np.float32(255)
    label = int(split.labels[index])
    st.html(picture(ink, side, t(f"source.{part}_alt", index=index, label=label)))
    st.segmented_control(
        t("source.part"),
        PARTS,
        format_func=lambda part: t(f"source.part_{part}"),
        required=True,
        key=PART,
        persist_state="session",
        label_visibility="collapsed",
    )
    words = [t("source.test_label", label=label), t(f"source.from_{origin.kind}")]
    st.caption(" ".join([*words, *([t("source.learned")] if part == "train" else [])]))
    return ink


def load_test_images() -> tuple[Source, Split] | None:
    """Return what ``load_images`` does for the test images."""
    return load_images("test")


def load_images(part: str) -> tuple[Source, Split] | None:
    """Return where MNIST comes from and its images, with progress while they load; None without any.

    Args:
        part: "train" or "test".
    """
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
            images = images_of(source, part)
    except UserError as error:
        st.error(sentence(error))
        return None
    place.empty()
    return source, images


def _pick(last: int) -> None:
    st.session_state[INDEX] = int(np.random.default_rng().integers(last + 1))


def uploaded() -> bytes | None:
    """Return the uploaded picture's file; None without one that can be read."""
    file = st.session_state.get(UPLOAD)
    if file is None or st.session_state.get("upload_id") != file.file_id:
        return None
    content: bytes = file.getvalue()
    return content


def _upload(side: int) -> np.ndarray:
    file = st.file_uploader(t("source.upload_label"), TYPES, key=UPLOAD, help=t("source.upload_help"))
    if file is None:
        return NOTHING
    # Read once for each file: a rerun for another reason keeps the ink.
    if st.session_state.get("upload_id") != file.file_id:
        try:
            if st.session_state.get("upload_counted") != file.file_id:
                allow_upload()
                st.session_state["upload_counted"] = file.file_id
            with st.spinner(t("source.reading")):
                ink = read_picture(file.getvalue())
        except UserError as error:
            st.error(sentence(error))
            return NOTHING
        st.session_state["upload_id"], st.session_state["upload_ink"] = file.file_id, ink
    shown: np.ndarray = st.session_state["upload_ink"]
    st.html(picture(shown, side, t("source.upload_alt")))
    return shown
