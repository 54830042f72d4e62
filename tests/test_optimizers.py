"""Going down a gradient: the optimizers, the smallest training, when to stop, what dropout leaves."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.numerics.dropout import dropped
from mnist_app.numerics.early_stopping import stops_after
from mnist_app.numerics.optimizers import OPTIMIZERS
from mnist_app.numerics.softmax_regression import descend

RATE = 0.01


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_changes_weights_as_keras_does(name):
    import keras

    rng = np.random.default_rng(0)
    weights = rng.normal(size=(4, 3)).astype(np.float32)
    variable = keras.Variable(weights)
    theirs = keras.optimizers.get({"class_name": name, "config": {"learning_rate": RATE}})
    theirs.build([variable])
    ours = OPTIMIZERS[name](RATE)
    for _ in range(6):
        gradient = rng.normal(size=weights.shape).astype(np.float32)
        theirs.apply([keras.ops.convert_to_tensor(gradient)])
        weights = weights + ours.change(gradient)
    np.testing.assert_allclose(weights, np.asarray(variable), rtol=1e-4, atol=1e-6)


@pytest.mark.tensorflow
@pytest.mark.parametrize("patience", [1, 2, 3])
def test_a_training_stops_when_keras_stops_it(patience):
    import keras

    class Model:
        stop_training = False

        def get_weights(self) -> list:
            return []

    losses = [0.9, 0.5, 0.6, 0.4, 0.41, 0.4, 0.43, 0.39, 0.38]
    callback = keras.callbacks.EarlyStopping("val_loss", patience=patience)
    model = Model()
    callback.set_model(model)
    callback.on_train_begin()
    epochs = 0
    while epochs < len(losses) and not model.stop_training:
        callback.on_epoch_end(epochs, {"val_loss": losses[epochs]})
        epochs += 1
    assert stops_after(losses, patience) == epochs


def test_a_loss_that_always_falls_never_stops():
    assert stops_after([3, 2, 1], 1) == 3


def test_the_first_change_of_each_optimizer_is_the_one_in_the_lesson():
    gradient = np.array([-0.9, 0.2])
    first = {name: make(RATE).change(gradient) for name, make in OPTIMIZERS.items()}
    np.testing.assert_allclose(first["sgd"], [0.009, -0.002])
    np.testing.assert_allclose(first["rmsprop"], RATE / np.sqrt(0.1) * np.array([1, -1]), rtol=1e-4)
    np.testing.assert_allclose(first["adam"], [RATE, -RATE], rtol=1e-4)


def test_a_training_begins_where_all_digits_are_equally_probable_and_its_loss_falls(small_npz):
    with np.load(small_npz) as data:
        images, labels = data["x_train"] / np.float32(255), data["y_train"]
    losses = descend(images, labels, OPTIMIZERS["adam"](0.001), steps=20, batch=50, every=5)
    assert losses.shape == (5,)
    assert losses[0] == pytest.approx(np.log(10), rel=1e-5)
    assert (np.diff(losses) < 0).all()


def test_inputs_255_times_as_large_need_a_learning_rate_smaller_by_the_square(small_npz):
    with np.load(small_npz) as data:
        images, labels = data["x_train"].astype(np.float32), data["y_train"]
    # All but the bias, whose input does not grow with the others.
    scaled = descend(images / 255, labels, OPTIMIZERS["sgd"](0.1), 10, 50, 5)
    stored = descend(images, labels, OPTIMIZERS["sgd"](0.1 / 255**2), 10, 50, 5)
    np.testing.assert_allclose(scaled, stored, rtol=0.02)


def test_dropout_keeps_the_sum_on_average():
    values = np.full(100_000, 2.0, np.float32)
    left, off = dropped(values, 0.3, np.random.default_rng(0))
    assert off.mean() == pytest.approx(0.3, abs=0.01)
    assert (left[off] == 0).all()
    np.testing.assert_allclose(left[~off], 2 / 0.7, rtol=1e-6)
    assert left.mean() == pytest.approx(2, rel=0.01)


def test_without_a_rate_nothing_is_dropped():
    values = np.arange(5, dtype=np.float32)
    left, off = dropped(values, 0.0, np.random.default_rng(0))
    assert not off.any()
    np.testing.assert_array_equal(left, values)
