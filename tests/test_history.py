"""What a run's events say, put together."""

from __future__ import annotations

import json

import pytest

from mnist_app.training.events import append_event
from mnist_app.training.history import (
    ENDS,
    STATUS,
    TAIL,
    epochs_without_improvement,
    last_status,
    overfits_from,
    read_history,
)
from mnist_app.training.run_directory import RunDirectory


@pytest.fixture
def run(tmp_path) -> RunDirectory:
    return RunDirectory(tmp_path)


def tell(run: RunDirectory, *events: tuple[str, dict[str, object]]) -> None:
    for kind, values in events:
        append_event(run.events, kind, **values)


SPEED = {"images_per_second": 900.0}


def started(step: int = 0, batches: int = 10, epochs: int = 5):
    images = {"images": 100, "validation_images": 10}
    return "started", {"step": step, "batches": batches, "epochs": epochs, **images}


def batch(step: int, batches: int = 10):
    return "batch", {"step": step, "epoch": (step - 1) // batches + 1, "loss": 1 / step, **SPEED}


def epoch(number: int, batches: int = 10, **metrics: float):
    return "epoch", {"epoch": number, "step": number * batches, **SPEED, **metrics}


def checkpoint(number: int, value: float = 0.5):
    return "checkpoint", {"epoch": number, "monitor": "val_loss", "previous": None, "value": value}


PREPARING, PAUSED, RESUMED = ("preparing", {"pid": 1}), ("paused", {"step": 14}), ("resumed", {"step": 14})
DRAWING = ("drawing", {"done": 300, "total": 400})
DOWNLOAD, EVALUATING = ("download", {"done": 5, "total": 10}), ("evaluating", {})
RATE, FITTED = ("learning_rate", {"step": 3, "value": 0.1}), ("fitted", {"seconds": 2.5, "step": 50})
EVALUATED = ("evaluated", {"test_loss": 0.1, "test_accuracy": 0.97})
DESCRIBING = ("describing", {})
FINISHED, STOPPED = ("finished", {"epochs": 5}), ("stopped", {"epochs": 1})
FAILED = ("failed", {"key": "error.disk_full", "values": {"path": "x"}, "message": "The disk is full."})

# What happened, and what the run is doing then.
STORIES = {
    "nothing": ([], ""),
    "preparing": ([PREPARING], "preparing"),
    "downloading": ([PREPARING, DOWNLOAD], "download"),
    "drawing": ([PREPARING, DRAWING], "drawing"),
    "started": ([PREPARING, DOWNLOAD, started()], "started"),
    "at work": ([PREPARING, started(), batch(3), epoch(1), checkpoint(1)], "started"),
    "another rate": ([PREPARING, started(), RATE], "started"),
    "paused": ([PREPARING, started(), batch(14), PAUSED], "paused"),
    "paused for good": ([PREPARING, started(), PAUSED, epoch(1), checkpoint(1), FITTED], "paused"),
    "one batch on": ([PREPARING, started(), PAUSED, RESUMED, batch(15), PAUSED], "paused"),
    "resumed": ([PREPARING, started(), PAUSED, RESUMED], "started"),
    "evaluating": ([PREPARING, started(), epoch(1), FITTED, EVALUATING], "evaluating"),
    "evaluated": ([PREPARING, started(), FITTED, EVALUATING, EVALUATED], "evaluating"),
    "describing": ([PREPARING, started(), FITTED, EVALUATING, EVALUATED, DESCRIBING], "describing"),
    "finished": ([PREPARING, started(), FITTED, EVALUATING, EVALUATED, FINISHED], "finished"),
    "stopped": ([PREPARING, started(), FITTED, EVALUATING, EVALUATED, STOPPED], "stopped"),
    "failed": ([PREPARING, FAILED], "failed"),
    "taken up again": ([PREPARING, FAILED, PREPARING, started(10)], "started"),
}


# ------------------------------------------------------------- the status


@pytest.mark.parametrize("story", STORIES)
def test_the_status_is_what_the_run_is_doing(run, story):
    events, status = STORIES[story]
    tell(run, *events)
    assert read_history(run).status == status


@pytest.mark.parametrize("story", STORIES)
def test_the_last_status_is_the_historys(run, story):
    events, status = STORIES[story]
    tell(run, *events)
    assert last_status(run) == status


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("cut", [1, 20, -1], ids=["its first byte", "its beginning", "all but its newline"])
def test_a_last_line_that_is_still_being_written_changes_no_status(run, story, cut):
    events, status = STORIES[story]
    tell(run, *events)
    line = json.dumps({"event": "failed", "time": 1.5, "key": "error.disk_full"}) + "\n"
    with run.events.open("a") as file:
        file.write(line[:cut])
    assert last_status(run) == status
    assert read_history(run).status == status


@pytest.mark.parametrize("padding", range(0, 300, 37))
def test_the_last_status_is_found_in_a_file_of_which_only_the_end_is_read(run, padding):
    tell(run, PREPARING, ("note", {"text": "x" * padding}), started())
    tell(run, *(batch(step) for step in range(1, 400)), PAUSED, epoch(40), FITTED)
    assert run.events.stat().st_size > 2 * TAIL
    assert last_status(run) == "paused"


@pytest.mark.parametrize("padding", range(0, 150, 37))
def test_a_line_whose_beginning_is_not_read_is_left_out(run, padding):
    tell(run, PREPARING, ("note", {"text": "x" * padding}), *(epoch(number) for number in range(1, 600)))
    assert run.events.stat().st_size > 2 * TAIL
    assert last_status(run) == "started"  # so many epochs can only be a training


def test_every_end_and_every_status_occurs_in_a_story():
    assert {status for _, status in STORIES.values()} == {"", *STATUS.values()}
    assert set(ENDS) <= set(STATUS.values())


# ------------------------------------------------------------- what is kept


def test_a_run_that_has_not_begun_has_an_empty_history(run):
    history = read_history(run)
    assert (history.step, history.steps, history.best_epoch) == (0, 0, None)
    assert (history.batches, history.epochs, history.started) == ([], [], {})
    assert epochs_without_improvement(history) == 0


def test_events_are_put_where_they_belong(run):
    tell(run, PREPARING, DOWNLOAD, started(), batch(3), RATE, batch(10), epoch(1), checkpoint(1))
    tell(run, batch(15), epoch(2), FITTED, EVALUATING, EVALUATED, FINISHED)
    history = read_history(run)
    assert [event["step"] for event in history.batches] == [3, 10, 15]
    assert [event["epoch"] for event in history.epochs] == [1, 2]
    assert [event["epoch"] for event in history.improvements] == [1]
    assert [event["value"] for event in history.rates] == [0.1]
    assert [event["seconds"] for event in history.fits] == [2.5]
    assert history.started["batches"] == 10
    assert history.fetched == 0.5
    assert history.evaluated["test_accuracy"] == 0.97
    assert history.failure == {}


def test_an_update_reads_only_what_is_new(run):
    tell(run, PREPARING, started(), batch(3))
    history = read_history(run)
    assert history.update() == []
    tell(run, batch(6), epoch(1))
    assert [event["event"] for event in history.update()] == ["batch", "epoch"]
    assert [event["step"] for event in history.batches] == [3, 6]
    assert vars(history) == vars(read_history(run))


def test_a_line_that_was_half_written_is_read_once_it_is_whole(run):
    tell(run, PREPARING, started(), batch(3))
    whole = run.events.read_bytes()
    tell(run, batch(6))
    line = run.events.read_bytes()[len(whole) :]
    run.events.write_bytes(whole + line[:9])
    history = read_history(run)
    assert history.step == 3
    assert history.update() == []
    run.events.write_bytes(whole + line)
    assert len(history.update()) == 1
    assert [event["step"] for event in history.batches] == [3, 6]


# ------------------------------------------------------------- how far it is


def test_the_step_is_the_last_that_any_event_tells_of(run):
    history = read_history(run)
    found = []
    for event in (PREPARING, started(), batch(8), epoch(1), batch(15), RATE):
        tell(run, event)
        history.update()
        found.append(history.step)
    assert found == [0, 0, 8, 10, 15, 15]
    assert history.steps == 50


def test_the_best_epoch_is_the_last_that_was_an_improvement(run):
    tell(run, started(), epoch(1), checkpoint(1), epoch(2), checkpoint(2), epoch(3), epoch(4))
    history = read_history(run)
    assert history.best_epoch == 2
    assert epochs_without_improvement(history) == 2


# ------------------------------------------------------------- a training that is taken up again


def interrupted(run: RunDirectory) -> None:
    """Tell of a run that was saved after 20 batches and died after 35."""
    tell(run, PREPARING, started(), batch(8), epoch(1), checkpoint(1), batch(18), epoch(2), RATE, FITTED)
    tell(run, batch(25), epoch(3), checkpoint(3), batch(35))


def test_a_resumed_run_takes_back_what_it_does_again(run):
    interrupted(run)
    history = read_history(run)
    assert (history.step, history.best_epoch) == (35, 3)
    tell(run, PREPARING, started(20))
    history.update()
    assert [event["step"] for event in history.batches] == [8, 18]
    assert [event["epoch"] for event in history.epochs] == [1, 2]
    assert (history.step, history.best_epoch) == (20, 1)
    assert epochs_without_improvement(history) == 1
    # What the person did and how long it took is not done again.
    assert (len(history.rates), len(history.fits)) == (1, 1)
    tell(run, batch(24), epoch(3))
    history.update()
    assert [event["step"] for event in history.batches] == [8, 18, 24]
    assert [event["epoch"] for event in history.epochs] == [1, 2, 3]
    assert vars(history) == vars(read_history(run))


def test_a_run_resumed_within_an_epoch_keeps_that_epochs_batches_and_no_more(run):
    interrupted(run)
    tell(run, PREPARING, started(25))
    history = read_history(run)
    assert [event["step"] for event in history.batches] == [8, 18, 25]
    assert [event["epoch"] for event in history.epochs] == [1, 2]
    assert history.step == 25


def test_a_run_that_goes_on_from_a_batch_nobody_told_of_is_as_far_as_that(run):
    tell(run, PREPARING, started(14))
    assert read_history(run).step == 14


def test_a_run_that_begins_anew_has_nothing_left(run):
    interrupted(run)
    tell(run, PREPARING, started(0))
    history = read_history(run)
    assert (history.batches, history.epochs, history.improvements) == ([], [], [])
    assert (history.step, history.best_epoch) == (0, None)


def test_a_failure_and_a_result_are_gone_once_the_run_is_taken_up_again(run):
    tell(run, PREPARING, started(), EVALUATED, FAILED)
    history = read_history(run)
    assert (history.failure["key"], history.evaluated["test_loss"]) == ("error.disk_full", 0.1)
    tell(run, PREPARING)
    history.update()
    assert (history.failure, history.evaluated) == ({}, {})


# ------------------------------------------------------------- overfitting

LEARNS = [0.9, 0.7, 0.5, 0.4, 0.3]


@pytest.mark.parametrize(
    ("losses", "validation", "expected"),
    [
        ([], [], None),
        (LEARNS, [0.9, 0.8, 0.7, 0.6, 0.5], None),
        (LEARNS, [0.9, 0.5, 0.6, 0.7, 0.8], 2),
        (LEARNS, [0.9, 0.8, 0.5, 0.6, 0.7], 3),
        (LEARNS, [0.9, 0.0, 0.6, 0.7, 0.8], 2),
        (LEARNS, [0.9, 0.8, 0.7, 0.5, 0.7], None),  # one epoch is no trend
        (LEARNS, [0.9, 0.5, 0.6, 0.7, 0.4], None),  # it came back
        (LEARNS, [0.4, 0.5, 0.6, 0.7, 0.8], 1),
        ([0.9, 0.3, 0.4, 0.5, 0.6], [0.9, 0.5, 0.6, 0.7, 0.8], None),  # both rise: something else
        (LEARNS, [None] * 5, None),  # no validation images
        (LEARNS, [0.9, 0.5, None, 0.7, 0.8], 2),  # a value that was infinite
        ([0.9, 0.7, 0.5, 0.4, None], [0.9, 0.5, 0.6, 0.7, 0.8], None),
    ],
)
def test_a_training_overfits_from_where_the_validation_loss_turns_up_for_good(losses, validation, expected):
    pairs = enumerate(zip(losses, validation, strict=True), 1)
    epochs = [{"epoch": number, "loss": loss, "val_loss": value} for number, (loss, value) in pairs]
    assert overfits_from(epochs) == expected


def test_a_training_without_validation_does_not_overfit():
    assert overfits_from([{"epoch": number, "loss": 1 / number} for number in range(1, 9)]) is None
