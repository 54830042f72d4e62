"""The events of a run: one JSON object a line, appended as they happen."""

from __future__ import annotations

import json
import math
import os
import time
from pathlib import Path
from typing import Any

from mnist_app.data.files import parse_json
from mnist_app.numerics.layer_card import MOST, is_figure

Event = dict[str, Any]

# What an event of a kind always has, for those who read it.
PROMISED = {
    "started": {"step", "batches", "epochs", "images", "validation_images"},
    "batch": {"step", "images_per_second"},
    "epoch": {"epoch", "step", "images_per_second"},
    "checkpoint": {"epoch", "monitor", "previous", "value"},
    "learning_rate": {"value"},
    "fitted": {"seconds"},
    "download": {"done", "total"},
    "drawing": {"done", "total"},
}
# Whole numbers, with the least that each can be.
COUNTS = {"step": 0, "epoch": 0, "batch": 0, "batches": 1, "epochs": 0, "images": 0, "validation_images": 0}
COUNTS |= {"done": 0, "total": 0}
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")
MONITORS = METRICS[2:]
FIGURES = (*METRICS, "value", "previous", "seconds", "images_per_second", "test_loss", "test_accuracy")
ALWAYS = {"value", "seconds", "images_per_second"}  # numbers, where they are promised; others may be null
LONGEST_LINE = 1_000_000  # bytes: a hundred times what the layers of a large network take


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
    events = []
    try:
        with path.open("rb") as file:
            file.seek(offset)
            while line := file.readline(LONGEST_LINE):
                if not line.endswith(b"\n") and len(line) < LONGEST_LINE:
                    break
                offset += len(line)  # of a line too long this takes a part, which is no event
                event = parse_event(line)
                if event is not None:
                    events.append(event)
    except FileNotFoundError:
        pass
    return events, offset


def parse_event(line: bytes) -> Event | None:
    """Return the event in a line; None if the line is not whole, or no event as a worker writes it."""
    try:
        event = parse_json(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and _is_sound(event) else None


def _is_sound(event: Event) -> bool:
    """Return whether an event has what its kind promises, and numbers where numbers belong.

    Somebody may have put another one's run, or what looks like one, among the runs.
    """
    kind = event.get("event")
    if not isinstance(kind, str) or "time" not in event or not PROMISED.get(kind, set()) <= event.keys():
        return False
    counts = [(event[name], low) for name, low in COUNTS.items() if name in event]
    figures = [event[name] for name in FIGURES if name in event]
    return (
        all(type(count) is int and low <= count <= MOST for count, low in counts)
        and all(figure is None or is_figure(figure) for figure in figures)
        and all(is_figure(event[name]) for name in PROMISED.get(kind, set()) & ALWAYS)
        and event.get("monitor", MONITORS[0]) in MONITORS
    )


def _infinite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
