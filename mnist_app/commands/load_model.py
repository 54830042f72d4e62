"""A model for a command, loaded without LiteRT's remarks on the terminal."""

from __future__ import annotations

import os
import sys

import numpy as np

from mnist_app.serving.model_folders import find_models
from mnist_app.serving.predictor import Predictor


def load_model(name: str) -> Predictor:
    """Return the predictor of a model's name.

    Raises:
        UserError: there is no such model, or it is damaged.
    """
    folder = find_models().folder(name)
    # LiteRT writes "INFO: Created … delegate" to file descriptor 2 and offers
    # no switch for it; a command's stderr is for errors.
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        predictor = Predictor(folder)
        predictor.predict(np.zeros((28, 28), np.float32))  # it remarks at the first call
        return predictor
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
