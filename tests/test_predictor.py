"""A trained network at work in LiteRT."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mnist_app.nets.architectures import CLASSES
from mnist_app.serving.card import CARD, read_card
from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED
from mnist_app.serving.predictor import CHUNK, Predictor
from mnist_app.texts.user_error import UserError
from tests.small_models import TUTORIALS, change_card, copy_shipped

THREADS, CALLS = 16, 50


@pytest.fixture(scope="module")
def images(subset) -> np.ndarray:
    """Return 300 different images, float32 (300, 28, 28)."""
    return subset[1].images[:300] / np.float32(255)


def test_every_layers_activations_come_in_the_cards_order_and_shapes(predictor, images):
    prediction = predictor.predict(images[:3])
    assert list(prediction.activations) == [layer.name for layer in predictor.card.layers]
    for layer in predictor.card.layers:
        values = prediction.activations[layer.name]
        assert values.shape == (3, *layer.output_shape)
        assert values.dtype == np.float32


def test_the_probabilities_are_the_last_layer_and_sum_to_1(predictor, images):
    prediction = predictor.predict(images)
    last = prediction.activations[predictor.card.layers[-1].name]
    assert prediction.probabilities is last
    assert last.shape == (300, CLASSES)
    np.testing.assert_allclose(last.sum(1), 1, atol=1e-5)


def test_the_layers_belong_together(predictor, images):
    found = predictor.predict(images[:5]).activations
    windows = found["conv_1"].reshape(5, 13, 2, 13, 2, 32)
    np.testing.assert_array_equal(windows.max((2, 4)), found["pool_1"])
    np.testing.assert_array_equal(found["conv_6"].reshape(5, -1), found["flatten"])
    np.testing.assert_array_equal(found["dropout_1"], found["flatten"])  # it drops nothing here
    exponents = np.exp(found["logits"] - found["logits"].max(1, keepdims=True))
    np.testing.assert_allclose(exponents / exponents.sum(1, keepdims=True), found["softmax"], atol=1e-6)


@pytest.mark.parametrize("count", [1, 3, CHUNK, CHUNK + 1, 300])
def test_a_batch_of_any_size_gives_each_image_what_it_gets_alone(count, predictor, images):
    together = predictor.predict(images[:count])
    for n in {0, count // 2, count - 1}:
        alone = predictor.predict(images[n])
        for name, values in alone.activations.items():
            assert values.shape == (1, *together.activations[name].shape[1:])
            np.testing.assert_allclose(together.activations[name][n], values[0], atol=1e-5)
    np.testing.assert_array_equal(predictor.probabilities(images[:count]), together.probabilities)


def test_images_may_come_with_their_channel_and_in_any_float_type(predictor, images):
    expected = predictor.predict(images[:2]).probabilities
    for same in (images[:2, ..., np.newaxis], images[:2].astype(np.float64), images[:2].tolist()):
        np.testing.assert_allclose(predictor.predict(same).probabilities, expected, atol=1e-6)
    np.testing.assert_allclose(
        predictor.predict(images[0][..., np.newaxis]).probabilities, expected[:1], atol=1e-6
    )


def test_a_prediction_stays_what_it_was_after_the_next_one(predictor, images):
    first = predictor.predict(images[0])
    before = {name: values.copy() for name, values in first.activations.items()}
    predictor.predict(images[1])
    predictor.predict(images[:7])
    for name, values in first.activations.items():
        np.testing.assert_array_equal(values, before[name])


def test_many_threads_get_what_one_thread_gets(predictor, images):
    serial = [predictor.predict(image) for image in images]

    def work(thread: int) -> None:
        for call in range(CALLS):
            n = (thread * CALLS + call * 7) % len(images)
            size = 1 + (thread + call) % 3  # the interpreter is resized all the time
            batch = images[n : n + size]
            found = predictor.predict(batch)
            for name, values in found.activations.items():
                expected = np.concatenate([one.activations[name] for one in serial[n : n + size]])
                np.testing.assert_allclose(values, expected, atol=1e-5)

    with ThreadPoolExecutor(THREADS) as pool:
        assert len(list(pool.map(work, range(THREADS)))) == THREADS


@pytest.mark.parametrize(
    "shape",
    [
        (),
        (28,),
        (784,),
        (27, 28),
        (28, 28, 3),
        (5, 28, 27),
        (0, 28, 28),
        (2, 28, 28, 3),
        (1, 2, 28, 28, 1),
        (28, 1),
    ],
    ids=str,
)
def test_images_of_another_shape_are_refused_with_their_shape(shape, predictor):
    with pytest.raises(ValueError, match=r"must be \(batch, 28, 28\)") as caught:
        predictor.predict(np.zeros(shape, np.float32))
    assert str(shape) in str(caught.value)


def test_the_default_model_reads_99_4_percent_of_mnists_test_images(full_mnist, predictor):
    _, test = full_mnist
    right = (predictor.probabilities(test.inputs()).argmax(1) == test.labels).mean()
    assert right >= 0.994
    assert right == pytest.approx(predictor.card.test_accuracy, abs=0.0002)


def test_the_default_models_card_says_how_it_was_made(predictor):
    card = predictor.card
    assert (card.architecture, card.settings["recipe"]) == (DEFAULT_MODEL, "drawings")
    assert card.parameters == sum(layer.parameters for layer in card.layers) == 210_634
    drawn = sum(card.data[kind] for kind in ("pen_digits", "non_digits", "number_parts"))
    assert card.data["train_images"] + card.data["validation_images"] - drawn == 60_000
    assert card.data["test_images"] == 10_000
    assert card.test_accuracy >= 0.994
    assert len(card.history) == card.epochs == card.settings["epochs"]
    assert 0.5 < card.refuse_below < 1
    assert card.figures["temperature"] > 0
    assert set(card.versions) >= {"tensorflow", "keras"}


def test_a_tutorials_card_says_how_it_was_made():
    card = read_card(SHIPPED / TUTORIALS)
    assert (card.architecture, card.settings["recipe"]) == (TUTORIALS, TUTORIALS)
    assert card.parameters == sum(layer.parameters for layer in card.layers) == 104_202
    assert (card.data["train_images"], card.data["test_images"]) == (60_000, 10_000)
    assert card.test_accuracy >= 0.991
    assert len(card.history) == card.epochs == card.settings["epochs"] == 5
    assert (card.refuse_below, card.figures) == (0.0, {})


def test_a_predictor_knows_its_name_and_folder(predictor):
    assert (predictor.name, predictor.folder) == (DEFAULT_MODEL, SHIPPED / DEFAULT_MODEL)


def test_a_card_of_another_network_is_refused_by_the_models_name(tmp_path, predictor):
    layers = [vars(layer) | {"output_shape": list(layer.output_shape)} for layer in predictor.card.layers]
    broken = {
        "fewer": layers[1:],
        "renamed": [{**layers[0], "name": "conv_9"}, *layers[1:]],
        "none": [],
        "no-softmax": [*layers[:-1], {**layers[-1], "output_shape": [11]}],
    }
    for name, changed in broken.items():
        folder = copy_shipped(tmp_path, name)
        change_card(folder, layers=changed)
        with pytest.raises(UserError, match=f"“{name}” does not match its card"):
            Predictor(folder)


@pytest.mark.parametrize("content", [b"", b"no model", bytes(5_000)], ids=["empty", "text", "zeros"])
def test_a_file_that_is_no_model_is_refused_even_where_its_checksum_fits(tmp_path, content):
    folder = copy_shipped(tmp_path, "broken")
    (folder / "model.tflite").write_bytes(content)
    change_card(folder, tflite_sha256=hashlib.sha256(content).hexdigest())
    with pytest.raises(UserError, match=r"“broken” is damaged: model\.tflite"):
        Predictor(folder)


def test_a_folder_without_a_card_is_refused_by_its_name(tmp_path):
    folder = copy_shipped(tmp_path, "bare")
    (folder / CARD).unlink()
    with pytest.raises(UserError, match=r"“bare” is incomplete: card\.json"):
        Predictor(folder)
