"""Batch normalisation while a network learns, and the plain network that is left."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.nets.architectures import ARCHITECTURES, build
from mnist_app.nets.normalisation import SUFFIX, folded, folded_weights, normalised
from mnist_app.nets.summary import summary

CONVOLUTIONAL = [
    name for name in ARCHITECTURES if any(layer.class_name == "Conv2D" for layer in summary(name))
]


def learned(architecture: str):
    """Return a normalised network with weights and statistics as if it had learned."""
    import keras

    keras.utils.set_random_seed(3)
    model = normalised(build(architecture))
    rng = np.random.default_rng(3)
    for layer in model.layers:
        if layer.name.endswith(SUFFIX):
            shift, mean, variance = layer.get_weights()
            layer.set_weights(
                [
                    rng.normal(0, 0.5, shift.shape),
                    rng.normal(0, 0.5, mean.shape),
                    rng.uniform(0.2, 3, variance.shape),
                ]
            )
    return model


@pytest.mark.parametrize("architecture", CONVOLUTIONAL)
def test_the_plain_network_computes_what_the_normalised_one_does(architecture):
    model = learned(architecture)
    images = np.random.default_rng(0).random((8, 28, 28, 1), np.float32)
    expected = model(images, training=False).numpy()
    plain = folded(model, build(architecture))
    assert np.abs(plain(images, training=False).numpy() - expected).max() < 1e-5
    assert expected.std() > 1e-3  # it does tell the images apart


@pytest.mark.parametrize("architecture", CONVOLUTIONAL)
def test_every_convolution_with_relu_is_normalised_before_it(architecture):
    names = [layer.name for layer in normalised(build(architecture)).layers]
    plain = build(architecture)
    for layer in plain.layers:
        if type(layer).__name__ == "Conv2D":
            after = names[names.index(layer.name) + 1 :]
            pooling = after[0].startswith("pool")
            assert after[pooling] == f"{layer.name}{SUFFIX}"
            assert after[pooling + 1] == f"{layer.name}_relu"
    # Nothing else is gone, and nothing stands elsewhere.
    assert [name for name in names if not name.endswith((SUFFIX, "_relu"))] == [
        layer.name for layer in plain.layers
    ]


def test_a_network_without_convolutions_keeps_its_weights():
    model = build("mlp-512")
    weights = folded_weights(model)
    assert list(weights) == ["dense_1", "logits"]
    for name, arrays in weights.items():
        for ours, own in zip(arrays, model.get_layer(name).get_weights(), strict=True):
            np.testing.assert_array_equal(ours, own)
