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


def columns(upper: int, left: int, right: int) -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """Return containers for the upper left, the lower left and the right; without room all below each other.

    An upper one too wide for its column stands above both others instead.  The right
    one stays in sight while a longer left column is scrolled.

    Args:
        upper: how wide the first one is, in pixels.
        left: the left column's width.
        right: the least that the right one needs.
    """
    areas = '"upper right" auto "lower right" 1fr' if upper <= left else '"upper upper" "lower right"'
    one = '"upper" "lower" "right" / minmax(0, 1fr)'
    grid = ".stVerticalBlock.st-key-columns"
    style = f"""{MEASURED}
    {grid} {{ display: grid; gap: {GAP}px {2 * GAP}px; grid-template: {one} }}
    @container (min-width: {left + 2 * GAP + right}px) {{
        {grid} {{ grid-template: {areas} / {left}px minmax(0, 1fr) }}
        .st-key-columns > :has(> .st-key-right) {{ position: sticky; top: {BAR}px; align-self: start }}
    }}
    """
    style += "".join(_area("columns", name) for name in ("upper", "lower", "right"))
    st.html(f"<style>{style}</style>")
    with st.container(key="columns"):
        return st.container(key="upper"), st.container(key="lower"), st.container(key="right")


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
    return DESK + "".join(_area("desk", name) for name in names) + beside


def _area(grid: str, name: str) -> str:
    """Return the rule that lays a container into the area of its name, both by their keys."""
    return f".st-key-{grid} :has(> .st-key-{name}) {{ grid-area: {name} }}\n"


def _grid(names: tuple[str, ...], least: int, columns: str, count: int) -> str:
    """Return the rule for pages at least so wide: the canvas, and what follows the tools beside it."""
    beside = names[2 : count + 1]
    rows = [(names[0], *beside), (names[1], *beside), *((name,) * count for name in names[count + 1 :])]
    areas = " ".join(f'"{" ".join(row)}"' for row in rows)
    return f"@container (min-width: {least}px) {{ .st-key-desk {{ grid-template: {areas} / {columns} }} }}\n"
