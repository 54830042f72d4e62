"""Learning from mistakes: a person says which digit it was, and the network learns it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from mnist_app.data.drawings import add_drawing, drawing_files, from_zip, label_of, read_drawings, to_zip
from mnist_app.serving.model_folders import runs_folder
from mnist_app.serving.reading import DigitReading
from mnist_app.texts.user_error import UserError
from mnist_app.training.mistakes import set_folder
from mnist_app.views.about import explained
from mnist_app.views.access import allow_upload
from mnist_app.views.fine_tuning import show_fine_tuning
from mnist_app.views.language import t
from mnist_app.views.person import person, remember_person
from mnist_app.views.pictures import picture
from mnist_app.views.plain import sentence
from mnist_app.views.sidebar import ChosenModel

FIVE_PILLS = 200  # pixels: two rows of five
LARGE, SIDE = 84, 56  # pixels: 28 × 3 and 28 × 2
SHOWN = 10  # drawings of the set, the newest first: two rows
LARGEST_ZIP = 12  # MB: a full set is smaller
_QUESTION = "mistake-digit"
ADDED = "mistake_added"  # this session's drawings: from a picture's hash to its file
DRAWER = "mistakes"  # in the session: what is in the drawer of the page Draw
_ZIPS = "mistake_zips"  # how many zips this session has taken in
_PROBLEM = "mistake_problem"  # why the last action failed


def show_mistakes(digit: DigitReading, model: ChosenModel, close: Callable[[], None]) -> None:
    """Show where a person says which digit it was, their set of drawings, and what was learned from it.

    ``close`` is called when the answer is to be looked at again.
    """
    drawings = set_folder(runs_folder(), person())
    _ask(digit.preparation.digit, drawings)
    problem: UserError | None = st.session_state.pop(_PROBLEM, None)
    if problem is not None:
        st.error(sentence(problem))
    _show_set(drawings)
    show_fine_tuning(drawings, model, close)
    _show_files(drawings)
    remember_person()


def _ask(digit: np.ndarray, drawings: Path) -> None:
    """Ask which digit it was; the answer puts it into the set, or takes it out again."""
    key = hashlib.sha256(digit.tobytes()).hexdigest()
    file = st.session_state.setdefault(ADDED, {}).get(key)
    # The widget shows what the set holds.
    st.session_state[_QUESTION] = label_of(file) if file is not None and file.exists() else None
    with st.container(horizontal=True, gap="medium"):
        st.html(picture(digit, LARGE, t("prepare.centre_alt")), width="content")
        st.pills(
            t("mistake.question"),
            range(10),
            key=_QUESTION,
            help=explained(t("mistake.question_help"), "mistake"),
            on_change=_answer,
            args=(digit, key, drawings),
            width=FIVE_PILLS,
            wrap=True,
        )


def _answer(digit: np.ndarray, key: str, drawings: Path) -> None:
    """Let the set hold this drawing with the chosen label, or not at all."""
    added: dict[str, Path] = st.session_state[ADDED]
    if key in added:
        added.pop(key).unlink(missing_ok=True)
    label = st.session_state[_QUESTION]
    if label is not None:
        try:
            added[key] = add_drawing(drawings, digit, label)
        except UserError as error:
            st.session_state[_PROBLEM] = error


def _show_set(drawings: Path) -> None:
    """Show the set: the newest drawings, each with a button that removes it, and the way in and out."""
    files = drawing_files(drawings)
    if files:
        key = "mistake.count" if len(files) <= SHOWN else "mistake.count_newest"
        st.caption(t(key, count=len(files), shown=SHOWN))
        try:
            images = read_drawings(drawings).images
        except UserError as error:
            st.error(sentence(error))
            return
        with st.container(horizontal=True, gap="xsmall", key="mistake-set"):
            for file, image in list(zip(files, images, strict=True))[: -SHOWN - 1 : -1]:
                _show_drawing(file, image)
    else:
        st.caption(t("mistake.none"))


def _show_drawing(file: Path, image: np.ndarray) -> None:
    label = label_of(file)
    with st.container(width=SIDE, gap=None):
        st.html(picture(image / np.float32(255), SIDE, t("mistake.drawing_alt", label=label)))
        st.button(
            str(label),
            icon=":material/close:",
            type="tertiary",
            help=t("mistake.remove"),
            on_click=_remove,
            args=(file,),
            key=f"mistake-remove-{file.name}",
        )


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
    added: dict[str, Path] = st.session_state[ADDED]
    # The next drawing may get the same name.
    st.session_state[ADDED] = {key: other for key, other in added.items() if other != file}


def _show_files(drawings: Path) -> None:
    """Show how the set leaves as a zip, and how one comes in."""
    files = st.expander(
        t("mistake.files"), icon=":material/folder_zip:", key="mistake-files", on_change="rerun"
    )
    if not files.open:
        return
    with files:
        if drawing_files(drawings):
            st.download_button(
                t("mistake.export"),
                partial(to_zip, drawings),
                "drawings.zip",
                "application/zip",
                icon=":material/download:",
                key="mistake-export",
                on_click="ignore",
            )
        st.file_uploader(
            t("mistake.import"),
            ["zip"],
            key=_zip_key(st.session_state.setdefault(_ZIPS, 0)),
            on_change=_import,
            args=(drawings,),
            max_upload_size=LARGEST_ZIP,
        )


def _import(drawings: Path) -> None:
    file = st.session_state[_zip_key(st.session_state[_ZIPS])]
    if file is None:
        return
    try:
        allow_upload()
        from_zip(drawings, file.getvalue())
    except UserError as error:
        st.session_state[_PROBLEM] = error
    st.session_state[_ZIPS] += 1  # an empty widget for the next one


def _zip_key(number: int) -> str:
    return f"mistake-import-{number}"
