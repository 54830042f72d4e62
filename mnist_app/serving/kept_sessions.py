"""What sessions had, in files: when its server dies, another one can go on.

    runs/.sessions/<session>.json     the last state of a session, replaced as a whole

All servers over one folder of runs share them.  A file that was not written for a
day is removed.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from contextlib import suppress
from pathlib import Path

HELD_SECONDS = 24 * 3600
LOOK_SECONDS = 3600  # between two removals of old files
MOST_BYTES = 2 * 10**6  # of one session: the largest drawing that a link can hold takes a third
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_LOG = logging.getLogger(__name__)
_looked = 0.0  # when old files were removed last, as time.monotonic() tells


def write_session(runs: Path, session: str, state: dict[str, str]) -> None:
    """Keep a session's state instead of what was kept of it, where that can be written.

    Args:
        runs: the folder of the runs.
        session: its id, which nobody can guess: whoever knows it gets the state.
        state: texts by name; one that is too large is not kept.
    """
    content = json.dumps(state).encode()
    if not _ID.fullmatch(session) or len(content) > MOST_BYTES:
        return
    try:
        _write(_folder(runs), session, content)
    except OSError as error:  # nobody should wait for their answer because a disk is full
        _LOG.warning("A session is not kept: %s", error)


def _write(folder: Path, session: str, content: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_old(folder)
    file = folder / f"{session}.json"
    new = file.with_suffix(f".{os.getpid()}")  # whole or not at all
    new.touch(mode=0o600)
    new.write_bytes(content)
    new.replace(file)


def read_session(runs: Path, session: str) -> dict[str, str]:
    """Return what was kept of a session; nothing where there is nothing, or it is damaged."""
    if not _ID.fullmatch(session):
        return {}
    try:
        state = json.loads((_folder(runs) / f"{session}.json").read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(state, dict):
        return {}
    return {name: text for name, text in state.items() if isinstance(text, str)}


def _folder(runs: Path) -> Path:
    return runs / ".sessions"


def _remove_old(folder: Path) -> None:
    global _looked
    if _looked and time.monotonic() - _looked < LOOK_SECONDS:
        return
    _looked = time.monotonic()
    last = time.time() - HELD_SECONDS
    for file in folder.iterdir():
        with suppress(OSError):  # another server was quicker
            if file.stat().st_mtime < last:
                file.unlink()
