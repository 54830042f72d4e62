"""Printed letters that nobody takes for a digit: for testing only, for a font is another hand than ours."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mnist_app.numerics.letters import LETTERS
from mnist_app.numerics.preprocess import SIDE, prepare

CHARACTERS = [character for character in LETTERS if character.isascii()]  # those that the font has
SIZE = 100  # pixels of the letter; five times what prepare leaves of it
CANVAS = 2 * SIZE
BOLD = 6  # pixels added to the font's lines at most
TURN = 12.0  # degrees, either way
SLANT = 0.2  # across for each step down, either way


def printed_letters(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return printed letters as the app prepares them, upright to slanted, light to bold.

    Returns:
        uint8 (count, 28, 28), 0 (paper) to 255 (ink).
    """
    font = ImageFont.load_default(SIZE)  # the one that ships with Pillow
    images = np.empty((count, SIDE, SIDE), np.uint8)
    for n in range(count):
        character = CHARACTERS[rng.integers(len(CHARACTERS))]
        picture = Image.new("F", (CANVAS, CANVAS))
        middle = (CANVAS / 2, CANVAS / 2)
        bold = int(rng.integers(0, BOLD + 1))
        ImageDraw.Draw(picture).text(middle, character, 1, font, "mm", stroke_width=bold)
        slant = rng.uniform(-SLANT, SLANT)
        matrix = (1, slant, -slant * CANVAS / 2, 0, 1, 0)
        picture = picture.transform(picture.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
        picture = picture.rotate(rng.uniform(-TURN, TURN), Image.Resampling.BILINEAR)
        images[n] = np.rint(prepare(np.asarray(picture).clip(0, 1)).digit * 255)
    return images
