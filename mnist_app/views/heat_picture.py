"""A map of the drawing's pixels as a picture: colours for the values, lines around the ink."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy
from PIL import Image, ImageColor

from mnist_app.views import colours
from mnist_app.views.numbers import three_digits
from mnist_app.views.pictures import png_of

ZOOM = 16  # picture pixels a pixel of the drawing: twice what is shown, for sharp screens
LINE = 2  # picture pixels on either side of the ink's edge
INK = 0.5  # what counts as inside the lines


def heat_picture(values: np.ndarray, reach: float, signed: bool, ink: np.ndarray, dark: bool) -> bytes:
    """Return a PNG of a map, with lines around the ink.

    Args:
        values: float32 (28, 28).
        reach: the value at the end of the colour scale, above 0.
        signed: the scale runs from minus to plus ``reach`` and not from 0.
        ink: float32 (28, 28), 0 to 1: the drawing.
        dark: colours for a dark page.
    """
    stops = colours.scale(signed, dark)
    shares = (values / reach + 1) / 2 if signed else values / reach
    cells = [colours.between(stops, float(share)) for share in shares.flat]
    pixels = _zoomed(_rgb(cells, values.shape))
    lines = _edges(_zoomed(ink > INK))
    pixels[lines] = _zoomed(_rgb([colours.text_on(cell) for cell in cells], values.shape))[lines]
    return png_of(Image.fromarray(pixels))


def legend_html(reach: float, signed: bool, unit: str, dark: bool) -> str:
    """Return the colour scale with the numbers at its ends, their unit, and 0."""
    gradient = ",".join(colours.scale(signed, dark))
    low = f"<span>{three_digits(-reach)}</span>" if signed else "<span>0</span>"
    middle = "0" if signed else ""
    bar = (
        "width:5rem;height:.875rem;border:1px solid color-mix(in srgb,currentColor 25%,transparent);"
        "border-radius:2px;font-size:.6875rem;line-height:.75rem;text-align:center"
    )
    return (
        '<div style="display:flex;flex-wrap:wrap;align-items:center;gap:.125rem .375rem;font-size:.8125rem;'
        f'font-variant-numeric:tabular-nums">{low}'
        f'<span style="{bar};background:linear-gradient(to right,{gradient})">{middle}</span>'
        f"<span>{three_digits(reach)} {unit}</span></div>"
    )


def _rgb(cells: Sequence[str], shape: tuple[int, ...]) -> np.ndarray:
    """Return hex colours as uint8, (*shape, 3)."""
    return np.array([ImageColor.getrgb(cell) for cell in cells], np.uint8).reshape(*shape, 3)


def _zoomed(cells: np.ndarray) -> np.ndarray:
    return cells.repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)


def _edges(inside: np.ndarray) -> np.ndarray:
    """Return which pixels lie within ``LINE`` of the border between inside and outside."""
    kept = scipy.ndimage.binary_erosion(inside, iterations=LINE, border_value=1)
    edges: np.ndarray = scipy.ndimage.binary_dilation(inside, iterations=LINE) & ~kept
    return edges
