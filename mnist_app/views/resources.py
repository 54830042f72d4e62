"""What all sessions share: loaded models and test images."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from threading import Timer

import numpy as np
import streamlit as st

from mnist_app.data.mnist import Source, Split, read_split
from mnist_app.serving.predictor import Predictor
from mnist_app.serving.weights import read_weights

MODELS_HELD = 12  # a loaded network takes a few megabytes
WARM_UP_SECONDS = 0.5  # until a first page is painted


@st.cache_resource(max_entries=MODELS_HELD, show_spinner=False)
def predictor(folder: Path, modified: float) -> Predictor:
    """Return the predictor of a model folder; ``modified`` tells a new card from an old one."""
    del modified
    return Predictor(folder)


@st.cache_resource(max_entries=MODELS_HELD, show_spinner=False)
def weights(folder: Path, modified: float, layer: str) -> list[np.ndarray]:
    """Return a layer's weights, as ``read_weights`` does."""
    del modified
    return read_weights(folder, layer)


@st.cache_resource(max_entries=2, show_spinner=False)
def test_images(source: Source) -> Split:
    """Return the test images of a source."""
    return read_split(source, "test")


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Import, once and in the background, what the first stroke needs and the first page does not."""
    Timer(WARM_UP_SECONDS, import_module, ["scipy.ndimage"]).start()  # 0.26 s
