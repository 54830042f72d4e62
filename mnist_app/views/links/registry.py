"""What a link may hold: one row, one piece; and which of them a link to each page has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import streamlit as st

from mnist_app.serving.model_folders import runs_folder
from mnist_app.texts.catalog import LANGUAGES
from mnist_app.training.sweeps import find_sweeps
from mnist_app.views.about import ABOUT, GLOSSARY, LESSON
from mnist_app.views.answer import PLACE
from mnist_app.views.compare_table import CHOSEN
from mnist_app.views.compare_two import FIRST, SECOND
from mnist_app.views.hiding import HIDABLE, HIDDEN, PRESENT
from mnist_app.views.lab_picture import SOURCE as LAB_SOURCE
from mnist_app.views.language import KEY as LANGUAGE
from mnist_app.views.language import PARAMETER, language
from mnist_app.views.lessons.registry import LESSONS
from mnist_app.views.links.drawing import DIGIT, STROKES
from mnist_app.views.links.images import DATA_IMAGE, IMAGE
from mnist_app.views.links.lab import LAB
from mnist_app.views.links.network_view import BETWEEN, IN_EXPLORER, MAP, SCALE
from mnist_app.views.links.piece import Piece, choice, one_of, several, switch, whole
from mnist_app.views.links.training import TRAINING
from mnist_app.views.networks import all_models
from mnist_app.views.preparation import STEP_NAMES, STEPS
from mnist_app.views.sidebar import MODEL
from mnist_app.views.sources import SOURCE
from mnist_app.views.sweep_results import SWEEP

DATA_SECTIONS = ("browse", "overview", "classes", "neighbours", "augmentation", "map")


MOST_DIGITS = 40  # of a number


def _models() -> Collection[str]:
    return all_models().keys()


def _take_language(text: str) -> None:
    st.session_state[LANGUAGE] = one_of(text, LANGUAGES)


def _where(source: str, piece: Piece) -> Piece:
    """Return a piece that is told only where a page reads a drawing."""
    return replace(piece, tell=lambda: piece.tell() if st.session_state.get(source) == "draw" else None)


ALWAYS = (
    Piece(PARAMETER, language, _take_language),
    choice("model", MODEL, _models),
    several("hide", HIDDEN, lambda: HIDABLE, ()),
    switch("present", PRESENT),
)
STEPS_TAKEN = several("steps", STEPS, lambda: STEP_NAMES, STEP_NAMES)
DRAWING = (
    choice("source", SOURCE, lambda: ("draw", "test"), "draw"),
    IMAGE,
    STEPS_TAKEN,
    whole("place", PLACE, 0, MOST_DIGITS, first=1, default=0),
    SCALE,
)
CANVAS = (switch("wide", "wide"), STROKES)
ON_PAGES: dict[str, tuple[Piece, ...]] = {
    "draw": (*DRAWING, *(_where(SOURCE, piece) for piece in CANVAS), MAP),
    "explore": (*DRAWING, *(_where(SOURCE, piece) for piece in CANVAS), *IN_EXPLORER),
    "lab": (IMAGE, STEPS_TAKEN, *(_where(LAB_SOURCE, piece) for piece in CANVAS), *LAB),
    "learn": (choice("lesson", LESSON, lambda: LESSONS), choice("about", ABOUT, lambda: GLOSSARY), DIGIT),
    "train": (*TRAINING, DIGIT),
    "data": (choice("section", "data_section", lambda: DATA_SECTIONS), DATA_IMAGE, DIGIT),
    "sweep": (choice("sweep", SWEEP, lambda: [sweep.id for sweep in find_sweeps(runs_folder())]),),
    "results": (),
    "compare": (
        several("compared", CHOSEN, _models, (), BETWEEN),
        choice("one", FIRST, _models),
        choice("other", SECOND, _models),
        DIGIT,
    ),
}
PIECES = {piece.name: piece for pieces in (ALWAYS, *ON_PAGES.values()) for piece in pieces}
