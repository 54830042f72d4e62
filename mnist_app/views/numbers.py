"""Numbers as the app writes them."""

from __future__ import annotations


def percent(share: float) -> str:
    """Return a share (0 to 1) as a percentage: three digits, never a false 0 or 100."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.999 < share < 1:
        return "> 99.9 %"
    return f"{share:.1%}".replace("%", " %")


def three_digits(value: float) -> str:
    """Return a number with three significant digits and a true minus sign."""
    shown = f"{value:.0f}" if abs(value) >= 100 else f"{value:#.3g}"
    return shown.replace("-", "−") if value else "0"


def shape(sizes: tuple[int, ...]) -> str:
    """Return an array's shape: 26 × 26 × 32."""
    return " × ".join(str(size) for size in sizes)
