"""Old runs are taken away; never one that has a name, is at work, or is needed."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from mnist_app.__main__ import main
from mnist_app.nets.recipes import RECIPES
from mnist_app.training.cleaning import DAY, Keep, clean, follow, keep_from_environment
from mnist_app.training.notes import Notes, write_notes
from mnist_app.training.queue import LocalProcesses
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import Settings, from_recipe
from mnist_app.training.sweeps import RANDOM, Dimension, create_sweep, find_sweeps

RECIPE = next(iter(RECIPES))


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "runs"
    monkeypatch.setenv("MNIST_APP_RUNS", str(folder))
    monkeypatch.setattr(LocalProcesses, "_start", lambda self, waiting: False)
    return folder


@pytest.fixture
def queue(runs) -> LocalProcesses:
    return LocalProcesses(runs, spare=False)


def a_run(runs: Path, name: str, days: float, notes: Notes | None = None, base: str = "") -> RunDirectory:
    """Return a run that last did anything so many days ago and takes a megabyte."""
    settings = Settings(architecture="convnet-64", base=base) if base else from_recipe(RECIPE)
    run = create_run(settings, runs / name)
    run.log.write_bytes(b"x" * 1_000_000)
    if notes is not None:
        write_notes(run, notes)
    age(run, days)
    return run


def age(run: RunDirectory, days: float) -> None:
    then = time.time() - days * DAY
    for file in run.path.iterdir():
        os.utime(file, (then, then))


def names(runs: Path) -> set[str]:
    return {path.name for path in runs.iterdir() if not path.name.startswith(".")}


def test_by_age(runs, queue):
    for name, days in (("old", 9), ("older", 10), ("new", 1)):
        a_run(runs, name, days)
    removed = clean(runs, Keep(days=7), queue)
    assert [each.name for each in removed] == ["older", "old"]
    assert [round(each.days) for each in removed] == [10, 9]
    assert names(runs) == {"new"}
    assert not (runs / ".doomed").exists()


def test_by_size_the_oldest_first(runs, queue):
    for days in range(1, 6):
        a_run(runs, f"{days}-days", days)
    assert [each.name for each in clean(runs, Keep(megabytes=3), queue)] == ["5-days", "4-days", "3-days"]


def test_never_a_named_one(runs, queue):
    a_run(runs, "named", 99, Notes("me", "My best", is_named=True))
    a_run(runs, "app's name", 99, Notes("me", "convnet-80 + my drawings (1)"))
    a_run(runs, "note", 99, Notes("me", note="only a note"))
    clean(runs, Keep(days=1, megabytes=1), queue)
    assert names(runs) == {"named"}


def test_a_name_from_before_counts_as_a_persons(runs, queue):
    run = a_run(runs, "named long ago", 99)
    run.notes.write_text(json.dumps({"owner": "me", "name": "My best", "note": ""}))
    age(run, 99)
    assert clean(runs, Keep(days=1), queue) == []


def test_not_what_waits_nor_what_somebody_works_in(runs, queue):
    waits, works = a_run(runs, "waits", 99), a_run(runs, "works", 99)
    queue.submit(waits)
    lock = works.acquire()
    assert lock is not None
    assert clean(runs, Keep(days=1), queue) == []
    lock.release()
    assert [each.name for each in clean(runs, Keep(days=1), queue)] == ["works"]


def test_not_what_another_was_learned_from(runs, queue):
    base = a_run(runs, "base", 99)
    a_run(runs, "tuned", 1, base=str(base.path))
    assert clean(runs, Keep(days=7), queue) == []
    age(RunDirectory(runs / "tuned"), 50)
    assert [each.name for each in clean(runs, Keep(days=7), queue)] == ["tuned", "base"]


def test_a_run_that_changes_stays(runs, queue):
    run = a_run(runs, "changed", 99)
    write_notes(run, Notes("me", note="looked at today"))
    assert clean(runs, Keep(days=7), queue) == []


def test_a_dry_look_takes_nothing(runs, queue):
    a_run(runs, "old", 9)
    assert [each.name for each in clean(runs, Keep(days=7), queue, dry=True)] == ["old"]
    assert names(runs) == {"old"}


def test_a_damaged_run_goes_like_others(runs, queue):
    run = a_run(runs, "damaged", 99)
    run.settings.write_text("{")
    age(run, 99)
    assert [each.name for each in clean(runs, Keep(days=7), queue)] == ["damaged"]


def test_a_sweep_goes_with_its_last_run(runs, queue):
    dimensions = [Dimension("seed", values=(1, 2))]
    sweep = create_sweep(Settings(architecture="convnet-64"), dimensions, RANDOM, 2, False, "me", runs)
    age(RunDirectory(runs / sweep.runs[0]), 99)
    clean(runs, Keep(days=7), queue)
    assert [each.id for each in find_sweeps(runs)] == [sweep.id]
    age(RunDirectory(runs / sweep.runs[1]), 99)
    clean(runs, Keep(days=7), queue)
    assert find_sweeps(runs) == []
    assert not any((runs / ".sweeps").iterdir())


@pytest.mark.parametrize("id", ["..", "../..", "/", "", "other"])
def test_a_strangers_sweep_removes_nothing(runs, queue, id):
    a_run(runs, "run", 1)
    folder = runs / ".sweeps" / "real"
    folder.mkdir(parents=True)
    values = {"id": id, "method": "grid", "stops": False, "base": {}, "runs": [], "space": []}
    (folder / "sweep.json").write_text(json.dumps(values))
    clean(runs, Keep(days=7), queue)
    assert names(runs) == {"run"}
    assert folder.exists()


def test_nothing_is_cleaned_unless_asked(runs, queue):
    assert keep_from_environment() == Keep()
    assert follow(runs, Keep(), queue) is None


def test_a_server_cleans(runs, queue, monkeypatch):
    monkeypatch.setenv("MNIST_APP_KEEP_DAYS", "7")
    a_run(runs, "old", 9)
    assert follow(runs, keep_from_environment(), queue) is not None
    deadline = time.monotonic() + 30
    while names(runs):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_command(runs, capsys, monkeypatch):
    monkeypatch.setenv("LANG", "C.UTF-8")
    a_run(runs, "old", 9)
    assert main(["clean", "--days", "7", "--dry-run"]) == 0
    assert "old: 9 days old, 1.0 MB" in capsys.readouterr().out
    assert main(["clean", "--days", "7", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "run": "old",
        "days": 9.0,
        "megabytes": 1.0,
        "removed": True,
    }
    assert main(["clean", "--days", "7"]) == 0
    assert "nothing to take away" in capsys.readouterr().out
    assert main(["clean", "--days", "-7"]) == 2
    assert "--days" in capsys.readouterr().err
