"""Networks that are still learning, read with as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_app.data.files import is_name
from mnist_app.nets.architectures import CLASSES, INPUT_SHAPE
from mnist_app.numerics.forward import forward
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.serving.network import Prediction, as_batch
from mnist_app.training.history import ENDS, last_status
from mnist_app.training.run_directory import RunDirectory


@dataclass(frozen=True)
class SnapshotNetwork:
    """A network with the weights of one moment; what it computes stands in ``numerics/forward.py``."""

    layers: tuple[LayerCard, ...]
    all_weights: Mapping[str, Sequence[np.ndarray]]
    refuse_below: float = 0.0  # a threshold is found when the training has ended

    def check(self) -> None:
        """Read a blank image, as every network must.

        Raises:
            OSError: layers and weights do not go together, so it cannot, or what it reads is no number.
        """
        try:
            found = self.predict(np.zeros(INPUT_SHAPE[:2], np.float32)).probabilities
        except Exception as error:  # whatever a stranger's layers and weights may be
            raise OSError("layers and weights do not go together") from error
        if found.shape != (1, CLASSES) or not np.isfinite(found).all():
            raise OSError(f"ten probabilities were expected; received {found}")

    def predict(self, images: np.ndarray) -> Prediction:
        """Return the probabilities and all activations of images as ``as_batch`` takes them."""
        return Prediction(forward(self.layers, self.all_weights, as_batch(images)))

    def weights(self, layer: str) -> list[np.ndarray]:
        """Return a layer's weights in Keras's order, float32: kernel and bias, or none."""
        return list(self.all_weights.get(layer, ()))


def learning_runs(runs: Path) -> Iterator[RunDirectory]:
    """Yield the runs that can be read with before they have ended."""
    for folder in sorted(runs.iterdir()) if runs.is_dir() else ():
        run = RunDirectory(folder)
        if is_name(run.name) and run.snapshots.is_dir() and last_status(run) not in ENDS:
            yield run
