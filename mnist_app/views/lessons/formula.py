"""Formulas with real numbers in them, as TeX."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from mnist_app.views.numbers import short

SMALL, LARGE = 1e-3, 1e5  # beyond them, a number is written with a power of ten


def tex(value: float) -> str:
    """Return a whole number as it is and any other with three significant digits, as TeX."""
    if value and not SMALL <= abs(value) < LARGE:
        digits, _, power = f"{value:.3g}".partition("e")
        return rf"{digits}\cdot 10^{{{int(power)}}}" if power else digits
    return short(value).replace("−", "-")


def signed(value: float) -> str:
    """Return a number as TeX that can follow an operator: a negative one in parentheses."""
    return f"({tex(value)})" if value < 0 else tex(value)


def words(text: str) -> str:
    """Return a text of the catalog, or a name, as TeX."""
    known = text.replace("\\", "/").replace("^", "").replace("~", "-")  # which no escape makes a letter
    return r"\text{" + re.sub(r"([#$%&_{}])", r"\\\1", known) + "}"


def show_formula(lines: Sequence[str]) -> None:
    """Show lines of TeX below each other, aligned where they have an "&"."""
    body = r" \\ ".join(lines)
    with st.container(key="lesson-formula"):
        st.latex(rf"\begin{{aligned}} {body} \end{{aligned}}")
