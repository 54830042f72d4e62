"""The page "Learn": a path of short lessons on the learner's own drawing."""

from __future__ import annotations

import streamlit as st

from mnist_app.pages.registry import PAGES
from mnist_app.texts.user_error import UserError
from mnist_app.views.about import ABOUT, LESSON
from mnist_app.views.glossary import show_asked, show_glossary
from mnist_app.views.language import t
from mnist_app.views.lessons.learner import choose_learner
from mnist_app.views.lessons.lesson import Lesson
from mnist_app.views.lessons.path import lesson_path, opened
from mnist_app.views.lessons.question import forget_choices, show_question
from mnist_app.views.lessons.registry import LESSONS
from mnist_app.views.plain import sentence
from mnist_app.views.resuming import kept
from mnist_app.views.sidebar import ChosenModel, choose_model

CHOSEN, ANSWERED, PATH = "lesson", "lessons_answered", "lesson-path"  # in the session
PATH_SHARE = (1, 3)  # of the width: the path, the lesson
# Formulas fit a phone; one that is wider still scrolls by itself.
STYLE = """
.st-key-lesson-formula .katex-display { overflow-x: auto; overflow-y: hidden; padding: 0 .25em }
@media (max-width: 640px) { .st-key-lesson-formula .katex { font-size: .9rem } }
.st-key-lesson-question .katex { font-size: 1rem }
"""


# A stroke, an answer or another lesson runs this again and nothing else of the app.
@st.fragment
@kept("learn")
def learn(model: ChosenModel | None) -> None:
    """Show the path and the lesson that is chosen on it."""
    lesson = chosen_lesson()
    place, body = st.columns(PATH_SHARE, gap="medium")
    with body:
        show_asked()
        show_lesson(lesson, model)
        show_glossary()
    with place:  # last: an answer has its tick in the same run
        titles = [(key, t(f"lesson_{key}.title")) for key in LESSONS]
        answered = st.session_state.get(ANSWERED, {})
        lesson_path(titles, lesson.key, answered, PATH, _open, _forget)


def chosen_lesson() -> Lesson:
    """Return the lesson in the address, else that of the session, else the first one."""
    asked = st.query_params.get(LESSON) or st.session_state.get(CHOSEN)
    lesson = LESSONS.get(asked or "", next(iter(LESSONS.values())))
    st.session_state[CHOSEN] = lesson.key
    if st.query_params.get(LESSON) != lesson.key:
        st.query_params[LESSON] = lesson.key
    return lesson


def show_lesson(lesson: Lesson, model: ChosenModel | None) -> None:
    """Show a lesson on the learner's digit, its question, and the way to the next one."""
    keys = list(LESSONS)
    place = keys.index(lesson.key)
    st.header(t("learn.heading", number=place + 1, title=t(f"lesson_{lesson.key}.title")))
    try:
        learner = choose_learner(model)
        if learner is not None:
            st.markdown(t(f"lesson_{lesson.key}.words"))
            with st.container(key="lesson-live"):
                lesson.show(learner)
            expected = show_question(lesson.ask(learner))
            _show_way_on(lesson.page)
            if expected is not None:
                answered = st.session_state.setdefault(ANSWERED, {})
                answered[lesson.key] = answered.get(lesson.key) or expected
    except UserError as error:  # a network that was deleted or is damaged
        st.error(sentence(error))
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for other, icon in ((place - 1, "arrow_back"), (place + 1, "arrow_forward")):
            if 0 <= other < len(keys):
                name = t(f"lesson_{keys[other]}.title")
                st.button(name, icon=f":material/{icon}:", on_click=_go, args=(keys[other],))


def _show_way_on(name: str) -> None:
    page = next(page for page in PAGES if page.name == name)
    st.page_link(page.script, label=t("learn.go_on", page=t(page.title)), icon=page.icon)


def _open() -> None:
    lesson = opened(PATH)
    if lesson in LESSONS:
        _go(lesson)


def _go(key: str) -> None:
    st.query_params[LESSON] = key
    st.query_params.pop(ABOUT, None)
    st.session_state.pop(ABOUT, None)


def _forget() -> None:
    st.session_state[ANSWERED] = {}
    forget_choices()


model = choose_model()
st.html(f"<style>{STYLE}</style>")
st.title(t("learn.title"))
learn(model)
