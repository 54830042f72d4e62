"""What filters look for: found when a model is exported, written, and read back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mnist_app.data.mnist import Split
from mnist_app.serving.card import FILTERS_FILE, KERAS_FILE, read_card
from mnist_app.serving.filters import SHOWN, Filters, read_filters
from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.user_error import UserError
from mnist_app.views.filters import pack_filters
from tests.small_models import change_card, copy_shipped, write_folder

pytestmark = pytest.mark.filterwarnings("ignore:__array__")

SIDE = 28
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


def in_the_middle(patterns: np.ndarray, top: int, left: int) -> np.ndarray:
    """Return patterns as pictures, float32 (count, 28, 28), each where the middle cell sees it."""
    pictures = np.zeros((len(patterns), SIDE, SIDE), np.float32)
    height, width = patterns.shape[1:]
    pictures[:, top : top + height, left : left + width] = patterns / np.float32(255)
    return pictures


# ------------------------------------------------------------- what is found


@pytest.fixture(scope="module")
def described(subset, tmp_path_factory) -> tuple[Predictor, Filters, Split]:
    """The default network, what its filters look for among 300 images, and the images."""
    import keras

    from mnist_app.training.filters import write_filters

    folder = copy_shipped(tmp_path_factory.mktemp("models"), "described")
    (folder / FILTERS_FILE).unlink()
    model = keras.saving.load_model(folder / KERAS_FILE, compile=False)
    images = Split(subset[1].images[:300], subset[1].labels[:300])
    write_filters(model, folder, images)
    return Predictor(folder), read_filters(folder, read_card(folder)), images


@pytest.mark.tensorflow
def test_the_nine_images_of_each_filter_are_those_with_the_largest_values_anywhere(described):
    predictor, filters, images = described
    activations = predictor.predict(images.inputs()).activations
    assert list(filters.layers) == [f"conv_{number}" for number in range(1, 7)]
    assert filters.seen == len(images)
    for name, found in filters.layers.items():
        maps = activations[name]
        largest = maps.max((1, 2))  # (images, filters)
        best = np.sort(largest, 0)[::-1][:SHOWN].T
        np.testing.assert_allclose(found.values, best, **CLOSE, err_msg=name)
        chosen = filters.indices[found.images]
        for number in range(maps.shape[-1]):
            assert len(set(chosen[number])) == SHOWN  # at most one place an image
            rows, columns = found.places[number].T
            there = maps[chosen[number], rows, columns, number]
            np.testing.assert_allclose(there, best[number], **CLOSE, err_msg=f"{name} {number}")
    np.testing.assert_array_equal(filters.images, images.images[filters.indices])
    np.testing.assert_array_equal(filters.labels, images.labels[filters.indices])


@pytest.mark.tensorflow
def test_a_pattern_excites_its_filter_more_than_test_images_and_noise_do(described):
    predictor, filters, _ = described
    noise = np.random.default_rng(2).random((300, SIDE, SIDE), np.float32)
    noisy = predictor.predict(noise).activations
    # Where the middle cell's field begins.
    corners = {"conv_1": 13, "conv_2": 10, "conv_3": 8, "conv_4": 6, "conv_5": 4, "conv_6": 2}
    for name, found in filters.layers.items():
        maps = predictor.predict(in_the_middle(found.patterns, corners[name], corners[name])).activations[
            name
        ]
        middle = maps[:, maps.shape[1] // 2, maps.shape[2] // 2]
        np.testing.assert_allclose(np.diag(middle), found.reached, rtol=1e-3, atol=1e-4, err_msg=name)
        above_images = found.reached > 0.99 * found.values[:, 0]  # a real edge may be the best that there is
        above_noise = found.reached > noisy[name].max((0, 1, 2))
        assert above_images.mean() > 0.95, name
        assert above_noise.mean() > 0.95, name
    deepest = filters.layers["conv_6"]
    assert np.median(deepest.reached - 1.3 * deepest.values[:, 0]) > 0


@pytest.fixture(scope="module")
def branching(tmp_path_factory):
    """A network as an imported one may be: padding everywhere, dilation, a branch, another scale."""
    import keras

    keras.utils.set_random_seed(3)
    image = keras.Input((SIDE, SIDE, 1), name="picture")
    scaled = keras.layers.Rescaling(2.0, name="scaled")(image)
    first = keras.layers.Conv2D(4, 3, padding="same", dilation_rate=2, activation="relu", name="wide")(scaled)
    other = keras.layers.Conv2D(4, 1, padding="same", use_bias=False, name="thin")(scaled)
    values = keras.layers.Add(name="sum")([first, other])
    values = keras.layers.AveragePooling2D(4, name="pool")(values)
    values = keras.layers.Conv2D(3, (3, 2), padding="same", activation="tanh", name="last")(values)
    outputs = keras.layers.Dense(10, activation="softmax", name="head")(
        keras.layers.Flatten(name="flat")(values)
    )
    folder = tmp_path_factory.mktemp("models") / "branching"
    return write_folder(keras.Model(image, outputs), folder), folder


@pytest.mark.tensorflow
def test_a_network_of_any_shape_is_described(branching, subset):
    from mnist_app.training.filters import write_filters

    model, folder = branching
    images = Split(subset[1].images[:5], subset[1].labels[:5])
    write_filters(model, folder, images)
    predictor = Predictor(folder)
    found = read_filters(folder, predictor.card).layers
    assert {name: len(each.patterns) for name, each in found.items()} == {"wide": 4, "thin": 4, "last": 3}
    for name, each in found.items():
        assert each.images.shape[1] == len(images)  # fewer than nine
        maps = predictor.predict(in_the_middle(each.patterns, 0, 0)).activations[name]
        middle = maps[:, maps.shape[1] // 2, maps.shape[2] // 2]
        np.testing.assert_allclose(np.diag(middle), each.reached, **CLOSE, err_msg=name)


@pytest.mark.tensorflow
def test_networks_that_are_too_large_get_no_patterns_and_fewer_images(branching, subset, monkeypatch):
    from mnist_app.training import filters, patterns

    model, folder = branching
    monkeypatch.setattr(patterns, "MOST_WORK", -1)
    monkeypatch.setattr(filters, "MOST_WORK", 1e4)
    filters.write_filters(model, folder, subset[1])
    found = read_filters(folder, read_card(folder))
    assert found.seen == SHOWN
    assert [each.patterns for each in found.layers.values()] == [None] * 3


# ------------------------------------------------------------- the file


@pytest.fixture(scope="module")
def shipped() -> Filters:
    """What the filters of the default network look for."""
    return read_filters(SHIPPED / DEFAULT_MODEL, read_card(SHIPPED / DEFAULT_MODEL))


def test_the_default_network_has_its_file(shipped):
    assert (SHIPPED / DEFAULT_MODEL / FILTERS_FILE).stat().st_size < 600_000
    assert shipped.seen == 10_000
    sizes = {name: found.patterns.shape for name, found in shipped.layers.items()}
    assert [sizes[f"conv_{n}"] for n in (1, 2, 3)] == [(32, 3, 3), (48, 8, 8), (64, 12, 12)]
    assert [sizes[f"conv_{n}"] for n in (4, 5, 6)] == [(80, 16, 16), (80, 20, 20), (80, 24, 24)]


def test_what_is_written_is_read(shipped, tmp_path):
    folder = copy_shipped(tmp_path, "again")
    (folder / FILTERS_FILE).unlink()
    shipped.write(folder)
    again = read_filters(folder, read_card(folder))
    assert pack_filters(again) == pack_filters(shipped)
    assert [path.name for path in folder.iterdir() if "part" in path.name] == []


def test_a_model_that_was_exported_without_has_none(tmp_path):
    folder = copy_shipped(tmp_path, "older")
    (folder / FILTERS_FILE).unlink()
    with pytest.raises(FileNotFoundError):
        read_filters(folder, read_card(folder))
    assert Predictor(folder).layers


def first_layer(filters: Filters, **changes: np.ndarray | None) -> Filters:
    """Return filters whose first layer has other arrays."""
    return replace(filters, layers={**filters.layers, "conv_1": replace(filters.layers["conv_1"], **changes)})


WRONG = {
    "another model's": lambda filters: replace(filters, tflite_sha256="0" * 64),
    "no such layer": lambda filters: replace(filters, layers={"conv_9": filters.layers["conv_1"]}),
    "another layer's": lambda filters: replace(filters, layers={"conv_1": filters.layers["conv_2"]}),
    "images missing": lambda filters: replace(filters, images=filters.images[:-1]),
    "images of another size": lambda filters: replace(filters, images=filters.images[:, :-1]),
    "images as floats": lambda filters: replace(filters, images=filters.images / 255),
    "a label of 10": lambda filters: replace(filters, labels=filters.labels + np.uint8(10)),
    "an image beyond all": lambda filters: replace(filters, seen=100),
    "an image that is not there": lambda filters: first_layer(filters, images=np.full((24, 9), 9999)),
    "a cell outside the map": lambda filters: first_layer(filters, places=np.full((24, 9, 2), 28)),
    "a cell below 0": lambda filters: first_layer(filters, places=np.full((24, 9, 2), -1)),
    "no numbers": lambda filters: first_layer(filters, values=np.full((24, 9), np.nan)),
    "patterns without values": lambda filters: first_layer(filters, reached=None),
    "too few patterns": lambda filters: first_layer(filters, patterns=np.zeros((23, 3, 3), np.uint8)),
    "empty patterns": lambda filters: first_layer(filters, patterns=np.zeros((24, 0, 3), np.uint8)),
    "objects": lambda filters: first_layer(filters, values=np.full((24, 9), None)),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_file_that_does_not_fit_is_refused_with_one_sentence(wrong, shipped, tmp_path):
    folder = copy_shipped(tmp_path, "wrong")
    WRONG[wrong](shipped).write(folder)
    with pytest.raises(UserError, match=r"“wrong” .* filters\.npz is damaged"):
        read_filters(folder, read_card(folder))


@pytest.mark.parametrize("size", [0, 100, 200_000])
def test_a_file_that_was_cut_is_refused_with_one_sentence(size, tmp_path):
    folder = copy_shipped(tmp_path, "cut")
    (folder / FILTERS_FILE).write_bytes((folder / FILTERS_FILE).read_bytes()[:size])
    with pytest.raises(UserError, match=r"“cut” .* filters\.npz is damaged"):
        read_filters(folder, read_card(folder))


def test_a_folder_in_its_place_is_refused_with_one_sentence(tmp_path):
    folder = copy_shipped(tmp_path, "odd")
    (folder / FILTERS_FILE).unlink()
    (folder / FILTERS_FILE).mkdir()
    with pytest.raises(UserError, match=r"filters\.npz is damaged"):
        read_filters(folder, read_card(folder))


def test_filters_of_a_model_that_was_trained_further_are_not_shown(tmp_path):
    folder = copy_shipped(tmp_path, "further")
    change_card(folder, tflite_sha256="1" * 64)
    with pytest.raises(UserError, match="belongs to another model"):
        read_filters(folder, read_card(folder))
