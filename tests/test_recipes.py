"""The recipes, held against the tutorials' own settings."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.data.mnist import Split
from mnist_app.data.splits import split_validation
from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.nets.recipes import RECIPES
from mnist_app.texts.user_error import UserError
from mnist_app.training.settings import from_recipe

CATEGORICAL, SPARSE = "categorical_crossentropy", "sparse_categorical_crossentropy"

# name: optimizer, loss, batch size, epochs, validation, patience, reported accuracy
TUTORIALS = {
    "mlp-512": ("adam", CATEGORICAL, 200, 30, "test", 10, 0.9821),
    "mlp-256x3": ("sgd", CATEGORICAL, 32, 30, "train", 0, None),
    "cnn-32-32": ("sgd", CATEGORICAL, 32, 30, "train", 0, None),
    "deep-cnn": ("sgd", CATEGORICAL, 32, 30, "train", 0, None),
    "cnn-5x5": ("adam", CATEGORICAL, 128, 12, "test", 0, 0.9914),
    "cnn-32-64": ("adam", CATEGORICAL, 200, 30, "test", 10, 0.9928),
    "convnet-64": ("rmsprop", CATEGORICAL, 64, 5, "none", 0, 0.9916),
    "convnet-128": ("rmsprop", SPARSE, 64, 5, "none", 0, 0.992),
}


OURS = {"convnet-128-plus": "convnet-128", "drawings": "convnet-80"}
FAST = {"convnet-128-fast": "convnet-128", "convnet-80-fast": "convnet-80"}


def test_every_architecture_of_a_tutorial_has_its_recipe():
    assert list(ARCHITECTURES) == [*TUTORIALS, "convnet-80"]
    assert set(RECIPES) == {*TUTORIALS, *OURS, *FAST}


@pytest.mark.parametrize("name", OURS)
def test_our_own_recipes_augment_and_leave_the_test_images_alone(name):
    settings = from_recipe(name)
    assert (settings.recipe, settings.architecture) == (name, OURS[name])
    assert settings.schedule == "one_cycle"
    assert settings.augmentation
    assert settings.validation == "train"


@pytest.mark.parametrize("name", FAST)
def test_fast_recipes_do_one_epoch_and_judge_nothing_meanwhile(name):
    settings = from_recipe(name)
    assert (settings.recipe, settings.architecture) == (name, FAST[name])
    assert (settings.epochs, settings.validation, bool(settings.augmentation)) == (1, "none", False)


@pytest.mark.parametrize("name", TUTORIALS)
def test_every_recipe_has_its_tutorials_settings(name):
    settings = from_recipe(name)
    found = (
        *(settings.optimizer, settings.loss, settings.batch_size, settings.epochs),
        *(settings.validation, settings.patience, RECIPES[name].reported_accuracy),
    )
    assert found == TUTORIALS[name]
    assert (settings.recipe, settings.architecture) == (name, name)
    assert settings.learning_rate is None
    assert settings.train_images is None


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_that_stops_early_keeps_the_best_epoch_by_val_loss(name):
    settings = from_recipe(name)
    assert settings.restore_best_weights == (settings.patience > 0)
    assert settings.monitor == "val_loss"


@pytest.mark.parametrize("name", [name for name, row in TUTORIALS.items() if row[4] == "train"])
def test_every_recipe_that_holds_images_back_trains_on_the_first_50000(name):
    labels = np.arange(60_000)
    train, validation = split_validation(Split(labels, labels), from_recipe(name).validation_split)
    np.testing.assert_array_equal(train.labels, np.arange(50_000))
    np.testing.assert_array_equal(validation.labels, np.arange(50_000, 60_000))


def test_an_unknown_recipe_is_named_with_those_that_are_known():
    with pytest.raises(UserError, match=r"“lenet”.*convnet-128"):
        from_recipe("lenet")
