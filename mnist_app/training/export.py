"""A trained model as the files of a model folder."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from mnist_app.data.files import write_whole
from mnist_app.nets.architectures import INPUT_SHAPE
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.serving.card import KERAS_FILE, SIGNATURE, TFLITE_FILE

# What a person wants to know of a layer; its initialisers and dtypes are not.
CONFIG = (
    "filters",
    "kernel_size",
    "strides",
    "dilation_rate",
    "padding",
    "activation",
    "pool_size",
    "units",
    "rate",
    "epsilon",
)


def to_tflite(model: keras.Model) -> bytes:
    """Return the model as a LiteRT file whose outputs are all layers' activations.

    The signature ``SIGNATURE`` takes "input", float32 (batch, 28, 28, 1), and
    returns one output for each layer, by the layer's name.
    """
    every_layer = keras.Model(model.inputs, {layer.name: layer.output for layer in _shown(model)})

    def serve(images: tf.Tensor) -> dict[str, tf.Tensor]:
        outputs = every_layer(images, training=False)
        # The identity gives layers that pass their input on (dropout at
        # prediction) an output of their own.
        return {name: tf.identity(output) for name, output in outputs.items()}

    inputs = tf.TensorSpec((None, *INPUT_SHAPE), tf.float32, name="input")
    with tempfile.TemporaryDirectory() as folder:
        archive = keras.export.ExportArchive()
        archive.track(every_layer)
        archive.add_endpoint(SIGNATURE, serve, input_signature=[inputs])
        archive.write_out(folder, verbose=False)
        converted = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[SIGNATURE])
        return bytes(converted.convert())


def layer_cards(model: keras.Model) -> tuple[LayerCard, ...]:
    """Return the card of every layer after the input, in order."""
    return tuple(
        LayerCard(
            name=layer.name,
            class_name=type(layer).__name__,
            output_shape=tuple(layer.output.shape[1:]),
            parameters=layer.count_params(),
            config={key: value for key, value in layer.get_config().items() if key in CONFIG},
        )
        for layer in _shown(model)
    )


def write_model(model: keras.Model, folder: Path) -> str:
    """Write ``model.keras`` and ``model.tflite``, and return the latter's SHA-256.

    Each file is renamed into place, so that nobody reads half of one.
    """
    save_whole(model, folder / KERAS_FILE)
    content = to_tflite(model)
    write_whole(folder / TFLITE_FILE, content)
    return hashlib.sha256(content).hexdigest()


def save_whole(model: keras.Model, path: Path) -> None:
    """Save a model as ``.keras``, whole or not at all."""
    half = path.with_name(f"{path.stem}.part.keras")  # Keras goes by the ending
    try:
        model.save(half)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)  # of no use on a full disk


def versions() -> dict[str, str]:
    """Return the versions of what made the model."""
    return {"tensorflow": tf.__version__, "keras": keras.__version__}


def _shown(model: keras.Model) -> list[Any]:
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
