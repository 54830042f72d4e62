"""The run directory: all that crosses the border between app and worker."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from mnist_app.data.files import is_name
from mnist_app.serving.model_folders import runs_folder
from mnist_app.texts.user_error import UserError, why
from mnist_app.training.settings import Settings

LOCK_SECONDS = 0.5  # who only looks whether a run is locked holds it for far less


@dataclass(frozen=True)
class RunDirectory:
    """The files of one run, by name."""

    path: Path

    @property
    def name(self) -> str:
        """Return the folder's name."""
        return self.path.name

    @property
    def settings(self) -> Path:
        """Return where the settings are: written once, before the worker starts."""
        return self.path / "settings.json"

    @property
    def notes(self) -> Path:
        """Return where the app keeps whose run it is, its name and a note."""
        return self.path / "notes.json"

    @property
    def events(self) -> Path:
        """Return where the worker appends its events."""
        return self.path / "events.jsonl"

    @property
    def checkpoint(self) -> Path:
        """Return where the last epoch's model is, with its optimizer."""
        return self.path / "checkpoint.keras"

    @property
    def best(self) -> Path:
        """Return where the best epoch's model is."""
        return self.path / "best.keras"

    @property
    def log(self) -> Path:
        """Return where the worker's output goes."""
        return self.path / "log.txt"

    @property
    def snapshots(self) -> Path:
        """Return the folder of the weights at moments of the training."""
        return self.path / "snapshots"

    @property
    def lock(self) -> Path:
        """Return the file that the worker holds locked for as long as it lives."""
        return self.path / "lock"

    @property
    def mark(self) -> Path:
        """Return the file by which a worker on a cluster sees whether the run is still its own."""
        return self.path / "mark"

    @property
    def stop(self) -> Path:
        """Return the file whose presence asks the worker to stop and keep the model."""
        return self.path / "stop"

    @property
    def pause(self) -> Path:
        """Return the file whose presence holds the worker between two batches."""
        return self.path / "pause"

    @property
    def step(self) -> Path:
        """Return the file that lets a held worker do one batch; the worker takes it away."""
        return self.path / "step"

    @property
    def epoch(self) -> Path:
        """Return the file that lets a held worker go on to the epoch's end; the worker takes it away."""
        return self.path / "epoch"

    @property
    def learning_rate(self) -> Path:
        """Return the file with a new learning rate; the worker takes it away."""
        return self.path / "learning_rate"

    def is_locked(self) -> bool:
        """Return whether a worker is at work here."""
        if not self.lock.exists():  # taking the lock would make the folder of a deleted run anew
            return False
        lock = self.acquire(wait=0)
        if lock is None:
            return True
        lock.release()
        return False

    def acquire(self, wait: float = LOCK_SECONDS) -> FileLock | None:
        """Return the run's lock, held; None if somebody else holds it for longer than ``wait`` seconds.

        The system lets go of it when the process ends, however it ends.
        """
        lock = FileLock(self.lock)
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            return None
        return lock


def create_run(settings: Settings, folder: Path | None = None) -> RunDirectory:
    """Return a new run directory that holds the settings.

    Args:
        settings: what the run shall do.
        folder: where; it must be empty or not exist. None: a new folder named
            after time and recipe among the runs.

    Raises:
        UserError: the folder holds something already, or cannot be made.
    """
    try:
        if folder is None:
            name = settings.recipe or settings.architecture or "imported"
            folder = new_folder(runs_folder() / f"{time.strftime('%Y%m%d-%H%M%S')}-{name}")
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UserError("error.folder_not_empty", path=folder)
        run = RunDirectory(folder)
        run.settings.write_text(json.dumps(settings.as_dict(), indent=2) + "\n", "utf-8")
    except OSError as error:
        path = folder or runs_folder()
        raise UserError("error.folder_not_writable", path=path, reason=why(error)) from error
    return run


def new_folder(first: Path) -> Path:
    """Return a new folder, made here, with a number behind its name where that is taken.

    Two people may start in the same second.

    Raises:
        OSError: it cannot be made.
    """
    folder, number = first, 1
    while True:
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            number += 1
            folder = first.with_name(f"{first.name}-{number}")


def all_runs(folder: Path) -> list[RunDirectory]:
    """Return the runs of a folder, the newest first."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if is_name(path.name) and (path / "settings.json").exists()]
    return [RunDirectory(path) for path in sorted(found, key=lambda path: path.name, reverse=True)]
