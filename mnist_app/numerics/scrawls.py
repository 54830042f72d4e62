"""What people draw that is no digit: the registry of its kinds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mnist_app.numerics import figures, hangul, letters, scribbles, spoilt_digits
from mnist_app.numerics.pen import Strokes, random_width

Kind = Callable[[np.random.Generator], Strokes]

SCRAWLS: dict[str, Kind] = {
    "walk": scribbles.walk,
    "zigzag": scribbles.zigzag,
    "wave": scribbles.wave,
    "spiral": scribbles.spiral,
    "loops": scribbles.loops,
    "tangle": scribbles.tangle,
    "lines": scribbles.lines,
    "dots": scribbles.dots,
    "frame": figures.frame,
    "star": figures.star,
    "cloud": figures.cloud,
    "flower": figures.flower,
    "sun": figures.sun,
    **{name: figures.figure(name) for name in figures.FIGURES},
    "overlaid": spoilt_digits.overlaid,
    "crossed_out": spoilt_digits.crossed_out,
    "lying": spoilt_digits.lying,
    "mirrored": spoilt_digits.mirrored,
    "pieces": spoilt_digits.pieces,
    "touching": spoilt_digits.touching,
    "letter": letters.letter(letters.LEARNT_LETTERS),
    "word": letters.word(letters.LEARNT_LETTERS),
    "other_letter": letters.letter(letters.OTHER_LETTERS),
    "other_word": letters.word(letters.OTHER_LETTERS),
    "hangul": hangul.hangul(hangul.LEARNT_HANGUL),
    "other_hangul": hangul.hangul(hangul.OTHER_HANGUL),
}

# Kinds that only the test set has, so that it shows what a network says to what it never saw.
UNSEEN = (
    *("spiral", "tangle", "flower", "sun", "person", "cat", "tree", "car", "boat", "crown"),
    *("envelope", "flash", "pentagram", "sign", "mirrored", "pieces"),
    *("other_letter", "other_word", "other_hangul"),
)
LEARNT = tuple(kind for kind in SCRAWLS if kind not in UNSEEN)

# The thickest pen, as a share of the drawing, that leaves a kind what it is; a thicker one makes
# a zero of a cloud and a one of an arrow.
WIDEST = {
    **dict.fromkeys(("loops", "spiral"), 0.06),
    **dict.fromkeys(("cloud", "flower", "sun", "word", "other_word", "hangul", "other_hangul"), 0.08),
    **dict.fromkeys(("smiley", "cat", "car", "person", "house", "envelope", "flash", "pieces"), 0.1),
    **dict.fromkeys(("heart", "frame", "triangle", "star", "arrow", "crown", "boat", "tree"), 0.14),
    **dict.fromkeys(("letter", "other_letter", "sign", "touching", "overlaid", "mirrored", "lying"), 0.16),
}


def scrawl_width(kind: str, rng: np.random.Generator) -> float:
    """Return the width of somebody's pen for a kind of ``SCRAWLS``, as ``pen.digit_image`` takes it."""
    return min(random_width(rng), WIDEST.get(kind, 1.0) * rng.uniform(0.6, 1))
