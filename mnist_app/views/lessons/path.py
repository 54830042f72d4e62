"""The lessons in their order, with a tick for each one that is answered; a component of the page.

The browser itself keeps the ticks, so that they are there again after a reload
and no server need know who learns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from mnist_app.texts.catalog import catalog
from mnist_app.views import colours
from mnist_app.views.assets import asset, script
from mnist_app.views.language import language

WORDS = (
    "lessons",
    "progress",  # {done}, {count}
    "done",  # said of a lesson whose question came out as expected
    "tried",  # and of one that came out otherwise
    "forget",
)


def lesson_path(
    lessons: Sequence[tuple[str, str]],
    chosen: str,
    answered: Mapping[str, bool],
    key: str,
    on_open: Callable[[], None],
    on_forget: Callable[[], None],
) -> None:
    """Show the lessons; ``on_open`` is called on a click and asks ``opened`` which one it was.

    Args:
        lessons: their keys and titles.
        chosen: the key of the one that is shown.
        answered: of this session, whether the question came out as expected, by the lesson's key.
        key: the component's key.
        on_open: called when a lesson was clicked.
        on_forget: called when a person wants the ticks gone.
    """
    texts = catalog(language())
    content = {
        "lessons": lessons,
        "chosen": chosen,
        "answered": dict(answered),
        "words": {word: texts[f"path.{word}"] for word in WORDS},
        "colours": {"right": colours.RIGHT, "wrong": colours.WRONG},
    }
    data = json.dumps(content, ensure_ascii=False).encode()  # as bytes: see walk.py
    _COMPONENT(key=key, data=data, on_opened_change=on_open, on_forgotten_change=on_forget)


def opened(key: str) -> str | None:
    """Return the key of the lesson that was clicked just now; None if none was."""
    state = st.session_state.get(key)
    content = state.get("opened") if state else None
    return str(content["lesson"]) if content else None


_COMPONENT = st.components.v2.component(
    "lesson_path",
    js=script("layer_maps/values.js", "lesson_path/path.js"),
    css=asset("lesson_path/path.css"),
    isolate_styles=False,
)
