"""How much a person may have: trainings, room, uploads; and what the environment says of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields

import pytest

from mnist_app.nets.recipes import RECIPES
from mnist_app.serving.environment import AMOUNTS, NUMBERS, amount, check_environment
from mnist_app.serving.model_folders import PROJECT
from mnist_app.texts.catalog import LANGUAGES
from mnist_app.texts.user_error import UserError
from mnist_app.training import limits as module
from mnist_app.training.limits import OPEN, PREFIX, Limits, Uploads, check_room, limits, megabytes
from mnist_app.training.mistakes import set_folder
from mnist_app.training.notes import Notes, write_notes
from mnist_app.training.queue import LocalProcesses
from mnist_app.training.run_directory import create_run
from mnist_app.training.settings import from_recipe

ME, OTHER = "a" * 32, "b" * 32
RECIPE = next(iter(RECIPES))


@pytest.fixture
def runs(tmp_path):
    return tmp_path / "runs"


@pytest.fixture
def queue(runs, monkeypatch):
    """A queue in which everybody waits for ever."""
    monkeypatch.setattr(LocalProcesses, "_start", lambda self, waiting: False)
    return LocalProcesses(runs, spare=False)


def waiting(runs, queue, owner, size=0):
    run = create_run(from_recipe(RECIPE), runs / f"{len(list(runs.glob('*'))):03}")
    write_notes(run, Notes(owner))
    run.log.write_bytes(b"x" * size)
    queue.submit(run)
    return run


def test_every_limit_is_a_variable():
    assert {PREFIX + field.name.upper() for field in fields(Limits)} <= set(NUMBERS)


def test_the_environment_says_it(monkeypatch):
    monkeypatch.setenv("MNIST_APP_TRAININGS_EACH", " 3 ")
    assert limits(OPEN) == Limits(trainings_each=3)


@pytest.mark.parametrize("variable", NUMBERS)
@pytest.mark.parametrize("given", ["-1", "1.5", "three", "٣", "²"])
def test_what_is_no_number_is_said_before_anybody_comes(monkeypatch, variable, given):
    monkeypatch.setenv(variable, given)
    with pytest.raises(UserError) as caught:
        check_environment()
    for language in LANGUAGES:
        assert variable in caught.value.message(language)
        assert given in caught.value.message(language)


@pytest.mark.parametrize("variable", AMOUNTS)
@pytest.mark.parametrize("given", ["-1", "nan", "inf", "half"])
def test_what_is_no_amount_is_said_too(monkeypatch, variable, given):
    monkeypatch.setenv(variable, "0.5")
    assert amount(variable, 1) == 0.5
    monkeypatch.setenv(variable, given)
    with pytest.raises(UserError) as caught:
        check_environment()
    assert caught.value.values == {"name": variable, "received": given}


def test_a_server_with_such_an_environment_ends_with_one_sentence(monkeypatch):
    monkeypatch.setenv("MNIST_APP_KEEP_DAYS", "a week")
    monkeypatch.setenv("LANG", "C.UTF-8")
    ended = subprocess.run(
        [sys.executable, "app.py"], cwd=PROJECT, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("mnist_app: MNIST_APP_KEEP_DAYS must be")
    assert "Traceback" not in ended.stderr


def test_one_person_may_have_so_many_and_all_so_many(runs, queue):
    for owner in (ME, ME, OTHER):
        waiting(runs, queue, owner)
    check_room(runs, ME, queue, Limits(trainings_each=3, trainings_all=4))
    for most, key in (
        (Limits(trainings_each=2), "error.trainings_each"),
        (Limits(trainings_all=3), "error.trainings_all"),
    ):
        with pytest.raises(UserError) as caught:
            check_room(runs, ME, queue, most)
        assert caught.value.key == key
    with pytest.raises(UserError):  # a sweep asks for many at once
        check_room(runs, ME, queue, Limits(trainings_each=9), more=8)
    check_room(runs, OTHER, queue, Limits(trainings_each=2))


def test_what_has_ended_counts_no_more(runs, queue):
    run = waiting(runs, queue, ME)
    queue.cancel(run)
    check_room(runs, ME, queue, Limits(trainings_each=1, trainings_all=1))


def test_room_on_the_disk(runs, queue):
    waiting(runs, queue, ME, size=2_000_000)
    drawings = set_folder(runs, ME)
    drawings.mkdir(parents=True)
    (drawings / "0001-7.png").write_bytes(b"x" * 1_000_000)
    assert 3.0 < megabytes(runs) < 3.1
    check_room(runs, ME, queue, Limits(megabytes_each=4, megabytes_all=4))
    check_room(runs, OTHER, queue, Limits(megabytes_each=1))
    for most, key in (
        (Limits(megabytes_each=3), "error.megabytes_each"),
        (Limits(megabytes_all=3), "error.megabytes_all"),
    ):
        with pytest.raises(UserError) as caught:
            check_room(runs, ME, queue, most)
        assert caught.value.key == key


def test_so_many_files_in_an_hour(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    uploads = Uploads()
    for _ in range(3):
        uploads.count(ME, 3)
        now += 600
    uploads.count(OTHER, 3)
    with pytest.raises(UserError) as caught:
        uploads.count(ME, 3)
    assert caught.value.values == {"most": 3, "minutes": 31}
    now = 1000.0 + module.HOUR  # the first of them is an hour old
    uploads.count(ME, 3)
    with pytest.raises(UserError):
        uploads.count(ME, 3)
    for _ in range(100):
        uploads.count(ME, 0)  # no limit
