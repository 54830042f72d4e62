"""How much one person may have, and all together: trainings, room on the disk, uploads."""

from __future__ import annotations

import os
import time
from collections import deque
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import Lock

from mnist_app.data.files import MEGABYTE
from mnist_app.serving.environment import number
from mnist_app.texts.user_error import UserError
from mnist_app.training.mistakes import set_folder
from mnist_app.training.notes import read_notes
from mnist_app.training.queue import ALIVE, Executor
from mnist_app.training.run_directory import all_runs

PREFIX = "MNIST_APP_"
HOUR = 3600  # seconds


@dataclass(frozen=True)
class Limits:
    """How much there may be; 0: as much as anybody likes.

    Each is an environment variable too: ``MNIST_APP_`` and the name in capitals.

    trainings_each, trainings_all: trainings of one person, and of all, that wait, run or are paused.
    megabytes_each, megabytes_all: what the runs of one person (with their set of drawings), and of all, take.
    uploads_each: files that one person sends in an hour.
    """

    trainings_each: int = 0
    trainings_all: int = 0
    megabytes_each: int = 0
    megabytes_all: int = 0
    uploads_each: int = 0


OPEN = Limits()
PUBLIC = Limits(
    trainings_each=50, trainings_all=200, megabytes_each=500, megabytes_all=20_000, uploads_each=60
)


def limits(default: Limits) -> Limits:
    """Return the limits of the environment, the default ones where it says nothing.

    Raises:
        UserError: a variable is no whole number from 0 on.
    """
    return replace(
        default, **{name: number(PREFIX + name.upper(), value) for name, value in asdict(default).items()}
    )


def check_room(runs: Path, person: str, executor: Executor, most: Limits, more: int = 1) -> None:
    """Return if a person may put ``more`` trainings into the queue.

    Args:
        runs: the folder of all runs.
        person: who asks.
        executor: what knows how the runs stand.
        most: how much there may be.
        more: how many trainings would be added.

    Raises:
        UserError: that would be more than one person, or all, may have; it says which.
    """
    found = all_runs(runs)
    mine = [run for run in found if read_notes(run).owner == person]
    for whose, of_them, limit in (("each", mine, most.trainings_each), ("all", found, most.trainings_all)):
        if limit:
            alive = sum(executor.state(run).kind in ALIVE for run in of_them)
            if alive + more > limit:
                raise UserError(f"error.trainings_{whose}", alive=alive, more=more, most=limit)
    if most.megabytes_each:
        used = sum(megabytes(run.path) for run in mine) + megabytes(set_folder(runs, person))
        _check_megabytes("each", used, most.megabytes_each)
    if most.megabytes_all:
        _check_megabytes("all", megabytes(runs), most.megabytes_all)


def _check_megabytes(whose: str, used: float, most: int) -> None:
    if used >= most:
        raise UserError(f"error.megabytes_{whose}", used=f"{used:,.0f}", most=f"{most:,}")


def megabytes(folder: Path) -> float:
    """Return what the files in a folder and below it take, in millions of bytes."""
    total = 0
    for place, _, files in os.walk(folder):
        for file in files:
            try:
                total += Path(place, file).stat(follow_symlinks=False).st_size
            except OSError:  # gone meanwhile
                continue
    return total / MEGABYTE


@dataclass
class Uploads:
    """The uploads of the last hour, by person; any thread may ask."""

    _times: dict[str, deque[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def count(self, person: str, most: int) -> None:
        """Count one upload of a person.

        Raises:
            UserError: there were as many as may be within the hour.
        """
        if not most:
            return
        now = time.monotonic()
        with self._lock:
            for other in [other for other, times in self._times.items() if times[-1] <= now - HOUR]:
                del self._times[other]
            times = self._times.setdefault(person, deque())
            while times and times[0] <= now - HOUR:
                times.popleft()
            if len(times) >= most:
                minutes = int((times[0] + HOUR - now) // 60) + 1
                raise UserError("error.uploads_each", most=most, minutes=minutes)
            times.append(now)
