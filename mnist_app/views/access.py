"""Who may train: everybody, or in public mode who knows the password; and how much."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from threading import Lock

import streamlit as st

from mnist_app.serving.model_folders import runs_folder
from mnist_app.texts.user_error import UserError
from mnist_app.training.limits import OPEN, PUBLIC, Limits, Uploads, check_room, limits
from mnist_app.training.notes import Notes
from mnist_app.views.language import t
from mnist_app.views.person import leave_cookie, person
from mnist_app.views.plain import sentence
from mnist_app.views.resources import executor

PASSWORD = "MNIST_APP_PASSWORD"  # set: public mode
COOKIE = "digit_lab_trainer"
DAY = 86_400  # seconds that a browser need not ask again
# One guess after the other, of all browsers together: to lock out who has guessed
# often would let a stranger, who can always be a new one, lock out everybody.
GUESS_SECONDS = 0.5
_TOKEN = "trainer"
_FIELD = "access-password"


def is_public() -> bool:
    """Return whether visitors draw and explore while training needs a password."""
    return bool(os.environ.get(PASSWORD))


def may_train() -> bool:
    """Return whether whoever is at the browser may train."""
    if not is_public():
        return True
    given = st.session_state.get(_TOKEN, st.context.cookies.get(COOKIE, ""))
    return hmac.compare_digest(str(given).encode(), _token().encode())


def owns(notes: Notes) -> bool:
    """Return whether a run is to be changed by whoever is at the browser.

    What the command line started has no owner: it is for everybody who may train.
    """
    return notes.owner == person() or (not notes.owner and may_train())


def allow(trainings: int = 1) -> None:
    """Return if whoever is at the browser may put so many trainings into the queue.

    Raises:
        UserError: training needs the password, or there are too many, or no room.
    """
    if not may_train():
        raise UserError("error.locked")
    check_room(runs_folder(), person(), executor(), _limits(), trainings)


def allow_upload() -> None:
    """Return if whoever is at the browser may send another file; it counts as one.

    Raises:
        UserError: there were too many within the hour.
    """
    _uploads().count(person(), _limits().uploads_each)


def ask_to_start(where: str, label: str, key: str, is_ready: bool) -> bool:
    """Show the button that starts trainings, or what unlocks it; return whether it was pressed.

    No callback: it would have the settings of the run before, and miss what was typed just now.

    Args:
        where: as in ``show_lock``.
        label: what the button says.
        key: the button's.
        is_ready: whether there is something to start.
    """
    return show_lock(where) and st.button(
        label, icon=":material/play_arrow:", type="primary", disabled=not is_ready, key=key
    )


def show_lock(where: str) -> bool:
    """Show, in public mode, where the password is given; return whether training is open.

    Args:
        where: what tells this place from others on the page.
    """
    if may_train():
        return True
    with st.form(f"access-{where}", width=420):
        st.markdown(t("access.locked"))
        st.text_input(
            t("access.password"),
            type="password",
            autocomplete="current-password",
            key=f"{_FIELD}-{where}",
            max_chars=200,
        )
        st.form_submit_button(
            t("access.unlock"), icon=":material/lock_open:", on_click=_unlock, args=(where,)
        )
        problem: UserError | None = st.session_state.pop(_problem(where), None)
        if problem is not None:
            st.error(sentence(problem))
    return False


def _unlock(where: str) -> None:
    given = str(st.session_state.get(f"{_FIELD}-{where}") or "")
    with _door():
        is_right = hmac.compare_digest(given.encode(), os.environ.get(PASSWORD, "").encode())
        if not is_right:
            time.sleep(GUESS_SECONDS)
    if is_right:
        st.session_state[_TOKEN] = _token()
        leave_cookie(COOKIE, _token(), DAY)
    else:
        st.session_state[_problem(where)] = UserError("error.wrong_password")


def _token() -> str:
    """Return what proves that a person has given the password; a new password makes it worthless."""
    key = os.environ.get(PASSWORD, "").encode()
    return hmac.new(key, f"train:{person()}".encode(), hashlib.sha256).hexdigest()


def _problem(where: str) -> str:
    return f"access_problem-{where}"


def _limits() -> Limits:
    return limits(PUBLIC if is_public() else OPEN)


@st.cache_resource(show_spinner=False)
def _uploads() -> Uploads:
    return Uploads()


@st.cache_resource(show_spinner=False)
def _door() -> Lock:
    return Lock()
