"""The worker: settings in, events and a model folder out."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mnist_app.data.mnist import Source, checksum, read_split
from mnist_app.serving.card import KERAS_FILE, TFLITE_FILE, read_card
from mnist_app.serving.filters import read_filters
from mnist_app.serving.model_folders import find_models
from mnist_app.serving.predictor import Predictor
from mnist_app.serving.weights import read_weights
from mnist_app.training.events import Event, append_event, read_events
from mnist_app.training.launch import start_worker
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import OPTIMIZERS, Settings, from_recipe, read
from mnist_app.training.snapshots import snapshots

pytestmark = pytest.mark.filterwarnings("ignore:__array__")

WORKER_SECONDS = 120  # a worker that takes longer hangs


def strictly(path: Path) -> list[Event]:
    """Return a file's events; a NaN in it, which is no JSON, is an error."""

    def refuse(word: str):
        raise AssertionError(f"{word} is no JSON")

    return [json.loads(line, parse_constant=refuse) for line in path.read_text("utf-8").splitlines()]


def in_this_process(run: RunDirectory) -> int:
    """Return the worker's exit status, run here: TensorFlow is loaded already."""
    from mnist_app.training.worker import work

    return work(run)


# ------------------------------------------------------------- events


def test_events_are_read_from_where_the_last_look_ended(tmp_path):
    path = tmp_path / "events.jsonl"
    assert read_events(path) == ([], 0)  # not there yet
    append_event(path, "preparing", pid=5)
    append_event(path, "epoch", epoch=1, step=8, images_per_second=9.0, loss=0.5)
    events, offset = read_events(path)
    assert [event["event"] for event in events] == ["preparing", "epoch"]
    assert events[1]["loss"] == 0.5
    assert events[0]["time"] <= events[1]["time"]
    assert read_events(path, offset) == ([], offset)
    append_event(path, "finished")
    later, end = read_events(path, offset)
    assert [event["event"] for event in later] == ["finished"]
    assert end == path.stat().st_size


def test_a_last_line_that_is_still_being_written_is_left_for_the_next_look(tmp_path):
    path = tmp_path / "events.jsonl"
    append_event(path, "preparing", note="한국어 ×")
    whole = path.read_bytes()
    line = whole.removesuffix(b"\n")
    for cut in range(1, len(line) + 1):
        path.write_bytes(whole + line[:cut])
        events, offset = read_events(path)
        assert (len(events), offset) == (1, len(whole))
    path.write_bytes(whole + whole)
    assert len(read_events(path, offset)[0]) == 1


def test_a_number_that_json_does_not_have_becomes_null(tmp_path):
    path = tmp_path / "events.jsonl"
    append_event(path, "epoch", loss=math.nan, val_loss=math.inf, accuracy=0.5)
    (event,) = strictly(path)
    assert (event["loss"], event["val_loss"], event["accuracy"]) == (None, None, 0.5)


# ------------------------------------------------------------- a run that finishes


@pytest.fixture(scope="module")
def finished(tmp_path_factory, small_npz) -> RunDirectory:
    """A run of a real worker that stops early, after its best epoch."""
    settings = from_recipe(
        "mlp-512", data=str(small_npz), train_images=400, batch_size=50, learning_rate=0.01, patience=1
    )
    run = create_run(settings, tmp_path_factory.mktemp("runs") / "early")
    assert start_worker(run).wait(WORKER_SECONDS) == 0, run.log.read_text()
    return run


def of_kind(run: RunDirectory, kind: str) -> list[Event]:
    return [event for event in strictly(run.events) if event["event"] == kind]


def test_a_run_leaves_a_model_folder(finished):
    names = {path.name for path in finished.path.iterdir()}
    assert {"settings.json", "events.jsonl", "log.txt", KERAS_FILE, TFLITE_FILE, "card.json"} <= names
    assert {"checkpoint.keras", "best.keras"} <= names
    assert not [name for name in names if ".part" in name]
    shelf = find_models([finished.path.parent])
    assert shelf.folders == {"early": finished.path}
    assert shelf.problems == ()


def test_events_come_in_order_with_what_they_promise(finished):
    events = strictly(finished.events)
    kinds = [event["event"] for event in events if event["event"] != "batch"]
    assert kinds[:2] == ["preparing", "started"]
    assert kinds[-4:] == ["fitted", "evaluating", "evaluated", "finished"]
    assert set(kinds[2:-4]) == {"epoch", "checkpoint"}
    assert kinds[2:4] == ["epoch", "checkpoint"]  # the first epoch is the best so far
    times = [event["time"] for event in events]
    assert times == sorted(times)

    (started,) = of_kind(finished, "started")
    expected = {"images": 400, "validation_images": 200, "epochs": 30, "parameters": 407_050, "data": "file"}
    assert {name: started[name] for name in expected} == expected
    assert events[0]["pid"] > 0

    epochs = of_kind(finished, "epoch")
    assert [event["epoch"] for event in epochs] == list(range(1, len(epochs) + 1))
    for event in epochs:
        assert {"loss", "accuracy", "val_loss", "val_accuracy", "images_per_second"} <= event.keys()
        assert event["images_per_second"] > 0
        assert 0 <= event["val_accuracy"] <= 1


def test_a_checkpoint_tells_from_what_to_what_the_loss_improved(finished):
    losses = [event["val_loss"] for event in of_kind(finished, "epoch")]
    best = None
    expected = []
    for epoch, loss in enumerate(losses, 1):
        if best is None or loss < best:
            expected.append((epoch, best, loss))
            best = loss
    found = [(event["epoch"], event["previous"], event["value"]) for event in of_kind(finished, "checkpoint")]
    assert found == expected
    assert {event["monitor"] for event in of_kind(finished, "checkpoint")} == {"val_loss"}


def test_a_run_stops_early_and_keeps_its_best_epoch(finished):
    epochs = of_kind(finished, "epoch")
    losses = [event["val_loss"] for event in epochs]
    best = int(np.argmin(losses))
    assert len(epochs) < 30
    assert len(epochs) == best + 1 + 1  # patience is 1
    (evaluated,) = of_kind(finished, "evaluated")
    assert evaluated["images"] == 200
    # The recipe validates on the test images: the kept epoch's loss is theirs.
    assert evaluated["test_loss"] == pytest.approx(losses[best], abs=1e-4)
    assert evaluated["test_accuracy"] == pytest.approx(epochs[best]["val_accuracy"], abs=1e-6)


def test_the_cards_numbers_are_the_events_and_the_datas(finished, small_npz):
    card = Predictor(finished.path).card
    (evaluated,) = of_kind(finished, "evaluated")
    epochs = of_kind(finished, "epoch")
    assert (card.test_loss, card.test_accuracy) == (evaluated["test_loss"], evaluated["test_accuracy"])
    assert card.history == [
        {name: event[name] for name in ("accuracy", "loss", "val_accuracy", "val_loss")} for event in epochs
    ]
    assert card.epochs == len(epochs) == of_kind(finished, "finished")[0]["epochs"]
    assert card.parameters == 407_050
    assert card.seconds > 0
    assert card.settings == read(finished.settings).as_dict()
    source = Source("file", small_npz)
    assert card.data == {
        "source": "file",
        "sha256": checksum(read_split(source, "train"), read_split(source, "test")),
        "train_images": 400,
        "validation_images": 200,
        "test_images": 200,
    }


def test_a_trained_model_reads_as_well_as_its_card_says(finished, small_npz):
    predictor = Predictor(finished.path)
    test = read_split(Source("file", small_npz), "test")
    right = (predictor.probabilities(test.inputs()).argmax(1) == test.labels).mean()
    assert right == pytest.approx(predictor.card.test_accuracy, abs=1e-6)
    assert right > 0.7  # it has learned something
    kernel, bias = read_weights(finished.path, "dense_1")
    assert (kernel.shape, bias.shape) == ((784, 512), (512,))


# ------------------------------------------------------------- a run that is stopped


def test_a_stop_file_ends_a_run_and_its_model_is_kept(tmp_path, small_npz):
    run = create_run(from_recipe("mlp-256x3", data=str(small_npz), epochs=1000), tmp_path / "stopped")
    worker = start_worker(run)
    run.stop.touch()
    assert worker.wait(WORKER_SECONDS) == 0, run.log.read_text()
    kinds = [event["event"] for event in strictly(run.events)]
    assert kinds[-2:] == ["evaluated", "stopped"]
    (stopped,) = of_kind(run, "stopped")
    assert stopped["epochs"] == kinds.count("epoch") < 1000
    predictor = Predictor(run.path)
    assert predictor.card.epochs == stopped["epochs"]
    assert predictor.predict(np.zeros((28, 28))).probabilities.shape == (1, 10)


# ------------------------------------------------------------- runs that fail


@pytest.mark.tensorflow
def test_a_loss_that_becomes_infinite_ends_the_run_with_its_sentence(tmp_path, small_npz, monkeypatch):
    settings = from_recipe("mlp-256x3", data=str(small_npz), learning_rate=10, batch_size=10, epochs=3)
    run = create_run(settings, tmp_path / "infinite")
    assert in_this_process(run) == 2
    failed = strictly(run.events)[-1]
    assert (failed["event"], failed["key"]) == ("failed", "error.loss_not_finite")
    assert failed["message"] == "The loss became infinite; try a smaller learning rate than 10.0."
    assert failed["values"] == {"rate": "10.0"}
    assert find_models([tmp_path]) == find_models([])  # neither a model nor a problem


@pytest.mark.tensorflow
def test_settings_that_are_damaged_end_the_run_with_their_sentence(tmp_path, monkeypatch):
    run = create_run(Settings(), tmp_path / "damaged")
    run.settings.write_text("{")
    assert in_this_process(run) == 2
    *_, failed = strictly(run.events)
    assert (failed["event"], failed["key"]) == ("failed", "error.settings_file")


@pytest.mark.tensorflow
def test_a_fault_that_nobody_foresaw_is_told_too(tmp_path, small_npz, monkeypatch, capsys):
    run = create_run(from_recipe("convnet-128", data=str(small_npz), epochs=1), tmp_path / "fault")
    run.snapshots.touch()  # a file where a folder should be
    assert in_this_process(run) == 1
    failed = strictly(run.events)[-1]
    assert (failed["event"], failed["key"]) == ("failed", "error.training_failed")
    assert str(run.log) in failed["message"]
    assert "\n" not in failed["message"]
    assert "Traceback" in capsys.readouterr().err  # which goes to log.txt


# ------------------------------------------------------------- what Keras does with the settings


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_has_kerass_own_learning_rate(name):
    import keras

    assert float(keras.optimizers.get(name).learning_rate) == pytest.approx(OPTIMIZERS[name])


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("optimizer", "validation"), list(zip(OPTIMIZERS, itertools.cycle(["train", "none"]), strict=False))
)
def test_every_optimizer_trains_with_and_without_validation(
    optimizer, validation, tmp_path, small_npz, monkeypatch
):
    settings = Settings(
        architecture="convnet-128",
        optimizer=optimizer,
        learning_rate=0.002,
        loss="sparse_categorical_crossentropy" if validation == "none" else "categorical_crossentropy",
        batch_size=16,
        epochs=1,
        validation=validation,
        validation_split=0.25,
        train_images=40,
        data=str(small_npz),
    )
    run = create_run(settings, tmp_path / "run")
    assert in_this_process(run) == 0
    (started,) = of_kind(run, "started")
    held_back = 10 if validation == "train" else 0
    assert (started["images"], started["validation_images"]) == (40 - held_back, held_back)
    assert bool(of_kind(run, "checkpoint")) == bool(held_back)
    (epoch,) = of_kind(run, "epoch")
    assert ("val_loss" in epoch) == bool(held_back)
    assert [event["event"] for event in strictly(run.events)][-3:] == ["evaluated", "describing", "finished"]
    assert read_filters(run.path, read_card(run.path)).layers.keys() == {"conv_1", "conv_2", "conv_3"}


@pytest.mark.tensorflow
def test_one_seed_gives_one_model(tmp_path, small_npz, monkeypatch):
    kernels = []
    for n, seed in enumerate((1, 1, 2)):
        settings = from_recipe("mlp-512", data=str(small_npz), epochs=1, train_images=100, seed=seed)
        run = create_run(settings, tmp_path / str(n))
        assert in_this_process(run) == 0
        kernels.append(read_weights(run.path, "logits")[0])
    np.testing.assert_allclose(kernels[0], kernels[1], atol=1e-6)
    assert np.abs(kernels[0] - kernels[2]).max() > 0.01


@pytest.mark.tensorflow
def test_averaged_weights_are_those_of_all_batches_the_later_the_more(tmp_path, small_npz):
    settings = from_recipe("mlp-512", data=str(small_npz), train_images=100, batch_size=100, epochs=3)
    run = create_run(replace(settings, ema_momentum=0.5, restore_best_weights=False), tmp_path / "run")
    assert in_this_process(run) == 0
    first, second, third = (shot.weights()["logits"][0] for shot in snapshots(run)[1:])
    average = (first + second + 2 * third) / 4
    np.testing.assert_allclose(read_weights(run.path, "logits")[0], average, atol=1e-6)
    assert np.abs(third - average).max() > 1e-4


@pytest.mark.tensorflow
def test_event_files_for_tensorboard_hold_every_epoch(tmp_path, small_npz):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import TENSORS, EventAccumulator

    settings = from_recipe("mlp-512", data=str(small_npz), train_images=100, epochs=2, tensorboard=True)
    run = create_run(settings, tmp_path / "board")
    assert in_this_process(run) == 0
    for part, names in (("train", {"epoch_loss", "epoch_accuracy"}), ("validation", {"epoch_loss"})):
        found = EventAccumulator(str(run.path / "tensorboard" / part), {TENSORS: 0}).Reload()
        assert names <= set(found.Tags()["tensors"])
        assert [event.step for event in found.Tensors("epoch_loss")] == [0, 1]
