"""A session that goes on in another server when its own has died.

The browser connects anew by itself, and names the session that it had.  What that
session held was kept in a file (``serving/kept_sessions.py``): what a link to each of
its pages would say, and the drawing to the last byte.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable
from functools import wraps
from importlib import import_module
from pathlib import Path
from threading import Timer
from typing import ParamSpec, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mnist_app.serving.kept_sessions import read_session, write_session
from mnist_app.serving.model_folders import runs_folder
from mnist_app.texts.user_error import UserError
from mnist_app.views import canvas, mistakes
from mnist_app.views.assets import script
from mnist_app.views.layer_maps import LINKED, OPENED
from mnist_app.views.links.opening import OPENED as LINK_OPENED
from mnist_app.views.links.piece import Piece
from mnist_app.views.resources import WARM_UP_SECONDS

P = ParamSpec("P")
R = TypeVar("R")

REGISTRY = "mnist_app.views.links.registry"
HELD = "kept_state"  # in the session: what is kept of it, text by name
AS = "kept_as"  # the session under whose id that is kept
ONCE = "kept_once"  # whether a page has been shown to its end
CONNECTION = "sec-websocket-protocol"  # the header in which the browser names its last session, third
DAMAGED = (UserError, ValueError, KeyError, TypeError, AttributeError, zlib.error)
LEFT_OUT = ("strokes",)  # the whole drawing is kept instead

_COMPONENT = st.components.v2.component("reconnected", js=script("reconnected.js"))


def resume() -> None:
    """Go on where the browser's last session was, once in a session and before any widget is made."""
    if HELD in st.session_state:
        return
    st.session_state[HELD] = {}
    held = read_session(runs_folder(), _last_session())
    if not held:
        return
    st.session_state[HELD] = held
    st.session_state[LINK_OPENED] = True  # long ago: the address may still hold the link
    from mnist_app.views.links.registry import PIECES

    for name, piece in {**PIECES, **{piece.name: piece for piece in OWN}}.items():
        try:
            if name in held:
                piece.take(held[name])
        except DAMAGED:  # a run that was deleted meanwhile; what an older version of the app kept
            del held[name]


def show_reconnected() -> None:
    """Have the browser run the page when it has connected anew: by itself it does so only now and then."""
    _COMPONENT(key="reconnected", height=0, on_again_change=lambda: None)


def keep(page: str) -> None:
    """Keep what this session has, as far as this page can have changed it."""
    context = get_script_run_ctx()
    if context is None:
        return
    canvas.end_resuming()
    if ONCE not in st.session_state:
        # A first page holds nothing yet but what its address says, and should be quick.
        st.session_state[ONCE] = True
        Timer(WARM_UP_SECONDS, import_module, [REGISTRY]).start()
        if not st.session_state[HELD]:
            return
    from mnist_app.views.links.registry import ALWAYS, ON_PAGES

    pieces = {piece.name: piece for piece in (*ALWAYS, *ON_PAGES[page], *OWN) if piece.name not in LEFT_OUT}
    told = _told(pieces.values())
    before: dict[str, str] = st.session_state[HELD]
    state = {name: text for name, text in before.items() if name not in pieces} | told
    if state == before and st.session_state.get(AS) == context.session_id:
        return
    write_session(runs_folder(), context.session_id, state)
    st.session_state[HELD], st.session_state[AS] = state, context.session_id


def kept(page: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator for a fragment: after each of its runs the session is kept."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            result = function(*args, **kwargs)
            keep(page)
            return result

        return run

    return decorate


def _last_session() -> str:
    """Return the id of the session that the browser had before this one; "" without one."""
    named = (st.context.headers.get(CONNECTION) or "").split(",")
    return named[2].strip() if len(named) > 2 else ""


def _told(pieces: Iterable[Piece]) -> dict[str, str]:
    told = {}
    for piece in pieces:
        try:
            text = piece.tell()
        except UserError:
            continue
        if text is not None:
            told[piece.name] = text
    return told


# ------------------------------------------------------------- what no link holds


def _tell_drawer() -> str | None:
    return mistakes.DRAWER if st.session_state.get(OPENED) == mistakes.DRAWER else None


def _take_drawer(text: str) -> None:
    st.session_state[OPENED] = text


def _tell_added() -> str | None:
    added: dict[str, Path] = st.session_state.get(mistakes.ADDED, {})
    return json.dumps({key: str(file) for key, file in added.items()}) if added else None


def _take_added(text: str) -> None:
    st.session_state[mistakes.ADDED] = {key: Path(file) for key, file in json.loads(text).items()}


def _tell_linked() -> str | None:
    linked = st.session_state.get(LINKED)
    return json.dumps(linked) if linked else None


def _take_linked(text: str) -> None:
    st.session_state[LINKED] = json.loads(text)


OWN = (
    Piece("drawing", canvas.tell_drawing, canvas.take_drawing),
    Piece("drawer", _tell_drawer, _take_drawer),
    Piece("drawings-added", _tell_added, _take_added),
    Piece("linked", _tell_linked, _take_linked),  # with anything else the explorer begins anew
)
