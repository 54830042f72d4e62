"""What a run's events say, put together: where it is, its curves, how it ended."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from mnist_app.data.files import read_once
from mnist_app.texts.user_error import UserError
from mnist_app.training.events import METRICS as METRICS
from mnist_app.training.events import Event, parse_event, read_events
from mnist_app.training.run_directory import RunDirectory

ENDS = ("finished", "stopped", "failed")
# What an event says of what a run is doing.
FETCHING = ("download", "drawing")  # of MNIST, of what is drawn with a pen: so much is done of so much
EXPORTING = ("evaluating", "describing")  # the training itself is over
STATUS = {kind: kind for kind in ("preparing", *FETCHING, "started", "paused", *EXPORTING, *ENDS)}
STATUS |= {"batch": "started", "resumed": "started"}
TAIL = 16384  # bytes: more than any status event and what may follow it


@dataclass
class History:
    """A run's events, read as far as they are written.

    Attributes:
        run: whose.
        status: the last event that says what the run is doing: "" (nothing
            yet), "preparing", one of ``FETCHING``, "started", "paused", or one of
            ``EXPORTING`` or ``ENDS``.
        started: the event "started", once there is one.
        batches: the events "batch", without those that a resumed training did again.
        epochs: the events "epoch", likewise.
        improvements: the events "checkpoint", likewise.
        rates: the events "learning_rate".
        fits: the events "fitted", one for each time the run was at work.
        fetched: the share that is done of the last of ``FETCHING``, 0 to 1.
        evaluated: the event "evaluated" of the last end.
        failure: the event "failed", while the run is not taken up again.
        end: the event of ``ENDS``, likewise.
    """

    run: RunDirectory
    status: str = ""
    started: Event = field(default_factory=dict)
    batches: list[Event] = field(default_factory=list)
    epochs: list[Event] = field(default_factory=list)
    improvements: list[Event] = field(default_factory=list)
    rates: list[Event] = field(default_factory=list)
    fits: list[Event] = field(default_factory=list)
    fetched: float = 0.0
    evaluated: Event = field(default_factory=dict)
    failure: Event = field(default_factory=dict)
    end: Event = field(default_factory=dict)
    _offset: int = 0

    def update(self) -> list[Event]:
        """Read on, and return the events that are new."""
        events, self._offset = read_events(self.run.events, self._offset)
        for event in events:
            self._take(event)
        return events

    def _take(self, event: Event) -> None:
        kind = event["event"]
        self.status = STATUS.get(kind, self.status)
        if kind in ENDS:
            self.end = event
        if kind == "batch":
            self.batches.append(event)
        elif kind == "epoch":
            self.epochs.append(event)
        elif kind == "checkpoint":
            self.improvements.append(event)
        elif kind == "learning_rate":
            self.rates.append(event)
        elif kind == "fitted":
            self.fits.append(event)
        elif kind == "preparing":
            self.failure, self.evaluated, self.end = {}, {}, {}
        elif kind == "started":
            self.started = event
            self._take_back(event["step"], event["batches"])
        elif kind in FETCHING:
            self.fetched = event["done"] / max(event["total"], 1)
        elif kind == "evaluated":
            self.evaluated = event
        elif kind == "failed":
            self.failure = event

    def _take_back(self, step: int, batches: int) -> None:
        """Forget what came after a batch: a resumed training does it again."""
        epochs = step // batches
        self.batches = [event for event in self.batches if event["step"] <= step]
        self.epochs = [event for event in self.epochs if event["epoch"] <= epochs]
        self.improvements = [event for event in self.improvements if event["epoch"] <= epochs]

    @property
    def step(self) -> int:
        """Return how many batches are done."""
        ends = (self.batches[-1:], self.epochs[-1:], [self.started] if self.started else [])
        return max((int(event["step"]) for last in ends for event in last), default=0)

    @property
    def steps(self) -> int:
        """Return how many batches there are to do in all, 0 before it is known."""
        return int(self.started["batches"] * self.started["epochs"]) if self.started else 0

    @property
    def error(self) -> UserError | None:
        """Return why the run failed; None while it has not."""
        if not self.failure:
            return None
        try:
            error = UserError.from_json(self.failure)
            str(error)
        # No worker has written that.
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
            return UserError("error.training_failed", reason="?", log=self.run.log)
        return error

    @property
    def best_epoch(self) -> int | None:
        """Return the epoch that the last improvement names."""
        return int(self.improvements[-1]["epoch"]) if self.improvements else None


def read_history(run: RunDirectory) -> History:
    """Return a run's history as it is now."""
    history = History(run)
    history.update()
    return history


def last_status(run: RunDirectory) -> str:
    """Return ``History.status`` without reading more than the last events."""
    return _last_status(run.events)


@read_once
def _last_status(events: Path) -> str:
    try:
        with events.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            lines = file.read().split(b"\n")
    except OSError:
        return ""
    # The first line may have lost its beginning, what follows the last newline its end.
    for line in reversed(lines[1 if size > TAIL else 0 : -1]):
        event = parse_event(line)
        if event is not None and event["event"] in STATUS:
            return STATUS[event["event"]]
    return "started" if size > TAIL else ""  # so many epochs can only be a training


def epochs_without_improvement(history: History) -> int:
    """Return how many epochs have passed since the best one."""
    return len(history.epochs) - (history.best_epoch or 0)


def overfits_from(epochs: list[Event]) -> int | None:
    """Return the epoch from which a training overfits, None if it does not.

    From there on the validation loss has stayed above its lowest value for at
    least two epochs, while the training loss has fallen further.
    """
    losses = [(event.get("val_loss"), event.get("loss")) for event in epochs]
    known = [(value, n) for n, (value, _) in enumerate(losses) if value is not None]
    if not known:
        return None
    _, best = min(known)
    at_best, at_last = losses[best][1], losses[-1][1]
    falls = at_best is not None and at_last is not None and at_last < at_best
    return int(epochs[best]["epoch"]) if best <= len(losses) - 3 and falls else None
