"""The three sets: why what was learned by heart says nothing of what was not."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.data.mnist import Source, Split
from mnist_app.data.splits import first
from mnist_app.numerics.neighbours import distances, nearest
from mnist_app.views.language import t
from mnist_app.views.lessons.formula import show_formula, words
from mnist_app.views.lessons.images import lesson_images
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.numbers import percent
from mnist_app.views.pictures import picture

SIZES = (100, 200, 500, 1000)
SIZE = "lesson-memory"
SEEN, UNSEEN = 100, 500  # images that the memory is asked for
SIDE = 84  # pixels: 28 × 3
LIMITS = (0.98, 0.9, 0.8)  # between the choices
SETS = ("train", "validation", "test")


def show(learner: Learner) -> None:
    """Show what each set is for, and a memory that reads by the image that is most alike."""
    for place, name in zip(st.columns(len(SETS)), SETS, strict=True):
        place.markdown(f"**{t(f'data.{name}')}**")
        place.caption(t(f"data.{name}_use"))
    size = st.select_slider(
        t("lesson_sets.size"), SIZES, SIZES[-1], key=SIZE, persist_state="session", width=420
    )
    known = first(lesson_images("train")[1], int(size))
    (found,) = nearest(distances(known.images / np.float32(255), learner.digit), 1)
    label = int(known.labels[found])
    alike = t("lesson_sets.alike", index=f"{found:,}", label=label)
    row = "display:flex;flex-wrap:wrap;gap:14px;align-items:center"
    st.html(
        f'<div style="{row}">{picture(learner.digit, SIDE, t("lesson_sets.digit"))}'
        '<span aria-hidden="true">→</span>'
        f"{picture(known.images[found] / np.float32(255), SIDE, alike)}<div>{alike}</div></div>"
    )
    seen, of = _right(size, "train")
    share = rf"\frac{{{seen}}}{{{of}}} = {seen / of:.3g}"
    show_formula([rf"{words(t('lesson_sets.accuracy'))} = {share}\quad {words(t('data.train'))}"])


def ask(learner: Learner) -> Question:
    """Ask how many images that it has not seen the memory reads right."""
    size = int(st.session_state.get(SIZE) or SIZES[-1])

    def answer() -> Answer:
        right, of = _right(size, "test")
        told = t("lesson_sets.told", right=right, count=of, share=percent(right / of))
        return Answer(sum(right / of < limit for limit in LIMITS), told)

    choices = tuple(t(f"lesson_sets.{name}") for name in ("nearly_all", "most", "many", "fewer"))
    return Question(t("lesson_sets.ask", size=f"{size:,}"), choices, answer)


def _right(size: int, part: str) -> tuple[int, int]:
    """Return how many images of "train" or "test" a memory of so many reads right, and of how many."""
    source, train = lesson_images("train")
    return _counted(source, size, part, first(train, size), lesson_images(part)[1])


@st.cache_data(max_entries=20, show_spinner=False)
def _counted(source: Source, size: int, part: str, _known: Split, _asked: Split) -> tuple[int, int]:
    del source, size
    asked = first(_asked, SEEN if part == "train" else UNSEEN)
    images = _known.images.reshape(len(_known), -1) / np.float32(255)
    wanted = asked.images.reshape(len(asked), -1) / np.float32(255)
    # Nearest by |a - b|² without |b|², which is the same for all a.
    apart = np.einsum("ij,ij->i", images, images) - 2 * wanted @ images.T
    read = _known.labels[apart.argmin(1)]
    return int((read == asked.labels).sum()), len(asked)
