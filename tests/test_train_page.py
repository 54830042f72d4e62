"""The page Train, run without a browser or a worker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.nets.recipes import RECIPES
from mnist_app.texts.catalog import LANGUAGES, text
from mnist_app.training import queue
from mnist_app.training.events import append_event
from mnist_app.training.notes import Notes, write_notes
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import from_recipe, read
from mnist_app.views.training_live import live_state
from tests import canvas_stand_in

canvas_stand_in.install()
ME = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch, small_npz) -> Path:
    """An empty folder of runs; a worker that is asked for never comes."""
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("MNIST_NPZ", str(small_npz))
    monkeypatch.setattr(queue.LocalProcesses, "_start", lambda self, waiting: False)
    # A thread that goes on after the test would start what the test has left waiting.
    monkeypatch.setattr(queue.LocalProcesses, "follow", lambda self: None)
    return tmp_path / "runs"


def page(**state) -> AppTest:
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=30)
    for key, value in {"person": ME, **state}.items():
        test.session_state[key] = value
    test.switch_page("train.py")
    return test.run()


def fine(test: AppTest) -> AppTest:
    assert not test.exception, test.exception[0].value
    return test


def words(test: AppTest) -> str:
    elements = [*test.caption, *test.error, *test.info, *test.markdown, *test.metric]
    return "\n".join(str(getattr(element, "label", "")) + " " + str(element.value) for element in elements)


def told(run: RunDirectory) -> str:
    """Return the line that the browser fetches while a run is alive."""
    state = live_state(run, "en", "two", log=False)
    assert state is not None
    return str(state["words"])


def a_run(kind: str, owner: str = ME, epochs: int = 4) -> RunDirectory:
    """Return a run that tells of two epochs and then of its end."""
    run = create_run(from_recipe("convnet-128", epochs=epochs))
    write_notes(run, Notes(owner=owner))
    append_event(run.events, "preparing", pid=1)
    append_event(
        run.events, "started", images=500, validation_images=50, epochs=epochs, batches=8, step=0, layers=[]
    )
    for epoch in (1, 2):
        metrics = {"loss": 1 / epoch, "accuracy": epoch / 3, "val_loss": 2 / epoch, "val_accuracy": epoch / 4}
        append_event(run.events, "batch", step=8 * epoch, epoch=epoch, images_per_second=900.0, **metrics)
        append_event(run.events, "epoch", step=8 * epoch, epoch=epoch, images_per_second=900.0, **metrics)
        append_event(
            run.events, "checkpoint", epoch=epoch, monitor="val_loss", previous=None, value=2 / epoch
        )
    if kind == "failed":
        append_event(run.events, kind, key="error.loss_not_finite", values={"rate": "10"}, message="")
    elif kind != "interrupted":
        append_event(run.events, kind, step=16)
    return run


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_runs_in_every_language(language):
    test = fine(page(language=language))
    assert test.title[0].value == text("train.title", language)
    assert text("train.no_runs", language) in test.info[0].value


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_is_started_exactly_as_it_is(recipe, runs):
    test = fine(page())
    test.selectbox("recipe").set_value(recipe).run()
    fine(test)
    test.button("start").click().run()
    fine(test)
    (path,) = runs.glob("*/settings.json")
    assert read(path) == from_recipe(recipe)
    assert json.loads((path.parent / "notes.json").read_text())["owner"] == ME
    assert "place 1" in told(RunDirectory(path.parent))


def test_a_changed_recipe_is_no_longer_the_recipe(runs):
    test = fine(page())
    test.number_input("setting_epochs").set_value(3).run()
    test.number_input("setting_rotation").set_value(10.0).run()
    test.button("start").click().run()
    fine(test)
    (path,) = runs.glob("*/settings.json")
    settings = read(path)
    assert (settings.recipe, settings.architecture, settings.epochs) == ("", "convnet-128", 3)
    assert settings.augmentation.rotation == 10


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("epochs", 0, "Epochs must lie between 1 and 1000"),
        ("learning_rate", 50.0, "Learning rate must lie between"),
        ("batch_size", -1, "Batch size must lie between"),
        ("rotation", 400.0, "Rotation (degrees) must lie between"),
        ("dropout", 1.5, "Dropout must lie between"),
        ("train_images", 3, "Training images must lie between"),
        ("seed", -5, "Seed must lie between"),
    ],
)
def test_a_value_that_cannot_be_is_refused_where_it_stands(setting, value, sentence, runs):
    test = fine(page())
    test.number_input(f"setting_{setting}").set_value(value).run()
    fine(test)
    assert sentence in words(test)
    assert test.button("start").disabled
    assert not runs.exists() or not list(runs.glob("*/settings.json"))


def test_the_augmentation_is_shown_on_nine_images():
    test = fine(page())
    before = sum("data:image" in element.proto.body for element in test.get("html"))
    test.number_input("setting_rotation").set_value(20.0).run()
    grids = [element.proto.body for element in test.get("html") if "data:image" in element.proto.body]
    assert len(grids) == before + 1
    assert max(grid.count("<img") for grid in grids) == 9


@pytest.mark.parametrize(
    ("kind", "sentence", "buttons"),
    [
        ("interrupted", "cut off before its first checkpoint", {"run-again"}),
        ("failed", "The loss became infinite", {"run-again"}),
        ("paused", "Paused", {"run-resume", "run-stop"}),
    ],
)
def test_a_run_that_has_ended_badly_says_why_and_what_to_do(kind, sentence, buttons):
    run = a_run(kind)
    test = fine(page())
    assert sentence in (told(run) if kind == "paused" else words(test))
    assert buttons <= {button.key for button in test.button}


def test_somebody_elses_run_can_be_watched_only():
    a_run("paused", owner="f" * 32)
    test = fine(page())
    assert "Somebody else's training" in words(test)
    assert not {"run-resume", "run-stop"} & {button.key for button in test.button}


def test_a_damaged_run_does_not_stop_the_page(runs):
    run = a_run("failed")
    run.settings.write_text("{")
    run.notes.write_text("[")
    fine(page())
