"""A trained network at work: probabilities and every layer's activations."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from mnist_app.nets.architectures import CLASSES
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.serving.card import SIGNATURE, TFLITE_FILE
from mnist_app.serving.model_folders import open_folder
from mnist_app.serving.network import CHUNK, Prediction, as_batch, probabilities
from mnist_app.serving.trial import is_sound
from mnist_app.serving.weights import read_weights
from mnist_app.texts.user_error import UserError


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
        if not is_sound(content):  # it would end this process
            raise UserError("error.model_damaged", name=folder.name, file=TFLITE_FILE)
        try:
            # One thread: a network this small is done before a second one starts.
            self._interpreter = Interpreter(model_content=content, num_threads=1)
            self._run = self._interpreter.get_signature_runner(SIGNATURE)
            shapes = {
                name: tuple(int(side) for side in details["shape"][1:])
                for name, details in self._run.get_output_details().items()
            }
        except (ValueError, RuntimeError) as error:
            raise UserError("error.model_damaged", name=folder.name, file=TFLITE_FILE) from error
        last = self.card.layers[-1] if self.card.layers else None
        if (
            {layer.name: layer.output_shape for layer in self.card.layers} != shapes
            or last is None
            or last.output_shape != (CLASSES,)
        ):
            raise UserError("error.model_mismatch", name=folder.name)
        # An interpreter is not thread-safe; at a tenth of a millisecond a call,
        # waiting for it costs less than holding one for each thread.
        self._lock = threading.Lock()
        self._weights: dict[str, list[np.ndarray]] = {}

    def predict(self, images: np.ndarray) -> Prediction:
        """Return the probabilities and all activations.

        Args:
            images: as ``as_batch`` takes them.

        Raises:
            ValueError: images has another shape.
        """
        batch = as_batch(images)
        chunks = [self._forward(batch[n : n + CHUNK]) for n in range(0, len(batch), CHUNK)]
        names = [layer.name for layer in self.card.layers]
        if len(chunks) == 1:
            return Prediction({name: chunks[0][name] for name in names})
        return Prediction({name: np.concatenate([chunk[name] for chunk in chunks]) for name in names})

    @property
    def layers(self) -> tuple[LayerCard, ...]:
        """Return the card of every layer after the input, in order."""
        return self.card.layers

    @property
    def refuse_below(self) -> float:
        """Return how probable a digit has to be at least, 0 to 1, to be taken for one; 0: always."""
        return self.card.refuse_below

    def weights(self, layer: str) -> list[np.ndarray]:
        """Return a layer's weights, as ``read_weights`` does."""
        if layer not in self._weights:
            self._weights[layer] = read_weights(self.folder, layer)
        return self._weights[layer]

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Return the class probabilities alone, float32 (batch, 10), for any number of images."""
        return probabilities(self, images)

    def _forward(self, batch: np.ndarray) -> dict[str, np.ndarray]:
        with self._lock:
            outputs: dict[str, np.ndarray] = self._run(input=batch)
        return outputs
