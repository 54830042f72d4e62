"""Everything that was trained: what it is, how good, how quick, how large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import streamlit as st

from mnist_app.serving.card import TFLITE_FILE, Card, read_card
from mnist_app.serving.model_folders import SHIPPED, runs_folder
from mnist_app.serving.predictor import Predictor
from mnist_app.serving.timing import milliseconds_per_image
from mnist_app.texts.user_error import UserError
from mnist_app.training.notes import read_notes
from mnist_app.training.run_directory import RunDirectory, all_runs
from mnist_app.training.settings import read as read_settings
from mnist_app.views.networks import all_models
from mnist_app.views.sidebar import label
from mnist_app.views.tables import csv_table

TIMES_HELD = 500
MEGABYTE = 1e6


@dataclass(frozen=True)
class Row:
    """One model or run; None where a run has no model (yet).

    ``name`` is that of the ``folder``, ``label`` what it is called on screen;
    ``kind`` is "ships", "trained", "learning" or "without" (a run with nothing to read with);
    ``accuracy`` is a share of 1 of the ``test_images``; ``milliseconds`` are for
    one image on this machine, ``megabytes`` of ``model.tflite``.
    """

    name: str
    folder: Path
    label: str
    accuracy: float | None = None
    parameters: int | None = None
    seconds: float | None = None
    milliseconds: float | None = None
    megabytes: float | None = None
    kind: str = "without"
    architecture: str = ""
    recipe: str = ""
    test_images: int | None = None
    created: date | None = None
    note: str = ""


def table_rows() -> list[Row]:
    """Return everything that was trained, the best first, what has no accuracy last."""
    models = all_models()
    finished = {name: model.folder for name, model in models.items() if not model.is_learning}
    found = [_with_card(name, folder) for name, folder in finished.items()]
    for run in all_runs(runs_folder()):
        if run.name not in finished:
            found.append(_without_card(run, "learning" if run.name in models else "without"))
    rows = [row for row in found if row is not None]
    return sorted(rows, key=lambda row: -(row.accuracy or 0))


def _with_card(name: str, folder: Path) -> Row | None:
    try:
        card = read_card(folder)
        size = (folder / TFLITE_FILE).stat().st_size
        milliseconds = _milliseconds(folder, (folder / TFLITE_FILE).stat().st_mtime)
    except (OSError, ValueError, TypeError, KeyError, UserError):  # deleted between two looks
        return None
    ships = folder.parent == SHIPPED
    return Row(
        name,
        folder,
        label(name),
        accuracy=card.test_accuracy,
        parameters=card.parameters,
        seconds=card.seconds,
        milliseconds=milliseconds,
        megabytes=size / MEGABYTE,
        kind="ships" if ships else "trained",
        architecture=card.architecture,
        recipe=str(card.settings.get("recipe", "")),
        test_images=int(card.data["test_images"]),
        created=_created(card),
        note="" if ships else read_notes(RunDirectory(folder)).note,
    )


def _without_card(run: RunDirectory, kind: str) -> Row | None:
    try:
        settings = read_settings(run.settings)
        created = date.fromtimestamp(run.settings.stat().st_mtime)
    except (UserError, OSError):
        return None
    return Row(
        run.name,
        run.path,
        label(run.name),
        kind=kind,
        architecture=settings.architecture,
        recipe=settings.recipe,
        created=created,
        note=read_notes(run).note,
    )


def _created(card: Card) -> date | None:
    try:
        return date.fromisoformat(card.created[:10])
    except ValueError:  # a card that somebody else wrote
        return None


# Loaded for this alone: to time fifty models must not push those out that people draw on.
@st.cache_data(max_entries=TIMES_HELD, show_spinner=False)
def _milliseconds(folder: Path, modified: float) -> float:
    del modified
    return milliseconds_per_image(Predictor(folder))


def rows_csv(rows: Sequence[Row]) -> str:
    """Return the table as CSV, the numbers in full."""
    names = [field.name for field in fields(Row) if field.name != "folder"]
    return csv_table(names, [[getattr(row, name) for name in names] for row in rows])
