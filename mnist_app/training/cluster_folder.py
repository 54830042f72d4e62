"""The queue of a cluster: files in the folder of the runs, which all machines share.

    runs/.cluster/waiting/<time>-<run>    submitted, in order of time; inside: what the run needs
    runs/.cluster/running/<time>-<run>    taken up on some machine
    runs/.cluster/pulse.json              written once a second by the foreman (``foreman.py``)

The same two folders as in ``queue.py``, but not the same ones: a server that knows
nothing of the cluster would take a run whose lock it cannot see for a dead one.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mnist_app.data.files import write_whole
from mnist_app.training.history import ENDS, last_status
from mnist_app.training.run_directory import RunDirectory

FOLDER = ".cluster"


@dataclass(frozen=True)
class Needs:
    """What a run takes of the machine that it runs on.

    Attributes:
        cpus: how many processors; they are reserved, and the training uses no more threads.
        gpus: how many graphics processors; a part of one is one that it shares.
        environment: variables that its worker gets.
    """

    cpus: float = 1.0
    gpus: float = 0.0
    environment: Mapping[str, str] = field(default_factory=dict)


class ClusterFolder:
    """The entries of the queue; one stands for one wish to have a run taken up."""

    def __init__(self, runs: Path) -> None:
        """Look at the queue of a folder of runs; nothing is made before the first entry."""
        self.runs = runs
        self.waiting, self.running = (runs / FOLDER / name for name in ("waiting", "running"))
        self._pulse = runs / FOLDER / "pulse.json"

    def put(self, run: RunDirectory, needs: Needs) -> None:
        """Let a run wait for its turn."""
        self.make()
        entry = f"{time.time_ns():020}-{run.name}"
        written = self.runs / FOLDER / f"{entry}.part"  # what stands in a queue is whole
        written.write_text(json.dumps(asdict(needs)), "utf-8")
        written.rename(self.waiting / entry)

    def make(self) -> None:
        """Make the folders of the queue."""
        for place in (self.waiting, self.running):
            place.mkdir(parents=True, exist_ok=True)

    def leave(self, entry: str) -> bool:
        """Return whether an entry has left the queue; it has not if it was taken up or is gone."""
        try:
            (self.waiting / entry).unlink()
        except FileNotFoundError:
            return False
        return True

    def claim(self, entry: str) -> bool:
        """Return whether whoever asks may take an entry up: it waits, or was taken up and not let go.

        A rename can be won by one only.  That a claimed entry may be claimed again is
        meant: Ray does a task again whose machine died.
        """
        try:
            os.utime(self.waiting / entry)  # since when it is taken up
            (self.waiting / entry).rename(self.running / entry)
        except FileNotFoundError:
            return self.is_claimed(entry)
        self.run_of(entry).pause.unlink(missing_ok=True)  # a paused run goes on
        return True

    def is_claimed(self, entry: str) -> bool:
        """Return whether an entry is taken up."""
        return (self.running / entry).exists()

    def release(self, entry: str) -> None:
        """Let go of an entry that was taken up."""
        (self.running / entry).unlink(missing_ok=True)

    def claim_of(self, run: RunDirectory) -> str | None:
        """Return the entry under which a run is taken up; None if it is not."""
        return next((entry for entry in entries(self.running) if name_of(entry) == run.name), None)

    def run_of(self, entry: str) -> RunDirectory:
        """Return the run that an entry stands for."""
        return RunDirectory(self.runs / name_of(entry))

    def needs(self, entry: str) -> Needs:
        """Return what the run of an entry needs; the least where its file is gone or damaged."""
        for place in (self.waiting, self.running):
            try:
                return Needs(**json.loads((place / entry).read_text("utf-8")))
            except (OSError, ValueError, TypeError):
                continue
        return Needs()

    def has_ended(self, entry: str) -> bool:
        """Return whether the run of an entry has ended since it was taken up; it may have ended before."""
        run = self.run_of(entry)
        if last_status(run) not in ENDS:
            return False
        try:
            # Both are times of the shared folder's own clock.
            return run.events.stat().st_mtime > (self.running / entry).stat().st_mtime
        except OSError:
            return True

    def write_pulse(self, **values: Any) -> None:
        """Write what the foreman has to tell."""
        write_whole(self._pulse, json.dumps(values) + "\n")

    def read_pulse(self) -> dict[str, Any]:
        """Return what the foreman told last; nothing before the first time."""
        try:
            told = json.loads(self._pulse.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}


def entries(place: Path) -> list[str]:
    """Return the entries that wait, or that are taken up, in order of time."""
    try:
        return sorted(entry.name for entry in os.scandir(place))
    except OSError:
        return []


def name_of(entry: str) -> str:
    """Return the name of the run that an entry stands for."""
    return entry.partition("-")[2]
