"""The colours of the whole app: one meaning, one colour, everywhere.

Single colours are from the Okabe-Ito set, which people with any colour vision
can tell apart (Okabe and Ito 2008, "Color Universal Design").
"""

from __future__ import annotations

TRAINING = "#0072B2"  # blue
VALIDATION = "#E69F00"  # orange
TEST = "#56B4E9"  # sky blue
RIGHT = "#009E73"  # bluish green
WRONG = "#D55E00"  # vermilion
SELECTED = "#CC79A7"  # reddish purple
UNSELECTED = "#6b7680"  # grey
ANSWER = "#0072B2"  # blue
PRECISION = "#56B4E9"  # sky blue
RECALL = "#E69F00"  # orange

# Several networks in one chart, where a colour means nothing but which one.
SERIES = (TRAINING, VALIDATION, RIGHT, WRONG, SELECTED, "#56B4E9", "#8a8f94")

# The ten digits: a set made to be told apart with any colour vision, on light
# and on dark (Petroff 2021, "Accessible Color Sequences for Data Visualization").
# Where they stand, the digit itself stands too.
DIGITS = (
    *("#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6"),
    *("#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd"),
)

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


def between(stops: tuple[str, ...], share: float) -> str:
    """Return the colour at a share (0 to 1) of the way through the stops, as a hex colour."""
    place = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    low = min(int(place), len(stops) - 2)
    pair = zip(_parts(stops[low]), _parts(stops[low + 1]), strict=True)
    mixed = (round(start + (end - start) * (place - low)) for start, end in pair)
    return "#" + "".join(f"{part:02x}" for part in mixed)


def readable(colour: str) -> str:
    """Return CSS of a colour that has contrast enough for small text, on light and on dark."""
    return f"color-mix(in srgb,{colour} 65%,currentColor)"


def text_on(colour: str) -> str:
    """Return black or white, whichever is the easier to read on a hex colour."""
    # Relative luminance, and where both contrasts are the same (WCAG 2.2).
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (part / 255 for part in _parts(colour))
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.179 else "#ffffff"


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))


def scale(signed: bool, dark: bool) -> tuple[str, ...]:
    """Return the stops of the diverging scale for signed values, else of the sequential one."""
    return diverging(dark) if signed else sequential(dark)
