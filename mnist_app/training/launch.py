"""Starting worker processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

from mnist_app.serving.model_folders import PROJECT
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.worker import SPARE, TETHERED

NICE = 10  # beside a page, a training takes what drawing leaves


def start_worker(run: RunDirectory, nice: int = 0) -> subprocess.Popen[bytes]:
    """Return a worker's process over a run directory, started; it writes its output to the run's log."""
    return _start(str(run.path.resolve()), subprocess.DEVNULL, nice)


def start_tethered(run: RunDirectory, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Return a worker's process over a run directory, started; it does not outlive this process.

    Args:
        run: what to work on.
        environment: variables that it gets beside those of this process.
    """
    # Ray's own processes are nicer than ours; only root could make this one less so.
    return _start(str(run.path.resolve()), subprocess.PIPE, 0, (TETHERED,), environment)


class Spare:
    """A worker that has imported TensorFlow and waits for its run.

    It ends when this process does, since its input ends with it.
    """

    def __init__(self) -> None:
        """Start it; it is ready some seconds later, and may be given its run before that."""
        self._process = _start(SPARE, subprocess.PIPE, NICE)

    def is_alive(self) -> bool:
        """Return whether it still waits."""
        return self._process.poll() is None

    def give(self, run: RunDirectory) -> subprocess.Popen[bytes] | None:
        """Give it a run and return its process, which goes on by itself; None if it has died."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(os.fsencode(run.path.resolve()) + b"\n")
            self._process.stdin.close()
        except OSError:
            return None
        return self._process

    def dismiss(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


def _start(
    argument: str,
    stdin: int,
    nice: int,
    options: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    # A command of its own, never multiprocessing: under Streamlit a spawned
    # child would run app.py again. Its own session keeps a Ctrl-C at the
    # terminal from killing it before it has saved.
    command = [sys.executable, "-m", "mnist_app.training.worker", argument, *options]
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
        start_new_session=True,
    )
    if nice and hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, process.pid, nice)
    return process
