"""Trainings that are held, killed, or run out of disk, memory or numbers, with the real worker.

TensorFlow takes seconds to load. Spare workers, which load it ahead, do what
needs a process of its own; the rest is done in this one.
"""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from mnist_app.data.mnist import Source, read_split
from mnist_app.serving.card import read_card
from mnist_app.serving.model_folders import find_models
from mnist_app.serving.predictor import Predictor
from mnist_app.serving.weights import read_weights
from mnist_app.training.events import Event, append_event, read_events
from mnist_app.training.history import last_status, read_history
from mnist_app.training.launch import Spare, start_worker
from mnist_app.training.queue import INTERRUPTED, PAUSED, RUNNING, LocalProcesses, RunState
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import Settings, from_recipe
from mnist_app.training.snapshots import snapshots
from mnist_app.training.worker import BUSY
from tests.small_models import change_card

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__", "ignore:The structure of `inputs`", "ignore:You are saving a model"
)

PROJECT = Path(__file__).resolve().parents[1]
SECONDS = 300.0  # what takes longer hangs
MEGABYTE = 1_000_000


def until(condition: Callable[[], object], pause: float = 0.01) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(pause)


def in_this_process(run: RunDirectory) -> int:
    """Return the worker's exit status, run here: TensorFlow is loaded already."""
    from mnist_app.training.worker import work

    return work(run)


class Workers:
    """Real workers, each of which has had time to load TensorFlow."""

    def __init__(self) -> None:
        self._spare = Spare()
        self._given: list[subprocess.Popen[bytes]] = []

    def start(self, run: RunDirectory, more: bool = True) -> subprocess.Popen[bytes]:
        """Return a worker at work in a run directory; ``more``: another one will be needed."""
        process = self._spare.give(run)
        assert process is not None
        self._given.append(process)
        if more:
            self._spare = Spare()
        return process

    def close(self) -> None:
        self._spare.dismiss()
        for process in self._given:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    workers = Workers()
    yield workers
    workers.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return the folder of this file's runs."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def thorough(small_npz) -> Settings:
    """Settings with everything that chance or time has a part in."""
    return Settings(
        architecture="deep-cnn",  # with dropout
        train_images=300,
        batch_size=24,
        epochs=4,
        schedule="one_cycle",
        rotation=15,
        shift=0.1,
        validation="train",
        validation_split=0.2,
        data=str(small_npz),
    )


BATCHES = 10  # an epoch of those settings


@pytest.fixture(scope="module")
def uninterrupted(workers, folder, thorough) -> RunDirectory:
    """A training that nobody disturbed."""
    run = create_run(thorough, folder / "uninterrupted")
    assert in_this_process(run) == 0
    return run


def kinds(run: RunDirectory) -> list[str]:
    return [event["event"] for event in read_events(run.events)[0]]


def of_kind(run: RunDirectory, kind: str) -> list[Event]:
    return [event for event in read_events(run.events)[0] if event["event"] == kind]


def final_weights(run: RunDirectory) -> list[np.ndarray]:
    return [array for layer in read_card(run.path).layers for array in read_weights(run.path, layer.name)]


def assert_same_outcome(run: RunDirectory, other: RunDirectory) -> None:
    """Assert that two trainings came to the same weights."""
    weights = final_weights(run)
    assert len(weights) > 0
    for ours, theirs in zip(weights, final_weights(other), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def failure(run: RunDirectory) -> Event:
    """Return why a run failed, told in one sentence without a stack trace."""
    failed = read_events(run.events)[0][-1]
    assert failed["event"] == "failed"
    assert "\n" not in failed["message"]
    assert "Traceback" not in failed["message"]
    assert 'File "' not in failed["message"]
    assert failed["message"].endswith((".", failed["values"].get("reason", ".")))
    assert LocalProcesses(run.path.parent, spare=False).state(run) == RunState("failed")
    return failed


def has_finite_checkpoint(run: RunDirectory) -> bool:
    import keras

    model = keras.saving.load_model(run.checkpoint)
    return all(np.isfinite(weights).all() for weights in model.get_weights())


# ------------------------------------------------------------- workers that are killed


@pytest.mark.tensorflow
def test_a_killed_training_that_is_taken_up_again_comes_to_the_same_weights(
    workers, folder, thorough, uninterrupted
):
    run = create_run(thorough, folder / "killed")
    worker = workers.start(run)
    until(lambda: any(snapshot.step == 2 * BATCHES for snapshot in snapshots(run)), 0.002)
    worker.send_signal(signal.SIGKILL)
    assert worker.wait(SECONDS) == -signal.SIGKILL
    assert LocalProcesses(folder, spare=False).state(run) == RunState(INTERRUPTED)
    with run.events.open("ab") as events:  # as a worker leaves it that is killed while it writes
        events.write(b'{"event": "batch", "time": 17')

    assert workers.start(run).wait(SECONDS) == 0, run.log.read_text()
    again = of_kind(run, "started")[-1]
    assert again["step"] in (2 * BATCHES, 3 * BATCHES)
    history = read_history(run)
    assert history.status == "finished"
    assert [event["epoch"] for event in history.epochs] == [1, 2, 3, 4]
    expected = read_history(uninterrupted)
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        values = [event[name] for event in history.epochs]
        assert values == pytest.approx([event[name] for event in expected.epochs], abs=1e-5)
    assert_same_outcome(run, uninterrupted)
    assert read_card(run.path).epochs == 4


@pytest.mark.tensorflow
def test_a_training_is_held_stepped_killed_and_goes_on_from_that_very_batch(
    workers, folder, thorough, uninterrupted
):
    run = create_run(thorough, folder / "held and killed")
    run.pause.touch()
    worker = workers.start(run)

    def held_at() -> list[int]:
        return [event["step"] for event in of_kind(run, "paused")]

    until(lambda: held_at() == [1])
    run.step.touch()
    until(lambda: held_at() == [1, 2])
    run.epoch.touch()
    until(lambda: held_at() == [1, 2, BATCHES])
    assert [event["epoch"] for event in of_kind(run, "epoch")] == [1]  # its metrics are told before
    for step in (1, 2, 3):
        run.step.touch()
        until(lambda step=step: held_at()[-1] == BATCHES + step)
    assert not run.step.exists()
    assert not run.epoch.exists()
    assert LocalProcesses(folder, spare=False).state(run) == RunState(PAUSED)

    # Another worker finds it at work, and touches nothing.
    before = _files(run)
    second = start_worker(run)
    assert second.wait(SECONDS) == BUSY
    assert _files(run) == before

    worker.send_signal(signal.SIGKILL)
    worker.wait(SECONDS)
    assert LocalProcesses(folder, spare=False).state(run) == RunState(PAUSED)

    run.pause.unlink()
    assert workers.start(run).wait(SECONDS) == 0, run.log.read_text()
    assert of_kind(run, "started")[-1]["step"] == BATCHES + 3
    history = read_history(run)
    assert [event["epoch"] for event in history.epochs] == [1, 2, 3, 4]
    steps = [event["step"] for event in history.batches]
    assert steps == sorted(steps)
    assert_same_outcome(run, uninterrupted)


def _files(run: RunDirectory) -> dict[str, tuple[int, int]]:
    found = [path for path in run.path.rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in found}


@pytest.mark.tensorflow
def test_a_training_that_is_killed_where_an_epoch_ends_has_told_that_epoch(folder, small_npz, monkeypatch):
    from mnist_app.training import conductor

    settings = from_recipe("mlp-512", data=str(small_npz), train_images=60, batch_size=30, epochs=2)
    run = create_run(settings, folder / "at an epoch's end")
    run.pause.touch()
    run.step.touch()  # held after the first batch, and after the second, which is the epoch's last
    monkeypatch.setattr(conductor, "HOLD_SECONDS", 0.2)
    # What a kill while held leaves behind is what is there when "paused" is told.
    assert in_this_process(run) == 0
    told = kinds(run)
    assert told.index("epoch") < len(told) - 1 - told[::-1].index("paused")
    assert of_kind(run, "paused")[-1]["step"] == 2

    monkeypatch.undo()
    run.pause.unlink()
    assert in_this_process(run) == 0
    history = read_history(run)
    assert [event["epoch"] for event in history.epochs] == [1, 2]
    assert all("val_loss" in event for event in history.epochs)
    assert not any("val_loss" in event for event in history.batches)


# ------------------------------------------------------------- the learning rate, and stopping


def test_a_held_training_takes_a_learning_rate_and_stops_with_a_model(workers, folder, small_npz):
    settings = Settings(
        architecture="convnet-64", data=str(small_npz), batch_size=50, epochs=50, validation="none"
    )
    run = create_run(settings, folder / "controlled")
    run.pause.touch()
    worker = workers.start(run, more=False)
    for step, asked in enumerate(["quick!", "-1", "1000", "nan", "", "0.0005"], 1):
        until(lambda step=step: [event["step"] for event in of_kind(run, "paused")][-1:] == [step])
        assert of_kind(run, "learning_rate") == []
        run.learning_rate.write_text(asked)
        run.step.touch()
    until(lambda: of_kind(run, "paused")[-1]["step"] == 7)
    assert not run.learning_rate.exists()
    (changed,) = of_kind(run, "learning_rate")
    assert (changed["step"], changed["value"]) == (6, 0.0005)
    rates = {event["step"]: event["learning_rate"] for event in of_kind(run, "batch")}
    assert rates == pytest.approx({step: 0.001 if step < 7 else 0.0005 for step in range(1, 8)})

    run.stop.touch()
    assert worker.wait(SECONDS) == 0, run.log.read_text()
    assert kinds(run)[-1] == "stopped"
    assert LocalProcesses(folder, spare=False).state(run) == RunState("stopped")
    shelf = find_models([folder])
    assert run.name in shelf.folders
    assert shelf.problems == ()
    assert read_card(run.path).epochs == 0
    assert Predictor(run.path).predict(np.zeros((28, 28))).probabilities.shape == (1, 10)


@pytest.mark.tensorflow
def test_a_stopped_training_that_is_taken_up_again_keeps_its_learning_rate(folder, small_npz):
    settings = from_recipe("mlp-512", data=str(small_npz), train_images=60, batch_size=20, epochs=2)
    run = create_run(settings, folder / "stopped")
    run.learning_rate.write_text("0.0002")
    run.stop.touch()
    assert in_this_process(run) == 0
    assert (kinds(run)[-1], of_kind(run, "evaluated")[-1]["images"]) == ("stopped", 200)
    run.stop.unlink()
    assert in_this_process(run) == 0
    assert [event["step"] for event in of_kind(run, "started")] == [0, 1]
    assert [(event["step"], event["value"]) for event in of_kind(run, "learning_rate")] == [(0, 0.0002)]
    import keras

    assert float(keras.saving.load_model(run.checkpoint).optimizer.learning_rate) == pytest.approx(0.0002)


# ------------------------------------------------------------- what runs out: patience, disk, memory

DRIVER = """
import json, resource, sys
from pathlib import Path
from mnist_app.training import conductor, fitting
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.worker import work

folder = Path(sys.argv[1])

def status(name):
    try:
        return work(RunDirectory(folder / name))
    except Exception as error:  # which ends the real worker
        return type(error).__name__

def limit(size):
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))

statuses = {}
conductor.HOLD_SECONDS = 0.2
statuses["patience"] = status("patience")
limit(2_000_000)  # the first weights fit, a checkpoint does not
statuses["disk"] = status("disk")
limit(100)  # one event fits, two do not
statuses["full"] = status("full")
limit(resource.RLIM_INFINITY)

def train(*arguments):
    raise MemoryError("Unable to allocate 9.1 TiB")

fitting._fit = train
statuses["memory"] = status("memory")
print(json.dumps(statuses), flush=True)
"""


@pytest.fixture(scope="module")
def straitened(folder, small_npz) -> dict[str, Any]:
    """The exit statuses of runs in a process that had too little of something, by their names."""
    settings = from_recipe("mlp-512", data=str(small_npz), train_images=60, batch_size=20, epochs=2)
    for name in ("patience", "disk", "full", "memory"):
        create_run(settings, folder / name)
    (folder / "patience" / "pause").touch()
    command = [sys.executable, "-c", DRIVER, str(folder)]
    driver = subprocess.run(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS, check=True
    )
    return json.loads(driver.stdout.splitlines()[-1])


@pytest.mark.tensorflow
def test_a_training_that_is_held_for_long_ends_its_process_and_is_still_paused(straitened, folder):
    run = RunDirectory(folder / "patience")
    assert straitened["patience"] == 0
    processes = LocalProcesses(folder, spare=False)
    assert processes.state(run) == RunState(PAUSED)
    assert not run.is_locked()
    assert (last_status(run), kinds(run)[-1]) == ("paused", "fitted")
    assert of_kind(run, "paused")[-1]["step"] == 1
    assert find_models([folder]).folders.get(run.name) is None

    run.pause.unlink()
    assert in_this_process(run) == 0
    assert [event["step"] for event in of_kind(run, "started")] == [0, 1]
    assert processes.state(run) == RunState("finished")
    # Two fits make one training; being held is no part of it.
    fits = sum(event["seconds"] for event in of_kind(run, "fitted"))
    assert read_card(run.path).seconds == pytest.approx(fits, abs=0.2)


@pytest.mark.tensorflow
def test_a_full_disk_is_told_and_the_training_goes_on_when_there_is_room(uninterrupted, straitened, folder):
    run = RunDirectory(folder / "disk")
    assert straitened["disk"] == 1
    failed = failure(run)
    assert failed["key"] == "error.disk_full"
    assert failed["values"] == {"path": str(run.path)}
    names = [path.name for path in run.path.rglob("*")]
    assert not [name for name in names if "part" in name]  # nothing half-written takes up room
    assert not run.checkpoint.exists()
    shelf = find_models([folder])
    assert (run.name in shelf.folders, shelf.problems) == (False, ())
    assert uninterrupted.name in shelf.folders

    assert in_this_process(run) == 0
    assert kinds(run)[-1] == "finished"
    assert [event["epoch"] for event in read_history(run).epochs] == [1, 2]
    assert run.name in find_models([folder]).folders


@pytest.mark.tensorflow
def test_a_disk_on_which_not_even_an_event_has_room_interrupts_the_training(straitened, folder):
    run = RunDirectory(folder / "full")
    assert straitened["full"] == "OSError"
    assert run.events.stat().st_size == 100
    assert kinds(run) == ["preparing"]
    assert not run.events.read_bytes().endswith(b"\n")
    assert LocalProcesses(folder, spare=False).state(run) == RunState(INTERRUPTED)
    assert in_this_process(run) == 0
    assert kinds(run)[:3] == ["preparing", "preparing", "started"]
    assert read_history(run).status == "finished"


def test_running_out_of_memory_is_told(straitened, folder):
    run = RunDirectory(folder / "memory")
    assert straitened["memory"] == 1
    failed = failure(run)
    assert failed["key"] == "error.training_failed"
    assert failed["values"] == {"reason": "MemoryError: Unable to allocate 9.1 TiB", "log": str(run.log)}
    assert not run.is_locked()


# ------------------------------------------------------------- a loss without end


@pytest.mark.tensorflow
def test_an_infinite_loss_is_told_and_a_smaller_learning_rate_mends_it(folder, small_npz):
    settings = Settings(
        architecture="mlp-256x3",
        optimizer="sgd",
        learning_rate=10,
        batch_size=10,
        epochs=2,
        data=str(small_npz),
    )
    run = create_run(settings, folder / "infinite")
    assert in_this_process(run) == 2
    failed = failure(run)
    assert (failed["key"], failed["values"]) == ("error.loss_not_finite", {"rate": "10.0"})
    assert not run.checkpoint.exists() or has_finite_checkpoint(run)
    for snapshot in snapshots(run):
        assert all(np.isfinite(array).all() for each in snapshot.weights().values() for array in each)

    run.learning_rate.write_text("0.05")
    assert in_this_process(run) == 0
    history = read_history(run)
    assert history.status == "finished"
    assert history.failure == {}
    assert [event["epoch"] for event in history.epochs] == [1, 2]
    assert history.rates[-1]["value"] == 0.05
    assert math.isfinite(read_card(run.path).test_loss)


@pytest.mark.tensorflow
def test_weights_that_are_no_numbers_are_never_saved(folder, small_npz):
    import keras

    layers = [
        keras.Input((28, 28, 1)),
        keras.layers.Flatten(),
        keras.layers.Dense(4, "relu", kernel_initializer=keras.initializers.Constant(1e-37)),
        keras.layers.Dense(10, "softmax"),
    ]
    model = keras.Sequential(layers)
    # So large that the first gradient before them is infinite, and the loss is not.
    signs = np.sign(np.random.default_rng(0).normal(size=(4, 10)))
    model.layers[-1].kernel.assign((3e38 * signs).astype(np.float32))
    model.save(folder / "steep.keras")
    settings = Settings(
        architecture="",
        base=str(folder / "steep.keras"),
        optimizer="sgd",
        learning_rate=10,
        batch_size=500,  # one batch an epoch: its loss is that of the weights before
        epochs=2,
        validation="none",
        data=str(small_npz),
    )
    run = create_run(settings, folder / "no numbers")
    assert in_this_process(run) == 2
    assert failure(run)["key"] == "error.loss_not_finite"
    assert all(event["loss"] is not None for event in of_kind(run, "epoch"))  # the loss had told nothing
    assert not run.checkpoint.exists()


# ------------------------------------------------------------- damaged files


@pytest.fixture
def tiny(small_npz) -> Settings:
    return from_recipe("mlp-512", data=str(small_npz), train_images=60, batch_size=20, epochs=1)


@pytest.mark.tensorflow
def test_data_that_went_away_after_the_start_was_asked_for_ends_the_run_with_its_sentence(folder, tiny):
    copy = folder / "data.npz"
    copy.write_bytes(Path(tiny.data).read_bytes())
    run = create_run(from_recipe("mlp-512", data=str(copy)), folder / "data gone")
    copy.unlink()
    assert in_this_process(run) == 2
    assert (failure(run)["key"], failure(run)["values"]) == ("error.data_missing", {"path": str(copy)})


@pytest.mark.tensorflow
def test_damaged_data_end_the_run_with_their_sentence(folder, tiny):
    content = Path(tiny.data).read_bytes()
    for name, damaged in (
        ("cut", content[: len(content) // 2]),
        ("hole", _with_a_hole(content)),
        ("text", b"hello"),
        ("empty", b""),
    ):
        copy = folder / f"{name}.npz"
        copy.write_bytes(damaged)
        run = create_run(from_recipe("mlp-512", data=str(copy)), folder / f"data {name}")
        assert in_this_process(run) == 2
        assert failure(run)["key"] == "error.data_damaged"


@pytest.mark.tensorflow
@pytest.mark.parametrize("content", ["", "{", "[]", "\x00", '{"epochs": 1, "epochs": []}', '{"speed": 1}'])
def test_damaged_settings_end_the_run_with_their_sentence(tmp_path, content):
    run = create_run(Settings(), tmp_path / "run")
    run.settings.write_text(content)
    assert in_this_process(run) == 2
    assert failure(run)["key"].removeprefix("error.") in ("settings_file", "setting_type", "unknown_setting")


@pytest.fixture(scope="module")
def checkpoint(folder, uninterrupted) -> bytes:
    return uninterrupted.checkpoint.read_bytes()


def _with_a_hole(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(1000) + content[middle + 1000 :]


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"text",
        lambda content: content[: len(content) // 2],
        _with_a_hole,
    ],
    ids=["empty", "text", "cut", "hole"],
)
def test_a_damaged_checkpoint_ends_the_run_with_its_sentence(tmp_path, tiny, checkpoint, damage):
    run = create_run(tiny, tmp_path / "run")
    run.checkpoint.write_bytes(damage(checkpoint))
    assert in_this_process(run) == 2
    failed = failure(run)
    assert (failed["key"], failed["values"]) == ("error.checkpoint_damaged", {"path": str(run.checkpoint)})


@pytest.mark.tensorflow
def test_an_event_that_was_half_written_is_left_out_and_harms_no_other(folder, tiny):
    run = create_run(tiny, folder / "half an event")
    append_event(run.events, "preparing", pid=1)
    with run.events.open("ab") as file:
        file.write(b'{"event": "started", "step": 0, "ba\xec\x8b')
    assert in_this_process(run) == 0
    assert kinds(run)[:3] == ["preparing", "preparing", "started"]
    assert [event["epoch"] for event in read_history(run).epochs] == [1]


# ------------------------------------------------------------- the server is killed

SERVER = """
import sys, time
from pathlib import Path
from mnist_app.training import queue
from mnist_app.training.launch import Spare
from mnist_app.training.run_directory import RunDirectory

queue.SPARE_AFTER_SECONDS = 0
folder = Path(sys.argv[1])
processes = queue.LocalProcesses(folder)
processes.tick()  # which starts a spare worker for the run
processes.follow()
other = Spare()
print(other._process.pid, flush=True)
processes.submit(RunDirectory(folder / sys.argv[2]))
time.sleep(600)
"""


def test_a_training_outlives_its_server_and_a_spare_worker_does_not(tmp_path, small_npz):
    settings = from_recipe("mlp-512", data=str(small_npz), batch_size=10, epochs=20, patience=0)
    run = create_run(settings, tmp_path / "20260101-실험 – été")
    command = [sys.executable, "-c", SERVER, str(tmp_path), run.name]
    server = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert server.stdout is not None
        spare = psutil.Process(int(server.stdout.readline()))
        until(lambda: of_kind(run, "started"))
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    worker = psutil.Process(of_kind(run, "preparing")[0]["pid"])
    assert worker.cmdline()[-1] == "--spare"  # it had been started before the run was known

    processes = LocalProcesses(tmp_path, spare=False)
    processes.tick()
    assert processes.state(run) == RunState(RUNNING)
    until(lambda: not spare.is_running() or spare.status() == psutil.STATUS_ZOMBIE)

    def finished() -> bool:
        processes.tick()
        return processes.state(run).kind == "finished"

    until(finished)
    assert len(of_kind(run, "preparing")) == 1
    assert [event["epoch"] for event in read_history(run).epochs] == list(range(1, 21))
    processes.tick()
    assert not list((tmp_path / ".queue" / "running").iterdir())
    assert list(find_models([tmp_path]).folders) == [run.name]


# ------------------------------------------------------------- chance


@pytest.mark.tensorflow
def test_one_seed_gives_one_network_and_another_seed_another(folder, small_npz):
    networks = []
    for n, seed in enumerate((1, 1, 2)):
        settings = from_recipe(
            "mlp-512", data=str(small_npz), epochs=1, train_images=100, batch_size=20, seed=seed
        )
        settings = Settings(**{**settings.as_dict(), "dropout": 0.3, "rotation": 10.0})
        run = create_run(settings, folder / f"seed {n}")
        assert in_this_process(run) == 0
        networks.append(final_weights(run))
    for first, same, other in zip(*networks, strict=True):
        np.testing.assert_array_equal(first, same)
        assert np.abs(first - other).max() > 0.001


# ------------------------------------------------------------- models from elsewhere


def imported(file: Path, folder: Path, small_npz: Path, **changes: Any) -> RunDirectory:
    """Return a run that takes a model in as it is."""
    values = {
        "architecture": "",
        "base": str(file),
        "epochs": 0,
        "validation": "none",
        "data": str(small_npz),
    }
    return create_run(Settings(**{**values, **changes}), folder)


def save_foreign(path: Path, inputs: tuple[int, ...] = (28, 28, 1), end: str = "softmax") -> Any:
    """Save somebody else's functional model and return it."""
    import keras

    keras.utils.set_random_seed(5)
    image = keras.Input(inputs, name="picture")
    values = keras.layers.Conv2D(4, 5, strides=2, use_bias=False, name="stem")(image)
    values = keras.layers.BatchNormalization(name="norm")(values)
    values = keras.layers.Activation("relu", name="bend")(values)
    values = keras.layers.GlobalAveragePooling2D(name="mean")(values)
    outputs = keras.layers.Dense(10, activation=end, name="head")(values)
    model = keras.Model(image, outputs, name="Somebody_s_model")
    model.get_layer("norm").moving_mean.assign(np.array([0.1, -0.1, 0.2, 0], np.float32))
    model.save(path)
    return model


@pytest.mark.tensorflow
def test_a_foreign_model_becomes_a_model_folder_and_can_be_trained_on(tmp_path, small_npz):
    model = save_foreign(tmp_path / "theirs.keras")
    run = imported(tmp_path / "theirs.keras", tmp_path / "imported", small_npz)
    assert in_this_process(run) == 0, failure(run)
    assert (kinds(run)[-1], read_history(run).epochs) == ("finished", [])
    shelf = find_models([tmp_path])
    assert shelf.problems == ()
    assert list(shelf.folders) == ["imported"]

    test = read_split(Source("file", small_npz), "test")
    expected = model.predict(test.inputs(), verbose=0)
    predictor = Predictor(run.path)
    np.testing.assert_allclose(predictor.probabilities(test.inputs()), expected, atol=1e-5)
    card = predictor.card
    assert card.test_accuracy == pytest.approx((expected.argmax(1) == test.labels).mean(), abs=1e-6)
    assert [layer.name for layer in card.layers] == ["stem", "norm", "bend", "mean", "head"]
    assert (card.epochs, card.refuse_below) == (0, 0.0)

    change_card(run.path, refuse_below=0.7)
    tuned = imported(run.path, tmp_path / "tuned", small_npz, epochs=1, train_images=100)
    assert in_this_process(tuned) == 0
    assert (read_card(tuned.path).epochs, read_card(tuned.path).refuse_below) == (1, 0.7)
    moved = [
        np.abs(new - old).max() for new, old in zip(final_weights(tuned), final_weights(run), strict=True)
    ]
    assert 0 < max(moved) < 1  # from where the other left off


def save_lambda(path: Path) -> None:
    import keras

    layers = [
        keras.Input((28, 28, 1)),
        keras.layers.Flatten(),
        keras.layers.Lambda(lambda values: values * 2),
        keras.layers.Dense(10, activation="softmax"),
    ]
    keras.Sequential(layers).save(path)


def save_with_a_module(path: Path) -> None:
    """Save a model whose layer, so it says, is a class in a module of the sender's."""
    save_foreign(path)
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(contents["config.json"])
    (layer,) = (layer for layer in config["config"]["layers"] if layer["name"] == "bend")
    layer |= {"module": "planted_code", "class_name": "Bend", "registered_name": "Bend"}
    contents["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


def save_without_inputs(path: Path) -> None:
    import keras

    keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]).save(path)


STRANGERS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "lambda": (save_lambda, "error.import_unreadable"),
    "module": (save_with_a_module, "error.import_unreadable"),
    "text": (lambda path: path.write_text("no model"), "error.import_unreadable"),
    "nothing": (lambda path: None, "error.import_unreadable"),
    "shapes": (lambda path: save_foreign(path, (32, 32, 3)), "error.import_shapes"),
    "softmax": (lambda path: save_foreign(path, end="linear"), "error.import_softmax"),
    "sigmoid": (lambda path: save_foreign(path, end="sigmoid"), "error.import_softmax"),
    "no inputs": (save_without_inputs, "error.import_layers"),
}


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", STRANGERS)
def test_a_foreign_model_that_cannot_be_used_is_refused_with_its_sentence(
    name, tmp_path, small_npz, monkeypatch
):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "planted_code.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    save, key = STRANGERS[name]
    save(tmp_path / "theirs.keras")
    run = imported(tmp_path / "theirs.keras", tmp_path / "imported", small_npz)
    assert in_this_process(run) == 2
    failed = failure(run)
    assert failed["key"] == key
    assert failed["values"]["name"] == "theirs.keras"
    assert not (tmp_path / "ran").exists()
    assert find_models([tmp_path]) == find_models([])
