"""Who hands the runs of a cluster's queue to Ray, and what is done with one on a machine.

There is one foreman for a folder: an actor on the cluster's head (``ray_crew.py``), so
that the runs belong to the cluster and not to a web server, which may go.  He looks
into the queue once a second, makes a task of every entry, and knows nothing that does
not stand in the folder: a new one goes on where the last one was cut off.

Nothing here imports Ray.
"""

from __future__ import annotations

import logging
import math
import socket
import time
import uuid
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from mnist_app.texts.user_error import UserError
from mnist_app.training.cluster_folder import ClusterFolder, Needs, entries, name_of
from mnist_app.training.history import last_status
from mnist_app.training.launch import start_tethered
from mnist_app.training.queue import PAUSED, is_held
from mnist_app.training.tether import SUPERSEDED
from mnist_app.training.worker import BUSY

BUSY_SECONDS = 1.0  # between two attempts at a run whose last worker is not quite gone
AGAIN_SECONDS = 5.0  # until an entry is tried again that a machine could not take up


class Outcome(StrEnum):
    """How a task ended."""

    DONE = "done"  # or there was nothing to do
    UNSEEN = "unseen"  # its machine does not see the folder
    BROKEN = "broken"  # its machine cannot run the app
    LOST = "lost"  # its machine, and that of every retry, has died


class Ended(NamedTuple):
    """An entry whose task has ended, how, and where or why."""

    entry: str
    outcome: Outcome
    told: str


class Crew(Protocol):
    """Whoever does the tasks."""

    def start(self, entry: str, needs: Needs) -> None:
        """Have an entry taken up by a machine that has what it needs, as soon as there is one."""

    def has(self, entry: str) -> bool:
        """Return whether an entry has a task that has not been told of as ended."""

    def ended(self) -> list[Ended]:
        """Return the tasks that have ended since the last call."""

    def has_room(self, needs: Needs) -> bool:
        """Return whether some machine has what is needed, were it free."""


class Foreman:
    """Looks after the queue of a folder."""

    def __init__(self, folder: ClusterFolder, crew: Crew) -> None:
        """Take over a folder; ``tick`` does what there is to do."""
        self._folder = folder
        self._crew = crew
        self._id = uuid.uuid4().hex
        self._beat = 0
        self._not_before: dict[str, float] = {}
        self._problem: UserError | None = None

    def tick(self) -> None:
        """Let go of what has ended, hand on what waits, and give a sign of life."""
        self._folder.make()
        for each in self._crew.ended():
            self._take_note(each)
        running = entries(self._folder.running)
        for entry in running:
            if not self._crew.has(entry):  # of a foreman, or of a whole cluster, that is gone
                self._start(entry)
        claims = {name_of(entry): entry for entry in running}
        waiting = entries(self._folder.waiting)
        first: set[str] = set()
        for entry in waiting:
            name = name_of(entry)
            if name in first or (name in claims and not self._folder.has_ended(claims[name])):
                self._folder.leave(entry)  # two servers were asked at once: it runs, or will run, already
            elif name not in claims and not self._crew.has(entry):
                self._start(entry)
            first.add(name)
        if not waiting and not running:
            self._problem = None
        self._beat += 1
        problem = self._problem or self._want_of_room(waiting)
        told = problem.as_json() if problem else None
        self._folder.write_pulse(foreman=self._id, beat=self._beat, problem=told)

    def _start(self, entry: str) -> None:
        if time.monotonic() >= self._not_before.get(entry, 0):
            self._crew.start(entry, self._folder.needs(entry))

    def _take_note(self, ended: Ended) -> None:
        entry, outcome, told = ended
        self._not_before.pop(entry, None)
        if outcome == Outcome.DONE:
            self._problem = None
            return
        logging.getLogger(__name__).warning("%s: %s, %s", entry, outcome, told)
        if outcome == Outcome.LOST:
            self._folder.release(entry)  # it counts as interrupted, and can be resumed
            return
        self._not_before[entry] = time.monotonic() + AGAIN_SECONDS
        if outcome == Outcome.UNSEEN:
            self._problem = UserError("error.cluster_folder", node=told, path=self._folder.runs)
        else:
            self._problem = UserError("error.cluster_node", reason=told)

    def _want_of_room(self, waiting: list[str]) -> UserError | None:
        for entry in waiting[:1]:
            needs = self._folder.needs(entry)
            if not self._crew.has_room(needs):
                return UserError("error.cluster_room", cpus=f"{needs.cpus:g}", gpus=f"{needs.gpus:g}")
        return None


def work(runs: str, entry: str) -> tuple[Outcome, str]:
    """Take an entry of the queue up on this machine, and return how that ended, and this machine's name.

    It waits for the worker, and may be done again when the machine has died: the
    worker goes on from the checkpoint.
    """
    node = socket.gethostname()
    folder = ClusterFolder(Path(runs))
    if not folder.running.is_dir():
        return Outcome.UNSEEN, node
    if not folder.claim(entry):  # it has left the queue
        return Outcome.DONE, node
    run = folder.run_of(entry)
    environment = _environment(folder.needs(entry))
    while folder.is_claimed(entry) and _has_work(folder, entry):
        status = start_tethered(run, environment).wait()
        if status == SUPERSEDED:  # so the entry is another's, too
            return Outcome.DONE, node
        if status == BUSY:
            time.sleep(BUSY_SECONDS)
        elif status or last_status(run) != PAUSED or run.pause.exists():  # not resumed while it gave up
            break
    folder.release(entry)
    return Outcome.DONE, node


def _has_work(folder: ClusterFolder, entry: str) -> bool:
    """Return whether there is something to do for an entry that is taken up.

    There is not if the run was deleted, if its machine died after its end or in a pause,
    or if it was taken up twice.
    """
    run = folder.run_of(entry)
    has_ended = last_status(run) == "finished" or folder.has_ended(entry)
    return run.settings.exists() and not has_ended and not is_held(run)


def _environment(needs: Needs) -> Mapping[str, str]:
    """Return what keeps a worker to what it has declared.

    Ray reserves processors, but holds nobody to them; it names the graphics
    processors only to those who asked for one.
    """
    threads = {"TF_NUM_INTRAOP_THREADS": str(max(1, math.ceil(needs.cpus)))}
    hidden = {} if needs.gpus else {"CUDA_VISIBLE_DEVICES": "-1"}
    return {**threads, **hidden, **needs.environment}
