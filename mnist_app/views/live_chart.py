"""A Plotly chart that changes while one looks at it.

``st.plotly_chart`` takes a figure for another one as soon as its numbers
change: the browser throws the chart away and makes a new one, twice a second,
which flickers, forgets the zoom and costs the training its time.  This one is
told the new numbers (``Plotly.react``).
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import streamlit as st
import streamlit.components.v1 as files

CONFIG = {"displaylogo": False, "displayModeBar": False}


def live_chart(figure: dict[str, Any], key: str, alt: str) -> None:
    """Show a figure; with the same key later it changes its lines and keeps zoom and hover.

    Args:
        figure: "data" and "layout" as Plotly has them; the layout has a
            "height" in pixels and a "uirevision".
        key: which chart it is.
        alt: what a screen reader says instead.
    """
    _COMPONENT(key=key, data={"figure": figure, "config": CONFIG, "alt": alt, "script": _SCRIPT})


def _plotly_folder() -> Path:
    """Return the folder of Plotly's script; importing the package would take a third of a second."""
    found = find_spec("plotly")
    assert found is not None and found.origin is not None
    return Path(found.origin).with_name("package_data")


# Registered once, when the module is imported. The first one is never shown:
# it makes the server hand out the files of its folder.
_FILES = files.declare_component("plotly_files", path=_plotly_folder())
_SCRIPT = f"component/{_FILES.name}/plotly.min.js"
_COMPONENT = st.components.v2.component(
    "live_chart", js=Path(__file__).with_suffix(".js").read_text("utf-8"), isolate_styles=False
)
