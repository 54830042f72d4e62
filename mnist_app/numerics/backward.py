"""The backward pass of a network in NumPy: how much a logit answers to each pixel.

The mirror of ``forward.py``: what each layer does to a gradient on its way
from the logits back to the image.  So whatever can be read with can be
explained, a network that is still learning too, and nothing has to be exported
for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mnist_app.numerics.forward import Weights, forward, softmax, windows
from mnist_app.numerics.layer_card import LayerCard

# From the gradient at a layer's output, and the layer's input, to the gradient at that input.
Backward = Callable[[np.ndarray, np.ndarray, Mapping[str, Any], Weights], np.ndarray]


def logit_gradient(
    layers: Sequence[LayerCard], weights: Mapping[str, Weights], images: np.ndarray, digit: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return a digit's logit for each image, and its gradient with respect to that image.

    Both are float32: (batch,) and the images' shape.  The logit is what goes
    into the softmax at the end, whether that is a layer or an activation.

    Args:
        layers: the network from the first layer after the input to the softmax.
        weights: as ``forward`` takes them.
        images: float32, (batch, 28, 28, 1).
        digit: 0 to 9.

    Raises:
        KeyError: a layer's class is none of ``BACKWARD``.
    """
    layers = before_softmax(layers)
    outputs = list(forward(layers, weights, images).values())
    gradient = np.zeros_like(outputs[-1])
    gradient[:, digit] = 1
    steps = zip(layers, [images, *outputs[:-1]], outputs, strict=True)
    for layer, inputs, output in reversed(list(steps)):
        gradient = through(layer, gradient, inputs, output, weights.get(layer.name, ()))
    return outputs[-1][:, digit], gradient


def through(
    layer: LayerCard, gradient: np.ndarray, inputs: np.ndarray, output: np.ndarray, weights: Weights
) -> np.ndarray:
    """Return the gradient at a layer's inputs, given that at its output, which comes after its activation."""
    gradient = ACTIVATIONS[layer.config.get("activation", "linear")](gradient, output)
    return BACKWARD[layer.class_name](gradient, inputs, layer.config, weights)


def before_softmax(layers: Sequence[LayerCard]) -> list[LayerCard]:
    """Return the layers of a network without the softmax at its end: the last output is the logits."""
    *others, last = layers
    if last.class_name == "Softmax":
        return others
    return [*others, replace(last, config={**last.config, "activation": "linear"})]


def conv2d(
    gradient: np.ndarray, inputs: np.ndarray, config: Mapping[str, Any], weights: Weights
) -> np.ndarray:
    """Return what each input cell gets back, by the kernel's weights, from every window that it lies in."""
    kernel = weights[0]
    return _put_back(lambda row, column: gradient @ kernel[row, column].T, inputs, kernel.shape[:2], config)


def max_pooling(
    gradient: np.ndarray, inputs: np.ndarray, config: Mapping[str, Any], weights: Weights
) -> np.ndarray:
    """Return each window's gradient at its largest value, the first one of equals as in TensorFlow."""
    size = config["pool_size"]
    each = windows(inputs, size, config, -np.inf)
    largest = each.reshape(*each.shape[:-2], -1).argmax(-1)
    return _put_back(lambda row, column: gradient * (largest == row * size[1] + column), inputs, size, config)


def average_pooling(
    gradient: np.ndarray, inputs: np.ndarray, config: Mapping[str, Any], weights: Weights
) -> np.ndarray:
    """Return each window's gradient in equal parts; padding does not count."""
    size = config["pool_size"]
    counts = windows(np.ones_like(inputs[:1, ..., :1]), size, config, 0.0).sum((-2, -1))
    return _put_back(lambda row, column: gradient / counts, inputs, size, config)


def dense(
    gradient: np.ndarray, inputs: np.ndarray, config: Mapping[str, Any], weights: Weights
) -> np.ndarray:
    """Return the gradient times the weights, turned round."""
    result: np.ndarray = gradient @ weights[0].T
    return result


def batch_normalization(
    gradient: np.ndarray, inputs: np.ndarray, config: Mapping[str, Any], weights: Weights
) -> np.ndarray:
    """Return the gradient scaled as the values were."""
    gamma, _, _, variance = weights
    result: np.ndarray = gradient * gamma / np.sqrt(variance + config["epsilon"])
    return result


def through_relu(gradient: np.ndarray, passed: np.ndarray) -> np.ndarray:
    """Return the gradient where the ReLU passed a value on: where it is above 0, before as after it."""
    return gradient * (passed > 0)


def through_softmax(gradient: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the gradient before a softmax: a share rises at the cost of all others."""
    result: np.ndarray = shares * (gradient - (gradient * shares).sum(-1, keepdims=True))
    return result


def flatten(
    gradient: np.ndarray, inputs: np.ndarray, config: Mapping[str, Any], weights: Weights
) -> np.ndarray:
    """Return the gradient in the shape of the inputs."""
    return gradient.reshape(inputs.shape)


def unchanged(
    gradient: np.ndarray, inputs: np.ndarray, config: Mapping[str, Any], weights: Weights
) -> np.ndarray:
    """Return the gradient: dropout drops nothing at prediction, an activation has been seen to."""
    return gradient


BACKWARD: dict[str, Backward] = {
    "Conv2D": conv2d,
    "MaxPooling2D": max_pooling,
    "AveragePooling2D": average_pooling,
    "Flatten": flatten,
    "Dense": dense,
    "BatchNormalization": batch_normalization,
    "Dropout": unchanged,
    "Activation": unchanged,
    "ReLU": lambda gradient, inputs, config, weights: through_relu(gradient, inputs),
    "Softmax": lambda gradient, inputs, config, weights: through_softmax(gradient, softmax(inputs)),
}
# From the gradient after an activation, and what the activation put out, to the gradient before it.
ACTIVATIONS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "linear": lambda gradient, output: gradient,
    "relu": through_relu,
    "softmax": through_softmax,
}


def _put_back(
    share: Callable[[int, int], np.ndarray],
    inputs: np.ndarray,
    size: Sequence[int],
    config: Mapping[str, Any],
) -> np.ndarray:
    """Return what every input cell gets from all windows that it lies in.

    ``share`` returns what each window gives to its cell in a row and column:
    (batch, rows of windows, columns of windows, channels).
    """
    batch, height, width, channels = inputs.shape
    numbered = np.arange(height * width).reshape(1, height, width, 1)
    cells = windows(numbered, size, config, -1)[0, :, :, 0]  # (rows, columns, height, width) of windows
    result = np.zeros((batch, height * width + 1, channels), np.float32)  # the last one: what is padding's
    for row, column in np.ndindex(*size):
        result[:, cells[..., row, column].ravel()] += share(row, column).reshape(batch, -1, channels)
    return result[:, :-1].reshape(inputs.shape)
