"""What people say of a run: whose it is, its name and a note; the app writes it, never the worker."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mnist_app.data.files import read_once, write_whole
from mnist_app.training.run_directory import RunDirectory

LONGEST_NAME = 60
LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Notes:
    """``owner`` started the run ("": the command line did); ``name`` stands for the folder's."""

    owner: str = ""
    name: str = ""
    note: str = ""


def read_notes(run: RunDirectory) -> Notes:
    """Return a run's notes; empty ones where there are none, or damaged ones."""
    return _read(run.notes)


@read_once
def _read(path: Path) -> Notes:
    try:
        values: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return Notes(**{name: str(values.get(name, "")) for name in ("owner", "name", "note")})
    except (OSError, ValueError, AttributeError):
        return Notes()


def write_notes(run: RunDirectory, notes: Notes) -> None:
    """Write a run's notes, whole or not at all, cut to what can be shown."""
    cut = Notes(notes.owner, notes.name.strip()[:LONGEST_NAME], notes.note.strip()[:LONGEST_NOTE])
    write_whole(run.notes, json.dumps(asdict(cut), ensure_ascii=False) + "\n")
