"""The language that a person reads the app in."""

from __future__ import annotations

import streamlit as st

from mnist_app.texts.catalog import LANGUAGES, language_of, text

KEY = "language"


def language() -> str:
    """Return the chosen language; at first the browser's."""
    if st.session_state.get(KEY) not in LANGUAGES:
        st.session_state[KEY] = language_of(st.context.locale)
    return str(st.session_state[KEY])


def t(key: str, **values: object) -> str:
    """Return a text of the catalog in the language of the page."""
    return text(key, language(), **values)
