"""From a drawing to a digit as MNIST has them, every stage kept.

MNIST's own digits were scaled to fit a box of 20×20 pixels, their aspect kept,
and laid into 28×28 with their centre of mass in the middle (LeCun, Cortes and
Burges, "The MNIST database of handwritten digits").  A network that learned
from such digits wants to see such digits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy
from PIL import Image

SIDE = 28
BOX = 20
CENTRE = 14.0  # MNIST's mean centre of mass, pixels from the upper left pixel's middle
INK = 0.3  # fainter pixels are a stroke's soft edge and do not count for its box
MASS_DIGITS = 6  # of the centre of mass; beyond them lies what adding up in another order changes
DOT_LONG = 1.5  # what is longer than so many times its width, and a pixel, is a stroke
DOT_ROUND = 0.8  # a dot overlaps with the ellipse in its box by more; one of MNIST's 70,000 digits does
DOT_FILL = 0.9  # what fills its box by more is no digit either


@dataclass(frozen=True)
class Steps:
    """Which steps of the preparation are done.

    Without ``crop`` the whole canvas stands for the digit; without ``scale``
    it is stretched over all 28×28 pixels; without ``centre`` its box, not its
    mass, lies in the middle.
    """

    crop: bool = True
    scale: bool = True
    centre: bool = True


ALL_STEPS = Steps()
PLAIN_RESIZE = Steps(crop=False, scale=False, centre=False)


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing, in its pixels."""

    x: int
    y: int
    width: int
    height: int

    def of(self, ink: np.ndarray) -> np.ndarray:
        """Return the part of the ink inside the box."""
        return ink[self.y : self.y + self.height, self.x : self.x + self.width]


@dataclass(frozen=True)
class Preparation:
    """A drawing on its way to the network; all arrays float32, 0 to 1.

    Attributes:
        drawing: the ink as drawn, (height, width).
        box: where the ink is.
        cropped: the ink inside the box, or all of it without ``crop``.
        scaled: ``cropped`` at the size that it has in ``digit``.
        digit: (28, 28), what the network sees.
    """

    drawing: np.ndarray
    box: Box
    cropped: np.ndarray
    scaled: np.ndarray
    digit: np.ndarray


def prepare(ink: np.ndarray, steps: Steps = ALL_STEPS) -> Preparation:
    """Return every stage from the ink of one digit to 28×28 pixels.

    Args:
        ink: float32 (height, width), 0 to 1, with at least one pixel of ink.
        steps: what shall be done.

    Raises:
        ValueError: there is no ink.
    """
    box = ink_box(ink)
    if box is None:
        raise ValueError(f"prepare: ink must have a pixel of at least {INK}. Received: none")
    cropped = box.of(ink) if steps.crop else ink
    scaled = _fit(cropped, BOX) if steps.scale else _resize(cropped, SIDE, SIDE)
    digit = np.zeros((SIDE, SIDE), np.float32)
    top, left = ((SIDE - length + 1) // 2 for length in scaled.shape)
    if steps.centre:
        mass = scipy.ndimage.center_of_mass(scaled.astype(float)) if scaled.any() else (0.0, 0.0)
        # Whole pixels: shifting by parts of one would blur what MNIST has sharp.  A
        # symmetrical digit has its mass right between two: that must not be left to noise.
        top, left = (round(CENTRE - round(place, MASS_DIGITS)) for place in mass)
    _paste(digit, scaled, top, left)
    return Preparation(ink, box, cropped, scaled, digit)


def without_each(steps: Steps = ALL_STEPS) -> dict[str, Steps]:
    """Return the steps with each one switched over, by the step's name."""
    return {name: replace(steps, **{name: not on}) for name, on in vars(steps).items()}


def ink_box(ink: np.ndarray) -> Box | None:
    """Return the smallest box around all ink, or None where there is none."""
    rows = np.flatnonzero((ink >= INK).any(1))
    columns = np.flatnonzero((ink >= INK).any(0))
    if not len(rows):
        return None
    x, y = int(columns[0]), int(rows[0])
    return Box(x, y, int(columns[-1]) - x + 1, int(rows[-1]) - y + 1)


def is_dot(ink: np.ndarray) -> bool:
    """Return whether the ink is one solid dot: a tap of the pen and no digit."""
    box = ink_box(ink)
    if box is None:
        return False
    inside = box.of(ink) >= INK
    is_long = max(box.width, box.height) > DOT_LONG * min(box.width, box.height) + 1
    if is_long or (scipy.ndimage.binary_fill_holes(inside) != inside).any():
        return False
    y, x = (2 * (np.arange(length) + 0.5) / length - 1 for length in inside.shape)
    ellipse = x**2 + y[:, np.newaxis] ** 2 <= 1
    overlap = (inside & ellipse).sum() / (inside | ellipse).sum()
    return bool(overlap > DOT_ROUND or inside.mean() > DOT_FILL)


def _fit(ink: np.ndarray, side: int) -> np.ndarray:
    """Return the ink scaled so that its longer side is ``side`` pixels."""
    height, width = ink.shape
    scale = side / max(height, width)
    return _resize(ink, max(1, round(height * scale)), max(1, round(width * scale)))


def _resize(ink: np.ndarray, height: int, width: int) -> np.ndarray:
    if ink.shape == (height, width):
        return ink
    # Pillow's filters widen with the reduction, so nothing aliases away.
    resized = Image.fromarray(np.ascontiguousarray(ink)).resize((width, height), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(resized, np.float32), 0, 1)


def _paste(canvas: np.ndarray, patch: np.ndarray, top: int, left: int) -> None:
    """Copy a patch into the canvas; what would lie outside is cut off."""
    height, width = patch.shape
    y, x = max(top, 0), max(left, 0)
    bottom, right = min(top + height, canvas.shape[0]), min(left + width, canvas.shape[1])
    canvas[y:bottom, x:right] = patch[y - top : bottom - top, x - left : right - left]
