"""A canvas for tests without a browser.

The real component registers itself only inside a running server; AppTest has
none.  The browser tests use the real one.
"""

from __future__ import annotations

import sys
import types

import numpy as np

image: np.ndarray | None = None  # what is on the canvas, RGBA


class CanvasResult:
    """What st_canvas returns."""

    def __init__(self) -> None:
        self.image_data = image
        self.json_data = None if image is None else {"objects": [{"type": "path"}]}


def install() -> None:
    """Put the stand-in where the app imports its canvas from."""
    module = types.ModuleType("streamlit_drawable_canvas")
    module.st_canvas = lambda **_: CanvasResult()  # type: ignore[attr-defined]
    module.out = None  # type: ignore[attr-defined]
    sys.modules["streamlit_drawable_canvas"] = module
