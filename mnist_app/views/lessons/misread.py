"""Why it misreads this one: the test images that are hardest for the network, and the patch that decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_app.data.mnist import Source, Split
from mnist_app.data.splits import sample
from mnist_app.numerics.metrics import hardest
from mnist_app.serving.explanations import PATCH, occlusion
from mnist_app.serving.network import Network, probabilities
from mnist_app.serving.predictor import Predictor
from mnist_app.views.digit_gallery import Specimen, digit_gallery, opened
from mnist_app.views.heat_picture import heat_picture, legend_html
from mnist_app.views.language import t
from mnist_app.views.lessons.formula import show_formula, tex, words
from mnist_app.views.lessons.image import as_bytes
from mnist_app.views.lessons.images import lesson_images
from mnist_app.views.lessons.label import choose_label, chosen_label
from mnist_app.views.lessons.learner import finished
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.map_details import show_table
from mnist_app.views.numbers import probability
from mnist_app.views.pictures import image_html, picture

TRIED, SHOWN = 2000, 10  # test images
MINE = -1  # stands for the learner's own drawing
CHOSEN, GALLERY = "lesson-hard", "lesson-hard-gallery"
SIDE, SMALL = 224, 112  # pixels: 28 × 8, × 4
LEAST = 1e-3  # of a probability: full colour is no less


@dataclass(frozen=True, eq=False)
class Hard:
    """A test image: its number, pixels uint8 (28, 28), label, and the ten probabilities."""

    index: int
    image: np.ndarray
    label: int
    probabilities: np.ndarray

    @property
    def read(self) -> int:
        """Return the digit that the network reads."""
        return int(self.probabilities.argmax())


def show(learner: Learner) -> None:
    """Show the hardest images, and for the chosen one which patch speaks for what is read."""
    learner = finished(learner)
    if learner.is_own:
        choose_label(learner)
    with st.spinner(t("lesson_misread.reading")):
        found = _all(learner)
    hard = _chosen(found)
    specimens = [
        Specimen(
            each.index,
            each.image,
            t("lesson_misread.caption", label=each.label, read=each.read),
            probability(float(each.probabilities[each.read])),
            _name(each),
            each.read == each.label,
        )
        for each in found
    ]
    digit_gallery(specimens, GALLERY, _open, hard.index)
    ink = hard.image / np.float32(255)
    drops, row, column = _decisive(learner, hard)
    reach = max(float(np.abs(drops).max()), LEAST)
    dark = st.context.theme.type == "dark"
    told = t("lesson_misread.map", read=hard.read, patch=PATCH)
    st.html(
        image_html(
            heat_picture(100 * drops, 100 * reach, True, ink, dark), told, f"width:{SIDE}px;display:block"
        )
        + legend_html(100 * reach, True, t("explain.occlusion_unit"), dark)
        + f"<div>{told}</div>"
    )
    show_table(100 * drops, told)
    whole, drop = float(hard.probabilities[hard.read]), float(drops[row, column])
    place = t("lesson_misread.patch", row=row + 1, column=column + 1)
    show_formula([rf"&{words(place)}", rf"&p_{hard.read}:\ {tex(whole)} \to {tex(max(whole - drop, 0.0))}"])


def ask(learner: Learner) -> Question:
    """Ask what is read when the patch that matters most is rubbed out."""
    learner = finished(learner)
    hard = _chosen(_all(learner))
    digits = list(dict.fromkeys([hard.read, hard.label]))

    def answer() -> Answer:
        _, row, column = _decisive(learner, hard)
        rubbed = hard.image / np.float32(255)
        reach = PATCH // 2
        rubbed[max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1] = 0
        shares = learner.network.predict(rubbed).probabilities[0]
        digit = int(shares.argmax())
        told = t("lesson_misread.told", digit=digit, percent=probability(float(shares[digit])))
        choice = digits.index(digit) if digit in digits else len(digits)
        return Answer(choice, told, lambda: st.html(picture(rubbed, SMALL, t("lesson_misread.rubbed"))))

    named = zip(("still", "label"), digits, strict=False)
    choices = [t(f"lesson_misread.{name}", digit=digit) for name, digit in named]
    words_of = t("lesson_misread.ask", name=_name(hard), read=hard.read)
    return Question(words_of, (*choices, t("lesson_misread.other")), answer)


def _name(hard: Hard) -> str:
    key = "mine" if hard.index == MINE else "alt"
    return t(f"lesson_misread.{key}", index=f"{hard.index:,}", label=hard.label, read=hard.read)


def _decisive(learner: Learner, hard: Hard) -> tuple[np.ndarray, int, int]:
    """Return how far the read digit's probability falls patch by patch, and where it falls most."""
    drops = occlusion(learner.network, hard.image / np.float32(255), hard.read)
    row, column = np.unravel_index(drops.argmax(), drops.shape)
    return drops, int(row), int(column)


def _chosen(found: list[Hard]) -> Hard:
    wanted = st.session_state.get(CHOSEN)
    return next((each for each in found if each.index == wanted), found[0])


def _open() -> None:
    index = opened(GALLERY)
    if index is not None:
        st.session_state[CHOSEN] = index


def _all(learner: Learner) -> list[Hard]:
    """Return the learner's own drawing, if there is one, and the hardest test images.

    Raises:
        UserError: there are no images.
    """
    source, test = lesson_images("test")
    card = learner.network.card if isinstance(learner.network, Predictor) else None
    found = _hardest(learner.name, card.tflite_sha256 if card else "", source, learner.network, test)
    if not learner.is_own:
        return found
    mine = Hard(MINE, as_bytes(learner.digit), chosen_label(learner), learner.probabilities)
    return [mine, *found]


@st.cache_resource(max_entries=20, show_spinner=False)
def _hardest(name: str, version: str, source: Source, _network: Network, _test: Split) -> list[Hard]:
    """Return the images whose label a network finds least probable, the hardest first."""
    del name, version, source
    indices = sample(len(_test), TRIED)
    images, labels = _test.images[indices], _test.labels[indices]
    shares = probabilities(_network, images / np.float32(255))
    order = hardest(labels, shares)[:SHOWN]
    return [Hard(int(indices[n]), images[n], int(labels[n]), shares[n]) for n in order]
