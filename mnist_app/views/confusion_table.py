"""The confusion matrix as a table whose cells can be clicked: a component of the page."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import streamlit as st

from mnist_app.texts.catalog import catalog
from mnist_app.views import colours
from mnist_app.views.assets import asset, script
from mnist_app.views.language import language

# The texts that the component writes or speaks, by key; {fields} may stand in any order.
WORDS = (
    "title",
    "label",  # names the rows
    "read_as",  # names the columns
    "cell_right",  # {label}, {count}
    "cell_wrong",  # {label}, {digit}, {count}
    "scale_right",  # names the colours of the diagonal
    "scale_wrong",  # and of all other cells
)


def confusion_table(
    confusion: np.ndarray, chosen: tuple[int, int] | None, key: str, on_choose: Callable[[], None]
) -> None:
    """Show how often each label is read as each digit.

    Args:
        confusion: int (10, 10), labels in rows.
        chosen: the cell that is outlined, label and digit.
        key: the component's key.
        on_choose: called on a click; it asks ``clicked`` for the cell.
    """
    texts = catalog(language())
    content = {
        "counts": confusion.tolist(),
        "chosen": chosen,
        "words": {word: texts[f"confusion.{word}"] for word in WORDS},
        "colours": {"right": colours.RIGHT, "wrong": colours.WRONG, "selected": colours.SELECTED},
    }
    data = json.dumps(content, ensure_ascii=False).encode()  # as bytes: see walk.py
    _COMPONENT(key=key, data=data, on_clicked_change=on_choose)


def clicked(key: str) -> tuple[int, int] | None:
    """Return the label and the digit of the cell clicked just now in the table ``key``; None if none was."""
    state = st.session_state.get(key)
    content = state.get("clicked") if state else None
    return (int(content["label"]), int(content["digit"])) if content else None


_COMPONENT = st.components.v2.component(
    "confusion_table",
    js=script("layer_maps/values.js", "confusion_table/table.js"),
    css=asset("confusion_table/table.css"),
    isolate_styles=False,
)
