"""Routes to the pages and does nothing else."""

from __future__ import annotations

import streamlit as st

from mnist_app.pages.registry import PAGES, PRESENTED
from mnist_app.views.assets import ICON
from mnist_app.views.assist import assist
from mnist_app.views.hiding import hide, is_presenting, show_switch, show_way_back
from mnist_app.views.language import t
from mnist_app.views.links.opening import open_link, show_link_problems
from mnist_app.views.links.sharing import show_share
from mnist_app.views.resuming import keep, resume, show_reconnected
from mnist_app.views.sidebar import choose_language

resume()
open_link()
choose_language()
st.set_page_config(page_title=t("app.title"), page_icon=ICON, layout="wide")
assist()
show_reconnected()
pages = {
    page.name: st.Page(page.script, title=t(page.title), icon=page.icon, url_path=page.name) for page in PAGES
}
chosen = st.navigation(list(pages.values()))
if is_presenting() and chosen is not pages[PRESENTED]:
    st.switch_page(pages[PRESENTED])
hide()
show_way_back()
show_link_problems()
show_switch()
name = next(name for name, page in pages.items() if page is chosen)
show_share(name)
chosen.run()
keep(name)
