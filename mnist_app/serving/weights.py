"""What a network has learned: kernels and biases, read without TensorFlow."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np

from mnist_app.serving.card import KERAS_FILE
from mnist_app.texts.user_error import UserError


def read_weights(folder: Path, layer: str) -> list[np.ndarray]:
    """Return a layer's weights in Keras's order, float32: kernel and bias, or none.

    A convolution's kernel is (height, width, input channels, filters), a dense
    layer's (inputs, units).

    Args:
        folder: a model folder.
        layer: the layer's name on the model's card.

    Raises:
        UserError: ``model.keras`` is missing or damaged.
    """
    import h5py  # only when a kernel is asked for: start-up stays quick

    try:
        with zipfile.ZipFile(folder / KERAS_FILE) as archive:
            content = archive.read("model.weights.h5")
        with h5py.File(io.BytesIO(content)) as file:
            for group in file["layers"].values():
                variables = group["vars"]
                if variables.attrs.get("name") == layer:
                    return [np.asarray(variables[name]) for name in sorted(variables, key=int)]
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise UserError("error.model_damaged", name=folder.name, file=KERAS_FILE) from error
    return []
