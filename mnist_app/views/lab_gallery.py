"""One picture through one's own kernel, every named one and the network's first ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from mnist_app.numerics.kernels import KERNELS
from mnist_app.numerics.operation import CONVOLUTION, Kernel, Operation, perform
from mnist_app.views.about import show_about
from mnist_app.views.kernel_gallery import Response, clicked, kernel_gallery
from mnist_app.views.lab_kernel import OWN, Learned, named, own_kernel, put_named, setting
from mnist_app.views.language import t
from mnist_app.views.numbers import short
from mnist_app.views.tables import html_table

GALLERY = "lab_gallery"


def show_gallery(picture: np.ndarray, learned: Learned) -> None:
    """Show what each kernel makes of the picture, and the numbers as a table, a click away."""
    responses = [
        Response(name, caption, kernel, _response(kernel, picture))
        for name, caption, kernel in _kernels(learned)
    ]
    chosen = named(1) if st.session_state[setting(1, "kind")] == CONVOLUTION else None
    kernel_gallery(responses, chosen, GALLERY, _take_clicked)
    show_about("kernel_gallery", "scaling")
    with st.expander(t("gallery.table"), on_change="rerun", key="lab-gallery-table") as table:
        if table.open:
            st.html(_table(responses))


def _kernels(learned: Learned) -> list[tuple[str, str, Kernel]]:
    """Return each kernel with its name as ``put_named`` takes it and its caption."""
    own = own_kernel(1)
    kernels: list[tuple[str, str, Kernel]] = [] if own is None else [(OWN, t("kernel.own"), own)]
    kernels += [(kernel.name, t(f"kernel.{kernel.name}"), kernel.values) for kernel in KERNELS.values()]
    for layer, first in list(learned.items())[:1]:
        for place in range(first.shape[3]):
            caption = t("lab.learned", layer=layer, number=place + 1)
            values = tuple(tuple(float(value) for value in row) for row in first[:, :, 0, place])
            kernels.append((f"{layer}:1:{place + 1}", caption, values))
    return kernels


def _response(kernel: Kernel, picture: np.ndarray) -> np.ndarray:
    return perform(Operation(CONVOLUTION, kernel=kernel, padding="same"), picture)


def _table(responses: Sequence[Response]) -> str:
    head = [t(f"gallery.{name}") for name in ("kernel", "weights", "low", "high")]
    rows = [
        [
            response.caption,
            " / ".join(" ".join(short(value) for value in row) for row in response.kernel),
            short(float(response.values.min())),
            short(float(response.values.max())),
        ]
        for response in responses
    ]
    return html_table(t("lab.beside"), head, rows, texts=2)


def _take_clicked() -> None:
    name = clicked(GALLERY)
    if name:
        put_named(1, name)
        st.session_state[setting(1, "kind")] = CONVOLUTION
