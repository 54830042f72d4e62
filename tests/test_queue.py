"""The queue: whose turn it is, and what becomes of runs whose worker or server is gone.

A stand-in without TensorFlow works in the run directories; it is a process of
its own, as the worker is, and is started through the same functions.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mnist_app.training import launch, queue
from mnist_app.training.events import append_event, read_events
from mnist_app.training.history import ENDS, last_status
from mnist_app.training.launch import Spare
from mnist_app.training.queue import INTERRUPTED, PAUSED, QUEUED, RUNNING, LocalProcesses, RunState
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import Settings

PROJECT = Path(__file__).resolve().parents[1]
SECONDS = 30.0  # what takes longer hangs
AWHILE = 0.3  # long enough for a stand-in that should not start to show itself

# Starts once "hold-up" is gone, ends as the file "end" says, goes on after a
# pause once "slow" is gone.
STAND_IN = """
import os, sys, time
from pathlib import Path
from mnist_app.training.events import append_event
from mnist_app.training.run_directory import RunDirectory

def wait_while(file):
    while file.exists():
        time.sleep(0.005)

name = sys.argv[1]
if name == "--spare":
    name = os.fsdecode(sys.stdin.buffer.readline()).strip()
    if not name:
        sys.exit(0)
run = RunDirectory(Path(name))
wait_while(run.path / "hold-up")
lock = run.acquire()
if lock is None:
    sys.exit(3)
append_event(run.events, "preparing", pid=os.getpid())
end = run.path / "end"
kind = ""
while not kind:
    if run.stop.exists():
        kind = "stopped"
    elif end.exists():
        kind = end.read_text()
        end.unlink()
    elif run.pause.exists():
        append_event(run.events, "paused", step=1)
        while run.pause.exists() and not run.stop.exists():
            time.sleep(0.005)
        wait_while(run.path / "slow")
        append_event(run.events, "resumed", step=1)
    time.sleep(0.005)
append_event(run.events, kind)
wait_while(run.path / "linger")
"""


@pytest.fixture(autouse=True)
def started(monkeypatch):
    """Put the stand-in in the worker's place; return the processes started, which end with the test."""
    processes: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(argument: str, stdin: int, nice: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", STAND_IN, argument]
        process = subprocess.Popen(command, cwd=PROJECT, stdin=stdin, start_new_session=True)
        processes.append((Path(argument).name, process))
        return process

    monkeypatch.setattr(launch, "_start", start)
    monkeypatch.setattr(queue, "SPARE_AFTER_SECONDS", 0)
    yield processes
    for _, process in processes:
        process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


@pytest.fixture
def processes(tmp_path) -> LocalProcesses:
    return LocalProcesses(tmp_path, spare=False)


def new_run(folder: Path, name: str) -> RunDirectory:
    return create_run(Settings(), folder / name)


def end(run: RunDirectory, how: str = "finished") -> None:
    half = run.path / "end.part"
    half.write_text(how)
    half.rename(run.path / "end")


def until(condition: Callable[[], object], *servers: LocalProcesses) -> None:
    """Let servers look after their queues until a condition holds."""
    deadline = time.monotonic() + SECONDS
    while True:
        for server in servers:
            server.tick()
        if condition():
            return
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def stays(condition: Callable[[], object], *servers: LocalProcesses, seconds: float = AWHILE) -> None:
    """Let servers look after their queues for a while, during which a condition holds throughout."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for server in servers:
            server.tick()
        assert condition()
        time.sleep(0.005)


def starts(run: RunDirectory) -> list[int]:
    """Return the process number of every worker that had the run's lock."""
    return [event["pid"] for event in read_events(run.events)[0] if event["event"] == "preparing"]


def times(run: RunDirectory) -> list[float]:
    """Return when each event of a run was, in seconds since 1970."""
    return [event["time"] for event in read_events(run.events)[0]]


def is_asked_for(run: RunDirectory, started) -> bool:
    """Return whether a worker has been started for a run, however far it has come."""
    return run.name in dict(started)


def is_at_work(run: RunDirectory) -> bool:
    """Return whether a worker has begun and not ended, by its own account."""
    return last_status(run) == "preparing"


# ------------------------------------------------------------- whose turn it is


def test_trainings_run_one_at_a_time_in_the_order_in_which_they_were_submitted(tmp_path, processes, started):
    runs = [new_run(tmp_path, name) for name in ("c", "a", "b")]
    for run in runs:
        processes.submit(run)
    for n, run in enumerate(runs):
        until(lambda run=run: is_at_work(run), processes)
        assert [processes.state(other).kind for other in runs[n:]] == [RUNNING] + [QUEUED] * (2 - n)
        stays(lambda n=n: [name for name, _ in started] == ["c", "a", "b"][: n + 1], processes, seconds=0.1)
        end(run)
    until(lambda: processes.state(runs[-1]).kind == "finished", processes)
    assert [len(starts(run)) for run in runs] == [1, 1, 1]


def test_two_trainings_run_at_once_where_two_may(tmp_path):
    processes = LocalProcesses(tmp_path, at_once=2, spare=False)
    runs = [new_run(tmp_path, str(n)) for n in range(3)]
    for run in runs:
        processes.submit(run)
    until(lambda: is_at_work(runs[0]) and is_at_work(runs[1]), processes)
    assert processes.state(runs[2]) == RunState(QUEUED, 1)
    end(runs[1])
    until(lambda: is_at_work(runs[2]), processes)
    assert is_at_work(runs[0])


def test_a_waiting_run_knows_its_place_and_moves_up_when_another_leaves(tmp_path, processes):
    runs = [new_run(tmp_path, f"run-{n}") for n in range(4)]
    for run in runs:
        processes.submit(run)
    assert [processes.state(run).place for run in runs] == [0, 1, 2, 3]
    processes.cancel(runs[1])
    assert [processes.state(run).place for run in runs[2:]] == [1, 2]
    assert processes.state(runs[1]).kind != QUEUED
    end(runs[0])
    until(lambda: is_at_work(runs[2]), processes)
    assert starts(runs[1]) == []
    assert not runs[1].stop.exists()


def test_a_run_that_left_the_queue_may_come_back_at_its_end(tmp_path, processes):
    runs = [new_run(tmp_path, str(n)) for n in range(3)]
    for run in runs:
        processes.submit(run)
    processes.cancel(runs[1])
    processes.submit(runs[1])
    assert [processes.state(run).place for run in runs] == [0, 2, 1]


def test_a_run_that_is_submitted_twice_runs_once(tmp_path, processes, started):
    first, second = new_run(tmp_path, "first"), new_run(tmp_path, "second")
    for run in (first, first, second, second, first):
        processes.submit(run)
    assert processes.state(second) == RunState(QUEUED, 1)
    until(lambda: is_at_work(first), processes)
    processes.submit(first)  # it is at work already
    end(first)
    until(lambda: is_at_work(second), processes)
    end(second)
    until(lambda: processes.state(second).kind == "finished", processes)
    stays(lambda: [name for name, _ in started] == ["first", "second"], processes)


def test_two_people_who_submit_one_run_at_the_same_moment_get_one_place(tmp_path, processes):
    busy, run = new_run(tmp_path, "busy"), new_run(tmp_path, "run")
    processes.submit(busy)
    threads = [threading.Thread(target=processes.submit, args=(run,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list((tmp_path / ".queue" / "waiting").iterdir())) == 1


def test_a_run_that_is_asked_to_stop_says_so_and_may_be_taken_up_again(tmp_path, processes):
    run = new_run(tmp_path, "run")
    processes.submit(run)
    until(lambda: is_at_work(run), processes)
    processes.cancel(run)
    until(lambda: processes.state(run).kind == "stopped", processes)
    processes.submit(run)
    assert not run.stop.exists()
    until(lambda: is_at_work(run), processes)
    assert processes.state(run).kind == RUNNING
    assert len(starts(run)) == 2


def test_a_run_that_is_taken_up_again_while_its_worker_ends_waits_for_that(tmp_path, processes, started):
    run = new_run(tmp_path, "run")
    (run.path / "linger").touch()
    processes.submit(run)
    end(run, "stopped")
    until(lambda: last_status(run) == "stopped", processes)
    processes.submit(run)
    stays(lambda: len(started) == 1, processes)
    assert processes.state(run) == RunState(QUEUED, 1)
    (run.path / "linger").unlink()
    until(lambda: is_at_work(run), processes)
    assert len(starts(run)) == 2


def test_a_deleted_run_is_skipped(tmp_path, processes):
    busy, deleted, last = (new_run(tmp_path, name) for name in ("busy", "deleted", "last"))
    for run in (busy, deleted, last):
        processes.submit(run)
    deleted.settings.unlink()
    deleted.path.rmdir()
    end(busy)
    until(lambda: is_at_work(last), processes)
    assert not deleted.path.exists()
    assert not list((tmp_path / ".queue" / "waiting").iterdir())


def test_names_with_dashes_other_scripts_and_wildcards_are_kept_apart(tmp_path):
    processes = LocalProcesses(tmp_path)
    names = ["20260101-120000-mlp-512", "mlp-512", "실험-2 – été", "[ab]-*", "a-b", "-b"]
    runs = [new_run(tmp_path, name) for name in names]
    busy = new_run(tmp_path, "busy")
    processes.submit(busy)
    for run in runs:
        processes.submit(run)
    assert [processes.state(run).place for run in runs] == [1, 2, 3, 4, 5, 6]
    processes.cancel(runs[3])
    processes.cancel(runs[1])
    assert [processes.state(run).place for run in runs] == [1, 0, 2, 0, 3, 4]
    end(busy)
    for n in (0, 2, 4, 5):
        until(lambda run=runs[n]: is_at_work(run), processes)
        end(runs[n])
        until(lambda run=runs[n]: processes.state(run).kind == "finished", processes)
    assert [len(starts(run)) for run in runs] == [1, 0, 1, 0, 1, 1]
    processes.close()


# ------------------------------------------------------------- pauses


def test_a_paused_run_gives_its_place_away_and_waits_for_its_turn_to_go_on(tmp_path, processes):
    paused, other = new_run(tmp_path, "paused"), new_run(tmp_path, "other")
    processes.submit(paused)
    processes.submit(other)
    until(lambda: is_at_work(paused), processes)
    paused.pause.touch()
    until(lambda: is_at_work(other), processes)
    assert processes.state(paused) == RunState(PAUSED)

    processes.submit(paused)
    stays(lambda: processes.state(paused) == RunState(QUEUED, 1), processes, seconds=0.1)
    assert paused.pause.exists()
    end(other)
    until(lambda: last_status(paused) == "started", processes)
    assert processes.state(paused).kind == RUNNING
    assert not paused.pause.exists()
    assert len(starts(paused)) == 1  # the same worker goes on


def test_a_run_that_is_about_to_go_on_has_its_place_already(tmp_path, processes, started):
    paused, other = new_run(tmp_path, "paused"), new_run(tmp_path, "other")
    (paused.path / "slow").touch()
    processes.submit(paused)
    until(lambda: is_at_work(paused), processes)
    paused.pause.touch()
    until(lambda: last_status(paused) == PAUSED, processes)
    processes.submit(paused)
    processes.submit(other)
    stays(lambda: len(started) == 1 and processes.state(paused).kind == RUNNING, processes)
    (paused.path / "slow").unlink()
    until(lambda: last_status(paused) == "started", processes)
    stays(lambda: len(started) == 1, processes, seconds=0.1)


def test_a_paused_run_whose_worker_is_gone_is_still_paused_and_gets_a_new_one(tmp_path, processes):
    run = new_run(tmp_path, "run")
    processes.submit(run)
    until(lambda: is_at_work(run), processes)
    run.pause.touch()
    until(lambda: last_status(run) == PAUSED, processes)
    os.kill(starts(run)[0], signal.SIGKILL)
    until(lambda: not run.is_locked(), processes)
    assert processes.state(run) == RunState(PAUSED)
    processes.submit(run)
    assert processes.state(run).kind == RUNNING
    until(lambda: is_at_work(run), processes)
    assert len(starts(run)) == 2


def test_a_paused_run_whose_worker_is_gone_can_be_stopped_by_a_new_one(tmp_path, processes):
    run = new_run(tmp_path, "run")
    append_event(run.events, "paused", step=3)
    run.pause.touch()
    processes.cancel(run)
    until(lambda: last_status(run) == "stopped", processes)
    until(lambda: processes.state(run).kind == "stopped", processes)
    assert len(starts(run)) == 1


# ------------------------------------------------------------- servers that come and go


def test_a_queue_survives_a_restart_of_the_server(tmp_path, processes):
    runs = [new_run(tmp_path, str(n)) for n in range(3)]
    for run in runs:
        processes.submit(run)
    until(lambda: is_at_work(runs[0]), processes)
    restarted = LocalProcesses(tmp_path, spare=False)
    assert [restarted.state(run) for run in runs] == [
        RunState(RUNNING),
        RunState(QUEUED, 1),
        RunState(QUEUED, 2),
    ]
    for run in runs:
        until(lambda run=run: is_at_work(run), restarted)
        end(run)
    until(lambda: restarted.state(runs[2]).kind == "finished", restarted)
    assert [len(starts(run)) for run in runs] == [1, 1, 1]


def test_a_running_run_is_adopted_and_never_doubled(tmp_path, processes, started):
    run, waiting = new_run(tmp_path, "run"), new_run(tmp_path, "waiting")
    processes.submit(run)
    until(lambda: is_at_work(run), processes)
    restarted = LocalProcesses(tmp_path, spare=False)
    restarted.submit(run)
    restarted.submit(waiting)
    stays(lambda: [name for name, _ in started] == ["run"], restarted)
    assert restarted.state(run).kind == RUNNING
    end(run)
    until(lambda: is_at_work(waiting), restarted)
    assert restarted.state(run).kind == "finished"


def test_a_run_whose_worker_is_just_starting_is_not_started_by_another_server(tmp_path, processes, started):
    run, waiting = new_run(tmp_path, "run"), new_run(tmp_path, "waiting")
    (run.path / "hold-up").touch()
    processes.submit(run)
    other = LocalProcesses(tmp_path, spare=False)
    other.submit(run)
    other.submit(waiting)
    stays(lambda: [name for name, _ in started] == ["run"], other)
    assert other.state(run).kind == RUNNING
    (run.path / "hold-up").unlink()
    until(lambda: is_at_work(run), other)
    assert not is_asked_for(waiting, started)


@pytest.mark.parametrize("how", ENDS)
def test_a_run_that_is_taken_up_again_holds_its_place_while_its_worker_starts(
    tmp_path, processes, started, how
):
    run, waiting = new_run(tmp_path, "run"), new_run(tmp_path, "waiting")
    append_event(run.events, how)
    assert processes.state(run).kind == how
    os.utime(run.events, (time.time() - 60,) * 2)
    (run.path / "hold-up").touch()
    processes.submit(run)
    processes.submit(waiting)
    other = LocalProcesses(tmp_path, spare=False)
    stays(lambda: not is_asked_for(waiting, started), processes, other)
    assert processes.state(run).kind == other.state(run).kind == RUNNING
    processes.submit(run)
    assert processes.state(waiting) == RunState(QUEUED, 1)
    (run.path / "hold-up").unlink()
    until(lambda: is_at_work(run), processes, other)
    end(run)
    until(lambda: is_at_work(waiting), processes, other)
    stays(lambda: len(started) == 2, processes, other, seconds=0.1)


def test_a_worker_that_takes_long_to_start_keeps_its_place(tmp_path, processes, started, monkeypatch):
    monkeypatch.setattr(queue, "GRACE_SECONDS", 0)
    run, waiting = new_run(tmp_path, "run"), new_run(tmp_path, "waiting")
    (run.path / "hold-up").touch()
    processes.submit(run)
    processes.submit(waiting)
    stays(lambda: len(started) == 1 and processes.state(run).kind == RUNNING, processes)


def test_two_servers_over_one_folder_never_start_a_run_twice(tmp_path, started):
    servers = [LocalProcesses(tmp_path, spare=False) for _ in range(2)]
    runs = [new_run(tmp_path, str(n)) for n in range(6)]
    over = threading.Event()

    def look_after(server: LocalProcesses) -> None:
        while not over.is_set():
            server.tick()

    def all_ended() -> bool:
        for run in runs:
            if is_at_work(run) and time.time() > times(run)[0] + AWHILE:
                end(run)
        return all(last_status(run) == "finished" for run in runs)

    threads = [threading.Thread(target=look_after, args=(server,)) for server in servers]
    for n, run in enumerate(runs):
        servers[n % 2].submit(run)
    for thread in threads:
        thread.start()
    try:
        until(all_ended)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert sorted(name for name, _ in started) == [run.name for run in runs]
    assert [len(starts(run)) for run in runs] == [1] * 6
    one_after_another = [moment for run in sorted(runs, key=times) for moment in times(run)]
    assert one_after_another == sorted(one_after_another)  # none begins before the last one's end


def test_a_second_worker_that_finds_the_run_at_work_takes_nothing_from_it(tmp_path, processes, started):
    run, waiting = new_run(tmp_path, "run"), new_run(tmp_path, "waiting")
    processes.submit(run)
    until(lambda: is_at_work(run), processes)
    # What may happen if two servers are asked at the very same moment.
    other = LocalProcesses(tmp_path, spare=False)
    second = launch.start_worker(run)
    other._processes[run.name] = second
    assert second.wait(SECONDS) == 3
    other.submit(waiting)
    stays(lambda: not is_asked_for(waiting, started), other)
    assert other.state(run).kind == RUNNING


# ------------------------------------------------------------- workers that die


def test_a_worker_that_dies_without_a_word_has_been_interrupted(tmp_path, processes):
    run, waiting = new_run(tmp_path, "run"), new_run(tmp_path, "waiting")
    processes.submit(run)
    processes.submit(waiting)
    until(lambda: is_at_work(run), processes)
    os.kill(starts(run)[0], signal.SIGKILL)
    until(lambda: processes.state(run).kind == INTERRUPTED, processes)
    until(lambda: is_at_work(waiting), processes)
    processes.submit(run)
    end(waiting)
    until(lambda: len(starts(run)) == 2, processes)


def test_a_worker_that_died_while_no_server_was_up_is_forgotten(tmp_path, started):
    run, waiting = new_run(tmp_path, "run"), new_run(tmp_path, "waiting")
    before = LocalProcesses(tmp_path, spare=False)
    before.submit(run)
    before.submit(waiting)
    until(lambda: is_at_work(run), before)
    claimed = tmp_path / ".queue" / "running" / run.name
    os.utime(claimed, (time.time() - 3600,) * 2)
    os.kill(starts(run)[0], signal.SIGKILL)
    started[0][1].wait(SECONDS)

    after = LocalProcesses(tmp_path, spare=False)
    assert after.state(run).kind == INTERRUPTED
    after.tick()
    assert not claimed.exists()
    until(lambda: is_at_work(waiting), after)
    assert len(starts(run)) == 1  # nobody has asked for it to be taken up again


def test_the_state_of_a_run_whose_folder_is_gone_is_told_and_does_not_bring_it_back(tmp_path, processes):
    gone = RunDirectory(tmp_path / "gone")
    assert processes.state(gone) == RunState(INTERRUPTED)
    assert not gone.is_locked()
    processes.cancel(new_run(tmp_path, "other"))
    (tmp_path / ".queue" / "running").mkdir(parents=True)
    (tmp_path / ".queue" / "running" / "gone").touch()
    os.utime(tmp_path / ".queue" / "running" / "gone", (0, 0))
    processes.tick()
    assert not gone.path.exists()
    assert not (tmp_path / ".queue" / "running" / "gone").exists()


# ------------------------------------------------------------- the spare worker


def spares(started) -> list[subprocess.Popen[bytes]]:
    return [process for name, process in started if name == "--spare"]


def test_a_spare_worker_takes_the_next_run_and_is_replaced_after_it(tmp_path, started):
    processes = LocalProcesses(tmp_path)
    processes.tick()
    (spare,) = spares(started)
    processes.tick()
    assert spares(started) == [spare]  # one is enough
    run, second = new_run(tmp_path, "run"), new_run(tmp_path, "second")
    processes.submit(run)
    processes.submit(second)
    until(lambda: is_at_work(run), processes)
    assert starts(run) == [spare.pid]
    stays(lambda: spares(started) == [spare], processes, seconds=0.1)  # not beside a training
    end(run)
    until(lambda: is_at_work(second), processes)
    assert starts(second) == [dict(started)["second"].pid]
    end(second)
    until(lambda: len(spares(started)) == 2, processes)
    processes.close()


def test_a_run_starts_although_the_spare_worker_has_died(tmp_path, started):
    processes = LocalProcesses(tmp_path)
    processes.tick()
    (spare,) = spares(started)
    spare.kill()
    spare.wait(SECONDS)
    run = new_run(tmp_path, "run")
    processes.submit(run)
    until(lambda: is_at_work(run), processes)
    assert starts(run) == [dict(started)["run"].pid]


def test_a_spare_worker_that_has_died_is_replaced_but_not_again_and_again(tmp_path, started, monkeypatch):
    processes = LocalProcesses(tmp_path)
    processes.tick()
    (first,) = spares(started)
    first.kill()
    first.wait(SECONDS)
    until(lambda: len(spares(started)) == 2, processes)
    monkeypatch.setattr(queue, "SPARE_AFTER_SECONDS", 3600)
    spares(started)[1].kill()
    spares(started)[1].wait(SECONDS)
    stays(lambda: len(spares(started)) == 2, processes, seconds=0.1)


def test_a_spare_worker_ends_when_the_queue_is_closed(tmp_path, started):
    processes = LocalProcesses(tmp_path)
    processes.tick()
    (spare,) = spares(started)
    processes.close()
    assert spare.wait(SECONDS) is not None
    stays(lambda: len(spares(started)) == 1, processes, seconds=0.1)


def test_a_spare_worker_without_a_run_ends_when_its_input_does(started):
    spare = Spare()
    assert spare.is_alive()
    process = spares(started)[0]
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(SECONDS) == 0
    assert not spare.is_alive()
