"""Letters as pen strokes that nobody takes for a digit, Latin and a few others, and words of them.

Left out is what looks like a digit in some hand: O, l, Z, S, B, g, q, T, Y, U, C and others.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mnist_app.numerics.handwriting import written
from mnist_app.numerics.pen import Strokes, unit

# In the notation of ``handwriting``.
LETTERS = {
    "A": "6 98, 50 2!, 94 98; 22 64, 78 64",
    "E": "80 4, 20 4!, 20 96!, 82 96; 20 50, 70 50",
    "H": "18 3, 18 97; 82 3, 82 97; 18 50, 82 50",
    "K": "20 3, 20 97; 80 4, 22 54!, 84 97",
    "M": "6 97, 15 4!, 50 66!, 85 4!, 95 97",
    "P": "22 97, 24 5!, 64 8, 76 28, 58 50, 24 54",
    "R": "22 97, 22 5!, 64 8, 74 28, 58 48, 24 52!, 80 97",
    "W": "2 4, 26 96!, 50 30!, 74 96!, 98 4",
    "X": "10 4, 90 97; 88 4, 12 97",
    "d": "76 52, 52 38, 22 60, 28 92, 56 94, 78 66; 80 3, 80 97",
    "f": "78 14, 62 3, 48 16, 46 97; 24 42, 72 42",
    "k": "26 3, 26 97; 74 40, 28 70!, 78 97",
    "m": "8 40, 10 97!, 14 54, 32 40, 48 56, 50 97!, 54 56, 74 40, 92 58, 93 97",
    "w": "6 40, 28 97!, 50 52!, 72 97!, 94 40",
    "x": "18 40, 82 97; 82 40, 18 97",
    "F": "80 4, 20 4!, 20 97; 20 48, 70 48",
    "N": "15 97, 15 4!, 85 96!, 85 4",
    "V": "5 4, 50 97!, 95 4",
    "h": "24 3, 24 97!, 28 60, 50 42, 72 56, 74 97",
    "n": "18 34, 20 97!, 26 54, 52 34, 78 52, 80 97",
    "p": "24 34, 24 98; 24 46, 52 32, 78 48, 58 70, 24 64",
    "Ж": "50 3, 50 97; 6 4, 48 50!, 4 97; 94 4, 52 50!, 96 97",
    "И": "14 4, 16 96!, 84 5!, 85 97",
    "Ш": "8 4, 8 96!, 92 96!, 92 4; 50 4, 50 94",
    "Ψ": "8 8, 14 52, 50 66, 86 52, 92 8; 50 3, 50 98",
    "Ω": "4 96, 34 94!, 14 66, 12 30, 50 4, 88 30, 86 66, 66 94!, 96 96",
}
LEARNT_LETTERS = "AEHKMPRWXdfkmwx"
OTHER_LETTERS = "FNVhnpЖИШΨΩ"

GAP = (0.06, 0.25)  # between two letters of a word, as a share of a letter's larger side


def letter(alphabet: str) -> Callable[[np.random.Generator], Strokes]:
    """Return the function that draws one letter of an alphabet."""

    def draw(rng: np.random.Generator) -> Strokes:
        return written(LETTERS[alphabet[rng.integers(len(alphabet))]], rng)

    return draw


def word(alphabet: str) -> Callable[[np.random.Generator], Strokes]:
    """Return the function that draws a word of two to four letters of an alphabet."""
    one = letter(alphabet)

    def draw(rng: np.random.Generator) -> Strokes:
        strokes: Strokes = []
        left = 0.0
        for _ in range(int(rng.integers(2, 5))):
            drawn = [stroke + np.array([left, 0]) for stroke in unit(one(rng))]
            left = float(np.concatenate(drawn)[:, 0].max() + rng.uniform(*GAP))
            strokes += drawn
        return strokes

    return draw
