"""The page "Compare": everything that was trained side by side, on the test images and on one drawing."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mnist_app.views.compare_charts import show_curves
from mnist_app.views.compare_drawing import show_drawing
from mnist_app.views.compare_maps import show_maps
from mnist_app.views.compare_mistakes import show_mistakes
from mnist_app.views.compare_table import choose_rows, show_table_tools
from mnist_app.views.language import t
from mnist_app.views.person import remember_person
from mnist_app.views.trained_rows import Row, table_rows

KEY = "compare"
SECTIONS = ("drawing", "curves", "maps", "mistakes")


def show_sections(rows: Sequence[Row]) -> None:
    """Show the networks of these rows compared; what is behind the other tabs is not computed."""
    tabs = st.tabs([t(f"compare.{name}") for name in SECTIONS], on_change="rerun", key="compare-sections")
    for name, tab in zip(SECTIONS, tabs, strict=True):
        if not tab.open:
            continue
        with tab:
            if name == "drawing":
                show_drawing([row.name for row in rows if row.kind != "without"])
            elif name == "curves":
                show_curves(rows)
            elif name == "maps":
                show_maps(rows)
            else:
                show_mistakes(rows)


remember_person()
st.title(t("compare.title"))
with st.container(key=KEY):
    with st.spinner(t("compare.measuring")):
        rows = table_rows()
    if not rows:
        st.info(t("model.none"))
        st.stop()
    chosen = choose_rows(rows)
    show_table_tools(rows, chosen)
    show_sections(chosen or rows)
