"""The app: routes to the pages and does nothing else."""

from __future__ import annotations

import streamlit as st

from mnist_app.pages.registry import PAGES
from mnist_app.views.language import t
from mnist_app.views.sidebar import choose_language

st.set_page_config(page_title="Digit lab", page_icon=":material/draw:", layout="wide")
choose_language()
st.navigation(
    [st.Page(page.script, title=t(page.title), icon=page.icon, url_path=page.name) for page in PAGES]
).run()
