"""``clean``: takes old runs away, never one with a name."""

from __future__ import annotations

import argparse
import json
import os

from mnist_app.serving.model_folders import runs_folder
from mnist_app.texts.catalog import text
from mnist_app.texts.user_error import UserError
from mnist_app.training.cleaning import Keep, clean, keep_from_environment
from mnist_app.training.cluster import Cluster
from mnist_app.training.cluster_folder import Needs
from mnist_app.training.queue import LocalProcesses


def add_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--days", type=int, metavar="N", help=text("command.keep_days", language))
    parser.add_argument("--megabytes", type=int, metavar="N", help=text("command.keep_megabytes", language))
    parser.add_argument("--dry-run", action="store_true", help=text("command.dry_run", language))


def run(arguments: argparse.Namespace, language: str) -> None:
    """Take away what is not to be kept, and tell of each run.

    Raises:
        UserError: an argument or a variable is no number from 0 on.
    """
    for name in ("days", "megabytes"):
        if (getattr(arguments, name) or 0) < 0:
            raise UserError("error.environment_number", name=f"--{name}", received=getattr(arguments, name))
    own = keep_from_environment()
    keep = Keep(
        own.days if arguments.days is None else arguments.days,
        own.megabytes if arguments.megabytes is None else arguments.megabytes,
    )
    runs = runs_folder()
    address = os.environ.get("MNIST_APP_RAY")
    executor = Cluster(runs, address, Needs()) if address else LocalProcesses(runs, spare=False)
    removed = clean(runs, keep, executor, arguments.dry_run)
    for each in removed:
        if arguments.json:
            said = {"run": each.name, "days": round(each.days, 1), "megabytes": round(each.megabytes, 1)}
            print(json.dumps(said | {"removed": not arguments.dry_run}))
        else:
            days, size = f"{each.days:,.0f}", f"{each.megabytes:,.1f}"
            print(text("clean.run", language, name=each.name, days=days, size=size))
    if not arguments.json:
        key = "clean.nothing" if not removed else "clean.would" if arguments.dry_run else "clean.done"
        total = f"{sum(each.megabytes for each in removed):,.1f}"
        print(text(key, language, number=len(removed), size=total, path=runs))
