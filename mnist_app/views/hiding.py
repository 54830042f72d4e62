"""Controls that a link leaves out, and the presentation on a projector."""

from __future__ import annotations

import streamlit as st

from mnist_app.views.language import t

HIDDEN, PRESENT = "hide", "present"  # in the session, and in the address
# What a link can leave out, by the name that it has there; the catalog says what it is.
HIDABLE = {
    "sidebar": ("[data-testid=stSidebar]", "[data-testid=stExpandSidebarButton]"),
    "navigation": ("[data-testid=stSidebarNav]",),
    "language": (".st-key-language",),
    "model": (".st-key-model",),
    "share": (".st-key-share",),
    "source": (".st-key-source", ".st-key-lab_source"),
    "tools": (".st-key-tools",),
    "prediction": (".st-key-prediction",),
    "probabilities": (".st-key-probabilities",),
    "preparation": (".st-key-switches", ".st-key-preparation"),
    "maps": (".st-key-maps",),
    "mistake": (".st-key-mistake",),
    "downloads": (".st-key-downloads",),
    "explorer": (".st-key-explorer",),
    "changes": (".ex-changes",),
    "explanations": (".st-key-explain",),
    "keeps": (".st-key-keeps-answer",),
    "walk": (".st-key-walk",),
    "sizes": (".st-key-lab-result",),
    "beside": (".st-key-lab-beside",),
    "path": (".st-key-lesson-path",),
    "question": (".st-key-lesson-question",),
}
# Nothing but the canvas, its tools, the answer and the network; as large as the screen allows.
NOT_PRESENTED = ("sidebar", "downloads", "changes", "explanations", "keeps")
# The canvas stands beside the network where there is room: enlarged so far that
# canvas and network, 1,224 pixels without it, fill the screen.
ZOOMS = {1280: 1.04, 1366: 1.1, 1600: 1.3, 1920: 1.55, 2560: 2.08, 3840: 3.1}
LARGE = """
.stMainBlockContainer { padding: 0.5rem 1rem !important }
[data-testid=stHeader], .st-key-top h1, .ex-state, .ex-root .lm-top { display: none }
.st-key-end-presentation { position: sticky; top: 0.5rem; z-index: 1000; align-self: end }
.st-key-end-presentation { margin-bottom: -3.5rem }
.st-key-top { padding-right: 12rem }
.ex-told { font-size: 1.35em; padding-right: 9rem }
.st-key-prediction { zoom: 1.3 }
@container (min-width: 1180px) {
  .stVerticalBlock.st-key-desk.st-key-desk { grid-template:
    "canvas explorer" auto "tools explorer" auto "prediction explorer" 1fr / 300px minmax(0, 1fr) }
}
""" + "".join(
    f"@media (min-width: {width}px) {{ [data-testid=stMain] {{ zoom: {zoom} }} }}\n"
    for width, zoom in ZOOMS.items()
)


def is_presenting() -> bool:
    """Return whether the page is shown on a projector."""
    return bool(st.session_state.get(PRESENT))


def hide() -> None:
    """Leave out what the link says, and in a presentation all that a class need not see."""
    names = {*st.session_state.get(HIDDEN, ()), *(NOT_PRESENTED if is_presenting() else ())}
    selectors = [selector for name in HIDABLE if name in names for selector in HIDABLE[name]]
    style = f"{', '.join(selectors)} {{ display: none !important }}\n" if selectors else ""
    if is_presenting():
        style += LARGE
    if style:
        st.html(f"<style>{style}</style>")


def show_way_back() -> None:
    """Show, in a presentation, the button that ends it."""
    if is_presenting():
        st.button(t("present.end"), icon=":material/close_fullscreen:", on_click=_end, key="end-presentation")


def show_switch() -> None:
    """Show the switch to the presentation."""
    st.sidebar.toggle(t("present.label"), key=PRESENT, help=t("present.help"), persist_state="session")


def _end() -> None:
    st.session_state[PRESENT] = False
    st.query_params.pop(PRESENT, None)
