"""Learning from mistakes: a model fine-tuned on a person's own drawings, beside the model itself.

runs/.people/<person>/drawings/     the person's set; it grows and shrinks
runs/<run>/drawings/                what a run learned from: the set as it was then
"""

from __future__ import annotations

import shutil
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_app.data.drawings import drawing_files, read_drawings
from mnist_app.data.mnist import Split
from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.serving.card import Card
from mnist_app.serving.network import Network
from mnist_app.texts.user_error import UserError, why
from mnist_app.training.notes import Notes, read_notes, write_notes
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import Settings
from mnist_app.training.settings import read as read_settings

DRAWINGS = "drawings"
# Measured on drawings that a network misreads, 89 of convnet-128 and 25 of
# convnet-80: it learns one of them, or fifteen, and loses some 0.1 points on the
# test images. With 2,000 images convnet-128 forgets three times as much.
TRAIN_IMAGES = 5000
BATCH_SIZE = 64
LEARNING_RATE = 3e-4


@dataclass(frozen=True)
class Lesson:
    """What a network made of a person's drawings before it learned from them, and after.

    ``before`` and ``after`` are probabilities, float32 (count, 10).
    """

    drawings: Split
    before: np.ndarray
    after: np.ndarray

    @property
    def example(self) -> int:
        """Return the newest drawing that was misread; the newest of all where none was."""
        misread = np.flatnonzero(self.before.argmax(1) != self.drawings.labels)
        return int(misread[-1]) if len(misread) else len(self.drawings) - 1

    @property
    def right_before(self) -> int:
        """Return how many drawings were read as their labels say before."""
        return int((self.before.argmax(1) == self.drawings.labels).sum())

    @property
    def right_after(self) -> int:
        """Return how many drawings are read as their labels say now."""
        return int((self.after.argmax(1) == self.drawings.labels).sum())


def set_folder(runs: Path, person: str) -> Path:
    """Return the folder of a person's set; it need not exist yet."""
    return runs / ".people" / person / DRAWINGS


def create_fine_tuning(runs: Path, base: Path, card: Card, drawings: Path, notes: Notes) -> RunDirectory:
    """Return a new run that shall fine-tune a model on a set of drawings, mixed with MNIST.

    The run has a copy of the set: what it learns from does not change.

    Args:
        runs: the folder of the runs.
        base: the model's folder; it is left as it is.
        card: the model's card.
        drawings: the set.
        notes: whose run it is, and its name.

    Raises:
        UserError: the set is empty, or the run cannot be written.
    """
    files = drawing_files(drawings)
    if not files:
        raise UserError("error.drawings_none")
    # The number tells apart what two people start in one second.
    folder = runs.resolve() / f"{time.strftime('%Y%m%d-%H%M%S')}-drawings-{uuid.uuid4().hex[:4]}"
    data = str(card.settings.get("data") or "")
    settings = Settings(
        architecture=card.architecture if card.architecture in ARCHITECTURES else "",
        learning_rate=LEARNING_RATE,
        batch_size=BATCH_SIZE,
        epochs=1,
        validation="none",
        train_images=TRAIN_IMAGES,
        data=data if Path(data).is_file() else "",
        base=str(base.resolve()),
        drawings=str(folder / DRAWINGS),
    )
    run = create_run(settings, folder)
    try:
        (folder / DRAWINGS).mkdir()
        for file in files:
            shutil.copy(file, folder / DRAWINGS)
        write_notes(run, notes)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise UserError("error.folder_not_writable", path=folder, reason=why(error)) from error
    return run


def newest_fine_tuning(runs: Path, person: str) -> RunDirectory | None:
    """Return the last run in which a person's drawings were, or are, learned; None without one."""
    for folder in sorted(runs.iterdir(), reverse=True) if runs.is_dir() else ():
        run = RunDirectory(folder)
        if (folder / DRAWINGS).is_dir() and read_notes(run).owner == person:
            return run
    return None


def base_of(run: RunDirectory) -> Path:
    """Return the folder of the model that a run fine-tunes.

    Raises:
        UserError: the run's settings are damaged.
    """
    return Path(read_settings(run.settings).base)


def origin_of(model: Path) -> str:
    """Return the name of the model that a fine-tuned one, or one fine-tuned again, began as.

    Raises:
        UserError: a run's settings are damaged.
    """
    while (model / DRAWINGS).is_dir():
        model = base_of(RunDirectory(model))
    return read_notes(RunDirectory(model)).name or model.name


def lesson(run: RunDirectory, before: Network, after: Network) -> Lesson:
    """Return what the two networks make of the drawings of a run.

    Raises:
        UserError: the drawings are gone or damaged.
    """
    drawings = read_drawings(run.path / DRAWINGS)
    answers = [network.predict(drawings.inputs()).probabilities for network in (before, after)]
    return Lesson(drawings, *answers)
