"""The pieces of a link to the page "Lab": the picture and the operations on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import streamlit as st

from mnist_app.numerics.examples import EXAMPLES
from mnist_app.numerics.kernels import KERNELS, LARGEST, Typed, read_kernel
from mnist_app.numerics.operation import CONVOLUTION, KINDS, PADDINGS
from mnist_app.texts.user_error import UserError
from mnist_app.views.lab_kernel import LEARNED, OWN, learned_kernels, setting
from mnist_app.views.lab_operations import (
    DILATIONS,
    LONGEST,
    PAIRS,
    SECOND,
    STRIDES,
    across,
    begin_operations,
    set_operations,
)
from mnist_app.views.lab_picture import EXAMPLE, EXAMPLE_NAME, GREY, MOST, PART, SOURCE, WHOLE
from mnist_app.views.links.network_view import BETWEEN, used_network
from mnist_app.views.links.piece import JOINT, Piece, choice, one_of, quoted, switch, whole, whole_number
from mnist_app.views.sources import SOURCES

CELLS = "_"  # between the values of a kernel's row
NUMBERS = {"strides": STRIDES, "dilation_rate": DILATIONS, "pool_rows": LONGEST, "pool_columns": LONGEST}


def _take_example(text: str) -> None:
    st.session_state[EXAMPLE_NAME] = one_of(text, EXAMPLES)
    set_operations(EXAMPLES[text].operation)


def _tell_part() -> str | None:
    part = st.session_state.get(PART)
    return str(part + 1) if isinstance(part, int) else part


def _take_part(text: str) -> None:
    st.session_state[PART] = text if text in (WHOLE, GREY) else whole_number(text, 1, MOST) - 1


def _operation(number: int) -> Iterator[Piece]:
    """Yield the pieces of the first or the second operation."""

    def name(of: str) -> str:
        return f"op{number}-{of}"

    kind, kernel = setting(number, "kind"), setting(number, "kernel")
    convolves = _is(kind, lambda value: value == CONVOLUTION)
    pools = _is(kind, lambda value: value != CONVOLUTION)
    yield choice(name("kind"), kind, lambda: KINDS)
    yield _only(convolves, choice(name("kernel"), kernel, lambda: (OWN, *KERNELS, LEARNED)))
    yield _only(_is(kernel, lambda value: value == OWN), _typed(name("typed"), setting(number, "typed")))
    yield _only(_is(kernel, lambda value: value == LEARNED), _learned(name("learned"), number))
    yield switch(name("apart"), setting(number, "apart"))
    for each, most in NUMBERS.items():
        piece = whole(name(each), setting(number, each), 1, most)
        yield _only(pools, piece) if each.startswith("pool") else piece
        if each in PAIRS:
            apart = _is(setting(number, "apart"), bool)
            yield _only(apart, whole(name(across(each)), setting(number, across(each)), 1, most))
    yield choice(name("padding"), setting(number, "padding"), lambda: PADDINGS)
    yield _only(convolves, switch(name("relu"), setting(number, "relu")))


def _typed(name: str, key: str) -> Piece:
    """Return the piece that is a kernel as a person typed it."""

    def tell() -> str | None:
        rows: Typed | None = st.session_state.get(key)
        return BETWEEN.join(CELLS.join(row) for row in rows) if rows else None

    def take(text: str) -> None:
        rows = tuple(tuple(row.split(CELLS)) for row in text.split(BETWEEN))
        if len(rows) > LARGEST or len(rows[0]) > LARGEST or len({len(row) for row in rows}) > 1:
            raise UserError("error.link_kernel", most=LARGEST)
        try:
            read_kernel(rows)
        except UserError as error:
            received = quoted(str(error.values["received"]))
            raise UserError(error.key, **{**error.values, "received": received}) from error
        st.session_state[key] = rows

    return Piece(name, tell, take)


def _learned(name: str, number: int) -> Piece:
    """Return the piece that is one of the network's own kernels: its layer, its filter and its channel."""
    keys = [setting(number, part) for part in ("layer", "filter", "channel")]

    def tell() -> str | None:
        layer, chosen, channel = (st.session_state.get(key) for key in keys)
        return JOINT.join(map(str, (layer, chosen or 1, channel or 1))) if layer else None

    def take(text: str) -> None:
        parts = text.rsplit(JOINT, 2)
        kernels = learned_kernels(used_network())
        layer = one_of(parts[0], kernels)
        if len(parts) < 3:
            raise UserError("error.link_parts", count=3)
        channels, filters = kernels[layer].shape[2:]
        values = (layer, whole_number(parts[1], 1, filters), whole_number(parts[2], 1, channels))
        for key, value in zip(keys, values, strict=True):
            st.session_state[key] = value

    return Piece(name, tell, take)


def _is(key: str, fits: Callable[[object], bool]) -> Callable[[], bool]:
    return lambda: fits(st.session_state.get(key))


def _only(when: Callable[[], bool], piece: Piece) -> Piece:
    """Return a piece that is told only where it means something."""
    return replace(piece, tell=lambda: piece.tell() if when() else None)


def _begun(piece: Piece) -> Piece:
    """Return a piece that is taken when the operations have something to begin with."""

    def take(text: str) -> None:
        begin_operations()
        piece.take(text)

    return replace(piece, take=take)


def _second(piece: Piece) -> Piece:
    return _only(_is(SECOND, bool), piece)


LAB = tuple(
    map(
        _begun,
        (
            # An upload stays where it is.
            choice("lab-source", SOURCE, lambda: (EXAMPLE, *(name for name in SOURCES if name != "upload"))),
            Piece("example", lambda: st.session_state.get(EXAMPLE_NAME), _take_example),
            Piece("part-of", _tell_part, _take_part),
            switch("second", SECOND),
            whole("step", "lab_step", 0, 1, first=1, default=0),
            *_operation(1),
            *map(_second, _operation(2)),
        ),
    )
)
