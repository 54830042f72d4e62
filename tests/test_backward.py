"""The backward pass in NumPy, held against TensorFlow's gradients."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.explorer import random_network
from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.numerics import forward as forwards
from mnist_app.numerics.backward import ACTIVATIONS, BACKWARD, logit_gradient, through
from mnist_app.numerics.forward import forward
from mnist_app.numerics.layer_card import LayerCard
from tests.test_forward import SINGLE_LAYERS, grid

pytestmark = pytest.mark.filterwarnings("ignore:__array__")

TOLERANCE = 1e-4  # of the largest value


def agree(found: np.ndarray, expected: np.ndarray) -> None:
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE * np.abs(expected).max())


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_gradient_of_a_logit_of_every_network_is_tensorflows(name):
    import keras
    import tensorflow as tf

    from mnist_app.nets.architectures import build
    from mnist_app.training.export import layer_cards

    keras.utils.set_random_seed(1)
    model = build(name)
    rng = np.random.default_rng(2)
    model.set_weights([weight + rng.normal(0, 0.05, weight.shape) for weight in model.get_weights()])
    weights = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
    logits = keras.Model(model.inputs, model.get_layer("logits").output)
    images = tf.constant(rng.random((3, 28, 28, 1), np.float32))
    for digit in (0, 7):
        with tf.GradientTape() as tape:
            tape.watch(images)
            expected = logits(images, training=False)[:, digit]
        values, gradient = logit_gradient(layer_cards(model), weights, images.numpy(), digit)
        agree(values, expected.numpy())
        agree(gradient, tape.gradient(expected, images).numpy())


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("kind", "arguments", "shape"), SINGLE_LAYERS, ids=lambda value: str(value).replace(" ", "")
)
def test_the_gradient_through_a_layer_is_tensorflows(kind, arguments, shape):
    import keras
    import tensorflow as tf

    from mnist_app.training.export import layer_cards

    keras.utils.set_random_seed(1)
    layer = getattr(keras.layers, kind)(**arguments, name="layer")
    model = keras.Sequential([keras.layers.Input(shape), layer])
    rng = np.random.default_rng(2)
    for variable in model.weights:
        variable.assign(variable.numpy() + rng.random(variable.shape))
    inputs = tf.constant(rng.normal(-0.5, 1, (3, *shape)).astype(np.float32))
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        output = model(inputs, training=False)
    gradient = rng.normal(0, 1, output.shape).astype(np.float32)
    (card,), weights = layer_cards(model), layer.get_weights()
    own = forward([card], {"layer": weights}, inputs.numpy())["layer"]
    expected = tape.gradient(output, inputs, output_gradients=tf.constant(gradient)).numpy()
    agree(through(card, gradient, inputs.numpy(), own, weights), expected)


def test_every_layer_has_its_way_back():
    assert list(BACKWARD) == list(forwards.FORWARD)
    assert list(ACTIVATIONS) == list(forwards.ACTIVATIONS)


def test_a_softmax_that_is_an_activation_is_left_out_too():
    network = random_network("mlp-512")
    weights = {card.name: network.weights(card.name) for card in network.layers}
    *others, logits, _ = network.layers
    last = LayerCard(
        logits.name, "Dense", (10,), logits.parameters, {**logits.config, "activation": "softmax"}
    )
    images = np.random.default_rng(1).random((2, 28, 28, 1), np.float32)
    expected = logit_gradient(network.layers, weights, images, 3)
    found = logit_gradient([*others, last], weights, images, 3)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_of_equal_values_the_first_gets_all_that_the_window_gives_back():
    pool = LayerCard("pool", "MaxPooling2D", (2, 2, 1), 0, {"pool_size": (2, 2)})
    inputs = grid("1 0 3 3", "0 4 3 3", "0 0 6 1", "0 0 1 0")
    output = forward([pool], {}, inputs)["pool"]
    found = through(pool, grid("10 20", "30 40"), inputs, output, ())
    np.testing.assert_array_equal(found, grid("0 0 20 0", "0 10 0 0", "30 0 40 0", "0 0 0 0"))


def test_a_cell_gets_something_back_from_every_window_it_lies_in():
    mask = grid("1 2", "3 4").reshape(2, 2, 1, 1)
    convolution = LayerCard("conv", "Conv2D", (2, 2, 1), 4, {"strides": (1, 1), "padding": "valid"})
    inputs = np.zeros((1, 3, 3, 1), np.float32)
    found = through(convolution, grid("1 0", "0 10"), inputs, grid("0 0", "0 0"), [mask])
    np.testing.assert_array_equal(found, grid("1 2 0", "3 14 20", "0 30 40"))
