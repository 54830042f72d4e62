"""How the learning rate changes over a training: a registry of a name and a curve."""

from __future__ import annotations

import math
from collections.abc import Callable

WARM_UP = 0.3  # share of the training in which one cycle climbs to its peak
START, END = 1 / 25, 1e-4  # where one cycle begins and ends, shares of its peak


def constant(progress: float) -> float:
    """Return 1 at any time."""
    return 1.0


def cosine(progress: float) -> float:
    """Return a fall from 1 to 0 along half a cosine (Loshchilov and Hutter, SGDR, 2017)."""
    return (1 + math.cos(math.pi * progress)) / 2


def one_cycle(progress: float) -> float:
    """Return a climb to 1 and a longer fall to nearly 0 (Smith and Topin, Super-convergence, 2019)."""
    if progress < WARM_UP:
        return START + (1 - START) * (1 - cosine(progress / WARM_UP))
    return END + (1 - END) * cosine((progress - WARM_UP) / (1 - WARM_UP))


# From the share of the training that is done, 0 to 1, to the share of the learning rate.
SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": constant,
    "cosine": cosine,
    "one_cycle": one_cycle,
}
