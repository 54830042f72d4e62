"""Where images are compared: by their pixels, or by what a layer of the chosen network makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_app.data.mnist import Source
from mnist_app.data.splits import sample
from mnist_app.nets.architectures import CLASSES
from mnist_app.numerics.neighbours import agreement
from mnist_app.numerics.principal import Principal, principal
from mnist_app.serving.features import feature_layers, features, values_of
from mnist_app.texts.user_error import UserError
from mnist_app.views.language import t
from mnist_app.views.plain import sentence
from mnist_app.views.resources import images_of
from mnist_app.views.sidebar import ChosenModel

COMPONENTS = 50  # that a space is reduced to: what t-SNE's authors recommend
PIXELS = "pixels"  # stands for no layer
LAYER = "data_layer"  # in the session
PIXEL_VALUES = 28 * 28


@dataclass(frozen=True)
class Space:
    """How images become points: ``layer`` of ``model``, or their pixels where ``layer`` is "pixels"."""

    layer: str
    model: ChosenModel | None = None
    values: int = PIXEL_VALUES

    @property
    def key(self) -> tuple[object, ...]:
        """Return what tells it from other spaces."""
        if self.layer == PIXELS or self.model is None:
            return (PIXELS,)
        return (self.layer, self.model.folder, self.model.modified)

    @property
    def name(self) -> str:
        """Return its name in the language of the page."""
        if self.layer == PIXELS or self.model is None:
            return t("data.by_pixels", values=f"{self.values:,}")
        return t("data.by_layer", layer=self.layer, model=self.model.name, values=f"{self.values:,}")

    def points(self, images: np.ndarray) -> np.ndarray:
        """Return images, float32 (count, 28, 28), 0 to 1, as points, float32 (count, values).

        Raises:
            UserError: the network cannot be loaded.
        """
        if self.layer == PIXELS or self.model is None:
            return images.reshape(len(images), -1)
        return features(self.model.network, images, self.layer)


@dataclass(frozen=True, eq=False)
class Sample:
    """Some images of one part of the data as points.

    ``numbers``: which images, int64 (count,).  ``points``: float32 (count,
    components), along the principal components of ``axes``.  ``agreement``: the
    share of them whose nearest neighbour has the same label.
    """

    numbers: np.ndarray
    labels: np.ndarray
    points: np.ndarray
    axes: Principal
    agreement: float


def choose_layer(model: ChosenModel | None) -> Space | None:
    """Show the choice of a layer of the chosen network and return it; None where none can be compared."""
    if model is None:
        return None
    if model.is_learning:  # the points would be others at every look
        st.caption(t("data.still_learning"))
        return None
    try:
        layers = {layer.name: layer for layer in feature_layers(model.network.layers)}
    except UserError as error:  # a run that was deleted meanwhile
        st.error(sentence(error))
        return None
    if not layers:
        return None
    if st.session_state.get(LAYER) not in layers:
        # The last one before the ten outputs: what the network decides by.
        large = [name for name, layer in layers.items() if values_of(layer) > CLASSES]
        st.session_state[LAYER] = (large or list(layers))[-1]
    name = st.selectbox(
        t("data.layer"),
        list(layers),
        format_func=lambda name: t("data.layer_values", layer=name, values=f"{values_of(layers[name]):,}"),
        key=LAYER,
        persist_state="session",
        width=260,
    )
    return Space(name, model, values_of(layers[name]))


def sample_in(space: Space, source: Source, part: str, size: int) -> Sample:
    """Return a sample of the "train" or "test" images as points of a space.

    Raises:
        UserError: the network cannot be loaded.
    """
    return _sample(space, space.key, source, part, size)


@st.cache_resource(max_entries=12, show_spinner=False)
def _sample(_space: Space, key: tuple[object, ...], source: Source, part: str, size: int) -> Sample:
    del key
    split = images_of(source, part)
    numbers = sample(len(split), size)
    points = _space.points(split.images[numbers] / np.float32(255))
    axes = principal(points, COMPONENTS)
    labels, points = split.labels[numbers], axes.project(points)
    return Sample(numbers, labels, points, axes, agreement(points, labels))
