"""The usual service around a Keras model, for comparison: what a tutorial would write.

Nothing in it is slowed down on purpose: the model is loaded once, FastAPI runs the
function in its pool of threads, and ``predict`` is Keras's own.  The network is the
app's default one.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import tensorflow as tf
from fastapi import FastAPI, UploadFile
from PIL import Image
from pydantic import BaseModel

from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED

app = FastAPI()
model = tf.keras.models.load_model(SHIPPED / DEFAULT_MODEL / "model.keras")


class Images(BaseModel):
    """Images as MNIST has them, 28 rows of 28 numbers from 0 to 255."""

    images: list[list[list[float]]]


def _answer(images: np.ndarray) -> dict[str, Any]:
    probabilities = model.predict(images[..., np.newaxis] / 255, verbose=0)
    return {"digits": probabilities.argmax(1).tolist(), "probabilities": probabilities.tolist()}


@app.post("/predict")
def predict(body: Images) -> dict[str, Any]:
    """Return the digits of images."""
    return _answer(np.asarray(body.images, np.float32))


@app.post("/predict-file")
def predict_file(file: UploadFile) -> dict[str, Any]:
    """Return the digit of a picture, resized as such services do."""
    small = Image.open(io.BytesIO(file.file.read())).convert("L").resize((28, 28))
    return _answer(np.asarray(small, np.float32)[np.newaxis])
