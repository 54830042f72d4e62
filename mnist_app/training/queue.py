"""Where runs are executed: one small interface, and local processes as its default form.

The queue is a folder beside the runs, so that it outlives the server:

    runs/.queue/waiting/<time>-<run>      submitted, in order of time
    runs/.queue/running/<run>             claimed: a worker was started

Claiming is a rename, which only one can win, and a worker holds its run's lock
for as long as it lives: whoever looks after a restart sees what still runs, and
no run is ever worked on twice.
"""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from filelock import BaseFileLock, FileLock, Timeout

from mnist_app.texts.user_error import UserError
from mnist_app.training.cluster_folder import FOLDER as CLUSTER
from mnist_app.training.history import ENDS, last_status
from mnist_app.training.launch import NICE, Spare, start_worker
from mnist_app.training.run_directory import RunDirectory

FOLDER = ".queue"
TICK_SECONDS = 0.2
GRACE_SECONDS = 60.0  # between starting a worker and its taking the lock, on a machine that is busy
SPARE_AFTER_SECONDS = 8.0  # the first page, and the first strokes, come before a spare worker

QUEUED, RUNNING, PAUSED, INTERRUPTED = "queued", "running", "paused", "interrupted"
_LOG = logging.getLogger(__name__)
ALIVE = (QUEUED, RUNNING, PAUSED)


@dataclass(frozen=True)
class RunState:
    """What becomes of a run: "queued" (with its place, from 1), "running", "paused", one of ``ENDS``
    ("finished", "stopped", "failed"), or "interrupted": its worker is gone without a word.
    """

    kind: str
    place: int = 0


class Executor(Protocol):
    """Whatever executes runs."""

    def submit(self, run: RunDirectory) -> None:
        """Take a run up, or take it up again, as soon as its turn comes."""

    def cancel(self, run: RunDirectory) -> None:
        """Take a run out of the queue, or ask it to stop and keep its model."""

    def state(self, run: RunDirectory) -> RunState:
        """Return what becomes of a run."""

    def problem(self) -> UserError | None:
        """Return why runs that wait do not begin, if it is not for want of a free place."""


class LocalProcesses:
    """Runs as processes on this machine, so many at once."""

    def __init__(self, runs: Path, at_once: int = 1, spare: bool = True) -> None:
        """Look after the runs of a folder; ``follow`` does it for good, ``tick`` once.

        Args:
            runs: the folder of the runs.
            at_once: how many trainings run at the same time; a paused one does not count.
            spare: keep a worker ready.
        """
        self._runs = runs
        self._at_once = at_once
        self._waiting, self._running = (runs / FOLDER / name for name in ("waiting", "running"))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._wants_spare = spare
        self._spare: Spare | None = None
        self._spare_from = time.monotonic() + SPARE_AFTER_SECONDS

    def submit(self, run: RunDirectory) -> None:
        """Take a run up, or take it up again, as soon as its turn comes."""
        run.stop.unlink(missing_ok=True)
        self._enqueue(run)
        _LOG.info("Training %s submitted", run.name, extra={"event": "submitted", "run": run.name})
        self.tick()

    def cancel(self, run: RunDirectory) -> None:
        """Take a run out of the queue, or ask it to stop and keep its model."""
        for entry in _entries(self._waiting):
            if _run_of(entry) == run.name:
                entry.unlink(missing_ok=True)
                return
        run.stop.touch()
        if self.state(run).kind == PAUSED and not run.is_locked():
            self._enqueue(run)  # only a worker can make a model of its checkpoint

    def state(self, run: RunDirectory) -> RunState:
        """Return what becomes of a run."""
        queue = self._queue()
        if run.name in queue:
            return RunState(QUEUED, queue.index(run.name) + 1)
        if is_held(run):
            return RunState(PAUSED)
        if self._is_starting(run) or run.is_locked():
            return RunState(RUNNING)
        status = last_status(run)
        return RunState(status if status in (*ENDS, PAUSED) else INTERRUPTED)

    def problem(self) -> UserError | None:
        """Return None: this machine is always there."""
        return None

    def tick(self) -> None:
        """Let go of runs that have ended, and start those whose turn it is.

        While another server does so, nothing: both would see the same free place.
        """
        with self._lock, suppress(Timeout), self._turn():
            for name in [name for name, process in self._processes.items() if process.poll() is not None]:
                del self._processes[name]
                if not self._run(name).is_locked():  # it was no second one, which found the run at work
                    self._forget(self._run(name))
            busy = sum(self._is_busy(entry) for entry in _entries(self._running))
            for entry in _entries(self._waiting):
                if busy >= self._at_once:
                    break
                busy += self._start(entry)
            self._mind_the_spare(busy)

    def _turn(self) -> BaseFileLock | nullcontext[None]:
        """Return what one server at a time can hold.

        Raises:
            Timeout: when it is entered: another one holds it.
        """
        folder = self._waiting.parent
        return FileLock(folder / "lock", timeout=0) if folder.is_dir() else nullcontext()

    def follow(self) -> threading.Thread:
        """Return a thread that ticks for as long as the process lives, started."""

        def tick_on() -> None:
            while True:
                try:
                    self.tick()
                except OSError:  # a full disk, a folder gone: the next tick may do better
                    _LOG.exception("the queue could not be looked after")
                time.sleep(TICK_SECONDS)

        thread = threading.Thread(target=tick_on, name="training-queue", daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        """End the spare worker; the runs go on."""
        with self._lock:
            if self._spare is not None:
                self._spare.dismiss()
            self._spare, self._wants_spare = None, False

    def _enqueue(self, run: RunDirectory) -> None:
        with self._lock:
            self._waiting.mkdir(parents=True, exist_ok=True)
            self._running.mkdir(parents=True, exist_ok=True)
            state = self.state(run).kind
            if state != QUEUED and (state != RUNNING or self._has_ended(run)):
                (self._waiting / f"{self._moment():020}-{run.name}").touch()

    def _moment(self) -> int:
        """Return a number after those of all who wait, whatever became of the clock."""
        waiting = [entry.name.partition("-")[0] for entry in _entries(self._waiting)]
        return max(time.time_ns(), *(int(moment) + 1 for moment in waiting if moment.isdecimal()), 0)

    def _queue(self) -> list[str]:
        return [_run_of(entry) for entry in _entries(self._waiting)]

    def _run(self, name: str) -> RunDirectory:
        return RunDirectory(self._runs / name)

    def _has_ended(self, run: RunDirectory) -> bool:
        """Return whether a run has ended since it was claimed; it may have ended before."""
        if last_status(run) not in ENDS:
            return False
        try:
            return run.events.stat().st_mtime > (self._running / run.name).stat().st_mtime
        except OSError:
            return True

    def _is_starting(self, run: RunDirectory) -> bool:
        try:
            age = time.time() - (self._running / run.name).stat().st_mtime
        except OSError:
            return False
        process = self._processes.get(run.name)  # a spare worker first imports to its end
        is_alive = process is not None and process.poll() is None
        # A claim from the future was made before the clock was set back.
        return (is_alive or abs(age) < GRACE_SECONDS) and not self._has_ended(run)

    def _is_busy(self, entry: Path) -> bool:
        """Return whether a claimed run takes up a place; forget it if it has ended."""
        run = self._run(entry.name)
        if run.is_locked():
            return not is_held(run)
        if self._is_starting(run):
            return True
        self._forget(run)
        return False

    def _forget(self, run: RunDirectory) -> None:
        """Let go of a run that has ended, and tell so; one of several servers does."""
        try:
            (self._running / run.name).unlink()
        except FileNotFoundError:
            return
        status = last_status(run)
        status = status if status in (*ENDS, PAUSED) else INTERRUPTED
        level = logging.ERROR if status in ("failed", INTERRUPTED) else logging.INFO
        fields = {"event": "ended", "run": run.name, "status": status}
        _LOG.log(level, "Training %s: %s", run.name, status, extra=fields)

    def _start(self, waiting: Path) -> bool:
        """Start a run whose turn it is and return whether it takes up a place now."""
        run = self._run(_run_of(waiting))
        claimed = self._running / run.name
        goes_on = run.is_locked()
        if goes_on and last_status(run) != PAUSED:  # its worker is about to end: later
            return False
        try:
            os.utime(waiting)  # from now on it counts as starting
            waiting.rename(claimed)
        except OSError:  # somebody else was quicker, or its owner has left the queue
            return False
        if not run.settings.exists():  # deleted meanwhile
            claimed.unlink(missing_ok=True)
            return False
        run.pause.unlink(missing_ok=True)
        if goes_on:
            return True
        process = self._spare.give(run) if self._spare is not None else None
        self._spare = None
        self._processes[run.name] = process or start_worker(run, NICE)
        return True

    def _mind_the_spare(self, busy: int) -> None:
        """Start a spare worker where there is none; not beside a training, which it would slow down."""
        if not self._wants_spare or busy or time.monotonic() < self._spare_from:
            return
        if self._spare is None:
            self._spare = Spare()
        elif not self._spare.is_alive():  # whatever killed it may kill the next one too
            self._spare, self._spare_from = None, time.monotonic() + SPARE_AFTER_SECONDS


def counts(runs: Path) -> dict[str, int]:
    """Return how many trainings of a folder of runs wait, and how many are at work or about to be."""
    queues = [runs / name for name in (FOLDER, CLUSTER)]
    places = {QUEUED: "waiting", RUNNING: "running"}
    return {kind: sum(len(_entries(queue / place)) for queue in queues) for kind, place in places.items()}


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def is_held(run: RunDirectory) -> bool:
    """Return whether a run is paused and not about to go on."""
    return last_status(run) == PAUSED and run.pause.exists()


def _run_of(waiting: Path) -> str:
    """Return the run that an entry of the queue stands for."""
    return waiting.name.partition("-")[2]
