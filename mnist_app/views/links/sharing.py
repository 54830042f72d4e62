"""The link to what a person sees, made when they ask for it."""

from __future__ import annotations

import json

import streamlit as st

from mnist_app.texts.catalog import catalog
from mnist_app.texts.user_error import UserError
from mnist_app.views.assets import asset, script
from mnist_app.views.hiding import HIDABLE, HIDDEN, PRESENT
from mnist_app.views.language import language, t
from mnist_app.views.plain import sentence
from mnist_app.views.sources import SOURCE

WORDS = ("link", "copy", "copied", "select")  # of the component, by their key in "share"
LEFT_OUT, PRESENTED = "share_hide", "share_present"  # in the session: what the link shall do beside


def show_share(page: str) -> None:
    """Show the button that makes a link to a page as it is now."""
    with st.sidebar.container(key="share"):
        popover = st.popover(
            t("share.label"), icon=":material/link:", help=t("share.help"), on_change="rerun", key="share-box"
        )
    if popover.open:
        with popover:
            _show_link(page)


def _show_link(page: str) -> None:
    # Not before it is asked for: it knows all pages.
    from mnist_app.views.links.registry import ALWAYS, ON_PAGES

    place = st.container()
    st.multiselect(
        t("share.hide"),
        list(HIDABLE),
        list(st.session_state.get(HIDDEN, ())),
        format_func=lambda name: t(f"hide.{name}"),
        key=LEFT_OUT,
        placeholder=t("share.nothing"),
    )
    st.toggle(t("share.present"), key=PRESENTED)
    held: dict[str, str] = {}
    for piece in (*ALWAYS, *ON_PAGES[page]):
        try:
            told = piece.tell()
        except UserError as problem:  # a drawing with too many strokes
            st.caption(sentence(problem))
            continue
        if told is not None:
            held[piece.name] = told
    held |= {
        HIDDEN: ".".join(st.session_state[LEFT_OUT]),
        PRESENT: "1" if st.session_state[PRESENTED] else "",
    }
    with place:
        _show(held)
    if st.session_state.get(SOURCE) == "upload" and page in ("draw", "explore"):
        st.caption(t("share.no_upload"))


def _show(held: dict[str, str]) -> None:
    texts = catalog(language())
    words = {word: texts[f"share.{word}"] for word in WORDS}
    held = {name: text for name, text in held.items() if text}
    # As bytes: see walk.py.
    _COMPONENT(
        key="share-link", data=json.dumps({"pieces": held, "words": words}, ensure_ascii=False).encode()
    )


_COMPONENT = st.components.v2.component(
    "share", js=script("links/share.js"), css=asset("links/share.css"), isolate_styles=False
)
