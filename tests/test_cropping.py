"""A training that begins with the middle of each image, and the network that is left."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.data.mnist import Split
from mnist_app.nets.architectures import ARCHITECTURES, build
from mnist_app.nets.cropping import EDGE, of_any_size
from mnist_app.nets.normalisation import normalised
from mnist_app.texts.user_error import UserError
from mnist_app.training.history import read_history
from mnist_app.training.run_directory import create_run
from mnist_app.training.settings import Settings
from mnist_app.training.worker import work

MIDDLE = 28 - 2 * EDGE


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_on_whole_images_it_computes_what_the_network_does_and_on_their_middle_it_answers(architecture):
    plain = normalised(build(architecture))
    model = of_any_size(plain)
    model.set_weights(plain.get_weights())
    images = np.random.default_rng(0).random((8, 28, 28, 1), np.float32)
    assert np.abs(model(images) - plain(images)).max() < 1e-6
    middle = model(images[:, EDGE:-EDGE, EDGE:-EDGE]).numpy()
    assert middle.shape == (8, 10)
    assert middle.sum(axis=1) == pytest.approx(1)


def test_the_dense_layer_of_one_last_cell_weighs_it_with_all_its_cells_together():
    # Six convolutions leave 3 × 3 cells of a whole image and one of its middle.
    plain = build("convnet-80")
    model = of_any_size(plain)
    kernel, bias = plain.get_layer("logits").get_weights()
    images = np.random.default_rng(1).random((4, MIDDLE, MIDDLE, 1), np.float32)
    cell = images
    for layer in model.layers:
        if layer.name == "stretched":
            break
        cell = layer(cell)
    assert cell.shape == (4, 1, 1, 80)
    model.get_layer("logits").set_weights([kernel, bias])
    logits = cell[:, 0, 0] @ kernel.reshape(9, 80, 10).sum(axis=0) + bias
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model(images), shares, atol=1e-5)


@pytest.mark.parametrize(("crop", "smaller"), [(0.0, 0), (0.5, 4), (0.3, 3), (1.0, 8)])
def test_images_are_whole_after_the_first_share_of_all_epochs(crop, smaller):
    from mnist_app.training.batches import batches

    images = np.random.default_rng(0).integers(0, 256, (40, 28, 28), np.uint8)
    split = Split(images, np.arange(40, dtype=np.uint8) % 10)
    settings = Settings(epochs=2, batch_size=10, validation="none", crop=crop)
    found = [pictures.numpy()[..., 0] for pictures, _ in batches(split, settings, first_epoch=0)]
    assert [each.shape[1:] for each in found] == [(MIDDLE,) * 2] * smaller + [(28, 28)] * (8 - smaller)
    # A training that was cut off goes on with the same images.
    resumed = [pictures.numpy()[..., 0] for pictures, _ in batches(split, settings, first_epoch=0, skip=1)]
    for one, other in zip(found[1:], resumed, strict=True):
        np.testing.assert_array_equal(one, other)
    if smaller:
        whole = settings.as_dict() | {"crop": 0.0}
        first = next(iter(batches(split, Settings(**whole), first_epoch=0)))[0].numpy()[..., 0]
        np.testing.assert_array_equal(found[0], first[:, EDGE:-EDGE, EDGE:-EDGE])


@pytest.mark.parametrize("batch_normalization", [True, False])
def test_a_run_that_begins_with_the_middle_leaves_the_plain_network(batch_normalization, tmp_path, small_npz):
    import keras

    settings = Settings(
        architecture="convnet-80",
        optimizer="adamw",
        epochs=2,
        batch_size=32,
        crop=0.5,
        batch_normalization=batch_normalization,
        data=str(small_npz),
    )
    run = create_run(settings, tmp_path / "run")
    assert work(run) == 0
    history = read_history(run)
    assert history.status == "finished"
    model = keras.saving.load_model(run.path / "model.keras")
    assert [layer.name for layer in model.layers] == [layer.name for layer in build("convnet-80").layers]
    assert model.input_shape == (None, 28, 28, 1)


def test_a_network_that_has_learned_already_is_not_shown_smaller_images():
    with pytest.raises(UserError, match="crop"):
        Settings(base="models/convnet-128", crop=0.5)
