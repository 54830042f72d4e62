"""The glossary: a paragraph for what no lesson tells of."""

from __future__ import annotations

import streamlit as st

from mnist_app.views.about import ABOUT, GLOSSARY, title
from mnist_app.views.language import t


def show_asked() -> None:
    """Show the paragraph that a link asked for, if any."""
    asked = st.session_state.get(ABOUT)
    if asked not in GLOSSARY:
        return
    with st.container(border=True, key="paragraph"):
        st.subheader(title(asked))
        st.markdown(t(f"about.{asked}_words"))


def show_glossary() -> None:
    """Show all paragraphs, a click away."""
    with st.expander(t("about.title"), icon=":material/info:", on_change="rerun", key="glossary") as box:
        if box.open:
            entries = sorted(GLOSSARY, key=lambda name: title(name).casefold())
            st.markdown("\n\n".join(f"**{title(name)}** — {t(f'about.{name}_words')}" for name in entries))
