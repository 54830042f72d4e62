"""LiteRT computes what Keras computes, layer by layer, for every network."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.serving.card import KERAS_FILE, TFLITE_FILE, read_card
from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED, open_folder
from mnist_app.serving.predictor import Predictor
from mnist_app.serving.weights import read_weights
from mnist_app.texts.user_error import UserError
from tests.small_models import copy_shipped, random_model

pytestmark = [pytest.mark.tensorflow, pytest.mark.filterwarnings("ignore:__array__")]


@pytest.fixture(scope="module", params=list(ARCHITECTURES))
def exported(request, tmp_path_factory):
    """A network with random weights and the model folder that it was written to."""
    folder = tmp_path_factory.mktemp("models") / request.param
    return random_model(folder, request.param), folder


def test_every_layers_output_agrees_with_keras(exported):
    import keras

    model, folder = exported
    predictor = Predictor(folder)
    every_layer = keras.Model(model.inputs, {layer.name: layer.output for layer in model.layers})
    rng = np.random.default_rng(2)
    for count in (1, 5):
        images = rng.random((count, 28, 28, 1), np.float32)
        expected = every_layer([images], training=False)
        found = predictor.predict(images).activations
        assert list(found) == [layer.name for layer in model.layers]
        for name, values in found.items():
            np.testing.assert_allclose(values, expected[name], rtol=0, atol=1e-5, err_msg=name)


def test_the_card_describes_the_network(exported):
    model, folder = exported
    card = read_card(folder)
    assert card.parameters == sum(layer.parameters for layer in card.layers) == model.count_params()
    for described, layer in zip(card.layers, model.layers, strict=True):
        assert (described.name, described.class_name) == (layer.name, type(layer).__name__)
        assert described.output_shape == tuple(layer.output.shape[1:])
        assert described.parameters == layer.count_params()
    kinds = {layer.class_name: layer.config for layer in card.layers}
    assert all(layer.config["dilation_rate"] for layer in card.layers if layer.class_name == "Conv2D")
    assert kinds["Dense"] == {"units": 10, "activation": "linear"}
    for wanted, keys in (("Conv2D", {"filters", "kernel_size", "padding"}), ("MaxPooling2D", {"pool_size"})):
        assert wanted not in kinds or keys <= kinds[wanted].keys()


def test_the_weights_can_be_read_without_tensorflow(exported):
    model, folder = exported
    for layer in model.layers:
        found = read_weights(folder, layer.name)
        expected = layer.get_weights()
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert one.dtype == np.float32
            np.testing.assert_array_equal(one, other)


def test_the_saved_network_comes_back_with_its_weights(exported):
    import keras

    model, folder = exported
    again = keras.saving.load_model(folder / KERAS_FILE)
    for one, other in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_folder_is_written_whole(exported):
    _, folder = exported
    assert sorted(path.name for path in folder.iterdir()) == ["card.json", KERAS_FILE, TFLITE_FILE]
    card, content = open_folder(folder)
    assert card.tflite_sha256 == hashlib.sha256(content).hexdigest()


def test_the_default_network_is_the_same_in_keras_and_in_litert(subset, predictor):
    import keras

    model = keras.saving.load_model(SHIPPED / DEFAULT_MODEL / KERAS_FILE)
    images = subset[1].inputs()[:200]
    np.testing.assert_allclose(
        predictor.predict(images).probabilities, model(images, training=False), atol=1e-5
    )


@pytest.mark.parametrize("size", [0, 100, 400_000])
def test_a_damaged_keras_file_is_named(tmp_path, size):
    folder = copy_shipped(tmp_path, "cut")
    whole = (folder / KERAS_FILE).read_bytes()
    (folder / KERAS_FILE).write_bytes(whole[:size])
    with pytest.raises(UserError, match=r"“cut” is damaged: model\.keras"):
        read_weights(folder, "conv_1")


def test_flipped_bytes_in_a_keras_file_are_noticed(tmp_path):
    folder = copy_shipped(tmp_path, "flipped")
    content = bytearray((folder / KERAS_FILE).read_bytes())
    content[len(content) // 2] ^= 0xFF
    (folder / KERAS_FILE).write_bytes(content)
    with pytest.raises(UserError, match="“flipped” is damaged"):
        read_weights(folder, "conv_1")


def test_a_missing_keras_file_is_named(tmp_path):
    folder = copy_shipped(tmp_path, "bare")
    (folder / KERAS_FILE).unlink()
    with pytest.raises(UserError, match=r"“bare” .*model\.keras"):
        read_weights(folder, "conv_1")
