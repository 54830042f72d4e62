"""Sweeps: the settings drawn, the runs made, and the rule that ends the hopeless ones."""

from __future__ import annotations

import itertools
import json

import pytest

from mnist_app.texts.user_error import UserError
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.settings import Settings, read
from mnist_app.training.sweeps import (
    FOLDER,
    GRID,
    MOST_RUNS,
    RANDOM,
    VARIED,
    Dimension,
    Rule,
    Sweep,
    count_runs,
    create_sweep,
    find_sweeps,
    parse_dimension,
)
from mnist_app.views.sweep_chart import parallel_coordinates
from mnist_app.views.sweep_settings import EXAMPLES

BASE = Settings(epochs=4, train_images=100, seed=3)
RATES = Dimension("learning_rate", (0.001, 0.01))
SIZES = Dimension("batch_size", (16, 32, 64))


def grid(tmp_path, dimensions=(RATES, SIZES), stops=True) -> Sweep:
    return create_sweep(BASE, dimensions, GRID, 0, stops, "me", tmp_path)


# ------------------------------------------------------------- what is asked for


@pytest.mark.parametrize("name", VARIED)
def test_the_values_that_stand_in_the_fields_at_first_can_be_tried(name):
    example = EXAMPLES[name]
    dimension = parse_dimension(name, example if isinstance(example, str) else ", ".join(example))
    assert len(dimension.values) >= 2


def test_values_have_their_settings_type_and_stand_once():
    assert parse_dimension("batch_size", "32, 64,32 ,") == Dimension("batch_size", (32, 64))
    assert parse_dimension("learning_rate", "1e-3,.5").values == (0.001, 0.5)
    assert parse_dimension("optimizer", "sgd, adam").values == ("sgd", "adam")


def test_a_range_has_two_ends():
    dimension = parse_dimension("learning_rate", "0.001 .. 0.1")
    assert (dimension.low, dimension.high, dimension.values) == (0.001, 0.1, ())


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        ("batch_size", "", "sweep_empty"),
        ("batch_size", "32, many", "setting_type"),
        ("batch_size", "0, 32", "setting_range"),
        ("learning_rate", "0.1..0.001", "sweep_range"),
        ("learning_rate", "0.1..", "sweep_range"),
        ("batch_size", "8..", "setting_type"),
        ("optimizer", "adam..sgd", "sweep_range"),
        ("optimizer", "adam, best", "setting_choice"),
    ],
)
def test_what_cannot_be_tried_is_refused(name, text, key):
    with pytest.raises(UserError) as refused:
        parse_dimension(name, text)
    assert refused.value.key == f"error.{key}"


@pytest.mark.parametrize(
    ("dimensions", "method", "count", "key"),
    [
        ([], GRID, 0, "sweep_nothing"),
        ([Dimension("learning_rate", low=0.1, high=1.0)], GRID, 0, "sweep_grid_range"),
        ([Dimension("seed", tuple(range(MOST_RUNS + 1)))], GRID, 0, "sweep_too_many"),
        ([RATES], RANDOM, 0, "sweep_too_many"),
        ([RATES], RANDOM, MOST_RUNS + 1, "sweep_too_many"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused(dimensions, method, count, key):
    with pytest.raises(UserError) as refused:
        count_runs(dimensions, method, count)
    assert refused.value.key == f"error.{key}"


# ------------------------------------------------------------- the runs


def test_a_grid_has_every_combination_as_a_run(tmp_path):
    sweep = grid(tmp_path)
    made = [read(RunDirectory(tmp_path / name).settings) for name in sweep.runs]
    wanted = set(itertools.product(RATES.values, SIZES.values))
    assert {(settings.learning_rate, settings.batch_size) for settings in made} == wanted
    assert len(made) == len(wanted)
    assert {(settings.epochs, settings.train_images, settings.seed) for settings in made} == {(4, 100, 3)}
    assert {settings.validation for settings in made} == {"train"}
    assert find_sweeps(tmp_path) == [sweep]


def test_random_draws_stay_in_their_range_and_come_again_with_the_same_seed(tmp_path):
    dimensions = [
        Dimension("learning_rate", low=0.001, high=0.1),
        Dimension("batch_size", low=8, high=64),
        RATES,
    ]
    one, two = (create_sweep(BASE, dimensions[:2], RANDOM, 12, False, "", tmp_path) for _ in range(2))
    assert one.space == two.space
    assert one.id != two.id
    assert all(0.001 <= given["learning_rate"] <= 0.1 for given in one.space)
    assert all(8 <= given["batch_size"] <= 64 and isinstance(given["batch_size"], int) for given in one.space)
    assert len({given["learning_rate"] for given in one.space}) == 12
    below = sum(given["learning_rate"] < 0.01 for given in one.space)
    assert 2 <= below <= 10  # half of them, as rates are drawn by their logarithm


def test_a_damaged_sweep_is_left_out(tmp_path):
    sweep = grid(tmp_path)
    (tmp_path / FOLDER / "other").mkdir()
    (tmp_path / FOLDER / "other" / "sweep.json").write_text("{", "utf-8")
    assert find_sweeps(tmp_path) == [sweep]


# ------------------------------------------------------------- the rule


def train(run: RunDirectory, accuracies) -> int:
    """Report epochs as a worker does, and return after how many the run ended."""
    rule = Rule(run)
    for epoch, accuracy in enumerate(accuracies, 1):
        if rule.is_hopeless(epoch, {"val_accuracy": accuracy}) and epoch < len(accuracies):
            rule.tell(is_whole=False)
            return epoch
    rule.tell(is_whole=True)
    return len(accuracies)


def test_a_run_below_the_median_of_those_that_are_done_ends_early(tmp_path):
    runs = [RunDirectory(tmp_path / name) for name in grid(tmp_path).runs]
    assert train(runs[0], [0.1, 0.2, 0.3, 0.4]) == 4  # nothing to compare it with
    assert train(runs[1], [0.8, 0.9, 0.9, 0.9]) == 4
    assert train(runs[2], [0.3, 0.3, 0.3, 0.3]) == 1
    assert train(runs[3], [0.85, 0.91, 0.95, 0.96]) == 4
    assert train(runs[4], [0.95, 0.95, 0.2, 0.2]) == 4  # its best so far counts


def test_without_the_rule_every_run_goes_to_its_end(tmp_path):
    runs = [RunDirectory(tmp_path / name) for name in grid(tmp_path, stops=False).runs]
    for accuracies in ([0.8] * 4, [0.9] * 4, [0.1] * 4):
        assert train(runs.pop(), accuracies) == 4


def test_a_run_that_has_ended_is_judged_no_more(tmp_path):
    run = RunDirectory(tmp_path / grid(tmp_path).runs[0])
    train(run, [0.1, 0.2, 0.3, 0.4])
    assert not Rule(run).is_hopeless(5, {"val_accuracy": 0.0})


@pytest.mark.parametrize("content", [None, "{", '{"sweep": "gone", "trial": 0, "stops": true}'])
def test_a_run_without_a_sweep_is_left_alone(tmp_path, content):
    run = RunDirectory(tmp_path / "run")
    run.path.mkdir()
    if content is not None:
        (run.path / "sweep.json").write_text(content, "utf-8")
    rule = Rule(run)
    assert not rule.is_hopeless(1, {"val_accuracy": 0.0})
    rule.tell(is_whole=True)


@pytest.mark.tensorflow
def test_the_worker_ends_a_hopeless_run_and_keeps_its_model(tmp_path, small_npz):
    from mnist_app.training.worker import work

    base = Settings("mlp-512", epochs=3, batch_size=50, data=str(small_npz))
    rates = Dimension("learning_rate", (0.003, 0.002, 0.0000001))
    sweep = create_sweep(base, [rates], GRID, 0, True, "", tmp_path)
    ends = []
    for name in sweep.runs:
        run = RunDirectory(tmp_path / name)
        assert work(run) == 0
        lines = run.events.read_text("utf-8").splitlines()
        ends.append(json.loads(lines[-1]))
        assert (run.path / "model.tflite").exists()
    assert [(end["event"], end["hopeless"], end["epochs"]) for end in ends] == [
        ("finished", False, 3),
        ("finished", False, 3),
        ("stopped", True, 1),
    ]


# ------------------------------------------------------------- the chart


def test_the_chart_has_a_line_a_run_and_an_axis_a_setting():
    given = [
        {"learning_rate": 0.001, "optimizer": "sgd", "batch_size": 32},
        {"learning_rate": 0.1, "optimizer": "adam", "batch_size": 64},
    ]
    figure = parallel_coordinates(given, [0.9, 0.95], lambda key, **_: key, dark=False)
    axes = figure["data"][0]["dimensions"]
    assert [axis["label"] for axis in axes] == [
        "setting.learning_rate",
        "setting.optimizer",
        "setting.batch_size",
        "sweep.axis_reached",
    ]
    assert axes[0]["values"] == pytest.approx([-3, -1])
    assert axes[0]["ticktext"] == ["0.001", "0.1"]
    assert [axes[1]["ticktext"][n] for n in axes[1]["values"]] == ["sgd", "adam"]
    assert axes[3]["values"] == [90, 95]
