"""``train``: train a network by a recipe and leave a model folder."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from mnist_app.data.mnist import find_source
from mnist_app.texts.catalog import text
from mnist_app.texts.duration import duration
from mnist_app.texts.user_error import UserError
from mnist_app.training.events import Event
from mnist_app.training.history import ENDS, FETCHING, METRICS, History
from mnist_app.training.launch import start_worker
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import from_recipe

LOOK_SECONDS = 0.2
BAR = 24  # characters


def add_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--recipe", default="convnet-128", metavar="NAME", help=text("command.recipe", language)
    )
    parser.add_argument("--epochs", metavar="N", help=text("command.epochs", language))
    parser.add_argument("--data", type=Path, metavar="FILE", help=text("command.data_file", language))
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=text("command.out", language))
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="changes",
        help=text("command.set", language),
    )


def run(arguments: argparse.Namespace, language: str) -> None:
    """Train, and print progress with the time left.

    Raises:
        UserError: a setting, the data or the folder cannot be used, or the
            training failed.
    """
    changes = dict(_change(item) for item in arguments.changes)
    if arguments.epochs is not None:
        changes["epochs"] = arguments.epochs
    if arguments.data is not None:
        changes["data"] = str(arguments.data)
    if changes.get("data"):  # relative to here, while the worker runs in the project's folder
        changes["data"] = str(find_source(Path(changes["data"])).path.resolve())
    if changes.get("recorded"):
        changes["recorded"] = str(Path(changes["recorded"]).resolve())
    directory = create_run(from_recipe(arguments.recipe, **changes), arguments.out)
    worker = start_worker(directory)
    follow = _Follower(directory, language, arguments.json)
    try:
        while worker.poll() is None:
            follow.look()
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        directory.stop.touch()
        worker.wait()
    history = follow.look()
    if history.error is not None:
        raise history.error
    if history.status not in ENDS:
        reason = text("error.worker_died", language, status=worker.returncode)
        raise UserError("error.training_failed", reason=reason, log=directory.log)
    if not arguments.json:
        accuracy = history.evaluated["test_accuracy"]
        print(text("command.trained", language, accuracy=f"{accuracy:.2%}", folder=directory.path))


def _change(item: str) -> tuple[str, str]:
    name, equals, value = item.partition("=")
    if not equals:
        raise UserError("error.set_syntax", received=item)
    return name.strip(), value.strip()


class _Follower:
    """Reads a run's events and shows them on the terminal."""

    def __init__(self, run: RunDirectory, language: str, as_json: bool) -> None:
        self._history = History(run)
        self._language = language
        self._json = as_json
        self._since = time.monotonic()  # when the training began, as far as it has

    def look(self) -> History:
        """Show what has happened since the last look, and return all of it."""
        for event in self._history.update():
            if self._json:
                print(json.dumps(event), flush=True)
            else:
                self._show(event)
        return self._history

    def _show(self, event: Event) -> None:
        kind = event["event"]
        if kind == "preparing":
            print(text("command.preparing", self._language), flush=True)
        elif kind == "started":
            self._since = time.monotonic()
            print(text(f"data.short_{event['data']}", self._language), flush=True)
        elif kind in FETCHING and sys.stdout.isatty():
            words = text(f"data.fetching_{kind}", self._language, share=f"{self._history.fetched:.0%}")
            print(f"\r\x1b[K{words}", end="", flush=True)
        elif kind == "batch" and sys.stdout.isatty():
            print(f"\r\x1b[K{self._progress(event)}", end="", flush=True)
        elif kind == "epoch":
            start = "\r\x1b[K" if sys.stdout.isatty() else ""
            shown = {name: event[name] for name in METRICS if event.get(name) is not None}
            metrics = "  ".join(f"{self._name(name)} {value:.4f}" for name, value in shown.items())
            left = self._time_left(event["epoch"])
            print(f"{start}{event['epoch']}/{self._history.started['epochs']}  {metrics}  {left}", flush=True)

    def _progress(self, event: Event) -> str:
        share = event["batch"] / event["batches"]
        bar = "█" * round(share * BAR) + "░" * (BAR - round(share * BAR))
        rate = text("command.rate", self._language, rate=f"{event['images_per_second']:,.0f}")
        left = self._time_left(event["epoch"] - 1 + share)
        epoch = f"{event['epoch']}/{self._history.started['epochs']}"
        return f"{epoch} {bar} {rate}  {self._name('accuracy')} {event['accuracy']:.4f}  {left}"

    def _name(self, metric: str) -> str:
        return text(f"curves.{metric}", self._language)

    def _time_left(self, epochs_done: float) -> str:
        share = epochs_done / self._history.started["epochs"]
        passed = time.monotonic() - self._since  # which no change of the clock disturbs
        left = passed * (1 - share) / share
        return text("command.time_left", self._language, time=duration(left, self._language))
