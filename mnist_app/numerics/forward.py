"""The forward pass of a network in NumPy: any weights, no runtime to load.

LiteRT reads drawings with a finished model.  A network that is still learning
has new weights every few seconds and no model file yet; here its weights are
enough.  What a layer computes stands below in the few lines that it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mnist_app.numerics.layer_card import LayerCard

Weights = Sequence[np.ndarray]
Forward = Callable[[np.ndarray, Mapping[str, Any], Weights], np.ndarray]


def forward(
    layers: Sequence[LayerCard], weights: Mapping[str, Weights], images: np.ndarray
) -> dict[str, np.ndarray]:
    """Return every layer's output by the layer's name, in order, float32 (batch, …).

    Args:
        layers: the network from the first layer after the input to the softmax.
        weights: each layer's weights in Keras's order; a layer without any may
            be left out.
        images: float32, (batch, 28, 28, 1), 0 to 1.

    Raises:
        KeyError: a layer's class is none of ``FORWARD``.
    """
    outputs: dict[str, np.ndarray] = {}
    values = np.asarray(images, np.float32)
    for layer in layers:
        values = FORWARD[layer.class_name](values, layer.config, weights.get(layer.name, ()))
        values = ACTIVATIONS[layer.config.get("activation", "linear")](values)
        outputs[layer.name] = values
    return outputs


def conv2d(values: np.ndarray, config: Mapping[str, Any], weights: Weights) -> np.ndarray:
    """Return the convolution of (batch, height, width, channels) with a kernel, plus the bias.

    The kernel is (height, width, channels, filters); as everywhere in deep
    learning it is not turned round (a cross-correlation).
    """
    kernel, *bias = weights
    each = windows(values, kernel.shape[:2], config, 0.0)  # (batch, h, w, channels, kh, kw)
    columns = each.transpose(0, 1, 2, 4, 5, 3).reshape(-1, kernel[..., 0].size)
    summed = columns @ kernel.reshape(-1, kernel.shape[-1])
    return _biased(summed.reshape(*each.shape[:3], -1), bias)


def max_pooling(values: np.ndarray, config: Mapping[str, Any], weights: Weights) -> np.ndarray:
    """Return the largest value of each window, channel by channel."""
    result: np.ndarray = windows(values, config["pool_size"], config, -np.inf).max((-2, -1))
    return result


def average_pooling(values: np.ndarray, config: Mapping[str, Any], weights: Weights) -> np.ndarray:
    """Return the mean of each window, channel by channel; padding does not count."""
    result: np.ndarray = np.nanmean(windows(values, config["pool_size"], config, np.nan), (-2, -1))
    return result


def dense(values: np.ndarray, config: Mapping[str, Any], weights: Weights) -> np.ndarray:
    """Return inputs times weights, plus the bias."""
    kernel, *bias = weights
    return _biased(values @ kernel, bias)


def batch_normalization(values: np.ndarray, config: Mapping[str, Any], weights: Weights) -> np.ndarray:
    """Return values with the training's mean and variance taken out, then scaled and shifted."""
    gamma, beta, mean, variance = weights
    result: np.ndarray = (values - mean) / np.sqrt(variance + config["epsilon"]) * gamma + beta
    return result


def softmax(values: np.ndarray) -> np.ndarray:
    """Return e to each value over the sum of all; the largest is taken off first, lest e overflow."""
    powers = np.exp(values - values.max(-1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(-1, keepdims=True)
    return shares


def flatten(values: np.ndarray, config: Mapping[str, Any], weights: Weights) -> np.ndarray:
    """Return each image's values as one vector."""
    return values.reshape(len(values), -1)


def unchanged(values: np.ndarray, config: Mapping[str, Any], weights: Weights) -> np.ndarray:
    """Return the values: dropout drops nothing at prediction, an activation follows by itself."""
    return values


FORWARD: dict[str, Forward] = {
    "Conv2D": conv2d,
    "MaxPooling2D": max_pooling,
    "AveragePooling2D": average_pooling,
    "Flatten": flatten,
    "Dense": dense,
    "BatchNormalization": batch_normalization,
    "Dropout": unchanged,
    "Activation": unchanged,
    "ReLU": lambda values, config, weights: ACTIVATIONS["relu"](values),
    "Softmax": lambda values, config, weights: softmax(values),
}
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda values: values,
    "relu": lambda values: np.maximum(values, 0),
    "softmax": softmax,
}


def _biased(values: np.ndarray, bias: Weights) -> np.ndarray:
    return values + bias[0] if bias else values


def windows(values: np.ndarray, size: Sequence[int], config: Mapping[str, Any], outside: float) -> np.ndarray:
    """Return all windows, (batch, rows, columns, channels, height, width), padded as Keras does."""
    down, right = config.get("strides") or size
    tall, wide = config.get("dilation_rate") or (1, 1)
    spans = (span(size[0], tall), span(size[1], wide))
    if config.get("padding") == "same":
        edges = [same_padding(*sides) for sides in zip(values.shape[1:3], spans, (down, right), strict=True)]
        values = np.pad(values, [(0, 0), *edges, (0, 0)], constant_values=outside)
    places = sliding_window_view(values, spans, (1, 2))
    return places[:, ::down, ::right, :, ::tall, ::wide]


def span(size: int, dilation: int) -> int:
    """Return how many cells a window of ``size`` cells reaches over when ``dilation`` parts them."""
    return dilation * (size - 1) + 1


def same_padding(length: int, window: int, step: int) -> tuple[int, int]:
    """Return how much padding keeps ceil(length / step) windows: the odd one comes after."""
    missing = max((-(-length // step) - 1) * step + window - length, 0)
    return missing // 2, missing - missing // 2
