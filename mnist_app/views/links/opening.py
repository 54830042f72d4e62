"""What a link holds, put into the session as that begins; what is wrong is named and left out."""

from __future__ import annotations

import streamlit as st

from mnist_app.texts.user_error import UserError
from mnist_app.views.language import language, t
from mnist_app.views.links.piece import quoted

OPENED, PROBLEMS = "link_opened", "link_problems"  # in the session
NO_PIECES = ("embed", "embed_options", "utm_", "fbclid", "gclid")  # Streamlit's own; what other sites add
MOST_NAMED = 8  # sentences


def open_link() -> None:
    """Take what the address says, once in a session, and before any widget is made."""
    if OPENED in st.session_state:
        return
    st.session_state[OPENED] = True
    if not st.query_params:
        return
    # Not before there is something to read: it knows all pages.
    from mnist_app.views.links.registry import PIECES

    problems = [
        UserError("error.link_unknown", name=quoted(name))
        for name in st.query_params
        if name not in PIECES and not name.startswith(NO_PIECES)
    ]
    for name, piece in PIECES.items():
        if name not in st.query_params:
            continue
        try:
            piece.take(st.query_params[name])
        except UserError as problem:
            problems.append(UserError("error.link_piece", name=name, problem=problem))
            del st.query_params[name]
    st.session_state[PROBLEMS] = problems


def show_link_problems() -> None:
    """Show what of the link was left out and why, until it is put away."""
    problems: list[UserError] = st.session_state.get(PROBLEMS, [])
    if not problems:
        return
    sentences = [problem.message(language()) for problem in problems[:MOST_NAMED]]
    if len(problems) > MOST_NAMED:
        sentences.append(t("link.more", count=len(problems) - MOST_NAMED))
    with st.container(key="link-problems"):
        st.warning("\n\n".join(sentences), icon=":material/link_off:")
        st.button(t("link.put_away"), on_click=_put_away, key="link-put-away")


def _put_away() -> None:
    st.session_state[PROBLEMS] = []
