"""The tutorials' eight networks, trained from scratch by their recipes, and what they reach.

    python -m benchmarks.systems [SYSTEM …] [--seeds 1 2 3] [--ship]    (an hour for all, one seed, two cores)
    python -m benchmarks.systems --table [--json]

Each training is a run of its own in ``runs/.systems``: one that was cut off
goes on where it was, one that is done is not done again.  What it reached is a
row of ``systems.csv`` beside this file.  ``--ship`` puts the models of the
first seed into ``models/``, without the optimizer's state, which is two thirds
of a file and of no use to anybody but the run itself.  ``--table`` prints the
accuracy that the tutorials report against the shipped model's and the mean of
all seeds, with their spread.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import mean, stdev
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from mnist_app.nets.recipes import RECIPES, Recipe
from mnist_app.serving.card import CARD, FILTERS_FILE, KERAS_FILE, TFLITE_FILE, read_card
from mnist_app.serving.model_folders import PROJECT, SHIPPED
from mnist_app.training.history import last_status, read_history
from mnist_app.training.launch import start_worker
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import from_recipe

RUNS = PROJECT / "runs" / ".systems"
RECORD = Path(__file__).with_suffix(".csv")
COLUMNS = ("system", "seed", "test_accuracy", "test_loss", "epochs", "seconds", "parameters", "device")
SYSTEMS = {name: recipe for name, recipe in RECIPES.items() if recipe.architecture == name}
SLACK = 0.0015  # a network may be so much below its tutorial's accuracy

Row = dict[str, Any]


def train(recipe: Recipe, seed: int) -> RunDirectory:
    """Return the finished run of a recipe with a seed, trained now where it is not yet."""
    run = RunDirectory(RUNS / f"{recipe.name}-seed{seed}")
    if not run.settings.exists():
        create_run(from_recipe(recipe.name, seed=seed), run.path)
    if last_status(run) != "finished":
        print(f"{run.name}: training", file=sys.stderr, flush=True)
        start_worker(run).wait()
    history = read_history(run)
    if history.status != "finished":
        raise SystemExit(f"{run.name}: {history.error or history.status} ({run.log})")
    return run


def record(run: RunDirectory) -> Row:
    """Return what a run reached, and keep it in the record."""
    card, history = read_card(run.path), read_history(run)
    row: Row = {
        "system": card.settings["recipe"],
        "seed": card.settings["seed"],
        "test_accuracy": round(card.test_accuracy, 4),
        "test_loss": round(card.test_loss, 6),
        "epochs": card.epochs,
        "seconds": round(card.seconds),
        "parameters": card.parameters,
        "device": history.started["device"],
    }
    rows = {(each["system"], int(each["seed"])): each for each in recorded()}
    rows[row["system"], row["seed"]] = row
    order = list(SYSTEMS)
    with RECORD.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[key] for key in sorted(rows, key=lambda key: (order.index(key[0]), key[1])))
    return row


def recorded() -> list[Row]:
    """Return all rows of the record."""
    if not RECORD.exists():
        return []
    with RECORD.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ship(run: RunDirectory, name: str) -> None:
    """Put a run's model into the folder of the models that ship."""
    import keras

    folder = SHIPPED / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in (TFLITE_FILE, CARD, FILTERS_FILE):
        if (run.path / file).exists():  # dense networks have no filters
            shutil.copyfile(run.path / file, folder / file)
    keras.saving.load_model(run.path / KERAS_FILE, compile=False).save(folder / KERAS_FILE)


def table() -> list[Row]:
    """Return reported against reached, a row a system."""
    rows = []
    for name, recipe in SYSTEMS.items():
        seeds = [float(row["test_accuracy"]) for row in recorded() if row["system"] == name]
        shipped = read_card(SHIPPED / name) if (SHIPPED / name / CARD).exists() else None
        reported = recipe.reported_accuracy
        rows.append(
            {
                "system": name,
                "reported": reported,
                "shipped": shipped and round(shipped.test_accuracy, 4),
                "seed": shipped and shipped.settings["seed"],
                "epochs": shipped and shipped.epochs,
                "seconds": shipped and round(shipped.seconds),
                "parameters": shipped and shipped.parameters,
                "seeds": len(seeds),
                "mean": mean(seeds) if seeds else None,
                "spread": stdev(seeds) if len(seeds) > 1 else None,
                "met": shipped and (reported is None or shipped.test_accuracy >= reported - SLACK),
            }
        )
    return rows


def show(rows: Iterable[Row]) -> None:
    """Print the table."""

    def share(value: float | None) -> str:
        return "–" if value is None else f"{value:.2%}"

    titles = ("system", "reported", "shipped", "seed", "epochs", "seconds", "parameters", "mean of seeds", "")
    widths = (12, 10, 10, 6, 8, 9, 12, 26, 8)
    print("".join(title.rjust(width) for title, width in zip(titles, widths, strict=True)))
    for row in rows:
        spread = "" if row["spread"] is None else f" ± {100 * row['spread']:.2f}"
        cells = (
            row["system"],
            share(row["reported"]),
            share(row["shipped"]),
            str(row["seed"] or "–"),
            str(row["epochs"] or "–"),
            str(row["seconds"] or "–"),
            f"{row['parameters']:,}" if row["parameters"] else "–",
            f"{share(row['mean'])}{spread} (n = {row['seeds']})",
            {True: "met", False: "not met", None: "missing"}[row["met"]],
        )
        print("".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)))
    size = sum(file.stat().st_size for file in SHIPPED.rglob("*") if file.is_file())
    print(f"models/ holds {size / 1e6:.1f} MB")


def main() -> None:
    """Train, record, ship or print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("systems", nargs="*", metavar="SYSTEM", help=f"of {', '.join(SYSTEMS)}; none: all")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--ship", action="store_true", help="put the first seed's models into models/")
    parser.add_argument("--table", action="store_true", help="train nothing, print what is there")
    parser.add_argument("--json", action="store_true", help="the table as one JSON object a line")
    arguments = parser.parse_args()
    unknown = set(arguments.systems) - set(SYSTEMS)
    if unknown:
        parser.error(f"no system: {', '.join(sorted(unknown))}. There are: {', '.join(SYSTEMS)}")
    if not arguments.table:
        for seed in arguments.seeds:
            for name in arguments.systems or SYSTEMS:
                run = train(SYSTEMS[name], seed)
                print(json.dumps(record(run)), file=sys.stderr, flush=True)
                if arguments.ship and seed == arguments.seeds[0]:
                    ship(run, name)
    rows = table()
    if arguments.json:
        for row in rows:
            print(json.dumps(row))
    else:
        show(rows)


if __name__ == "__main__":
    main()
