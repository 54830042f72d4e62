"""The settings of the lab's operations: one, or two after each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from mnist_app.numerics.examples import EXAMPLES
from mnist_app.numerics.operation import CONVOLUTION, KINDS, PADDINGS, Operation, Pair
from mnist_app.texts.user_error import UserError
from mnist_app.views.about import about, explained
from mnist_app.views.lab_kernel import OWN, Learned, choose_kernel, put_kernel, setting
from mnist_app.views.language import t

LONGEST = 56  # rows and columns of a pooling window
STRIDES, DILATIONS = 16, 8  # at most; a picture has 56 pixels at most
ACROSS = "_across"  # behind the name of a setting of that direction alone
PAIRS = ("strides", "dilation_rate")  # one number for both directions, or one for each
SECOND = "lab_second"
SECOND_DEFAULT = Operation("max", kernel=((1.0,),), pool_size=(2, 2), strides=(2, 2))


def choose_operations(learned: Learned) -> list[Operation]:
    """Show the settings and return one operation, or two to be done after each other.

    Raises:
        UserError: a kernel's value is no number.
    """
    begin_operations()
    first = st.container()
    # Before the first one's kernel is read: the switch stays where that cannot be.
    is_second = st.toggle(t("lab.second"), key=SECOND, persist_state="session")
    with first, naming(1):
        operations = [_choose(1, learned)]
    if is_second:
        with naming(2):
            operations.append(_choose(2, learned))
    return operations


def begin_operations() -> None:
    """Set both operations to what they begin with, unless they are set."""
    if setting(1, "kind") not in st.session_state:
        _put(1, next(iter(EXAMPLES.values())).operation)
        _put(2, SECOND_DEFAULT)


@contextmanager
def naming(number: int) -> Iterator[None]:
    """Let an error that is met inside the ``with`` say which operation it is about."""
    try:
        yield
    except UserError as error:
        raise UserError("error.operation", number=number, problem=error) from error


def set_operations(operation: Operation) -> None:
    """Set the first operation, and do no second one."""
    _put(1, operation)
    st.session_state[SECOND] = False


def _put(number: int, operation: Operation) -> None:
    values = {
        "kind": operation.kind,
        "kernel": OWN,
        "apart": False,
        "strides": operation.strides[0],
        "dilation_rate": operation.dilation_rate[0],
        "padding": operation.padding,
        "relu": operation.relu,
        "pool_rows": operation.pool_size[0],
        "pool_columns": operation.pool_size[1],
    }
    for name, value in values.items():
        st.session_state[setting(number, name)] = value
    if operation.kernel:
        put_kernel(number, operation.kernel)


def _choose(number: int, learned: Learned) -> Operation:
    st.markdown(f"**{t('lab.operation', number=number)}**", help=about("walk", "pooling"))
    kind = st.selectbox(
        t("lab.operation", number=number),
        KINDS,
        format_func=lambda name: t(f"operation.{name}"),
        key=setting(number, "kind"),
        persist_state="session",
        label_visibility="collapsed",
    )
    if kind == CONVOLUTION:
        above = st.container()
        pairs = _pairs(number, {"strides": STRIDES, "dilation_rate": DILATIONS})
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            padding = _padding(number)
            relu = st.toggle(
                "ReLU",
                key=setting(number, "relu"),
                persist_state="session",
                help=explained(t("lab.relu_help"), "relu"),
            )
        with above:  # last, for it may end here: the other settings stay
            kernel = choose_kernel(number, learned)
        return Operation(
            kind,
            kernel=kernel,
            strides=pairs["strides"],
            dilation_rate=pairs["dilation_rate"],
            padding=padding,
            relu=relu,
        )
    if kind.startswith("global"):
        return Operation(kind)
    with st.container(horizontal=True):
        rows = _number(number, "pool_rows", LONGEST)
        columns = _number(number, "pool_columns", LONGEST)
    pairs = _pairs(number, {"strides": STRIDES})
    return Operation(kind, pool_size=(rows, columns), strides=pairs["strides"], padding=_padding(number))


def _pairs(number: int, most: dict[str, int]) -> dict[str, Pair]:
    """Show settings that both directions share, or, with a switch, each direction's own."""
    fields = st.container()
    apart = st.toggle(
        t("lab.apart"),
        key=setting(number, "apart"),
        persist_state="session",
        on_change=_begin_apart,
        args=(number,),
    )
    if not apart:
        with fields, st.container(horizontal=True):
            both = {name: _number(number, name, limit) for name, limit in most.items()}
        return {name: (value, value) for name, value in both.items()}
    pairs = {}
    for name, limit in most.items():
        word = t(f"operation.{name}")
        with fields, st.container(horizontal=True):
            down = _number(number, name, limit, t("lab.down", name=word))
            pairs[name] = (down, _number(number, across(name), limit, t("lab.across", name=word)))
    return pairs


def _begin_apart(number: int) -> None:
    """Let each direction begin with what was set for both."""
    for name in PAIRS:
        st.session_state[setting(number, across(name))] = st.session_state[setting(number, name)]


def across(name: str) -> str:
    """Return what a setting is called for the way across, where each direction has its own."""
    return f"{name}{ACROSS}"


def _number(number: int, name: str, most: int, label: str = "") -> int:
    key = setting(number, name)
    words = label or t(f"operation.{name}")
    told = about(name.removesuffix(ACROSS))
    return int(st.number_input(words, 1, most, key=key, help=told, persist_state="session", width=130))


def _padding(number: int) -> str:
    return str(
        st.segmented_control(
            t("operation.padding"),
            PADDINGS,
            required=True,
            key=setting(number, "padding"),
            persist_state="session",
            help=explained(t("operation.padding_help"), "padding"),
        )
    )
