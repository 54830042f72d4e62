"""What the lab's operations come to: sizes, windows, numbers, and other kernels beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from mnist_app.numerics.kernels import KERNELS
from mnist_app.numerics.operation import CONVOLUTION, Kernel, Operation, Side, perform, sides
from mnist_app.views import colours
from mnist_app.views.kernel_gallery import Response, clicked, kernel_gallery
from mnist_app.views.lab_kernel import OWN, Learned, named, own_kernel, put_named, setting
from mnist_app.views.language import t
from mnist_app.views.layer_maps import Layer, layer_maps
from mnist_app.views.layers import layer_words
from mnist_app.views.numbers import shape, short
from mnist_app.views.tables import grid_table

WINDOWS = 25  # more of them are no picture any more
FEW = 9  # so many are shown larger
WIDEST = 20  # rows and columns of a picture that is shown once for each window
CELL, SMALL_CELL = 11, 6  # pixels of a cell in the pictures of the windows
GALLERY = "lab_gallery"


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


def steps_of(operations: Sequence[Operation], picture: np.ndarray) -> list[Step]:
    """Return every operation with what it made of what came before.

    Raises:
        UserError: an operation cannot be done.
    """
    steps: list[Step] = []
    for operation in operations:
        before = steps[-1].after if steps else picture
        steps.append(Step(operation, before, perform(operation, before)))
    return steps


def show_size(step: Step) -> None:
    """Show the formula of the output's size with the numbers in it."""
    lines = [t("lab.formula")]
    down, across = step.sides
    named_sides = {"both": down} if down == across else {"height": down, "width": across}
    for name, side in named_sides.items():
        if side.dilation > 1:
            numbers = {"dilation": side.dilation, "size": side.size, "span": side.span}
            lines.append(t("lab.span", name=t(f"lab.{name}"), **numbers))
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


def show_gallery(picture: np.ndarray, learned: Learned) -> None:
    """Show what one's own kernel, all named ones and the network's first ones make of the picture."""
    own = own_kernel(1)
    kernels: list[tuple[str, str, Kernel]] = [] if own is None else [(OWN, t("kernel.own"), own)]
    kernels += [(kernel.name, t(f"kernel.{kernel.name}"), kernel.values) for kernel in KERNELS.values()]
    for layer, first in list(learned.items())[:1]:
        for place in range(first.shape[3]):
            caption = t("lab.learned", layer=layer, number=place + 1)
            kernels.append((f"{layer}:1:{place + 1}", caption, _as_kernel(first[:, :, 0, place])))
    responses = [
        Response(name, caption, perform(Operation(CONVOLUTION, kernel=kernel, padding="same"), picture))
        for name, caption, kernel in kernels
    ]
    chosen = named(1) if st.session_state[setting(1, "kind")] == CONVOLUTION else None
    kernel_gallery(responses, chosen, GALLERY, _take_clicked)


def _take_clicked() -> None:
    name = clicked(GALLERY)
    if name:
        put_named(1, name)
        st.session_state[setting(1, "kind")] = CONVOLUTION


def _as_kernel(values: np.ndarray) -> Kernel:
    return tuple(tuple(float(value) for value in row) for row in values)


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
