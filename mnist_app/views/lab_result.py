"""What the lab's operations come to: sizes, windows and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from mnist_app.numerics.operation import Operation, Side, perform, sides
from mnist_app.views import colours
from mnist_app.views.about import show_about
from mnist_app.views.language import t
from mnist_app.views.layer_maps import Layer, layer_maps
from mnist_app.views.layers import layer_words
from mnist_app.views.numbers import shape, short
from mnist_app.views.tables import grid_table

WINDOWS = 25  # more of them are no picture any more
FEW = 9  # so many are shown larger
WIDEST = 20  # rows and columns of a picture that is shown once for each window
CELL, SMALL_CELL = 11, 6  # pixels of a cell in the pictures of the windows


@dataclass(frozen=True, eq=False)
class Step:
    """One operation with the picture before and after it, float32 (height, width)."""

    operation: Operation
    before: np.ndarray
    after: np.ndarray

    @property
    def sides(self) -> tuple[Side, Side]:
        """Return how the windows lie down and across the picture."""
        return sides(self.operation, (self.before.shape[0], self.before.shape[1]))


def step_of(operation: Operation, before: np.ndarray) -> Step:
    """Return an operation with what it makes of a picture.

    Raises:
        UserError: it cannot be done.
    """
    return Step(operation, before, perform(operation, before))


def choose_step(steps: Sequence[Step]) -> Step:
    """Show which of two operations is walked through, and return it."""
    if len(steps) == 1:
        return steps[0]
    names = [
        f"{place + 1} · {t(f'operation.{step.operation.kind}')} → {shape(step.after.shape)}"
        for place, step in enumerate(steps)
    ]
    place = st.segmented_control(
        t("lab.step"),
        range(len(steps)),
        format_func=names.__getitem__,
        default=0,
        required=True,
        key="lab_step",
    )
    return steps[place or 0]


def show_size(step: Step) -> None:
    """Show the formula of the output's size with the numbers in it."""
    lines = [t("lab.formula")]
    down, across = step.sides
    named_sides = {"both": down} if down == across else {"height": down, "width": across}
    for name, side in named_sides.items():
        if side.dilation > 1:
            numbers = {"dilation": side.dilation, "size": side.size, "span": side.span}
            lines.append(t("lab.span", name=t(f"lab.{name}"), **numbers))
        if step.operation.padding == "same":
            edges = {"before": side.before, "after": side.after, "missing": side.before + side.after}
            window = {"length": side.length, "stride": side.stride, "span": side.span}
            lines.append(t("lab.same", name=t(f"lab.{name}"), **window, **edges))
        padded = {"length": side.length, "before": side.before, "after": side.after}
        moved = {"span": side.span, "stride": side.stride, "count": side.count}
        lines.append(t("lab.formula_numbers", name=t(f"lab.{name}"), **padded, **moved))
    if down.missed or across.missed:
        lines.append(t("lab.missed", rows=down.missed, columns=across.missed))
    body = "".join(f"<div>{escape(line)}</div>" for line in lines)
    st.html(f'<div style="font-size:.9rem;font-variant-numeric:tabular-nums">{body}</div>')


def show_windows(step: Step) -> None:
    """Show where on the input every window lies, where they are few."""
    down, across = step.sides
    count = down.count * across.count
    if count > WINDOWS or max(step.before.shape) > WIDEST:
        return
    figures = [
        _window(down, across, place // across.count, place % across.count, place + 1, count)
        for place in range(count)
    ]
    row = "display:flex;flex-wrap:wrap;gap:14px"
    st.html(f'<div style="{row}">{"".join(figures)}</div>')


def show_numbers(step: Step) -> None:
    """Show the result as a table, a click away: it would answer what the walk asks."""
    with st.expander(t("details.table"), on_change="rerun", key="lab-table") as table:
        if table.open:
            st.html(grid_table(t("lab.result", shape=shape(step.after.shape)), step.after, short))


def show_stages(steps: Sequence[Step]) -> None:
    """Show the picture before, between and after two operations."""
    named_values = [(t("layer.input"), steps[0].before)]
    named_values += [(t(f"operation.{step.operation.kind}"), step.after) for step in steps]
    layers = [
        Layer(str(place), title, shape(values.shape), values[..., np.newaxis], bool((values < 0).any()))
        for place, (title, values) in enumerate(named_values)
    ]
    layer_maps(layers, "layer", layer_words(), None, "lab_stages")
    show_about("layer_maps", "scaling")


def _window(down: Side, across: Side, row: int, column: int, number: int, count: int) -> str:
    """Return one window on the padded input as a small picture with its number."""
    height = down.before + down.length + down.after
    width = across.before + across.length + across.after
    under = {
        (row * down.stride + r * down.dilation, column * across.stride + c * across.dilation)
        for r in range(down.size)
        for c in range(across.size)
    }
    cell = CELL if count <= FEW else SMALL_CELL
    cells = []
    for y in range(height):
        for x in range(width):
            is_picture = 0 <= y - down.before < down.length and 0 <= x - across.before < across.length
            line = "solid" if is_picture else "dotted"
            colour = colours.SELECTED if (y, x) in under else "transparent"
            cells.append(f'<i style="border:1px {line} {colours.UNSELECTED};background:{colour}"></i>')
    grid = f"display:grid;gap:1px;grid-template-columns:repeat({width},{cell}px);grid-auto-rows:{cell}px"
    alt = escape(t("lab.window_alt", number=number, count=count, row=row + 1, column=column + 1))
    return (
        f'<figure style="margin:0"><div role="img" aria-label="{alt}" style="{grid}">{"".join(cells)}</div>'
        f'<figcaption style="font-size:.8rem;opacity:.8">{number}</figcaption></figure>'
    )
