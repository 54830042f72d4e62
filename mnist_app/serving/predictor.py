"""A trained network at work: probabilities and every layer's activations."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from mnist_app.nets.architectures import CLASSES, INPUT_SHAPE
from mnist_app.serving.card import SIGNATURE, TFLITE_FILE
from mnist_app.serving.model_folders import open_folder
from mnist_app.texts.user_error import UserError

CHUNK = 256  # images at a time: more of them do not run faster and only hold memory


@dataclass(frozen=True)
class Prediction:
    """What a network makes of a batch of images.

    ``activations`` has every layer's output by the layer's name, in order,
    float32 (batch, …); ``probabilities`` is the last one, (batch, 10).
    """

    activations: dict[str, np.ndarray]

    @property
    def probabilities(self) -> np.ndarray:
        """Return the class probabilities, float32 (batch, 10)."""
        return next(reversed(self.activations.values()))


class Predictor:
    """A model folder, loaded; safe to call from many threads.

    Attributes:
        name: the folder's name.
        folder: where it is.
        card: what it is.
    """

    def __init__(self, folder: Path) -> None:
        """Load a model folder.

        Raises:
            UserError: a file of it is missing or damaged.
        """
        self.name = folder.name
        self.folder = folder
        self.card, content = open_folder(folder)
        try:
            # One thread: a network this small is done before a second one starts.
            self._interpreter = Interpreter(model_content=content, num_threads=1)
            self._run = self._interpreter.get_signature_runner(SIGNATURE)
            outputs = set(self._run.get_output_details())
        except (ValueError, RuntimeError) as error:
            raise UserError("error.model_damaged", name=folder.name, file=TFLITE_FILE) from error
        last = self.card.layers[-1] if self.card.layers else None
        if (
            {layer.name for layer in self.card.layers} != outputs
            or last is None
            or last.output_shape != (CLASSES,)
        ):
            raise UserError("error.model_mismatch", name=folder.name)
        # An interpreter is not thread-safe; at a tenth of a millisecond a call,
        # waiting for it costs less than holding one for each thread.
        self._lock = threading.Lock()

    def predict(self, images: np.ndarray) -> Prediction:
        """Return the probabilities and all activations.

        Args:
            images: float32, (28, 28), (batch, 28, 28) or (batch, 28, 28, 1), 0 to 1.

        Raises:
            ValueError: images has another shape.
        """
        batch = np.asarray(images, np.float32)
        if batch.shape[-1:] != (1,):
            batch = batch[..., np.newaxis]
        if batch.ndim == len(INPUT_SHAPE):
            batch = batch[np.newaxis]
        if batch.shape[1:] != INPUT_SHAPE or not len(batch):
            raise ValueError(f"predict: images must be (batch, 28, 28). Received: {np.shape(images)}")
        chunks = [self._forward(batch[n : n + CHUNK]) for n in range(0, len(batch), CHUNK)]
        names = [layer.name for layer in self.card.layers]
        if len(chunks) == 1:
            return Prediction({name: chunks[0][name] for name in names})
        return Prediction({name: np.concatenate([chunk[name] for chunk in chunks]) for name in names})

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Return the class probabilities alone, float32 (batch, 10), for any number of images."""
        parts = [self.predict(images[n : n + CHUNK]).probabilities for n in range(0, len(images), CHUNK)]
        return np.concatenate(parts)

    def _forward(self, batch: np.ndarray) -> dict[str, np.ndarray]:
        with self._lock:
            outputs: dict[str, np.ndarray] = self._run(input=batch)
        return outputs
