"""What a network has learned: kernels and biases, read without TensorFlow."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from mnist_app.data.files import MOST_ARRAYS
from mnist_app.serving.card import KERAS_FILE
from mnist_app.texts.user_error import UserError

WEIGHTS = "model.weights.h5"  # in a .keras file


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
            entry = archive.getinfo(WEIGHTS)
            if entry.file_size > MOST_ARRAYS:
                raise ValueError(entry)
            content = archive.read(entry)
        with h5py.File(io.BytesIO(content)) as file:
            for group in file["layers"].values():
                variables = group["vars"]
                if variables.attrs.get("name") == layer:
                    return [_array(variables[name]) for name in sorted(variables, key=int)]
    except Exception as error:  # a damaged file makes zipfile, zlib and h5py raise a dozen kinds of them
        raise UserError("error.model_damaged", name=folder.name, file=KERAS_FILE) from error
    return []


def _array(dataset: Any) -> np.ndarray:
    """Return a dataset of an HDF5 file that lies in the file itself, and there as large as it says.

    Raises:
        ValueError: it stands for another file of this machine, or is a bomb.
    """
    if dataset.external or dataset.is_virtual or dataset.nbytes > MOST_ARRAYS:
        raise ValueError(dataset)
    return np.asarray(dataset)
