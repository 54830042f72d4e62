"""What a finished network's probabilities mean, set on images that it has not learned from."""

from __future__ import annotations

import keras
import numpy as np

from mnist_app.data.mnist import Split
from mnist_app.numerics.metrics import likeness
from mnist_app.numerics.temperature import best_temperature

BATCH = 256
# Of the held-back digits that may be taken for none; of other people's it may be twice as many.
REFUSED = 0.01


def calibrate(model: keras.Model, held_back: Split) -> float:
    """Divide the logits by the best temperature, in the weights of the last dense layer, and return it.

    Args:
        model: a network that ends in a dense layer and the softmax of it.
        held_back: digits that it has not learned from.
    """
    # The softmax forgets what all logits of an image have in common, and so does the temperature.
    logits = np.log(np.maximum(_probabilities(model, held_back), 1e-30))
    temperature = best_temperature(logits, held_back.labels)
    last = next(layer for layer in reversed(model.layers) if isinstance(layer, keras.layers.Dense))
    last.set_weights([array / temperature for array in last.get_weights()])
    return temperature


def refusal_threshold(model: keras.Model, held_back: Split) -> float:
    """Return the ``likeness`` below which a drawing is no digit: ``REFUSED`` of the digits have less."""
    return float(np.quantile(likeness(_probabilities(model, held_back)), REFUSED))


def _probabilities(model: keras.Model, split: Split) -> np.ndarray:
    return np.asarray(model.predict(split.inputs(), batch_size=BATCH, verbose=0))
