"""Maps by t-SNE: computed in processes of their own, kept in a folder, found again by their points.

runs/.maps/<checksum of the points>/     what ``tsne.py`` reads and writes
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_app.serving.model_folders import PROJECT
from mnist_app.serving.tsne import ITERATIONS, LOG, MAP, PERPLEXITY, POINTS

AT_ONCE = 2  # processes; further ones wait
NICE = 10  # drawing and training come first
ITERATION = re.compile(rb"Iteration (\d+):")

ABSENT, WAITING, RUNNING, FAILED, DONE = "absent", "waiting", "running", "failed", "done"


@dataclass(frozen=True)
class JobState:
    """How far a map is: ``kind`` is one of the words above.

    ``share``, 0 to 1, is of a running one; ``seconds_left`` is None while
    nothing can be said.
    """

    kind: str
    share: float = 0.0
    seconds_left: float | None = None


class TsneJobs:
    """The maps of one folder; safe to call from many threads."""

    def __init__(self, folder: Path) -> None:
        """Take a folder, which need not exist yet."""
        self._folder = folder
        self._lock = threading.Lock()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, float] = {}
        self._waiting: list[str] = []

    def key(self, points: np.ndarray) -> str:
        """Return what a map of these points is called."""
        settings = f"{PERPLEXITY} {ITERATIONS} {points.shape} {points.dtype}"
        return hashlib.sha256(settings.encode() + np.ascontiguousarray(points).tobytes()).hexdigest()

    def result(self, key: str) -> np.ndarray | None:
        """Return a map, float32 (count, 2); None if there is none."""
        try:
            found: np.ndarray = np.load(self._folder / key / MAP)
        except (OSError, ValueError, EOFError):
            return None
        return found

    def start(self, points: np.ndarray) -> None:
        """Begin a map, or put it in line, unless it is under way."""
        key = self.key(points)
        with self._lock:
            if key in self._waiting or self._is_alive(key):
                return
            folder = self._folder / key
            folder.mkdir(parents=True, exist_ok=True)
            np.save(folder / POINTS, points)
            self._waiting.append(key)
            self._begin_next()

    def stop(self, key: str) -> None:
        """End a map that is under way, or take it out of the line."""
        with self._lock:
            if key in self._waiting:
                self._waiting.remove(key)
            process = self._processes.pop(key, None)
            if process is not None:
                process.kill()
                process.wait()
            if not (self._folder / key / MAP).exists():
                shutil.rmtree(self._folder / key, ignore_errors=True)
            self._begin_next()

    def state(self, key: str) -> JobState:
        """Return how far a map is, and begin a waiting one where there is room."""
        with self._lock:
            self._begin_next()
            if key in self._waiting:
                return JobState(WAITING)
            if self._is_alive(key):
                return self._progress(key)
            if (self._folder / key / MAP).exists():
                return JobState(DONE)
            return JobState(FAILED if key in self._processes else ABSENT)

    def _is_alive(self, key: str) -> bool:
        process = self._processes.get(key)
        return process is not None and process.poll() is None

    def _begin_next(self) -> None:
        while self._waiting and sum(map(self._is_alive, self._processes)) < AT_ONCE:
            key = self._waiting.pop(0)
            self._processes[key] = _start(self._folder / key)
            self._started[key] = time.monotonic()

    def _progress(self, key: str) -> JobState:
        told = ITERATION.findall((self._folder / key / LOG).read_bytes())
        if not told:
            return JobState(RUNNING)
        share = min(int(told[-1]) / ITERATIONS, 1.0)
        passed = time.monotonic() - self._started[key]
        return JobState(RUNNING, share, passed * (1 - share) / share)


def _start(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-u", "-m", "mnist_app.serving.tsne", str(folder.resolve())]
    with (folder / LOG).open("wb") as log:
        # One thread each: two maps are made beside each other.
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
    return process
