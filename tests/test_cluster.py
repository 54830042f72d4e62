"""A cluster's queue, its foreman and what is done on a machine, without Ray.

A crew that only notes what it is asked for stands in for Ray, and a process
without TensorFlow for the worker.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mnist_app.texts.catalog import LANGUAGES
from mnist_app.training import cluster, foreman, launch, tether
from mnist_app.training.cluster import AWAY, REFUSED, Cluster
from mnist_app.training.cluster_folder import ClusterFolder, Needs, entries, name_of
from mnist_app.training.events import append_event, read_events
from mnist_app.training.foreman import Ended, Foreman, Outcome, work
from mnist_app.training.history import last_status
from mnist_app.training.queue import INTERRUPTED, PAUSED, QUEUED, RUNNING, RunState, counts
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import Settings
from tests.conftest import PROJECT, unreachable_address

SECONDS = 60.0  # what takes longer hangs
ADDRESS = "head"  # not asked whether somebody listens there

# Ends as the file "end" says; two of them at once is what must not be.
STAND_IN = """
import os, sys, time
from pathlib import Path
from mnist_app.training.events import append_event
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.tether import hold_to_input, take_over

hold_to_input()
run = RunDirectory(Path(sys.argv[1]))
lock = run.acquire() if not (run.path / "blind").exists() else "invisible on this machine"
if lock is None:
    sys.exit(3)
take_over(run)
append_event(run.events, "preparing", pid=os.getpid(), threads=os.environ["TF_NUM_INTRAOP_THREADS"])
end = run.path / "end"
while not end.exists():
    time.sleep(0.01)
kind = end.read_text()
end.unlink()
if kind == "crash":
    os._exit(9)
append_event(run.events, kind)
"""


class Crew:
    """Notes what it is asked to do."""

    def __init__(self) -> None:
        self.tasks: dict[str, Needs] = {}
        self.started: list[str] = []
        self.ends: list[Ended] = []
        self.room = True

    def start(self, entry: str, needs: Needs) -> None:
        self.tasks[entry] = needs
        self.started.append(name_of(entry))

    def has(self, entry: str) -> bool:
        return entry in self.tasks

    def ended(self) -> list[Ended]:
        ends, self.ends = self.ends, []
        for each in ends:
            del self.tasks[each.entry]
        return ends

    def has_room(self, needs: Needs) -> bool:
        return self.room

    def end(self, outcome: Outcome = Outcome.DONE, told: str = "") -> None:
        """Let the oldest task end."""
        self.ends.append(Ended(next(iter(self.tasks)), outcome, told))


@pytest.fixture
def folder(tmp_path) -> ClusterFolder:
    return ClusterFolder(tmp_path)


@pytest.fixture
def server(tmp_path) -> Cluster:
    return Cluster(tmp_path, ADDRESS, Needs(2, 0.5, {"MNIST_NPZ": "/there"}))


@pytest.fixture
def workers(monkeypatch):
    """Put the stand-in in the worker's place; return the processes started, which end with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(argument, stdin, nice, options=(), environment=None):
        assert options == ("--tethered",)
        command = [sys.executable, "-c", STAND_IN, argument]
        env = {**os.environ, **environment}
        process = subprocess.Popen(command, cwd=PROJECT, stdin=stdin, env=env, start_new_session=True)
        started.append(process)
        return process

    monkeypatch.setattr(launch, "_start", start)
    monkeypatch.setattr(foreman, "BUSY_SECONDS", 0.05)
    yield started
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()


def new_run(folder: Path, name: str) -> RunDirectory:
    return create_run(Settings(), folder / name)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def starts(run: RunDirectory) -> list[int]:
    return [event["pid"] for event in read_events(run.events)[0] if event["event"] == "preparing"]


def end(run: RunDirectory, how: str) -> None:
    half = run.path / "end.part"
    half.write_text(how)
    half.rename(run.path / "end")


def in_background(folder: ClusterFolder, entry: str) -> threading.Thread:
    """Return a thread that does what a machine does with an entry, started."""
    thread = threading.Thread(target=work, args=(str(folder.runs), entry), daemon=True)
    thread.start()
    return thread


# ------------------------------------------------------------- the server's side


def test_runs_wait_in_the_order_in_which_they_were_submitted(tmp_path, server, folder):
    runs = [new_run(tmp_path, name) for name in ("c", "20260101-a", "b")]
    for run in (*runs, *runs):  # each twice: it has one place
        server.submit(run)
    assert [server.state(run) for run in runs] == [RunState(QUEUED, n) for n in (1, 2, 3)]
    assert counts(tmp_path) == {QUEUED: 3, RUNNING: 0}
    first = entries(folder.waiting)[0]
    assert folder.needs(first) == Needs(2, 0.5, {"MNIST_NPZ": "/there"})
    server.cancel(runs[0])
    assert [server.state(run).place for run in runs] == [0, 1, 2]
    assert server.state(runs[0]).kind == INTERRUPTED
    assert not runs[0].stop.exists()


def test_a_run_is_at_work_from_being_taken_up_to_its_end(tmp_path, server, folder):
    run = new_run(tmp_path, "run")
    server.submit(run)
    (entry,) = entries(folder.waiting)
    assert folder.claim(entry)
    assert server.state(run) == RunState(RUNNING)
    assert counts(tmp_path) == {QUEUED: 0, RUNNING: 1}
    server.submit(run)  # it is at work: no second entry
    assert entries(folder.waiting) == []
    append_event(run.events, "finished")
    assert server.state(run) == RunState("finished")
    folder.release(entry)
    assert server.state(run) == RunState("finished")


def test_another_server_sees_the_same(tmp_path, server, folder):
    waiting, taken = new_run(tmp_path, "waiting"), new_run(tmp_path, "taken")
    server.submit(taken)
    folder.claim(entries(folder.waiting)[0])
    server.submit(waiting)
    other = Cluster(tmp_path, ADDRESS, Needs())
    assert other.state(taken) == RunState(RUNNING)
    assert other.state(waiting) == RunState(QUEUED, 1)
    other.cancel(taken)
    other.cancel(waiting)
    assert taken.stop.exists()
    assert server.state(waiting).kind == INTERRUPTED


def test_a_held_run_goes_on_where_it_is_and_one_whose_worker_has_left_waits_again(tmp_path, server, folder):
    run = new_run(tmp_path, "run")
    server.submit(run)
    (entry,) = entries(folder.waiting)
    folder.claim(entry)
    run.pause.touch()
    append_event(run.events, "paused", step=3)
    assert server.state(run) == RunState(PAUSED)
    server.submit(run)
    assert not run.pause.exists()
    assert entries(folder.waiting) == []

    run.pause.touch()
    folder.release(entry)
    server.submit(run)
    assert server.state(run) == RunState(QUEUED, 1)
    assert folder.claim(entries(folder.waiting)[0])
    assert not run.pause.exists()


def test_a_paused_run_whose_worker_has_left_is_stopped_by_a_new_one(tmp_path, server, folder):
    run = new_run(tmp_path, "run")
    run.pause.touch()
    append_event(run.events, "paused", step=3)
    server.cancel(run)
    assert run.stop.exists()
    assert server.state(run) == RunState(QUEUED, 1)


def test_a_run_that_was_stopped_counts_as_at_work_again_once_it_is_taken_up(tmp_path, server, folder):
    run = new_run(tmp_path, "run")
    append_event(run.events, "stopped")
    os.utime(run.events, (time.time() - 60,) * 2)
    server.submit(run)
    assert server.state(run) == RunState(QUEUED, 1)
    folder.claim(entries(folder.waiting)[0])
    assert server.state(run) == RunState(RUNNING)


# ------------------------------------------------------------- the foreman


def test_every_entry_becomes_one_task_with_what_it_needs(tmp_path, server, folder):
    crew = Crew()
    chief = Foreman(folder, crew)
    for name in ("a", "b"):
        server.submit(new_run(tmp_path, name))
    for _ in range(3):
        chief.tick()
    assert crew.started == ["a", "b"]
    assert {needs.cpus for needs in crew.tasks.values()} == {2}


def test_two_servers_that_are_asked_at_once_make_one_task(tmp_path, folder):
    servers = [Cluster(tmp_path, ADDRESS, Needs()) for _ in range(2)]
    run = new_run(tmp_path, "run")
    for each in servers:
        each._folder.put(run, Needs())  # neither has seen the other's entry yet
    crew = Crew()
    chief = Foreman(folder, crew)
    chief.tick()
    assert len(entries(folder.waiting)) == 1
    folder.claim(entries(folder.waiting)[0])
    servers[1]._folder.put(run, Needs())
    chief.tick()
    assert entries(folder.waiting) == []
    assert crew.started == ["run"]


def test_a_run_that_is_resumed_while_its_task_ends_waits_for_that(tmp_path, server, folder):
    run = new_run(tmp_path, "run")
    crew = Crew()
    chief = Foreman(folder, crew)
    server.submit(run)
    chief.tick()
    (entry,) = entries(folder.waiting)
    folder.claim(entry)
    append_event(run.events, "stopped")
    server.submit(run)
    chief.tick()
    assert crew.started == ["run"]
    assert server.state(run) == RunState(QUEUED, 1)
    folder.release(entry)
    crew.end()
    chief.tick()
    assert crew.started == ["run", "run"]


def test_a_new_foreman_takes_up_what_was_at_work_and_what_waited(tmp_path, server, folder):
    for name in ("at-work", "waiting"):
        server.submit(new_run(tmp_path, name))
    folder.claim(entries(folder.waiting)[0])
    crew = Crew()
    Foreman(folder, crew).tick()
    assert crew.started == ["at-work", "waiting"]


def test_a_run_that_has_killed_all_its_machines_is_interrupted_and_can_be_resumed(tmp_path, server, folder):
    run = new_run(tmp_path, "run")
    crew = Crew()
    chief = Foreman(folder, crew)
    server.submit(run)
    chief.tick()
    folder.claim(entries(folder.waiting)[0])
    append_event(run.events, "started", step=0)
    crew.end(Outcome.LOST, "NodeDiedError")
    chief.tick()
    assert server.state(run) == RunState(INTERRUPTED)
    server.submit(run)
    chief.tick()
    assert crew.started == ["run", "run"]


@pytest.mark.parametrize(
    ("outcome", "key"),
    [(Outcome.UNSEEN, "error.cluster_folder"), (Outcome.BROKEN, "error.cluster_node")],
)
def test_a_machine_that_cannot_take_a_run_up_is_told_of_and_the_run_goes_on_waiting(
    tmp_path, server, folder, monkeypatch, outcome, key
):
    monkeypatch.setattr(foreman, "AGAIN_SECONDS", 0)
    crew = Crew()
    chief = Foreman(folder, crew)
    run = new_run(tmp_path, "run")
    server.submit(run)
    chief.tick()
    crew.end(outcome, "node-7")
    chief.tick()
    server.look()
    problem = server.problem()
    assert problem is not None
    assert problem.key == key
    for language in LANGUAGES:
        assert "node-7" in problem.message(language)
    assert server.state(run) == RunState(QUEUED, 1)
    assert crew.started == ["run", "run"]
    crew.end()
    chief.tick()
    server.look()
    assert server.problem() is None


def test_a_run_that_no_machine_has_room_for_is_told_of(tmp_path, server, folder):
    crew = Crew()
    crew.room = False
    chief = Foreman(folder, crew)
    chief.tick()
    server.look()
    assert server.problem() is None  # nothing waits
    server.submit(new_run(tmp_path, "run"))
    chief.tick()
    server.look()
    problem = server.problem()
    assert problem is not None
    assert (problem.values["cpus"], problem.values["gpus"]) == ("2", "0.5")
    crew.room = True
    chief.tick()
    server.look()
    assert server.problem() is None


# ------------------------------------------------------------- on a machine


def test_a_run_is_worked_on_and_its_entry_let_go(tmp_path, server, folder, workers):
    run = new_run(tmp_path, "run")
    server.submit(run)
    (entry,) = entries(folder.waiting)
    end(run, "finished")
    assert work(str(tmp_path), entry)[0] == Outcome.DONE
    assert server.state(run) == RunState("finished")
    assert entries(folder.running) == entries(folder.waiting) == []
    (told,) = [event for event in read_events(run.events)[0] if event["event"] == "preparing"]
    assert told["threads"] == "2"  # as many as it has declared


def test_an_entry_that_has_left_the_queue_is_not_worked_on(tmp_path, server, folder, workers):
    run = new_run(tmp_path, "run")
    server.submit(run)
    (entry,) = entries(folder.waiting)
    server.cancel(run)
    assert work(str(tmp_path), entry)[0] == Outcome.DONE
    assert workers == []


def test_a_deleted_run_is_let_go(tmp_path, server, folder, workers):
    run = new_run(tmp_path, "run")
    server.submit(run)
    (entry,) = entries(folder.waiting)
    run.settings.unlink()
    run.path.rmdir()
    assert work(str(tmp_path), entry)[0] == Outcome.DONE
    assert not run.path.exists()
    assert entries(folder.running) == workers == []


def test_a_machine_without_the_folder_says_so(tmp_path, workers):
    assert work(str(tmp_path / "not mounted"), "0-run")[0] == Outcome.UNSEEN
    assert not (tmp_path / "not mounted").exists()


def test_a_worker_that_dies_leaves_the_run_interrupted(tmp_path, server, folder, workers):
    run = new_run(tmp_path, "run")
    server.submit(run)
    end(run, "crash")
    work(str(tmp_path), entries(folder.waiting)[0])
    assert server.state(run) == RunState(INTERRUPTED)
    assert entries(folder.running) == []


@pytest.mark.parametrize("how", ["finished", "stopped"])
def test_a_task_done_again_after_its_end_does_nothing(tmp_path, server, folder, workers, how):
    run = new_run(tmp_path, "run")
    server.submit(run)
    (entry,) = entries(folder.waiting)
    folder.claim(entry)
    append_event(run.events, how)  # and then the machine died
    work(str(tmp_path), entry)
    assert workers == []
    assert entries(folder.running) == []


def test_a_task_done_again_in_a_pause_leaves_the_run_paused(tmp_path, server, folder, workers):
    run = new_run(tmp_path, "run")
    server.submit(run)
    (entry,) = entries(folder.waiting)
    folder.claim(entry)
    run.pause.touch()
    append_event(run.events, "paused", step=2)
    work(str(tmp_path), entry)
    assert workers == []
    assert server.state(run) == RunState(PAUSED)
    server.submit(run)
    assert server.state(run) == RunState(QUEUED, 1)


def test_a_task_done_again_waits_until_the_first_worker_is_gone(tmp_path, server, folder, workers):
    run = new_run(tmp_path, "run")
    server.submit(run)
    (entry,) = entries(folder.waiting)
    in_background(folder, entry)
    until(lambda: starts(run))
    again = in_background(folder, entry)
    until(lambda: len(workers) > 1 and workers[1].poll() is not None)
    assert workers[1].returncode == 3  # the lock is held
    os.kill(starts(run)[0], signal.SIGKILL)
    # Its own task lets go of the entry; the second one may or may not be quick enough to go on.
    until(lambda: not again.is_alive() or len(starts(run)) == 2)
    assert len(set(starts(run))) == len(starts(run)) <= 2


def test_a_worker_whose_lock_the_next_one_cannot_see_gives_way(tmp_path, server, folder, workers):
    run = new_run(tmp_path, "run")
    (run.path / "blind").touch()
    server.submit(run)
    (entry,) = entries(folder.waiting)
    first = in_background(folder, entry)
    until(lambda: starts(run))
    second = in_background(folder, entry)
    until(lambda: len(starts(run)) == 2)
    first.join(SECONDS)
    assert workers[0].wait(SECONDS) == tether.SUPERSEDED
    assert folder.is_claimed(entry)  # which is the second one's now
    end(run, "finished")
    second.join(SECONDS)
    assert workers[1].returncode == 0
    assert not folder.is_claimed(entry)
    assert last_status(run) == "finished"


def test_a_worker_ends_when_whoever_started_it_is_killed(tmp_path):
    """By its own means: nobody is left who could end it."""
    run = new_run(tmp_path, "run")
    task = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from mnist_app.training import launch\n"
        "from mnist_app.training.run_directory import RunDirectory\n"
        "from tests.test_cluster import STAND_IN\n"
        "import subprocess\n"
        "launch._start = lambda argument, stdin, *_: subprocess.Popen(\n"
        "    [sys.executable, '-c', STAND_IN, argument], stdin=stdin, start_new_session=True)\n"
        "launch.start_tethered(RunDirectory(Path(sys.argv[1])), {}).wait()\n"
    )
    env = {**os.environ, "TF_NUM_INTRAOP_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", task, str(run.path)], cwd=PROJECT, env=env)
    until(lambda: starts(run))
    assert run.is_locked()
    process.kill()
    process.wait()
    until(lambda: not run.is_locked())


def test_the_worker_itself_can_be_tethered(tmp_path):
    """The real one, while it waits for a lock: before TensorFlow."""
    run = new_run(tmp_path, "run")
    lock = run.acquire()
    assert lock is not None
    process = launch.start_tethered(run, {})
    assert process.wait(SECONDS) == 3
    assert not run.mark.exists()
    assert process.stdin is not None
    process.stdin.close()
    lock.release()


# ------------------------------------------------------------- sending for the foreman


@pytest.fixture
def messenger(monkeypatch):
    """Have something else run in the messenger's place; without waits."""
    for name in ("FIRST_SECONDS", "AGAIN_SECONDS", "SILENT_SECONDS"):
        monkeypatch.setattr(cluster, name, 0)
    monkeypatch.setattr(cluster.importlib.util, "find_spec", lambda name: object())

    def says(code: str) -> None:
        monkeypatch.setattr(cluster, "SEND", code)

    return says


def looks(server: Cluster, condition: Callable[[], object]) -> None:
    def look() -> object:
        server.look()
        return condition()

    until(look)


def test_a_cluster_that_does_not_answer_is_told_of_until_it_does(tmp_path, messenger):
    messenger(f"import sys; sys.exit({AWAY})")
    server = Cluster(tmp_path, ADDRESS, Needs())
    run = new_run(tmp_path, "run")
    server.submit(run)
    looks(server, lambda: server.problem() is not None)
    for language in LANGUAGES:
        assert ADDRESS in server.problem().message(language)
    assert server.problem().key == "error.cluster_away"
    assert server.state(run) == RunState(QUEUED, 1)
    Foreman(ClusterFolder(tmp_path), Crew()).tick()
    looks(server, lambda: server.problem() is None)


def test_nobody_is_sent_to_an_address_where_nobody_listens(tmp_path, messenger, monkeypatch):
    monkeypatch.setattr(cluster.subprocess, "Popen", None)
    address = unreachable_address().removeprefix("http://").partition("/")[0]
    server = Cluster(tmp_path, address, Needs())
    server.look()
    assert server.problem().key == "error.cluster_away"
    assert server.problem().values["address"] == address


def test_why_a_cluster_refuses_is_told(tmp_path, messenger):
    messenger(f"import sys; print('noise'); print('other version'); sys.exit({REFUSED})")
    server = Cluster(tmp_path, ADDRESS, Needs())
    looks(server, lambda: server.problem() is not None)
    assert server.problem().key == "error.cluster_refused"
    assert server.problem().values["reason"] == "other version"


def test_a_foreman_who_writes_somewhere_else_is_told_of(tmp_path, messenger):
    messenger("")
    server = Cluster(tmp_path, ADDRESS, Needs())
    looks(server, lambda: server.problem() is not None)
    assert server.problem().key == "error.cluster_folder"


def test_a_missing_ray_is_told_of(tmp_path, messenger, monkeypatch):
    monkeypatch.setattr(cluster.importlib.util, "find_spec", lambda name: None)
    server = Cluster(tmp_path, ADDRESS, Needs())
    server.look()
    assert server.problem().key == "error.cluster_no_ray"


def test_nobody_is_sent_for_while_a_foreman_gives_signs_of_life(tmp_path, messenger, monkeypatch):
    monkeypatch.setattr(cluster, "SILENT_SECONDS", 3600)
    chief = Foreman(ClusterFolder(tmp_path), Crew())
    server = Cluster(tmp_path, ADDRESS, Needs())
    server._heard = time.monotonic()
    for _ in range(3):
        chief.tick()
        server.look()
    assert server._messenger is None
    beat = json.loads((tmp_path / ".cluster" / "pulse.json").read_text())["beat"]
    assert beat == 3
