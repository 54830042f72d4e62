"""The events of a run: one JSON object a line, appended as they happen."""

from __future__ import annotations

import json
import math
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
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def read_events(path: Path, offset: int = 0) -> tuple[list[Event], int]:
    """Return the events from a byte offset on, and the offset to go on from.

    A last line that is still being written is left for the next call; a file
    that is not there yet has no events.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            tail = file.read()
    except FileNotFoundError:
        return [], offset
    complete = tail[: tail.rfind(b"\n") + 1]
    return [json.loads(line) for line in complete.splitlines()], offset + len(complete)


def _infinite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
