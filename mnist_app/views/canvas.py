"""The canvas to draw on, with pen, eraser, undo and clear."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
import streamlit_drawable_canvas

from mnist_app.numerics.fabric import UNSEEN, objects_of, strokes_of
from mnist_app.numerics.packed_strokes import PenStroke
from mnist_app.numerics.picture import ink_of_canvas
from mnist_app.views.language import t

SIDE = 280  # pixels
WIDE = 560  # room for several digits
PEN_WIDTHS = (8, 14, 18, 24)  # pixels
KEY = "drawing"
_JSON, _INK, _START = "drawing_json", "drawing_ink", "drawing_start"
_RESUMING = "drawing_resuming"  # the browser still shows a canvas that this session has not made


def _as_text(component: Any) -> Any:
    """Return the canvas's component, given the drawing to begin with as JSON text.

    A dict makes Streamlit ask whether it is a data frame, for which it imports
    pandas and pyarrow: 0.3 s before the first page and 65 MB, for nothing. The
    component's script takes both.
    """

    def mount(data: dict[str, Any], **options: Any) -> Any:
        return component(data={**data, "initialDrawing": json.dumps(data["initialDrawing"])}, **options)

    return mount


streamlit_drawable_canvas.out = _as_text(streamlit_drawable_canvas.out)


def drawn_ink() -> np.ndarray:
    """Show the canvas and return the ink on it: float32 (height, width), 0 to 1.

    The drawing is kept while another page or source is shown.
    """
    # Shown anew, on another page perhaps: with what was drawn last.
    if KEY not in st.session_state and not st.session_state.get(_RESUMING):
        _take_up_drawing()
    start = st.session_state.setdefault(_START, {"objects": []})
    result = streamlit_drawable_canvas.st_canvas(
        stroke_width=int(st.session_state.get("pen_width") or PEN_WIDTHS[2]),
        stroke_color="#000000" if st.session_state.get("tool") == "eraser" else "#ffffff",
        background_color="#000000",
        height=SIDE,
        width=canvas_width(),
        initial_drawing=start,
        return_image_data=True,
        key=KEY,
    )
    image = result.image_data  # a PNG, decoded at each access
    if image is not None:
        st.session_state[_JSON] = result.json_data
        st.session_state[_INK] = ink_of_canvas(image)
    elif not start["objects"]:
        st.session_state.pop(_INK, None)
    # A canvas shown anew sends nothing until it is drawn on; what was on it is known.
    ink: np.ndarray = st.session_state.get(_INK, np.zeros((SIDE, SIDE), np.float32))
    return ink


def _take_up_drawing() -> None:
    """Let the canvas begin with what was drawn last."""
    if st.session_state.get(_JSON):
        _restart(st.session_state[_JSON]["objects"])


def drawn_strokes() -> list[PenStroke]:
    """Return the strokes that were drawn last, erased ones and eraser too."""
    return strokes_of((st.session_state.get(_JSON) or {"objects": []})["objects"])


def put_strokes(strokes: Sequence[PenStroke]) -> None:
    """Put strokes on the canvas instead of what is there, now or when it is shown next."""
    objects = [UNSEEN, *objects_of(strokes)]
    st.session_state[_JSON] = {"objects": objects}
    st.session_state.pop(_INK, None)  # the canvas will tell
    _restart(objects)


def tell_drawing() -> str | None:
    """Return all that the session knows of the drawing, for ``take_drawing`` in another one."""
    if _JSON not in st.session_state and _START not in st.session_state:
        return None
    ink = st.session_state.get(_INK)
    # Ink is 255ths: nothing is lost.
    packed = None if ink is None else zlib.compress(np.rint(ink * 255).astype(np.uint8).tobytes(), 1)
    return json.dumps(
        {
            "drawn": st.session_state.get(_JSON),
            "start": st.session_state.get(_START),
            "ink": packed and base64.b64encode(packed).decode(),
        }
    )


def take_drawing(text: str) -> None:
    """Go on with the drawing of another session, on the canvas that the browser may still show.

    That canvas is told nothing new, so it stays as it is: what was drawn while no
    server was there comes from it.
    """
    told = json.loads(text)
    for key, name in ((_JSON, "drawn"), (_START, "start")):
        if told[name] is not None:
            st.session_state[key] = told[name]
    if told["ink"] is not None:
        ink = np.frombuffer(zlib.decompress(base64.b64decode(told["ink"])), np.uint8)
        st.session_state[_INK] = ink.reshape(SIDE, -1) / np.float32(255)
    st.session_state[_RESUMING] = True


def end_resuming() -> None:
    """From now on a canvas that is shown is one that this session has made."""
    st.session_state.pop(_RESUMING, None)


def canvas_width() -> int:
    """Return the width of the canvas in pixels."""
    return WIDE if st.session_state.get("wide") else SIDE


def show_tools() -> None:
    """Show pen, eraser, undo, clear and the settings of the canvas."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.segmented_control(
            t("canvas.tool"),
            ["pen", "eraser"],
            format_func=lambda tool: t(f"canvas.{tool}"),
            default="pen",
            required=True,
            key="tool",
            persist_state="session",
            label_visibility="collapsed",
        )
        undo, clear, name = (t(f"canvas.{name}") for name in ("undo", "clear", "settings"))
        st.button(undo, icon=":material/undo:", help=undo, on_click=_undo, key="undo")
        st.button(clear, icon=":material/delete:", help=clear, on_click=_restart, args=([],), key="clear")
        settings = st.popover(
            name, icon=":material/tune:", help=name, key="canvas-settings", on_change="rerun"
        )
    if settings.open:  # closed, it need not be drawn again after every stroke
        with settings:
            st.select_slider(
                t("canvas.pen_width"), PEN_WIDTHS, PEN_WIDTHS[2], key="pen_width", persist_state="session"
            )
            st.toggle(t("canvas.wide"), key="wide", help=t("canvas.wide_help"), persist_state="session")


def _undo() -> None:
    drawing = st.session_state.get(_JSON) or {"objects": []}
    _restart(drawing["objects"][:-1])


def _restart(objects: Sequence[object]) -> None:
    """Put these strokes on the canvas instead of what is there."""
    # The canvas redraws only when it is told something new; the number makes
    # the same strokes new a second time.
    revision = st.session_state.get(_START, {}).get("revision", 0) + 1
    st.session_state[_START] = {"objects": objects, "revision": revision}
