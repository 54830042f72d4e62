"""Each method that explains a reading, with the numbers that its texts name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from mnist_app.numerics.layer_card import LayerCard
from mnist_app.serving.explanations import (
    COPIES,
    NOISE,
    PATCH,
    STEPS,
    integrated_gradients,
    occlusion,
    saliency,
    score_cam,
    smooth_grad,
)
from mnist_app.serving.network import Network
from mnist_app.texts.user_error import UserError
from mnist_app.views.numbers import probability, shape, three_digits

LEAST_POINTS = 0.1  # full colour is no less: differences that are no more than rounding stay pale


@dataclass(frozen=True, eq=False)
class Question:
    """Why a network would read this digit in an image, float32 (28, 28).

    ``layer`` is whose maps Score-CAM weighs, None where the network has no maps.
    """

    network: Network
    image: np.ndarray
    digit: int
    layer: LayerCard | None

    @property
    def probability(self) -> float:
        """Return how probable the network finds the digit, 0 to 1."""
        return float(self.network.predict(self.image).probabilities[0, self.digit])


@dataclass(frozen=True, eq=False)
class Explanation:
    """A method's map, float32 (28, 28), and the numbers in its texts.

    ``reach`` is the value at the end of the colour scale, which begins at 0 or,
    where values are ``signed``, at minus that.
    """

    values: np.ndarray
    reach: float
    signed: bool = True
    numbers: Mapping[str, object] = field(default_factory=dict)


def _occlusion(asked: Question) -> Explanation:
    drops = occlusion(asked.network, asked.image, asked.digit)
    whole = asked.probability
    numbers = {
        "whole": probability(whole),
        "least": probability(whole - float(drops.max())),
        "most": probability(whole - float(drops.min())),
        "patch": PATCH,
    }
    points = 100 * drops
    return Explanation(points, max(_largest(points), LEAST_POINTS), numbers=numbers)


def _score_cam(asked: Question) -> Explanation:
    if asked.layer is None:
        raise UserError("error.no_maps")
    values, best = score_cam(asked.network, asked.image, asked.digit, asked.layer.name)
    numbers = {
        "layer": asked.layer.name,
        "cells": shape(asked.layer.output_shape[:2]),
        "best": probability(best),
    }
    return Explanation(values, 1.0, signed=False, numbers=numbers)


def _saliency(asked: Question) -> Explanation:
    values = saliency(asked.network, asked.image, asked.digit)
    return Explanation(values, _largest(values))


def _smooth_grad(asked: Question) -> Explanation:
    values = smooth_grad(asked.network, asked.image, asked.digit)
    return Explanation(values, _largest(values), numbers={"copies": COPIES, "noise": f"{NOISE:g}"})


def _integrated_gradients(asked: Question) -> Explanation:
    values, blank, drawn = integrated_gradients(asked.network, asked.image, asked.digit)
    sums = {"sum": float(values.sum()), "drawn": drawn, "blank": blank, "change": drawn - blank}
    numbers = {"steps": STEPS, **{name: three_digits(value) for name, value in sums.items()}}
    return Explanation(values, _largest(values), numbers=numbers)


METHODS: dict[str, Callable[[Question], Explanation]] = {
    "occlusion": _occlusion,
    "score_cam": _score_cam,
    "saliency": _saliency,
    "smooth_grad": _smooth_grad,
    "integrated_gradients": _integrated_gradients,
}


def _largest(values: np.ndarray) -> float:
    """Return the largest magnitude, 1 where all are 0: a scale needs an end."""
    return float(np.abs(values).max()) or 1.0
