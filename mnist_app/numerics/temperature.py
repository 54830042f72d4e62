"""A network's confidence set right after its training: one number for all its answers."""

from __future__ import annotations

import numpy as np
import scipy

BOUNDS = (0.05, 20.0)


def best_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return what to divide the logits by so that the probabilities mean what they say.

    Temperature scaling: the one number that makes the cross-entropy of images
    which the network has not learned from least (Guo, Pleiss, Sun and
    Weinberger, "On calibration of modern neural networks", 2017).  Above 1 the
    network was too sure of itself, below 1 not sure enough.  No answer changes.

    Args:
        logits: float (count, 10), what goes into the softmax.
        labels: whole numbers (count,), 0 to 9.
    """
    values = np.asarray(logits, np.float64)
    own = values[np.arange(len(labels)), labels]

    def loss(log_temperature: float) -> float:
        scale = np.exp(-log_temperature)
        return float(np.mean(scipy.special.logsumexp(values * scale, axis=1) - own * scale))

    low, high = np.log(BOUNDS)
    return float(np.exp(scipy.optimize.minimize_scalar(loss, bounds=(low, high), method="bounded").x))
