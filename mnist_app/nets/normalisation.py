"""Batch normalisation for the time of the training alone.

A network learns faster when each filter's outputs are brought to a mean of 0
and a variance of 1 (Ioffe and Szegedy, 2015).  Once it has learned, mean and
variance are fixed numbers, and a convolution followed by them is a convolution
with another kernel and bias: so the finished network has the plain layers of
its architecture, and everything that shows it needs to know no others.

The factor that the layer could learn itself is left out.  What comes after is
ReLU and a weighted sum, which make up for it, and without it the normalisation
never turns a sign: it may stand after the pooling, where it has a quarter of
the values, and still belong to the convolution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

SUFFIX = "_normalised"  # of the layer that belongs to a convolution
MOMENTUM = 0.9  # of the running mean and variance: a training may have a few hundred batches only


def normalised(model: keras.Sequential) -> keras.Sequential:
    """Return a network with a normalisation after each convolution that ends in ReLU; new weights.

    The convolution, the pooling after it if there is one, the normalisation,
    ReLU: the same function as before once ``folded``.

    Args:
        model: an uncompiled network, as ``build`` makes it; its layers are not shared.
    """
    import keras

    layers: list[Any] = [keras.layers.Input(model.input_shape[1:], name="input")]
    waiting: list[Any] = []
    for layer in (type(layer).from_config(layer.get_config()) for layer in model.layers):
        if waiting and not isinstance(layer, keras.layers.MaxPooling2D):
            layers += waiting
            waiting = []
        if isinstance(layer, keras.layers.Conv2D) and layer.activation is keras.activations.relu:
            config = layer.get_config() | {"use_bias": False, "activation": "linear"}
            layer = keras.layers.Conv2D.from_config(config | {"kernel_initializer": "he_normal"})
            name = f"{layer.name}{SUFFIX}"
            waiting = [
                keras.layers.BatchNormalization(momentum=MOMENTUM, scale=False, name=name),
                keras.layers.ReLU(name=f"{layer.name}_relu"),
            ]
        layers.append(layer)
    return keras.Sequential(layers, name=model.name)


def folded_weights(model: keras.Model) -> dict[str, list[np.ndarray]]:
    """Return the weights of the plain network that computes what a normalised one does at prediction.

    By layer, in Keras's order, float32; layers without weights are left out.

    Args:
        model: as ``normalised`` returns it, trained or not; a network without
            such layers has its own weights returned.
    """
    weights: dict[str, list[np.ndarray]] = {}
    for layer in model.layers:
        if layer.name.endswith(SUFFIX) and not getattr(layer, "scale", True):
            shift, mean, variance = layer.get_weights()
            scale = 1 / np.sqrt(variance + layer.epsilon)
            convolution = layer.name.removesuffix(SUFFIX)
            (kernel,) = weights[convolution]
            weights[convolution] = [kernel * scale, shift - mean * scale]
        elif layer.weights:
            weights[layer.name] = layer.get_weights()
    return weights


def folded(model: keras.Model, plain: keras.Model) -> keras.Model:
    """Return ``plain`` with the weights that make it compute what a normalised network does."""
    for name, weights in folded_weights(model).items():
        plain.get_layer(name).set_weights(weights)
    return plain
