"""How long a network takes for one image on this machine."""

from __future__ import annotations

import time
from statistics import median

import numpy as np

from mnist_app.nets.architectures import INPUT_SHAPE
from mnist_app.serving.network import Network

WARM_UP = 5  # calls until memory is at hand
CALLS = 40


def milliseconds_per_image(network: Network, calls: int = CALLS) -> float:
    """Return the median time of ``predict`` for one image, every layer's output included, in milliseconds."""
    # Ink everywhere: what skips zeros must not look quicker than it is on a drawing.
    image = np.random.default_rng(1).random(INPUT_SHAPE[:2], np.float32)
    times = []
    for _ in range(WARM_UP + calls):
        start = time.perf_counter()
        network.predict(image)
        times.append(time.perf_counter() - start)
    return 1000 * median(times[WARM_UP:])
