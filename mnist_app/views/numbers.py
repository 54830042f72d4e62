"""Numbers as the app writes them."""

from __future__ import annotations


def percent(share: float) -> str:
    """Return a share (0 to 1) as a percentage with one decimal."""
    return f"{share:.1%}".replace("%", " %")


def probability(share: float) -> str:
    """Return a probability as a percentage that is never 0 or 100: a softmax's is neither."""
    if share < 0.001:
        return "< 0.1 %"
    if share > 0.999:
        return "> 99.9 %"
    return percent(share)


def three_digits(value: float) -> str:
    """Return a number with three significant digits and a true minus sign."""
    shown = f"{value:.0f}" if abs(value) >= 100 else f"{value:#.3g}"
    return shown.replace("-", "−") if value else "0"


def shape(sizes: tuple[int, ...]) -> str:
    """Return an array's shape: 26 × 26 × 32."""
    return " × ".join(str(size) for size in sizes)


def short(value: float) -> str:
    """Return a whole number as it is and any other with three significant digits."""
    rounded = round(value, 5)
    if rounded == int(rounded):
        return f"{int(rounded)}".replace("-", "−")
    return three_digits(value)
