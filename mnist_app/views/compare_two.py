"""Which two of the compared networks are set against each other."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mnist_app.views.about import about
from mnist_app.views.language import t
from mnist_app.views.trained_rows import Row

FIRST, SECOND = "compare-first", "compare-second"  # in the session


def choose_two(rows: Sequence[Row]) -> tuple[Row, Row] | None:
    """Show the choice of two networks and return them; None, with a sentence, where there are not two."""
    known = {row.name: row for row in rows}
    if len(known) < 2:
        st.info(t("compare.two_needed"), icon=":material/compare:")
        return None
    with st.container(horizontal=True):
        first = _choose(FIRST, known, list(known))
        second = _choose(SECOND, known, [name for name in known if name != first])
    return known[first], known[second]


def _choose(key: str, known: dict[str, Row], names: list[str]) -> str:
    if st.session_state.get(key) not in names:
        st.session_state[key] = names[0]
    label = t("compare.first") if key == FIRST else t("compare.other")
    return str(
        st.selectbox(
            label,
            names,
            format_func=lambda name: known[name].label,
            key=key,
            persist_state="session",
            help=about("model"),
            width=300,
        )
    )
