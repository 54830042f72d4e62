"""Small pictures as HTML, sharp at any size."""

from __future__ import annotations

import base64
import io
from html import escape

import numpy as np
from PIL import Image, ImageDraw

from mnist_app.numerics.preprocess import Box
from mnist_app.views import colours


def png(ink: np.ndarray) -> bytes:
    """Return ink (float32, 0 to 1) as a PNG, white pen on black."""
    return png_of(Image.fromarray(_grey(ink)))


def picture(ink: np.ndarray, width: int, alt: str, boxes: tuple[Box, ...] = (), chosen: int = 0) -> str:
    """Return an ``<img>`` of ink, at most ``width`` pixels wide and high.

    The picture stands in the HTML itself: no second request, no delay.  Boxes
    are drawn around digits, the chosen one in the colour of what is selected.
    """
    height, columns = ink.shape
    image = Image.fromarray(_grey(ink))
    if boxes:
        image = image.convert("RGB")
        pen = ImageDraw.Draw(image)
        line = max(1, max(image.size) // 100)
        for n, box in enumerate(boxes):
            colour = colours.SELECTED if n == chosen else colours.UNSELECTED
            corner = (box.x + box.width, box.y + box.height)
            pen.rectangle((box.x - line, box.y - line, *corner), outline=colour, width=line)
    elif max(image.size) > 2 * width:
        image.thumbnail((2 * width, 2 * width))
    scale = width / max(height, columns)
    size = f"width:{columns * scale:.0f}px;height:{height * scale:.0f}px"
    sharp = "image-rendering:pixelated;" if scale >= 1 else ""
    return image_html(png_of(image), alt, f"{sharp}{size};background:#000")


def image_html(content: bytes, alt: str, style: str) -> str:
    """Return an ``<img>`` of a PNG that is part of the HTML itself."""
    return (
        f'<img src="data:image/png;base64,{base64.b64encode(content).decode()}" alt="{escape(alt)}" '
        f'style="{style};max-width:100%;border-radius:4px">'
    )


def png_of(image: Image.Image) -> bytes:
    """Return a picture as a PNG."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)  # small anyway; speed counts
    return buffer.getvalue()


def _grey(ink: np.ndarray) -> np.ndarray:
    return np.asarray(np.rint(np.clip(ink, 0, 1) * 255), np.uint8)
