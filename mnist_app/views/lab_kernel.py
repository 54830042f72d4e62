"""The kernel of a convolution in the lab: typed, painted, picked by name or learned by the network."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.numerics.kernels import KERNELS, LARGEST, Typed, read_kernel, resized
from mnist_app.numerics.operation import Kernel
from mnist_app.serving.network import Network
from mnist_app.texts.user_error import UserError
from mnist_app.views.about import about
from mnist_app.views.kernel_editor import edited, kernel_editor
from mnist_app.views.language import t

OWN, LEARNED = "own", "learned"
Learned = dict[str, np.ndarray]  # by layer: float32 (height, width, channels, filters)


def setting(number: int, name: str) -> str:
    """Return the session's key of a setting of the first or second operation."""
    return f"lab{number}_{name}"


def choose_kernel(number: int, layers: Learned) -> Kernel:
    """Show the choice of a kernel with its values, and return it.

    Raises:
        UserError: a value is no number.
    """
    choices = [OWN, *KERNELS, *([LEARNED] if layers else [])]
    key = setting(number, "kernel")
    if st.session_state.get(key) not in choices:
        st.session_state[key] = OWN
    name = st.selectbox(
        t("lab.kernel"),
        choices,
        format_func=lambda name: t(f"kernel.{name}"),
        key=key,
        persist_state="session",
        help=about("kernel_editor"),
    )
    learned = _choose_learned(number, layers) if name == LEARNED else None
    if learned is not None:
        typed = _typed(learned)
    else:
        typed = KERNELS[name].typed if name in KERNELS else st.session_state[setting(number, "typed")]
    if name == OWN:
        _choose_size(number)
    kernel_editor(typed, setting(number, "editor"), lambda: _take(number))
    return learned or read_kernel(typed)


def put_kernel(number: int, kernel: Kernel) -> None:
    """Make a kernel a person's own, to be changed."""
    _put_typed(number, _typed(kernel))


def put_named(number: int, name: str) -> None:
    """Choose a kernel by its name, or a learned one by "layer:channel:filter", as counted from 1."""
    state = st.session_state
    if name == OWN or name in KERNELS:
        state[setting(number, "kernel")] = name
        return
    layer, channel, chosen = name.split(":")
    state[setting(number, "kernel")] = LEARNED
    state[setting(number, "layer")] = layer
    state[setting(number, "channel")], state[setting(number, "filter")] = int(channel), int(chosen)


def named(number: int) -> str:
    """Return the chosen kernel's name as ``put_named`` takes it."""
    state = st.session_state
    name = state[setting(number, "kernel")]
    if name != LEARNED:
        return str(name)
    return ":".join(str(state.get(setting(number, part), 1)) for part in ("layer", "channel", "filter"))


def own_kernel(number: int) -> Kernel | None:
    """Return the kernel that a person typed or painted; None while it holds what is no number."""
    try:
        return read_kernel(st.session_state[setting(number, "typed")])
    except UserError:
        return None


def learned_kernels(network: Network) -> Learned:
    """Return the kernels of each convolution by the layer's name, those too large for the lab left out.

    Raises:
        UserError: the network's weights cannot be read.
    """
    names = [layer.name for layer in network.layers if layer.class_name == "Conv2D"]
    found = {name: weights[0] for name in names if (weights := network.weights(name))}
    return {name: kernels for name, kernels in found.items() if max(kernels.shape[:2]) <= LARGEST}


def _choose_learned(number: int, layers: Learned) -> Kernel:
    key = setting(number, "layer")
    if st.session_state.get(key) not in layers:
        st.session_state[key] = next(iter(layers))
    with st.container(horizontal=True):
        layer = st.selectbox(t("lab.layer"), list(layers), key=key, persist_state="session", width=120)
        kernels = layers[layer]
        channels, filters = kernels.shape[2:]
        chosen = _count(number, "filter", filters)
        channel = _count(number, "channel", channels) if channels > 1 else 1
    st.caption(t("lab.no_bias"), help=about("learned_kernel"))
    return tuple(tuple(float(value) for value in row) for row in kernels[:, :, channel - 1, chosen - 1])


def _count(number: int, name: str, most: int) -> int:
    """Show the choice of a filter or channel, counted from 1."""
    key = setting(number, name)
    st.session_state[key] = min(int(st.session_state.get(key) or 1), most)
    label = t(f"lab.{name}", last=most)
    told = about("learned_kernel")
    return int(st.number_input(label, 1, most, key=key, help=told, persist_state="session", width=130))


def _choose_size(number: int) -> None:
    with st.container(horizontal=True):
        for name in ("rows", "columns"):
            key = setting(number, name)
            typed: Typed = st.session_state[setting(number, "typed")]
            st.session_state[key] = len(typed) if name == "rows" else len(typed[0])
            label = t(f"lab.kernel_{name}")
            told = about("kernel_editor")
            st.number_input(
                label, 1, LARGEST, key=key, help=told, on_change=_resize, args=(number,), width=130
            )


def _resize(number: int) -> None:
    typed: Typed = st.session_state[setting(number, "typed")]
    rows = st.session_state.get(setting(number, "rows")) or len(typed)
    columns = st.session_state.get(setting(number, "columns")) or len(typed[0])
    _put_typed(number, resized(typed, rows, columns))


def _take(number: int) -> None:
    """Make what was typed or painted the kernel."""
    typed = edited(setting(number, "editor"))
    if typed:
        _put_typed(number, typed)
        st.session_state[setting(number, "kernel")] = OWN


def _put_typed(number: int, typed: Typed) -> None:
    st.session_state[setting(number, "typed")] = typed


def _typed(kernel: Kernel) -> Typed:
    return tuple(tuple(f"{value:.3g}" if abs(value) >= 1e-4 else "0" for value in row) for row in kernel)
