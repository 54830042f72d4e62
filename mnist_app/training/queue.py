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
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mnist_app.training.history import ENDS, last_status
from mnist_app.training.launch import NICE, Spare, start_worker
from mnist_app.training.run_directory import RunDirectory

TICK_SECONDS = 0.2
GRACE_SECONDS = 10.0  # between starting a worker and its taking the lock
SPARE_AFTER_SECONDS = 8.0  # the first page, and the first strokes, come before a spare worker

QUEUED, RUNNING, PAUSED, INTERRUPTED = "queued", "running", "paused", "interrupted"
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
        self._waiting, self._running = (runs / ".queue" / name for name in ("waiting", "running"))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._wants_spare = spare
        self._spare: Spare | None = None
        self._spare_from = time.monotonic() + SPARE_AFTER_SECONDS

    def submit(self, run: RunDirectory) -> None:
        """Take a run up, or take it up again, as soon as its turn comes."""
        self._waiting.mkdir(parents=True, exist_ok=True)
        self._running.mkdir(parents=True, exist_ok=True)
        run.stop.unlink(missing_ok=True)
        if run.name not in self._queue():
            (self._waiting / f"{time.time_ns():020}-{run.name}").touch()
        self.tick()

    def cancel(self, run: RunDirectory) -> None:
        """Take a run out of the queue, or ask it to stop and keep its model."""
        for entry in self._waiting.glob(f"*-{run.name}"):
            if _run_of(entry) == run.name:
                entry.unlink(missing_ok=True)
                return
        run.stop.touch()

    def state(self, run: RunDirectory) -> RunState:
        """Return what becomes of a run."""
        queue = self._queue()
        if run.name in queue:
            return RunState(QUEUED, queue.index(run.name) + 1)
        status = last_status(run)
        if status == PAUSED:
            return RunState(PAUSED)
        if self._is_starting(run) or run.is_locked():
            return RunState(RUNNING)
        return RunState(status if status in ENDS else INTERRUPTED)

    def tick(self) -> None:
        """Let go of runs that have ended, and start those whose turn it is."""
        with self._lock:
            for name in [name for name, process in self._processes.items() if process.poll() is not None]:
                del self._processes[name]
                (self._running / name).unlink(missing_ok=True)
            busy = sum(self._is_busy(entry) for entry in _entries(self._running))
            for entry in _entries(self._waiting):
                if busy >= self._at_once:
                    break
                busy += self._start(entry)
            self._mind_the_spare(busy)

    def follow(self) -> threading.Thread:
        """Return a thread that ticks for as long as the process lives, started."""

        def tick_on() -> None:
            while True:
                try:
                    self.tick()
                except OSError:  # a full disk, a folder gone: the next tick may do better
                    logging.getLogger(__name__).exception("the queue could not be looked after")
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

    def _queue(self) -> list[str]:
        return [_run_of(entry) for entry in _entries(self._waiting)]

    def _run(self, name: str) -> RunDirectory:
        return RunDirectory(self._runs / name)

    def _is_starting(self, run: RunDirectory) -> bool:
        try:
            age = time.time() - (self._running / run.name).stat().st_mtime
        except OSError:
            return False
        return age < GRACE_SECONDS and last_status(run) not in ENDS

    def _is_busy(self, entry: Path) -> bool:
        """Return whether a claimed run takes up a place; forget it if it has ended."""
        run = self._run(entry.name)
        if run.is_locked():
            return last_status(run) != PAUSED
        if self._is_starting(run):
            return True
        entry.unlink(missing_ok=True)
        return False

    def _start(self, waiting: Path) -> bool:
        """Start a run whose turn it is and return whether it was ours to start."""
        run = self._run(_run_of(waiting))
        claimed = self._running / run.name
        try:
            waiting.rename(claimed)
        except OSError:  # somebody else was quicker, or its owner has left the queue
            return False
        if not run.settings.exists():  # deleted meanwhile
            claimed.unlink(missing_ok=True)
            return False
        os.utime(claimed)
        run.pause.unlink(missing_ok=True)
        if run.is_locked():  # it was paused, and its worker goes on now
            return True
        process = self._spare.give(run) if self._spare is not None else None
        self._spare = None
        self._processes[run.name] = process or start_worker(run, NICE)
        return True

    def _mind_the_spare(self, busy: int) -> None:
        """Start a spare worker where there is none; not beside a training, which it would slow down."""
        if not self._wants_spare or busy or time.monotonic() < self._spare_from:
            return
        if self._spare is None or not self._spare.is_alive():
            self._spare = Spare()


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _run_of(waiting: Path) -> str:
    """Return the run that an entry of the queue stands for."""
    return waiting.name.partition("-")[2]
