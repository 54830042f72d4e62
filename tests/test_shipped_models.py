"""The models that ship: the tutorials' and ours, complete, as good as their cards and tutorials say."""

from __future__ import annotations

import pytest

from mnist_app.data.mnist import Source
from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.nets.recipes import RECIPES
from mnist_app.serving.card import FILTERS_FILE, KERAS_FILE
from mnist_app.serving.evaluation import evaluate, examination
from mnist_app.serving.model_folders import SHIPPED
from mnist_app.serving.predictor import Predictor

MOST_BYTES = 60e6
SLACK = 0.0015  # below the tutorial's accuracy


@pytest.fixture(scope="module", params=ARCHITECTURES)
def shipped(request) -> Predictor:
    return Predictor(SHIPPED / request.param)


def test_they_are_all_networks_and_small_together():
    assert {folder.name for folder in SHIPPED.iterdir()} == set(ARCHITECTURES)
    assert sum(file.stat().st_size for file in SHIPPED.rglob("*") if file.is_file()) < MOST_BYTES


def test_each_is_trained_by_its_recipe_with_its_curves(shipped):
    card = shipped.card
    recipe = RECIPES[card.settings["recipe"]]
    assert recipe.architecture == shipped.name
    found = {name: card.settings[name] for name in recipe.settings}
    if recipe.name == "drawings":  # which took longer than a person waits
        assert found.pop("epochs") >= recipe.settings["epochs"]
    assert found == {name: recipe.settings[name] for name in found}
    assert len(card.history) == card.epochs
    assert {"loss", "accuracy"} <= set(card.history[0])
    assert card.data["train_images"] + card.data["validation_images"] >= 60_000


def test_each_has_its_filters_and_no_state_of_an_optimizer(shipped):
    has_filters = any(layer.class_name == "Conv2D" for layer in shipped.layers)
    assert (shipped.folder / FILTERS_FILE).exists() == has_filters
    assert (shipped.folder / KERAS_FILE).stat().st_size < 4 * shipped.card.parameters + 100_000


def test_each_reads_as_many_test_images_as_its_card_and_its_tutorial_say(shipped, full_mnist):
    _, test = full_mnist
    source = Source("file", SHIPPED)  # where the images come from makes no difference here
    found = evaluate(shipped, examination(source, test))
    assert found.right == round(10_000 * shipped.card.test_accuracy)
    reported = RECIPES[shipped.card.settings["recipe"]].reported_accuracy
    assert reported is None or found.accuracy >= reported - SLACK
