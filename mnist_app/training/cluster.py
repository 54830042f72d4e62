"""Where runs are executed beyond this machine: on a Ray cluster over a shared folder.

The web process speaks with no cluster: it writes into the queue's folder and reads
what stands there, so that no page waits for a network, a server may restart or die,
and any number of servers look after the same runs.  What it does beyond that is to
send for the foreman (``ray_crew.py``) where none gives a sign of life.
"""

from __future__ import annotations

import importlib.util
import logging
import math
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from mnist_app.serving.model_folders import PROJECT
from mnist_app.texts.user_error import UserError
from mnist_app.training.cluster_folder import ClusterFolder, Needs, entries, name_of
from mnist_app.training.history import ENDS, last_status
from mnist_app.training.queue import INTERRUPTED, PAUSED, QUEUED, RUNNING, RunState, is_held
from mnist_app.training.run_directory import RunDirectory

LOOK_SECONDS = 0.5
FIRST_SECONDS = 2.5  # for a foreman who is there to show himself
SILENT_SECONDS = 12.0  # without a sign of life he is taken for gone
AGAIN_SECONDS = 15.0  # until a cluster that did not answer is asked again
LIMIT_SECONDS = 90.0  # for an answer; Ray itself would try for a quarter of an hour
CONNECT_SECONDS = 3.0
AWAY, REFUSED = 3, 4  # exit statuses of ``ray_crew.main``
SEND = "from mnist_app.training.ray_crew import main; main()"


class Cluster:
    """Runs as tasks on a Ray cluster."""

    def __init__(self, runs: Path, address: str, needs: Needs) -> None:
        """Look after the runs of a folder; ``follow`` does it for good, ``look`` once.

        Args:
            runs: the folder of the runs, which every machine has at the same path.
            address: of the cluster's head, as ``ray.init`` takes it.
            needs: what a run takes of its machine.
        """
        self._folder = ClusterFolder(runs.absolute())
        self._address = address
        self._needs = needs
        self._lock = threading.Lock()
        self._pulse = self._folder.read_pulse()
        self._heard = time.monotonic() - SILENT_SECONDS + FIRST_SECONDS
        self._messenger: subprocess.Popen[str] | None = None
        self._sent = -math.inf
        self._unheard = 0  # foremen that are there, by what Ray says, and were not heard of
        self._problem: UserError | None = None

    def submit(self, run: RunDirectory) -> None:
        """Take a run up, or take it up again, as soon as there is room."""
        with self._lock:
            run.stop.unlink(missing_ok=True)
            claim = self._folder.claim_of(run)
            if claim is not None and not self._folder.has_ended(claim):
                run.pause.unlink(missing_ok=True)  # a paused run has kept its place
            elif self.state(run).kind != QUEUED:
                self._folder.put(run, self._needs)

    def cancel(self, run: RunDirectory) -> None:
        """Take a run out of the queue, or ask it to stop and keep its model."""
        with self._lock:
            for entry in entries(self._folder.waiting):
                if name_of(entry) == run.name and self._folder.leave(entry):
                    return
            run.stop.touch()
            if self.state(run).kind == PAUSED and self._folder.claim_of(run) is None:
                self._folder.put(run, self._needs)  # only a worker can make a model of its checkpoint

    def state(self, run: RunDirectory) -> RunState:
        """Return what becomes of a run."""
        queue = [name_of(entry) for entry in entries(self._folder.waiting)]
        if run.name in queue:
            return RunState(QUEUED, queue.index(run.name) + 1)
        if is_held(run):
            return RunState(PAUSED)
        claim = self._folder.claim_of(run)
        if claim is not None and not self._folder.has_ended(claim):
            return RunState(RUNNING)
        status = last_status(run)
        return RunState(status if status in (*ENDS, PAUSED) else INTERRUPTED)

    def problem(self) -> UserError | None:
        """Return why runs that wait do not begin, if it is not for want of a free place."""
        return self._problem

    def look(self) -> None:
        """Listen for the foreman, and send for one where none is to be heard."""
        now = time.monotonic()
        pulse = self._folder.read_pulse()
        if pulse and pulse != self._pulse:
            self._pulse, self._heard, self._unheard = pulse, now, 0
            told = pulse.get("problem")
            self._problem = UserError.from_json(told) if told else None
        if self._messenger is not None:
            self._hear(self._messenger, now)
        elif now - self._heard > SILENT_SECONDS and now - self._sent > AGAIN_SECONDS:
            self._send(now)

    def follow(self) -> threading.Thread:
        """Return a thread that looks for as long as the process lives, started."""

        def look_on() -> None:
            while True:
                try:
                    self.look()
                except OSError:  # a shared folder that stumbles: the next look may do better
                    logging.getLogger(__name__).exception("the cluster could not be looked after")
                time.sleep(LOOK_SECONDS)

        thread = threading.Thread(target=look_on, name="cluster", daemon=True)
        thread.start()
        return thread

    def _send(self, now: float) -> None:
        self._sent = now
        if importlib.util.find_spec("ray") is None:
            self._problem = UserError("error.cluster_no_ray")
            return
        if not _answers(self._address):
            self._problem = UserError("error.cluster_away", address=self._address)
            return
        command = [sys.executable, "-c", SEND, self._address, str(self._folder.runs)]
        self._messenger = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**os.environ, "RAY_USAGE_STATS_ENABLED": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def _hear(self, messenger: subprocess.Popen[str], now: float) -> None:
        """Take note of what became of sending for the foreman."""
        status = messenger.poll()
        if status is None and now - self._sent > LIMIT_SECONDS:
            messenger.kill()
            status = messenger.wait()
        if status is None:
            return
        told = messenger.communicate()[0].strip().splitlines()
        self._messenger = None
        if status == 0:
            self._unheard += 1
            if self._unheard > 1:  # he writes somewhere else than where this server reads
                self._problem = UserError("error.cluster_folder", node=self._address, path=self._folder.runs)
        elif status == REFUSED:
            reason = told[-1] if told else status
            self._problem = UserError("error.cluster_refused", address=self._address, reason=reason)
        else:
            self._problem = UserError("error.cluster_away", address=self._address)


def _answers(address: str) -> bool:
    """Return whether somebody listens at a host and port; True for an address that is something else."""
    host, _, port = address.rpartition(":")
    if not port.isdigit():
        return True
    try:
        with socket.create_connection((host, int(port)), CONNECT_SECONDS):
            return True
    except (OSError, OverflowError):
        return False
