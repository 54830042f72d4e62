"""The colours of the whole app: one meaning, one colour, everywhere.

Single colours are from the Okabe-Ito set, which people with any colour vision
can tell apart (Okabe and Ito 2008, "Color Universal Design").
"""

from __future__ import annotations

TRAINING = "#0072B2"  # blue
VALIDATION = "#E69F00"  # orange
RIGHT = "#009E73"  # bluish green
WRONG = "#D55E00"  # vermilion
SELECTED = "#CC79A7"  # reddish purple
UNSELECTED = "#6b7680"  # grey
ANSWER = "#0072B2"  # blue

# Activations (>= 0), from zero to the largest value, for the dark theme; the
# light theme turns the order round. Lightness rises evenly, the hue stays blue.
SEQUENTIAL = ("#0b0f14", "#0d2c48", "#0b5488", "#2a86c4", "#72b7e2", "#bcdff5", "#ffffff")

# Signed values (weights, logits, differences), from the most negative to the
# most positive value, zero in the middle: neutral in either theme.
DIVERGING_LIGHT = ("#8c3b00", "#d55e00", "#f3a76b", "#f7f7f7", "#7db8dd", "#0072b2", "#003f66")
DIVERGING_DARK = ("#ffb77d", "#e2711d", "#8f450f", "#1d232a", "#0f5585", "#3a9bd9", "#a9d9f7")


def sequential(dark: bool) -> tuple[str, ...]:
    """Return the stops of the sequential scale, zero first, as hex colours."""
    return SEQUENTIAL if dark else SEQUENTIAL[::-1]


def diverging(dark: bool) -> tuple[str, ...]:
    """Return the stops of the diverging scale, most negative first, as hex colours."""
    return DIVERGING_DARK if dark else DIVERGING_LIGHT
