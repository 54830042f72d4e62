"""Learning from a mistake: the set, the run that learns it, and what the page shows of it."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.data.drawings import add_drawing, drawing_files, read_drawings, to_zip
from mnist_app.data.mnist import Split
from mnist_app.numerics.picture import ink_of_canvas
from mnist_app.numerics.preprocess import prepare
from mnist_app.serving.card import read_card
from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED
from mnist_app.serving.network import Prediction
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.catalog import LANGUAGES
from mnist_app.texts.user_error import UserError
from mnist_app.training import mistakes
from mnist_app.training.events import append_event
from mnist_app.training.launch import start_worker
from mnist_app.training.mistakes import (
    Lesson,
    base_of,
    create_fine_tuning,
    lesson,
    newest_fine_tuning,
    origin_of,
    set_folder,
)
from mnist_app.training.notes import Notes, read_notes, write_notes
from mnist_app.training.queue import RunState
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import Settings, read
from mnist_app.views import fine_tuning
from tests import canvas_stand_in
from tests.drawings import SEVEN, THREE, Stroke, canvas_image
from tests.small_models import change_card, copy_shipped

canvas_stand_in.install()

WORKER_SECONDS = 240  # a worker that takes longer hangs, however busy the machine
ME, OTHER = "0" * 32, "f" * 32
BASE = SHIPPED / DEFAULT_MODEL
# A 1 with a long flag, or a 7: the default network says 1, and 7 next.
FLAGGED: list[Stroke] = [[(110, 95), (140, 70), (150, 62), (150, 100), (149, 140), (148, 180), (147, 230)]]


def prepared(strokes: list[Stroke]) -> np.ndarray:
    return prepare(ink_of_canvas(canvas_image(strokes))).digit


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def runs(tmp_path, monkeypatch) -> Path:
    """An empty folder of runs, for the app and for tests; no worker is kept ready."""
    folder = tmp_path / "runs"
    folder.mkdir()
    monkeypatch.setenv("MNIST_APP_RUNS", str(folder))
    monkeypatch.setenv("MNIST_APP_SPARE", "0")
    return folder


def created(runs: Path, owner: str = ME, base: Path = BASE, name: str = "") -> RunDirectory:
    """Return a new fine-tuning on a set with one drawing, a flagged 7."""
    drawings = set_folder(runs, owner)
    if not drawing_files(drawings):
        add_drawing(drawings, prepared(FLAGGED), 7)
    return create_fine_tuning(runs, base, read_card(base), drawings, Notes(owner, name))


# ------------------------------------------------------------- the run


def test_a_fine_tuning_knows_its_base_and_whose_it_is(runs):
    run = created(runs, name="mine")
    settings = read(run.settings)
    assert base_of(run) == Path(settings.base) == BASE.resolve()
    assert (settings.architecture, settings.validation) == (DEFAULT_MODEL, "none")
    assert Path(settings.drawings) == run.path / "drawings"
    assert Path(settings.drawings).is_absolute()
    assert read_notes(run) == Notes(ME, "mine")
    assert run.path.parent == runs


def test_what_a_run_learns_does_not_change_with_the_set(runs):
    run = created(runs)
    drawings = set_folder(runs, ME)
    add_drawing(drawings, prepared(THREE), 3)
    drawing_files(drawings)[0].unlink()
    assert read_drawings(run.path / "drawings").labels.tolist() == [7]
    assert read_drawings(drawings).labels.tolist() == [3]


def test_nothing_is_learned_from_an_empty_set(runs):
    with pytest.raises(UserError) as caught:
        create_fine_tuning(runs, BASE, read_card(BASE), runs / "nothing", Notes(ME))
    assert caught.value.key == "error.drawings_none"
    assert list(runs.iterdir()) == []


def test_a_run_that_cannot_be_written_is_a_sentence_and_leaves_nothing(runs, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy", full)
    with pytest.raises(UserError, match="the disk is full"):
        created(runs)
    assert [path.name for path in runs.iterdir()] == [".people"]


@pytest.mark.parametrize("architecture", ["", "lenet"])
def test_a_base_of_another_architecture_is_fine_tuned_too(runs, architecture):
    base = copy_shipped(runs, "foreign")
    change_card(base, architecture=architecture)
    assert read(created(runs, base=base).settings).architecture == ""


def test_only_with_a_base_an_architecture_may_be_left_out():
    assert Settings(architecture="", base="some/folder").architecture == ""
    with pytest.raises(UserError, match="setting architecture must"):
        Settings(architecture="")
    with pytest.raises(UserError, match="setting architecture must"):
        Settings(architecture="lenet", base="some/folder")


def test_the_data_is_the_bases_own_where_it_is_still_there(runs, small_npz):
    base = copy_shipped(runs, "base")
    for data, expected in ((str(small_npz), str(small_npz)), (str(runs / "gone.npz"), ""), ("", "")):
        change_card(base, settings={"data": data})
        assert read(created(runs, base=base).settings).data == expected


def test_the_newest_fine_tuning_is_ones_own(runs, tmp_path):
    assert newest_fine_tuning(tmp_path / "nowhere", ME) is None
    assert newest_fine_tuning(runs, ME) is None
    older, newer = created(runs), created(runs)
    older_path = older.path.rename(runs / "20200101-000000-drawings-0000")
    created(runs, OTHER).path.rename(runs / "29990101-000000-drawings-0000")
    plain = create_run(Settings(), runs / "29990101-000000-plain")
    write_notes(plain, Notes(ME))
    assert newest_fine_tuning(runs, ME) == newer
    shutil.rmtree(newer.path)
    assert newest_fine_tuning(runs, ME) == RunDirectory(older_path)


def test_a_network_that_was_fine_tuned_twice_is_still_named_after_its_origin(runs):
    base = copy_shipped(runs, "base")
    once = created(runs, base=base)
    shutil.copytree(BASE, once.path, dirs_exist_ok=True)
    twice = created(runs, base=once.path)
    assert origin_of(base) == origin_of(once.path) == origin_of(twice.path) == "base"
    write_notes(RunDirectory(base), Notes(ME, "my first"))
    assert origin_of(twice.path) == "my first"
    shutil.rmtree(once.path)
    assert origin_of(twice.path) == once.name


# ------------------------------------------------------------- before and after


class Saying:
    """A network that says these digits, whatever it is shown."""

    layers = ()
    refuse_below = 0.0

    def __init__(self, *digits: int) -> None:
        self.digits = digits

    def predict(self, images: np.ndarray) -> Prediction:
        assert images.shape == (len(self.digits), 28, 28, 1)
        assert 0 <= images.min() <= images.max() <= 1
        return Prediction({"softmax": np.eye(10, dtype=np.float32)[list(self.digits)]})

    def weights(self, layer: str) -> list[np.ndarray]:
        return []


def test_a_lesson_counts_what_is_read_right(runs):
    run = created(runs)
    for label in (3, 4):
        add_drawing(run.path / "drawings", prepared(THREE), label)
    found = lesson(run, Saying(1, 3, 3), Saying(7, 3, 3))
    assert (found.right_before, found.right_after) == (1, 2)
    assert found.drawings.labels.tolist() == [7, 3, 4]


@pytest.mark.parametrize(
    ("said", "example"), [((1, 3, 4), 0), ((1, 1, 4), 1), ((7, 3, 4), 2), ((1, 1, 1), 2)]
)
def test_a_lesson_shows_the_newest_mistake(said, example):
    drawings = Split(np.zeros((3, 28, 28), np.uint8), np.array([7, 3, 4], np.uint8))
    before = np.eye(10, dtype=np.float32)[list(said)]
    assert Lesson(drawings, before, before).example == example


def test_a_lesson_without_its_drawings_is_a_sentence(runs):
    run = created(runs)
    (run.path / "drawings" / "0001-7.png").unlink()
    with pytest.raises(UserError):
        lesson(run, Saying(1), Saying(7))


# ------------------------------------------------------------- the real worker


def test_a_worker_learns_a_drawing_and_leaves_the_base_as_it_is(runs, small_npz, monkeypatch):
    monkeypatch.setenv("MNIST_NPZ", str(small_npz))
    before = Predictor(BASE)
    base_files = files_of(BASE)
    answer = before.predict(prepared(FLAGGED)).probabilities[0]
    assert answer.argmax() == 1  # else there is nothing to learn
    run = created(runs)
    assert start_worker(run).wait(WORKER_SECONDS) == 0, run.log.read_text()
    after = Predictor(run.path)
    found = lesson(run, before, after)
    assert (found.right_before, found.right_after) == (0, 1)
    assert files_of(BASE) == base_files
    assert after.card.data["train_images"] == 500 + 125  # a fifth of all are drawings
    assert after.card.architecture == before.card.architecture
    assert after.card.test_accuracy > 0.9  # it goes on from the base's weights


# ------------------------------------------------------------- the page


class Queue:
    """An executor that executes nothing: runs are in the state that a test puts them in."""

    def __init__(self) -> None:
        self.states: dict[str, RunState] = {}
        self.cancelled: list[str] = []

    def submit(self, run: RunDirectory) -> None:
        self.states[run.name] = RunState("running")

    def cancel(self, run: RunDirectory) -> None:
        self.cancelled.append(run.name)

    def state(self, run: RunDirectory) -> RunState:
        return self.states.get(run.name, RunState("interrupted"))


@pytest.fixture
def queue(runs, monkeypatch) -> Queue:
    stand_in = Queue()
    monkeypatch.setattr(fine_tuning, "executor", lambda: stand_in)
    return stand_in


@pytest.fixture
def drawn(monkeypatch):
    """Put strokes on the canvas of the app under test."""

    def put(strokes: list[Stroke]) -> None:
        monkeypatch.setattr(canvas_stand_in, "image", canvas_image(strokes))

    put(FLAGGED)
    return put


def app(language: str = "en", opened: bool = True, **state) -> AppTest:
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=30)
    for key, value in {"language": language, "person": ME, **state}.items():
        test.session_state[key] = value
    test.run()
    if opened:
        test.button(key="mistake").click().run()
    assert not test.exception
    return test


def say(test: AppTest, digit: int | None) -> AppTest:
    test.pills(key="mistake-digit").set_value(digit).run()
    assert not test.exception
    return test


def click(test: AppTest, key: str) -> AppTest:
    test.button(key=key).click().run()
    assert not test.exception
    return test


def keys(test: AppTest) -> set[str]:
    return {button.key for button in test.button if button.key}


def texts(test: AppTest) -> str:
    html = [element.proto.body for element in test.get("html")]
    return " ".join([*html, *(caption.value for caption in test.caption)])


def labels(runs: Path) -> list[int]:
    return [int(file.stem[-1]) for file in drawing_files(set_folder(runs, ME))]


def finish(run: RunDirectory, **changes: object) -> None:
    """Let a run have come to a model: a copy of its base."""
    shutil.copytree(BASE, run.path, dirs_exist_ok=True)
    change_card(run.path, **changes)
    append_event(run.events, "finished", epochs=1, early=False)


def only_run(runs: Path) -> RunDirectory:
    run = newest_fine_tuning(runs, ME)
    assert run is not None
    return run


def test_closed_it_is_one_button(queue, drawn):
    test = app(opened=False)
    assert {key for key in keys(test) if key.startswith("mistake")} == {"mistake"}
    assert not [pills for pills in test.pills if pills.key == "mistake-digit"]


def test_nothing_is_asked_of_a_test_image(queue, drawn):
    test = app(opened=False, source="test", test_index=3)
    assert "mistake" not in keys(test)


def test_the_answer_puts_the_drawing_into_the_set_changes_its_label_and_takes_it_out(runs, queue, drawn):
    test = app()
    assert "Your set is empty" in texts(test)
    assert "mistake-learn" not in keys(test)
    say(test, 7)
    assert labels(runs) == [7]
    assert "Drawings in your set: 1" in texts(test)
    assert test.pills(key="mistake-digit").value == 7
    stored = read_drawings(set_folder(runs, ME)).images[0]
    assert np.abs(stored / 255 - prepared(FLAGGED)).max() <= 0.5 / 255 + 1e-6
    say(test, 9)
    assert labels(runs) == [9]
    say(test, None)
    assert labels(runs) == []


def test_another_drawing_is_asked_for_anew(runs, queue, drawn):
    test = say(app(), 7)
    drawn(THREE)
    test.run()
    assert test.pills(key="mistake-digit").value is None
    say(test, 3)
    assert labels(runs) == [7, 3]
    drawn(FLAGGED)
    test.run()
    assert test.pills(key="mistake-digit").value == 7


def test_any_drawing_can_be_removed(runs, queue, drawn):
    test = say(app(), 7)
    drawn(THREE)
    say(test.run(), 3)
    click(test, "mistake-remove-0001-7.png")
    assert labels(runs) == [3]


def test_a_drawing_that_was_removed_is_not_mistaken_for_one_that_got_its_name(runs, queue, drawn):
    test = click(say(app(), 7), "mistake-remove-0001-7.png")
    assert test.pills(key="mistake-digit").value is None
    drawn(SEVEN)
    say(test.run(), 7)
    drawn(FLAGGED)
    assert test.run().pills(key="mistake-digit").value is None


def test_everybody_has_a_set_of_their_own(runs, queue, drawn):
    say(app(), 7)
    assert "Your set is empty" in texts(app(person=OTHER))
    assert "Drawings in your set: 1" in texts(app())  # a new session of the same person


def test_a_full_set_says_so(runs, queue, drawn, monkeypatch):
    from mnist_app.data import drawings

    monkeypatch.setattr(drawings, "MOST", 1)
    add_drawing(set_folder(runs, ME), prepared(THREE), 3)
    test = say(app(), 7)
    assert "at most 1 drawings" in test.error[0].value
    assert labels(runs) == [3]
    assert not test.run().error  # said once


def test_a_set_leaves_as_a_zip_and_comes_in_as_one(runs, queue, drawn):
    theirs = set_folder(runs, OTHER)
    add_drawing(theirs, prepared(THREE), 3)
    add_drawing(theirs, prepared(SEVEN), 7)
    test = app(**{"mistake-files": True})
    test.file_uploader[0].upload("set.zip", to_zip(theirs), "application/zip").run()
    assert not test.exception
    assert not test.error
    assert labels(runs) == [3, 7]
    assert [button.key for button in test.download_button].count("mistake-export") == 1
    test.file_uploader[0].upload("set.zip", b"no zip", "application/zip").run()
    assert "not a zip" in test.error[0].value
    assert labels(runs) == [3, 7]


def test_learn_it_starts_a_run_on_the_model_in_use(runs, queue, drawn):
    test = click(say(app(), 7), "mistake-learn")
    run = only_run(runs)
    assert queue.states == {run.name: RunState("running")}
    assert base_of(run) == BASE.resolve()
    assert read_notes(run) == Notes(ME, f"{DEFAULT_MODEL} + my drawings (1)")
    assert "mistake-stop" in keys(test)
    assert "mistake-learn" not in keys(test)  # one at a time


def test_a_running_fine_tuning_is_found_again_in_a_new_session(runs, queue, drawn):
    run = created(runs)
    queue.submit(run)
    append_event(run.events, "preparing", pid=1)
    assert "mistake-stop" in keys(app())
    started = {"step": 0, "batches": 98, "epochs": 1, "images": 6250, "validation_images": 0, "layers": []}
    append_event(run.events, "started", **started)
    append_event(run.events, "batch", step=49, epoch=1, batch=49, images_per_second=900.0)
    test = app()
    (bar,) = test.get("progress")
    assert (bar.proto.value, bar.proto.text) == (50, "Fine-tuning: batch 49 of 98")


@pytest.mark.parametrize(("state", "is_left"), [("queued", False), ("running", True)])
def test_a_fine_tuning_can_be_stopped(runs, queue, drawn, state, is_left):
    run = created(runs)
    queue.states[run.name] = RunState(state, 1)
    test = click(app(), "mistake-stop")
    assert queue.cancelled == [run.name]
    assert run.path.exists() == is_left
    assert ("mistake-learn" in keys(test)) == (not is_left)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finished_one_shows_before_after_and_the_cost(runs, queue, drawn, language):
    run = created(runs)
    before = round(10_000 * json.loads((BASE / "card.json").read_text())["test_accuracy"])
    finish(run, test_accuracy=(before - 9) / 10_000)
    queue.states[run.name] = RunState("finished")
    shown = texts(app(language))
    for figure in (f"{before:,}", f"{before - 9:,}", "10,000", "−0.09"):
        assert figure in shown
    assert shown.count(">1</span>") == 2  # before, and after: it is a copy


def test_figures_from_other_test_images_are_not_compared(runs, queue, drawn):
    run = created(runs)
    data = json.loads((BASE / "card.json").read_text())["data"]
    finish(run, test_accuracy=0.5, data={**data, "sha256": "other", "test_images": 200})
    queue.states[run.name] = RunState("finished")
    shown = texts(app())
    assert "50.0 % of 200" in shown
    assert "cannot be compared" in shown
    assert "points" not in shown


def test_use_it_and_undo_change_the_model_and_keep_the_drawings(runs, queue, drawn):
    run = created(runs)
    finish(run)
    queue.states[run.name] = RunState("finished")
    test = click(app(), "mistake-use")
    assert test.session_state["model"] == run.name
    assert test.selectbox(key="model").value == run.name
    assert "mistake-digit" not in {pills.key for pills in test.pills}  # the answer is in sight
    click(test, "mistake")
    assert "mistake-use" not in keys(test)
    click(test, "mistake-undo")
    assert not run.path.exists()
    assert test.selectbox(key="model").value == DEFAULT_MODEL
    assert labels(runs) == [7]
    assert "mistake-learn" in keys(test)


def test_undo_leaves_a_third_model_in_use(runs, queue, drawn):
    copy_shipped(runs, "third")
    run = created(runs)
    finish(run)
    queue.states[run.name] = RunState("finished")
    test = click(app(model="third"), "mistake-undo")
    assert test.selectbox(key="model").value == "third"


def test_a_result_whose_base_is_gone_says_so_and_can_be_undone(runs, queue, drawn):
    base = copy_shipped(runs, "base")
    run = created(runs, base=base)
    finish(run)
    queue.states[run.name] = RunState("finished")
    shutil.rmtree(base)
    test = app(model=run.name)
    assert "base" in test.error[0].value
    click(test, "mistake-undo")
    assert test.selectbox(key="model").value == DEFAULT_MODEL


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ({"key": "error.loss_not_finite", "values": {"rate": "0.5"}}, "smaller learning rate than 0.5"),
        (None, "cut off"),
    ],
    ids=["failed", "interrupted"],
)
def test_one_that_failed_says_why_and_is_tried_again(runs, queue, drawn, event, sentence):
    run = created(runs)
    if event:
        append_event(run.events, "failed", **event, message="")
        queue.states[run.name] = RunState("failed")
    test = app()
    assert sentence in test.error[0].value
    click(test, "mistake-learn")
    assert not run.path.exists()
    assert list(queue.states)[-1] == only_run(runs).name


def test_one_that_cannot_begin_says_why(runs, queue, drawn, monkeypatch):
    def refuse(*_):
        raise UserError("error.folder_not_writable", path=runs, reason="disk full")

    monkeypatch.setattr(fine_tuning, "create_fine_tuning", refuse)
    test = click(say(app(), 7), "mistake-learn")
    assert "disk full" in test.error[0].value
    assert queue.states == {}


def test_a_network_that_still_learns_is_not_fine_tuned(runs, queue, drawn):
    learning = create_run(Settings(), runs / "learning")
    layers = [dataclasses.asdict(layer) for layer in read_card(BASE).layers]
    append_event(
        learning.events, "started", step=0, batches=1, epochs=1, images=1, validation_images=0, layers=layers
    )
    weights = {layer["name"]: Predictor(BASE).weights(layer["name"]) for layer in layers}
    from mnist_app.training.snapshots import write_snapshot

    write_snapshot(learning, 1, {name: arrays for name, arrays in weights.items() if arrays})
    test = say(app(model="learning"), 7)
    assert test.button(key="mistake-learn").disabled
    assert "still learning" in texts(test)
    assert mistakes.newest_fine_tuning(runs, ME) is None
