"""The question of a lesson, answered as soon as a person has chosen what they expect."""

from __future__ import annotations

from html import escape

import streamlit as st

from mnist_app.views import colours
from mnist_app.views.language import t
from mnist_app.views.lessons.lesson import Question
from mnist_app.views.plain import markdown

CHOICE = "lesson-choice-"  # before the question's words: the session's keys of what was chosen
QUARTERS = ("first", "second", "third", "last")


def show_question(question: Question) -> bool | None:
    """Show a question and return whether what was expected came out; None before anything is chosen.

    A question in other words is another question, and not answered yet.
    """
    with st.container(border=True, key="lesson-question"):
        st.markdown(f"**{t('learn.expect')}** {question.words}")
        choice = st.radio(
            t("learn.expect"),
            range(len(question.choices)),
            format_func=lambda choice: markdown(question.choices[choice]),
            index=None,
            key=f"{CHOICE}{question.words}",
            label_visibility="collapsed",
        )
        if choice is None:
            st.caption(t("learn.choose"))
            return None
        answer = question.answer()
        expected = choice == answer.choice
        st.html(_told(choice, expected, question.choices[answer.choice], answer.told))
        if answer.show is not None:
            answer.show()
    return expected


def forget_choices() -> None:
    """Make all questions unanswered."""
    for key in [key for key in st.session_state if str(key).startswith(CHOICE)]:
        st.session_state[key] = None


def quarters() -> tuple[str, ...]:
    """Return the choices of a question that asks for a share."""
    return tuple(t(f"learn.quarter_{place}") for place in QUARTERS)


def quarter(share: float) -> int:
    """Return which of ``quarters`` a share, 0 to 1, is in."""
    return min(int(share * len(QUARTERS)), len(QUARTERS) - 1)


def _told(chosen: int, expected: bool, choice: str, told: str) -> str:
    colour = colours.RIGHT if expected else colours.WRONG
    mark = "✓" if expected else "✗"
    first = t("learn.expected") if expected else t("learn.otherwise", choice=choice)
    return (
        f'<div role="status" data-chosen="{chosen}" data-expected="{str(expected).lower()}" '
        f'style="border-left:4px solid {colour};padding-left:12px">'
        f'<div><span style="color:{colours.readable(colour)};font-weight:650">{mark}</span> '
        f"<b>{escape(first)}</b></div>"
        f'<div style="font-variant-numeric:tabular-nums">{escape(told)}</div></div>'
    )
