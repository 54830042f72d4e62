"""What a training may be asked to do, as a file, as text and as values."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest

from mnist_app.numerics.augment import Augmentation
from mnist_app.texts.user_error import UserError
from mnist_app.training.run_directory import create_run
from mnist_app.training.settings import LIMITS, Settings, from_dict, from_recipe, read

NAN = float("nan")

# At least one value that each setting refuses.
REFUSED = [
    ("architecture", "lenet"),
    ("recipe", "lenet"),
    ("optimizer", "adamax"),
    ("learning_rate", 0.0),
    ("learning_rate", -0.1),
    ("learning_rate", 10.1),
    ("learning_rate", NAN),
    ("loss", "mse"),
    ("batch_size", 0),
    ("batch_size", 8193),
    ("epochs", 0),
    ("epochs", 1001),
    ("validation", "all"),
    ("validation_split", 0.0),
    ("validation_split", 1.0),
    ("validation_split", NAN),
    ("patience", -1),
    ("monitor", "loss"),
    ("schedule", "linear"),
    ("momentum", 1.0),
    ("dropout", 1.0),
    ("weight_decay", 1.1),
    ("ema_momentum", 1.0),
    ("label_smoothing", 0.6),
    ("rotation", -1.0),
    ("zoom", 0.6),
    ("shift", 0.6),
    ("thickness", 1.1),
    ("slant", 1.1),
    ("pen_digits", 10.1),
    ("non_digits", 1.1),
    ("number_parts", 1.1),
    ("bend", 2.1),
    ("fade", 1.1),
    ("crop", 1.1),
    ("train_images", 9),
    ("train_images", -1),
    ("seed", -1),
    ("seed", 2**32),
]
ANY_VALUE = {
    "batch_normalization",
    "calibrate",
    "mixed_precision",
    "recorded",
    "restore_best_weights",
    "data",
    "base",
    "drawings",
    "tensorboard",
}


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_value_that_cannot_be_is_refused_by_its_name(name, value):
    with pytest.raises(UserError, match=rf"setting {name} must .*Received: {value}"):
        Settings(**{name: value})


@pytest.mark.parametrize("name", LIMITS)
def test_a_number_is_taken_up_to_its_limits_and_no_farther(name):
    low, high = LIMITS[name]
    for value in (low, high):
        assert getattr(Settings(**{name: value}), name) == value
    for value in (math.nextafter(low, -math.inf), math.nextafter(high, math.inf), NAN):
        with pytest.raises(UserError, match=rf"setting {name} must lie between"):
            Settings(**{name: value})


def test_every_number_has_limits():
    numbers = {
        field.name for field in dataclasses.fields(Settings) if str(field.type).startswith(("int", "float"))
    }
    assert set(LIMITS) == numbers


def test_every_setting_refuses_something():
    assert {name for name, _ in REFUSED} | ANY_VALUE == {field.name for field in dataclasses.fields(Settings)}


@pytest.mark.parametrize(
    "changes", [{"patience": 3}, {"restore_best_weights": True}], ids=lambda changes: next(iter(changes))
)
def test_what_watches_the_validation_needs_validation_images(changes):
    Settings(validation="train", **changes)
    with pytest.raises(UserError, match="validation images"):
        Settings(validation="none", **changes)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("epochs", "3", 3),
        ("batch_size", " 16 ", 16),
        ("seed", "4294967295", 2**32 - 1),
        ("learning_rate", "0.01", 0.01),
        ("learning_rate", "1e-3", 0.001),
        ("learning_rate", "none", None),
        ("learning_rate", "", None),
        ("train_images", "600", 600),
        ("train_images", "all", None),
        ("restore_best_weights", "true", True),
        ("restore_best_weights", "False", False),
        ("optimizer", "sgd", "sgd"),
        ("data", "some/file.npz", "some/file.npz"),
        ("schedule", "one_cycle", "one_cycle"),
        ("momentum", "0.9", 0.9),
        ("dropout", "none", None),
        ("dropout", "0.3", 0.3),
        ("rotation", "10", 10.0),
        ("tensorboard", "true", True),
    ],
)
def test_text_becomes_a_value_of_its_settings_type(name, text, value):
    found = getattr(from_dict({name: text}), name)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("epochs", "many"),
        ("epochs", "2.5"),
        ("epochs", "nan"),
        ("epochs", "inf"),
        ("epochs", ""),
        ("epochs", "none"),
        ("epochs", 2.5),
        ("epochs", NAN),
        ("epochs", float("inf")),
        ("epochs", True),
        ("epochs", [3]),
        ("learning_rate", "fast"),
        ("learning_rate", "nan"),
        ("learning_rate", "inf"),
        ("learning_rate", [0.1]),
        ("validation_split", None),
        ("restore_best_weights", "yes"),
        ("restore_best_weights", "1"),
        ("restore_best_weights", None),
        ("architecture", None),
        ("seed", "0x10"),
    ],
)
def test_a_value_that_is_not_of_its_settings_type_is_refused_by_its_name(name, text):
    with pytest.raises(UserError, match=rf"setting {name} must"):
        from_dict({name: text})


def test_an_unknown_setting_is_named_with_those_that_are_known():
    with pytest.raises(UserError, match=r"“epoch”.*epochs"):
        from_recipe("convnet-128", epoch=3)


def test_a_change_of_a_recipe_leaves_its_other_settings():
    changed = from_recipe("mlp-512", epochs="2")
    assert changed == dataclasses.replace(from_recipe("mlp-512"), epochs=2)
    assert changed != from_recipe("mlp-512")


def test_the_learning_rate_is_the_optimizers_where_none_is_given():
    assert Settings(optimizer="sgd").rate == 0.01
    assert Settings(optimizer="sgd", learning_rate=0.5).rate == 0.5


def test_the_augmentation_is_what_the_settings_say():
    settings = Settings(rotation=10, zoom=0.1, shift=0.2, thickness=0.5)
    assert settings.augmentation == Augmentation(rotation=10, zoom=0.1, shift=0.2, thickness=0.5)
    assert not Settings().augmentation


def test_settings_come_back_from_their_file_as_they_were(tmp_path):
    settings = from_recipe("mlp-512", epochs=2, learning_rate=0.25, train_images=100, seed=7, data="x.npz")
    run = create_run(settings, tmp_path / "run")
    assert read(run.settings) == settings


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b'"epochs"'],
    ids=["empty", "half", "a list", "null", "binary", "a string"],
)
def test_a_damaged_settings_file_is_named(tmp_path, content):
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    with pytest.raises(UserError, match=str(path)):
        read(path)


def test_a_missing_settings_file_is_named(tmp_path):
    with pytest.raises(UserError, match=str(tmp_path / "settings.json")):
        read(tmp_path / "settings.json")


@pytest.mark.parametrize("values", [{"epochs": 0}, {"epochs": NAN}, {"colour": "red"}], ids=str)
def test_a_settings_file_with_impossible_settings_is_refused(tmp_path, values):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(values))
    with pytest.raises(UserError):
        read(path)


def test_a_run_does_not_start_in_a_folder_that_holds_something(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        create_run(Settings(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_run_says_when_its_folder_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UserError, match="cannot be written"):
        create_run(Settings(), tmp_path / "file" / "run")


def test_runs_without_a_folder_get_one_each_among_the_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path / "runs"))
    # Three in one second: the time alone does not tell them apart.
    made = [create_run(from_recipe("mlp-512")) for _ in range(3)]
    assert len({run.path for run in made}) == 3
    assert all(run.path.parent == tmp_path / "runs" and run.settings.is_file() for run in made)
    assert all("mlp-512" in run.path.name for run in made)
