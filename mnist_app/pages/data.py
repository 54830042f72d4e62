"""The page "Data": the images that networks learn from, one by one and all together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from mnist_app.views.data_augmentation import show_augmentation
from mnist_app.views.data_browse import show_browse
from mnist_app.views.data_classes import show_classes
from mnist_app.views.data_image import show_image
from mnist_app.views.data_map import show_map
from mnist_app.views.data_neighbours import show_neighbours
from mnist_app.views.data_overview import show_overview
from mnist_app.views.data_set import DataSet, load_data
from mnist_app.views.language import t
from mnist_app.views.sidebar import ChosenModel, choose_model


def sections(data: DataSet, model: ChosenModel | None) -> dict[str, Callable[[], None]]:
    """Return what the page can say of all images, by the name of its text."""
    return {
        "browse": partial(show_browse, data),
        "overview": partial(show_overview, data),
        "classes": partial(show_classes, data),
        "neighbours": partial(show_neighbours, data, model),
        "augmentation": partial(show_augmentation, data),
        "map": partial(show_map, data, model),
    }


def show_data(data: DataSet, model: ChosenModel | None) -> None:
    """Show one image, and below it one section on all of them."""
    counts = {"train": f"{len(data.train):,}", "test": f"{len(data.test):,}"}
    st.caption(t(f"data.from_{data.source.kind}", **counts))
    show_image(data)
    shown = sections(data, model)
    section = st.segmented_control(
        t("data.section"),
        list(shown),
        format_func=lambda name: t(f"data.{name}"),
        default=next(iter(shown)),
        required=True,
        key="data_section",
        persist_state="session",
        label_visibility="collapsed",
    )
    with st.container(key=f"data-section-{section}"):
        shown[str(section)]()


model = choose_model()
st.title(t("data.title"))
loaded = load_data()
if loaded is not None:
    show_data(loaded, model)
