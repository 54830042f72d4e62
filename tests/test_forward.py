"""The forward pass in NumPy, held against Keras and against sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.numerics.forward import FORWARD, average_pooling, conv2d, forward, max_pooling, softmax
from mnist_app.numerics.layer_card import LayerCard

pytestmark = pytest.mark.filterwarnings("ignore:__array__")

# What the architectures lack: the layer, its arguments and the shapes that it is tried on.
SIZES = [(8, 8, 3), (7, 7, 3), (9, 6, 2)]
SINGLE_LAYERS = [
    *[("Conv2D", {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}, size) for size in SIZES],
    *[("Conv2D", {"filters": 4, "kernel_size": 2, "strides": 3, "padding": "same"}, size) for size in SIZES],
    ("Conv2D", {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "valid"}, (8, 7, 3)),
    ("Conv2D", {"filters": 5, "kernel_size": (1, 3), "strides": (2, 1), "padding": "same"}, (7, 8, 2)),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "use_bias": False, "activation": "relu"}, (8, 8, 3)),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "dilation_rate": 2}, (8, 9, 3)),
    ("Conv2D", {"filters": 4, "kernel_size": (3, 2), "dilation_rate": (3, 2), "padding": "same"}, (7, 8, 2)),
    ("Dense", {"units": 6, "use_bias": False}, (5,)),
    ("Dense", {"units": 6, "activation": "softmax"}, (5,)),
    *[("AveragePooling2D", {"pool_size": 2, "padding": "valid"}, size) for size in SIZES],
    *[("AveragePooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, size) for size in SIZES],
    ("AveragePooling2D", {"pool_size": (2, 3), "padding": "same"}, (7, 8, 2)),
    *[("MaxPooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, size) for size in SIZES],
    ("MaxPooling2D", {"pool_size": 3, "strides": 1, "padding": "same"}, (7, 8, 2)),
    ("BatchNormalization", {}, (6, 5, 4)),
    ("BatchNormalization", {"epsilon": 0.1}, (9,)),
    ("ReLU", {}, (4, 3, 2)),
    ("Activation", {"activation": "relu"}, (4, 3, 2)),
    ("Activation", {"activation": "softmax"}, (7,)),
    ("Activation", {"activation": "linear"}, (7,)),
    ("Softmax", {}, (7,)),
    ("Flatten", {}, (4, 3, 2)),
    ("Dropout", {"rate": 0.9}, (4, 3, 2)),
]


def agrees_with_keras(model, inputs: np.ndarray) -> None:
    """Assert that every layer's output is Keras's, with random weights."""
    import keras

    from mnist_app.training.export import layer_cards

    rng = np.random.default_rng(3)
    # Fresh biases are zero and fresh statistics 0 and 1: those would not show.
    for variable in model.weights:
        value = variable.numpy() + rng.normal(0, 0.05, variable.shape)
        variable.assign(value * 3 if variable.name == "moving_variance" else value)
    every_layer = keras.Model(model.inputs, {layer.name: layer.output for layer in model.layers})
    expected = every_layer([inputs], training=False)
    weights = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
    found = forward(layer_cards(model), weights, inputs)
    assert list(found) == [layer.name for layer in model.layers]
    for name, values in found.items():
        assert values.dtype == np.float32, name
        np.testing.assert_allclose(values, expected[name], rtol=0, atol=1e-5, err_msg=name)


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_layer_of_every_network_agrees_with_keras(name):
    import keras

    from mnist_app.nets.architectures import build

    keras.utils.set_random_seed(1)
    agrees_with_keras(build(name), np.random.default_rng(2).random((3, 28, 28, 1), np.float32))


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("kind", "arguments", "shape"), SINGLE_LAYERS, ids=lambda value: str(value).replace(" ", "")
)
def test_a_layer_by_itself_agrees_with_keras(kind, arguments, shape):
    import keras

    keras.utils.set_random_seed(1)
    layer = getattr(keras.layers, kind)(**arguments, name="layer")
    # Below 0 too: that is what ReLU is for, and where padding with 0 would show.
    inputs = np.random.default_rng(2).normal(-0.5, 1, (3, *shape)).astype(np.float32)
    agrees_with_keras(keras.Sequential([keras.layers.Input(shape), layer]), inputs)


def test_every_kind_of_layer_is_held_against_keras():
    assert {kind for kind, _, _ in SINGLE_LAYERS} == set(FORWARD)


def test_a_layer_that_is_not_known_is_named():
    with pytest.raises(KeyError, match="LayerNormalization"):
        forward([LayerCard("norm", "LayerNormalization", (2,), 4)], {}, np.zeros((1, 2), np.float32))


def test_the_images_stay_as_they_are():
    images = np.random.default_rng(1).random((2, 6, 6, 1), np.float32)
    before = images.copy()
    pool = LayerCard("pool", "MaxPooling2D", (3, 3, 1), 0, {"pool_size": (2, 2)})
    forward([pool, LayerCard("relu", "ReLU", (3, 3, 1), 0)], {}, images)
    np.testing.assert_array_equal(images, before)


# ------------------------------------------------------------- by hand


def grid(*rows: str) -> np.ndarray:
    """Return rows of numbers as one image of one channel, float32 (1, height, width, 1)."""
    return np.array([[float(value) for value in row.split()] for row in rows], np.float32)[None, ..., None]


def test_the_convolution_by_hand():
    image = grid("1 0 1 0", "0 1 1 0", "0 0 1 1", "0 0 1 0")
    mask = grid("1 0", "0 1").reshape(2, 2, 1, 1)
    found = conv2d(image, {"strides": (1, 1), "padding": "valid"}, [mask])
    np.testing.assert_array_equal(found, grid("2 1 1", "0 2 2", "0 1 1"))


def test_the_kernel_of_a_convolution_is_not_turned_round():
    image = grid("0 0 0", "0 1 0", "0 0 0")
    kernel = np.arange(9, dtype=np.float32).reshape(3, 3, 1, 1)
    found = conv2d(image, {"strides": (1, 1), "padding": "same"}, [kernel])
    np.testing.assert_array_equal(found, grid("8 7 6", "5 4 3", "2 1 0"))


def test_a_stride_of_2_over_5_by_5_leaves_four_windows():
    image = np.arange(25, dtype=np.float32).reshape(1, 5, 5, 1)
    corner = np.zeros((3, 3, 1, 1), np.float32)
    corner[0, 0] = 1  # each window answers with its upper left value
    found = conv2d(image, {"strides": (2, 2), "padding": "valid"}, [corner, np.array([100], np.float32)])
    np.testing.assert_array_equal(found, grid("100 102", "110 112"))


def test_max_and_average_pooling_by_hand():
    image = grid("1 0 1 0", "0 4 2 0", "0 1 6 1", "0 0 1 0")
    windows = {"pool_size": (2, 2), "strides": (2, 2), "padding": "valid"}
    np.testing.assert_array_equal(max_pooling(image, windows, ()), grid("4 2", "1 6"))
    np.testing.assert_array_equal(average_pooling(image, windows, ()), grid("1.25 0.75", "0.25 2"))


def test_a_softmax_of_large_values_does_not_overflow():
    shares = softmax(np.array([[1000.0, 1000.0, -1000.0]], np.float32))
    np.testing.assert_allclose(shares, [[0.5, 0.5, 0]], atol=1e-7)
