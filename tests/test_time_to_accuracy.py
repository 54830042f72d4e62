"""The benchmark of the fast recipes: what it changes, and what it calls met."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.time_to_accuracy import FAST, MORE, TUTORIAL, WITHOUT, parts, show, told
from mnist_app.training.settings import from_recipe


@pytest.mark.parametrize("recipe", FAST)
def test_every_part_of_a_fast_recipe_is_taken_back_to_the_tutorials_once(recipe):
    own, tutorial = from_recipe(recipe).as_dict(), from_recipe(TUTORIAL).as_dict()
    found = parts(recipe)
    assert {"optimizer", "batch_size", "schedule", "batch_normalization"} <= found.keys()
    for name, changes in found.items():
        assert from_recipe(recipe, **changes).as_dict()[name] == tutorial[name] != own[name]
    assert own["learning_rate"] > found["batch_size"]["learning_rate"] > 0
    for changes in MORE.values():
        from_recipe(recipe, **changes)


@pytest.mark.tensorflow
def test_what_a_training_can_do_without_is_known_by_its_name():
    from benchmarks.without import PARTS

    assert tuple(PARTS) == WITHOUT


@pytest.mark.parametrize(
    ("seconds", "accuracy", "verdict"),
    [(5.0, 0.992, "8.0   met"), (5.2, 0.993, "7.7   not met"), (4.0, 0.991, "10.0   not met")],
)
def test_a_recipe_meets_what_is_asked_if_it_is_fast_and_right(seconds, accuracy, verdict, capsys):
    def row(training: float, accuracy: float) -> dict[str, Any]:
        return {"import": 6.0, "compile": 2.0, "training": training, "accuracy": accuracy}

    own = [row(seconds - 0.5, accuracy), row(seconds + 0.5, accuracy)]
    show("net", {"fit": [{"training": 40.0}], FAST[0]: own})
    *_, last = capsys.readouterr().out.rstrip().splitlines()
    assert last.endswith(verdict)
    assert told([seconds - 0.5, seconds + 0.5]) in last
