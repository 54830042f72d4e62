"""The models that there are: those that ship and those trained here."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mnist_app.data.files import is_name
from mnist_app.serving.card import CARD, TFLITE_FILE, Card, read_card
from mnist_app.texts.user_error import UserError

PROJECT = Path(__file__).resolve().parents[2]
SHIPPED = PROJECT / "models"
DEFAULT_MODEL = "convnet-80"  # made for what people draw
CHECKED = 20_000  # folders; with one more than that, all would be read again each time


def runs_folder() -> Path:
    """Return the folder of all runs: ``MNIST_APP_RUNS``, else ``runs`` beside the app."""
    return Path(os.environ.get("MNIST_APP_RUNS") or PROJECT / "runs")


@dataclass(frozen=True)
class Shelf:
    """The folders found, by model name, and what is wrong with the others."""

    folders: dict[str, Path]
    problems: tuple[UserError, ...]

    def folder(self, name: str) -> Path:
        """Return the folder of a model.

        Raises:
            UserError: there is no such model, or it is damaged.
        """
        if name in self.folders:
            return self.folders[name]
        for problem in self.problems:
            if problem.values.get("name") == name:
                raise problem
        raise UserError("error.unknown_model", name=name, known=", ".join(self.folders) or "-")


def find_models(places: Iterable[Path] | None = None) -> Shelf:
    """Return all models that can be loaded, the default one first.

    A folder counts as a model if it has any file of one; a run that is still
    training (it has no card yet, and no model) does not.  A damaged model is
    left out and told of.

    Args:
        places: folders of model folders; None: the shipped ones and the runs.
    """
    folders: dict[str, Path] = {}
    problems = []
    for place in (SHIPPED, runs_folder()) if places is None else places:
        for folder in sorted(place.iterdir()) if place.is_dir() else ():
            if not _is_model(folder) or folder.name in folders:
                continue
            if not is_name(folder.name):
                problems.append(UserError("error.folder_name", name=ascii(folder.name)))
                continue
            try:
                _check(folder, stamp(folder))
            except UserError as problem:
                problems.append(problem)
            else:
                folders[folder.name] = folder
    order = sorted(folders, key=lambda name: name != DEFAULT_MODEL)
    return Shelf({name: folders[name] for name in order}, tuple(problems))


def open_folder(folder: Path) -> tuple[Card, bytes]:
    """Return the card and the ``model.tflite`` of a model folder.

    Raises:
        UserError: a file is missing or damaged, or the two do not belong
            together.
    """
    try:
        card = read_card(folder)
    except FileNotFoundError as error:
        raise UserError("error.model_incomplete", name=folder.name, file=CARD) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError("error.model_damaged", name=folder.name, file=CARD) from error
    try:
        content = (folder / TFLITE_FILE).read_bytes()
    except OSError as error:
        raise UserError("error.model_incomplete", name=folder.name, file=TFLITE_FILE) from error
    if hashlib.sha256(content).hexdigest() != card.tflite_sha256:
        raise UserError("error.model_damaged", name=folder.name, file=TFLITE_FILE)
    return card, content


@lru_cache(maxsize=CHECKED)
def _check(folder: Path, stamp: tuple[tuple[int, int], ...]) -> None:
    """Raise what ``open_folder`` raises.

    A folder that was sound is not read again until its files change: to hash
    all that ship takes a tenth of a second, and every page looks at them at each run.
    """
    del stamp
    open_folder(folder)


def stamp(folder: Path) -> tuple[tuple[int, int], ...]:
    """Return when the files were written and how large they are, () if one is missing."""
    try:
        files = [(folder / name).stat() for name in (CARD, TFLITE_FILE)]
    except OSError:
        return ()
    return tuple((file.st_mtime_ns, file.st_size) for file in files)


def _is_model(folder: Path) -> bool:
    if (folder / CARD).exists():
        return True
    # A run without a card is still at work, even while it writes its model.
    return not (folder / "events.jsonl").exists() and folder.is_dir() and any(folder.glob("model.*"))
