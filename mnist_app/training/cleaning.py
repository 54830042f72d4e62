"""Old runs are taken away, by age and by size; never one that has a name, or is needed."""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from mnist_app.serving.environment import number
from mnist_app.texts.user_error import UserError
from mnist_app.training.limits import megabytes
from mnist_app.training.notes import read_notes
from mnist_app.training.queue import ALIVE, Executor
from mnist_app.training.run_directory import RunDirectory, all_runs
from mnist_app.training.settings import read as read_settings
from mnist_app.training.sweeps import FOLDER as SWEEPS
from mnist_app.training.sweeps import find_sweeps

DAY = 86_400  # seconds
EVERY_SECONDS = 3600.0
DOOMED = ".doomed"  # in the folder of the runs: what is about to be gone


@dataclass(frozen=True)
class Keep:
    """What is kept: runs for so many days, and of the older ones so many megabytes; 0: without end.

    ``MNIST_APP_KEEP_DAYS`` and ``MNIST_APP_KEEP_MEGABYTES`` say it for a server.
    """

    days: float = 0
    megabytes: float = 0


@dataclass(frozen=True)
class Removed:
    """A run that was taken away: its name, its age in days, and what it took."""

    name: str
    days: float
    megabytes: float


def keep_from_environment() -> Keep:
    """Return what a server keeps.

    Raises:
        UserError: a variable is no whole number from 0 on.
    """
    return Keep(number("MNIST_APP_KEEP_DAYS", 0), number("MNIST_APP_KEEP_MEGABYTES", 0))


def clean(runs: Path, keep: Keep, executor: Executor, dry: bool = False) -> list[Removed]:
    """Return the runs that were taken away, the oldest first.

    A run stays if a person has named it, if it waits, runs or is paused, if a run
    that stays was fine-tuned from it, or if somebody is at work in it.  Of the
    others those go that have not changed for ``keep.days``, then the oldest until
    all runs together take no more than ``keep.megabytes``.

    Args:
        runs: the folder of all runs.
        keep: what is kept.
        executor: what knows how the runs stand.
        dry: only say what would go.
    """
    now = time.time()
    found = all_runs(runs)
    sizes = {run.name: megabytes(run.path) for run in found}
    days = {run.name: (now - _changed(run)) / DAY for run in found}
    bases = {run.name: _base(run) for run in found}
    needed = Counter(bases.values())
    total = sum(sizes.values())
    waiting = [
        run
        for run in sorted(found, key=lambda run: -days[run.name])
        if not read_notes(run).is_named and executor.state(run).kind not in ALIVE
    ]

    def goes(run: RunDirectory) -> bool:
        too_old = keep.days and days[run.name] > keep.days
        too_much = keep.megabytes and total > keep.megabytes
        return bool(too_old or too_much) and not needed[run.name]

    removed = []
    while (run := next(filter(goes, waiting), None)) is not None:
        waiting.remove(run)
        if dry or _remove(run):
            total -= sizes[run.name]
            needed[bases[run.name]] -= 1
            removed.append(Removed(run.name, days[run.name], sizes[run.name]))
    if not dry:
        _remove_empty_sweeps(runs)
        shutil.rmtree(runs / DOOMED, ignore_errors=True)
    return removed


def follow(runs: Path, keep: Keep, executor: Executor) -> threading.Thread | None:
    """Return a thread that cleans every hour for as long as the process lives, started; None: all is kept."""
    if keep == Keep():
        return None

    def clean_on() -> None:
        log = logging.getLogger(__name__)
        while True:
            try:
                for run in clean(runs, keep, executor):
                    log.info("removed %s: %.0f days old, %.0f MB", run.name, run.days, run.megabytes)
            except OSError:  # a folder gone, no permission: the next look may do better
                log.exception("old runs could not be removed")
            time.sleep(EVERY_SECONDS)

    thread = threading.Thread(target=clean_on, name="cleaning", daemon=True)
    thread.start()
    return thread


def _changed(run: RunDirectory) -> float:
    """Return when a run last did anything, or somebody wrote about it."""
    times = [0.0]
    for file in (run.settings, run.events, run.notes, run.checkpoint):
        with contextlib.suppress(OSError):
            times.append(file.stat().st_mtime)
    return max(times)


def _base(run: RunDirectory) -> str:
    """Return the name of the run that a run was fine-tuned from, "" for none."""
    try:
        return Path(read_settings(run.settings).base).name
    except UserError:
        return ""


def _remove(run: RunDirectory) -> bool:
    """Take a run away and return whether that could be done: not while somebody holds its lock."""
    lock = run.acquire(wait=0)
    if lock is None:
        return False
    try:
        doomed = run.path.parent / DOOMED
        doomed.mkdir(exist_ok=True)
        # In one step: nobody ever sees half a run.
        run.path.rename(doomed / f"{time.time_ns()}-{run.name}")
    except OSError:
        return False
    finally:
        lock.release()
    return True


def _remove_empty_sweeps(runs: Path) -> None:
    for sweep in find_sweeps(runs):
        if not any((runs / name).is_dir() for name in sweep.runs):
            shutil.rmtree(runs / SWEEPS / sweep.id, ignore_errors=True)
