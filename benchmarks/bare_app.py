"""The canvas and nothing else: what Streamlit and the browser need before any app of ours begins."""

from __future__ import annotations

from streamlit_drawable_canvas import st_canvas

st_canvas(key="canvas", height=280, width=280)
