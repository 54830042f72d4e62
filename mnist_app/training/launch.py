"""Starting a worker over a run directory."""

from __future__ import annotations

import subprocess
import sys

from mnist_app.serving.model_folders import PROJECT
from mnist_app.training.run_directory import RunDirectory


def start_worker(run: RunDirectory) -> subprocess.Popen[bytes]:
    """Return the worker's process, started; its output goes to the run's log."""
    with run.log.open("ab") as log:
        # A command of its own, never multiprocessing: under Streamlit a
        # spawned child would run app.py again. Its own session keeps a
        # Ctrl-C at the terminal from killing it before it has saved.
        return subprocess.Popen(
            [sys.executable, "-m", "mnist_app.training.worker", str(run.path.resolve())],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
