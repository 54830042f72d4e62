"""The language that a person reads the app in."""

from __future__ import annotations

import streamlit as st

from mnist_app.texts.catalog import LANGUAGES, language_of, text

KEY = "language"  # in the session
PARAMETER = "lang"  # of the address


def language() -> str:
    """Return the chosen language; at first the browser's."""
    # Asked for every text of the page, so it looks only once.
    chosen = st.session_state.get(KEY)
    return str(chosen) if chosen in LANGUAGES else language_of(st.context.locale)


def t(key: str, **values: object) -> str:
    """Return a text of the catalog in the language of the page."""
    return text(key, language(), **values)
