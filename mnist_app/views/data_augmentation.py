"""Augmentation of the image that is looked at, to be tried before a training."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.numerics.augment import Augmentation
from mnist_app.training.settings import LIMITS, from_recipe
from mnist_app.views.about import explained
from mnist_app.views.augmentation import show_augmented
from mnist_app.views.data_set import DataSet, chosen_image
from mnist_app.views.language import t
from mnist_app.views.training_settings import AUGMENTATION, STEPS, WIDTH

AUGMENTED_RECIPE = "convnet-128-plus"  # its values are where the sliders begin


def show_augmentation(data: DataSet) -> None:
    """Show sliders for each kind of change, and the image changed nine ways."""
    start = from_recipe(AUGMENTED_RECIPE)
    st.markdown(t("data.augmentation_help"))
    chosen = {}
    with st.container(horizontal=True):
        for name in AUGMENTATION:
            low, high = (float(limit) for limit in LIMITS[name])
            with st.container(width=WIDTH):
                chosen[name] = st.slider(
                    t(f"setting.{name}"),
                    low,
                    high,
                    float(getattr(start, name)),
                    STEPS[name],
                    key=f"data_{name}",
                    help=explained(t(f"setting.{name}_help"), name),
                    persist_state="session",
                )
    st.caption(t("train.no_flip"))
    show_augmented(data.image(chosen_image(data)) / np.float32(255), Augmentation(**chosen))
