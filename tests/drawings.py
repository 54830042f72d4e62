"""Digits as pen strokes on the 280 × 280 canvas, and the canvas they make."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

Stroke = list[tuple[float, float]]

SEVEN: list[Stroke] = [
    [(80, 70), (120, 68), (160, 68), (200, 66), (185, 100), (165, 140), (145, 185), (130, 225)]
]
ONE: list[Stroke] = [[(140, 50), (140, 80), (139, 110), (139, 140), (138, 170), (138, 200), (137, 235)]]
THREE: list[Stroke] = [
    [
        *[(90, 75), (115, 55), (150, 52), (178, 70), (178, 100), (155, 125), (125, 134)],
        *[(160, 140), (186, 162), (188, 195), (165, 222), (125, 230), (90, 214)],
    ]
]
FIVE: list[Stroke] = [
    [
        (105, 60),
        (102, 90),
        (98, 130),
        (125, 118),
        (160, 122),
        (182, 150),
        (180, 190),
        (150, 222),
        (110, 225),
        (84, 208),
    ],
    [(105, 60), (135, 58), (165, 57), (190, 55)],
]
LETTER_E: list[Stroke] = [[(90, 50), (90, 230)], *([(90, y), (195, y)] for y in (50, 140, 230))]  # no digit


def canvas_image(strokes: list[Stroke], width: int = 18) -> np.ndarray:
    """Return the RGBA canvas, uint8 (280, 280, 4), with these strokes on it."""
    image = Image.new("RGBA", (280, 280), "black")
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        pen.line(stroke, fill="white", width=width, joint="curve")
        for x, y in (stroke[0], stroke[-1]):
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill="white")
    return np.asarray(image)
