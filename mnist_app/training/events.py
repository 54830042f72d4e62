"""The events of a run: one JSON object a line, appended as they happen."""

from __future__ import annotations

import json
import math
import os
import time
from pathlib import Path
from typing import Any

Event = dict[str, Any]


def append_event(path: Path, event: str, **values: Any) -> None:
    """Append one event to ``events.jsonl``, with the time in seconds since 1970.

    JSON has no infinite number and no NaN: such a value becomes null.
    """
    written = {name: None if _infinite(value) else value for name, value in values.items()}
    line = json.dumps({"event": event, "time": round(time.time(), 3), **written}, allow_nan=False)
    with path.open("a+b") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 1))
        # A full disk or a killed worker may have left half a line: it stays alone.
        cut = end and file.read(1) != b"\n"
        file.write(b"\n" * bool(cut) + line.encode() + b"\n")


def read_events(path: Path, offset: int = 0) -> tuple[list[Event], int]:
    """Return the events from a byte offset on, and the offset to go on from.

    A last line that is still being written is left for the next call, half a
    line that was never finished is left out; a file that is not there yet has
    no events.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            tail = file.read()
    except FileNotFoundError:
        return [], offset
    complete = tail[: tail.rfind(b"\n") + 1]
    events = [event for line in complete.splitlines() if (event := parse_event(line)) is not None]
    return events, offset + len(complete)


def parse_event(line: bytes) -> Event | None:
    """Return the event in a line; None if the line is not whole."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event and "time" in event else None


def _infinite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
