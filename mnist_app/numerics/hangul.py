"""Korean letters and syllables as pen strokes that nobody takes for a digit.

Left out is what looks like one alone: ㄱ like 7, ㄹ like 2, ㅇ like 0, ㅣ like 1, ㅅ like a 1 with a long
flag, ㅈ like 2 or 7, 그 like 2, 이 like 01.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mnist_app.numerics.handwriting import written
from mnist_app.numerics.pen import Strokes

# In the notation of ``handwriting``.
JAMO = {
    "ㄱ": "8 8, 90 8!, 74 96",
    "ㄴ": "10 6, 12 90!, 94 90",
    "ㄷ": "90 8, 10 8!, 10 92!, 94 92",
    "ㄹ": "8 6, 90 6!, 90 46!, 10 48!, 10 94!, 94 94",
    "ㅁ": "10 8!, 90 8!, 90 92!, 10 92!, 10 8",
    "ㅂ": "12 4, 12 94!, 88 94!, 88 4; 12 48, 88 48",
    "ㅅ": "52 4, 40 50, 6 96; 48 40, 70 72, 96 94",
    "ㅇ": "50 4, 14 18, 6 54, 30 92, 68 92, 94 54, 84 16, 48 4",
    "ㅈ": "10 8, 90 8!, 52 50, 6 96; 52 48, 72 76, 96 94",
    "ㅊ": "50 2, 52 16; 10 26, 90 26!, 52 60, 6 98; 52 58, 72 80, 96 96",
    "ㅌ": "90 6, 10 6!, 10 94!, 94 94; 12 50, 86 50",
    "ㅍ": "6 8, 94 8; 32 10, 34 90; 68 10, 66 90; 4 92, 96 92",
    "ㅎ": "50 2, 52 16; 8 28, 92 28; 50 44, 22 54, 22 86, 50 97, 80 86, 78 54, 48 44",
    "ㅏ": "34 2, 34 98; 36 48, 88 48",
    "ㅐ": "16 4, 16 92; 16 46, 80 46; 82 2, 82 98",
    "ㅗ": "50 8, 50 84; 2 88, 98 88",
    "ㅛ": "32 8, 32 84; 68 8, 68 84; 2 88, 98 88",
    "ㅜ": "2 12, 98 12; 50 14, 50 96",
    "ㅠ": "2 12, 98 12; 34 14, 30 96; 66 14, 68 96",
    "ㅣ": "50 2, 50 98",
    "ㅡ": "2 50, 98 50",
}
# Syllables by their letters, as they are written; some letters stand alone.
LEARNT_HANGUL = "ㄱㅏ ㄴㅏ ㄷㅏ ㅁㅏ ㅂㅏ ㅎㅏ ㅎㅏㄴ ㄱㅏㅇ ㄱㅜㄱ ㅅㅗ ㅂ ㅎ ㅠ"
OTHER_HANGUL = "ㄹㅏ ㅅㅏ ㅈㅏ ㄱㅡㄹ ㅁㅜㄹ ㅅㅗㄴ ㅂㅗㅁ ㄱㅣㅁ ㅎㅐ ㅊ ㅌ ㅍ ㅛ"

BELOW = "ㅗㅛㅜㅠㅡ"  # vowels that stand below the consonant; the others stand beside it
# Left, top, width and height of each part of a syllable, in the order in which they are written.
Boxes = tuple[tuple[float, float, float, float], ...]
SIDE_BY_SIDE: tuple[Boxes, Boxes] = (
    ((0, 0.08, 0.5, 0.8), (0.62, 0, 0.38, 1)),
    ((0, 0.04, 0.5, 0.44), (0.64, 0, 0.36, 0.56), (0.14, 0.64, 0.8, 0.36)),
)
STACKED: tuple[Boxes, Boxes] = (
    ((0.14, 0, 0.72, 0.5), (0, 0.6, 1, 0.4)),
    ((0.16, 0, 0.68, 0.32), (0, 0.38, 1, 0.24), (0.14, 0.68, 0.72, 0.32)),
)


def hangul(written_out: str) -> Callable[[np.random.Generator], Strokes]:
    """Return the function that draws one of the syllables, given as the constants above are."""
    syllables = written_out.split()

    def draw(rng: np.random.Generator) -> Strokes:
        return _syllable(syllables[rng.integers(len(syllables))], rng)

    return draw


def _syllable(jamo: str, rng: np.random.Generator) -> Strokes:
    if len(jamo) == 1:
        return written(JAMO[jamo], rng)
    layout = STACKED if jamo[1] in BELOW else SIDE_BY_SIDE
    return [
        np.array([left, top]) + stroke * (width, height)
        for part, (left, top, width, height) in zip(jamo, layout[len(jamo) - 2], strict=True)
        for stroke in written(JAMO[part], rng)
    ]
