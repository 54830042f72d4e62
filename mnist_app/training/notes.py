"""What people say of a run: whose it is, its name and a note; the app writes it, never the worker."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mnist_app.data.files import read_json, read_once, write_whole
from mnist_app.training.run_directory import RunDirectory

LONGEST_NAME = 60
LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Notes:
    """``owner`` started the run ("": the command line did); ``name`` stands for the folder's.

    ``is_named``: a person gave the name, and not the app; such a run is never cleaned away.
    """

    owner: str = ""
    name: str = ""
    note: str = ""
    is_named: bool = False


def read_notes(run: RunDirectory) -> Notes:
    """Return a run's notes; empty ones where there are none, or damaged ones."""
    return _read(run.notes)


@read_once
def _read(path: Path) -> Notes:
    try:
        values: dict[str, Any] = read_json(path)
        words = {name: str(values.get(name, "")) for name in ("owner", "name", "note")}
        return _cut(Notes(**words, is_named=bool(values.get("is_named", words["name"]))))
    except (OSError, ValueError, AttributeError):
        return Notes()


def write_notes(run: RunDirectory, notes: Notes) -> None:
    """Write a run's notes, whole or not at all, cut to what can be shown."""
    write_whole(run.notes, json.dumps(asdict(_cut(notes)), ensure_ascii=False) + "\n")


def _cut(notes: Notes) -> Notes:
    name, note = notes.name.strip()[:LONGEST_NAME], notes.note.strip()[:LONGEST_NOTE]
    return Notes(notes.owner, name, note, notes.is_named and bool(name))
