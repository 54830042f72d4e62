"""Where the parts of a page to draw on stand, on wide pages and narrow ones.

What every stroke changes is one fragment, and what no stroke changes stands
outside it: all elements of a fragment are laid out anew at each of its runs.
Both share one CSS grid, so that the tools can stand below the canvas and the
switches above what they switch.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist_app.views.canvas import SIDE, canvas_width, show_tools

TOOLS, ANSWER, BARS, GAP = 300, 160, 270, 16  # pixels: the least that each needs beside the others
WIDEST_BARS = 420  # pixels
BAR = 60  # pixels: Streamlit's own bar at the top of a page
UPPER = ("canvas", "tools", "prediction", "probabilities")
# A fragment's elements stand in a block of their own, the last of the desk's.
MEASURED = ".stMainBlockContainer { container-type: inline-size }\n"
DESK = f"""{MEASURED}
.stVerticalBlock.st-key-desk {{ display: grid; gap: {GAP}px }}
.st-key-desk > :last-child, .st-key-desk > :last-child > * {{ display: contents }}
.st-key-probabilities {{ max-width: {WIDEST_BARS}px }}
"""


@contextmanager
def desk(source: str, below: tuple[str, ...]) -> Iterator[None]:
    """Show the canvas's tools, and what is made inside the ``with``, where it belongs.

    Args:
        source: what is read; only a drawing has tools.
        below: the keys of the containers that take the whole width below the canvas.
    """
    canvas = canvas_width() if source == "draw" else SIDE
    st.html(f"<style>{_style(canvas, below)}</style>")
    with st.container(key="desk"):
        with st.container(key="tools"):
            if source == "draw":
                show_tools()
        yield


def columns(left: int, right: int) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return two containers: side by side where there is room, else the second below the first.

    Side by side, the second one stays in sight while a longer first one is scrolled.

    Args:
        left: the first one's width beside the other, in pixels.
        right: the least that the other needs.
    """
    grid = f"display: grid; gap: {GAP}px {2 * GAP}px; grid-template-columns: minmax(0, 1fr)"
    beside = f"""
    .stVerticalBlock.st-key-columns {{ grid-template-columns: {left}px minmax(0, 1fr) }}
    .st-key-columns > :last-child {{ position: sticky; top: {BAR}px; align-self: start }}
    """
    wide = f"@container (min-width: {left + 2 * GAP + right}px) {{ {beside} }}"
    st.html(f"<style>{MEASURED}.stVerticalBlock.st-key-columns {{ {grid} }}\n{wide}</style>")
    with st.container(key="columns"):
        return st.container(), st.container()


def _style(canvas: int, below: tuple[str, ...]) -> str:
    """Return the CSS that places containers, by their keys, in the one with the key "desk".

    Canvas, tools, prediction and probabilities come first; as there is room, the
    last two stand beside the canvas, which is so many pixels wide.
    """
    names = UPPER + below
    first = max(canvas, TOOLS)
    two, three = first + ANSWER + 2 * GAP, first + ANSWER + BARS + 3 * GAP
    beside = "".join(
        [
            _grid(names, 0, "minmax(0, 1fr)", 1),
            _grid(names, two, f"{first}px minmax(0, 1fr)", 2),
            _grid(names, three, f"{first}px {ANSWER}px minmax(0, 1fr)", 3),
        ]
    )
    areas = "".join(f".st-key-desk :has(> .st-key-{name}) {{ grid-area: {name} }}\n" for name in names)
    return DESK + areas + beside


def _grid(names: tuple[str, ...], least: int, columns: str, count: int) -> str:
    """Return the rule for pages at least so wide: the canvas, and what follows the tools beside it."""
    beside = names[2 : count + 1]
    rows = [(names[0], *beside), (names[1], *beside), *((name,) * count for name in names[count + 1 :])]
    areas = " ".join(f'"{" ".join(row)}"' for row in rows)
    return f"@container (min-width: {least}px) {{ .st-key-desk {{ grid-template: {areas} / {columns} }} }}\n"
