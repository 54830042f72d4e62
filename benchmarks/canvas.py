"""Pen strokes as the app's canvas shows them: placed as people place a digit, drawn as the canvas draws."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from mnist_app.numerics.pen import Strokes, unit

SIDE = 280  # pixels of the square canvas
WIDE = 560  # of the wide one's longer side; as in views/canvas.py, which only the app itself can import
SIDES = (0.35, 0.80)  # share of the canvas's side that a drawing's larger side takes
PENS = (8, 24)  # pixels
FINER = 2  # drawn so many times larger, then averaged: soft edges


def on_canvas(strokes: Strokes, rng: np.random.Generator, width: float | None = None) -> np.ndarray:
    """Return the ink of a drawing of some size somewhere on the canvas: float32 (280, 280), 0 to 1.

    Args:
        strokes: in any unit.
        rng: decides where, how large, and with which pen.
        width: of the pen, as a share of the drawing's larger side; None: any of the canvas's pens.
    """
    strokes = unit(strokes)
    side = rng.uniform(*SIDES) * SIDE
    pen = float(rng.integers(PENS[0], PENS[1] + 1)) if width is None else width * side
    room = np.maximum(SIDE - np.concatenate(strokes).max(0) * side - pen, 0)
    corner = pen / 2 + rng.uniform(0, 1, 2) * room
    return drawn([stroke * side + corner for stroke in strokes], pen)


def drawn(strokes: Strokes, pen: float, width: int = SIDE) -> np.ndarray:
    """Return the ink of strokes with round ends and corners: float32 (280, width), 0 to 1.

    Args:
        strokes: in pixels.
        pen: its width in pixels.
        width: of the canvas.
    """
    picture = Image.new("L", (width * FINER, SIDE * FINER))
    brush = ImageDraw.Draw(picture)
    radius = pen * FINER / 2
    for stroke in strokes:
        path = [(float(x), float(y)) for x, y in stroke * FINER]
        if len(path) > 1:
            brush.line(path, fill=255, width=max(1, round(2 * radius)), joint="curve")
        for x, y in (path[0], path[-1]):
            brush.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(picture.reduce(FINER), np.float32) / np.float32(255)
