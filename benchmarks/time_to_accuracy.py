"""How long a network takes to learn to read: the tutorial's recipe against the fast ones.

    python -m benchmarks.time_to_accuracy [--seeds 1 2 3 4 5] [--recipes convnet-128-fast …] [--json]
    python -m benchmarks.time_to_accuracy --parts convnet-128-fast       (what each of its settings earns)

Every recipe and seed is a training as the app starts it, a process of its own,
in turn.  Told apart: ``import``, from the process's start until network and
images are there (a spare worker has done it before anybody presses Start);
``compile``, until the first batch; ``training``, from the first batch to the last,
validation and checkpoints included.  ``fit`` is what the tutorial itself does:
Keras's ``fit`` of its network for its epochs, nothing around it.

``--parts`` trains the recipe again and again, each time with one of its settings
as the tutorial has it, and once with one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from benchmarks.server import PROJECT
from mnist_app.nets.recipes import RECIPES
from mnist_app.training.history import read_history
from mnist_app.training.launch import start_worker
from mnist_app.training.run_directory import create_run
from mnist_app.training.settings import from_recipe

TUTORIAL = "convnet-128"
FIT = f"{TUTORIAL}, fit"
FAST = [name for name in RECIPES if name.endswith("-fast")]
THREADS = "TF_NUM_INTRAOP_THREADS"  # TensorFlow reads it
ASKED = 0.992
TIMES = 8

Row = dict[str, float | str | int]


def train(recipe: str, seed: int, **changes: Any) -> Row:
    """Return what a training of a recipe, with some settings changed, took and reached."""
    with tempfile.TemporaryDirectory(prefix="digit-lab-benchmark-") as folder:
        run = create_run(from_recipe(recipe, seed=seed, **changes), Path(folder) / "run")
        began = time.time()
        start_worker(run).wait()
        history = read_history(run)
        fitted = history.fits[-1]
        return {
            "recipe": recipe,
            "seed": seed,
            "import": history.started["time"] - began,
            "compile": fitted["compile_seconds"],
            "training": fitted["seconds"] - fitted["compile_seconds"],
            "accuracy": history.evaluated["test_accuracy"],
        }


def fit() -> float:
    """Return the seconds that Keras's ``fit`` takes for the tutorial's epochs, compiling left out."""
    settings = from_recipe(TUTORIAL)
    command = [sys.executable, "-m", "benchmarks.bare_fit", TUTORIAL, str(settings.epochs), "60000"]
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
    return settings.epochs * mean(60_000 / float(rate) for rate in done.stdout.split()[1:])


def parts(recipe: str) -> dict[str, dict[str, Any]]:
    """Return, by name, the changes that take one part of a recipe back to the tutorial's."""
    own, tutorial = (from_recipe(name).as_dict() for name in (recipe, TUTORIAL))
    together = {  # a rate belongs to its optimizer
        "optimizer": ("optimizer", "learning_rate", "weight_decay"),
    }
    alone = set(own) - set(together["optimizer"]) - {"recipe", "architecture", "epochs", "loss", "seed"}
    groups = together | {name: (name,) for name in sorted(alone)}
    return {
        name: {each: tutorial[each] for each in group}
        for name, group in groups.items()
        if any(own[each] != tutorial[each] for each in group)
    }


def show_parts(recipe: str, seeds: list[int]) -> None:
    """Train a recipe without each of its parts, and print what each earns."""
    variants: dict[str, dict[str, Any]] = {"all of it": {}} | parts(recipe)
    found: dict[str, list[Row]] = {name: [] for name in (*variants, "one thread")}
    for seed in seeds:
        print(f"seed {seed}", file=sys.stderr, flush=True)
        for name, changes in variants.items():
            found[name].append(train(recipe, seed, **changes))
        os.environ[THREADS] = "1"
        found["one thread"].append(train(recipe, seed))
        del os.environ[THREADS]
    print(f"{recipe} with one part as {TUTORIAL} has it")
    print(f"{'':>24}{'training s':>16}{'accuracy %':>18}")
    for name, rows in found.items():
        seconds = told([float(row["training"]) for row in rows])
        print(f"{name:>24}{seconds:>16}{told([100 * float(row['accuracy']) for row in rows], 2):>18}")


def told(values: list[float], digits: int = 1) -> str:
    """Return a mean with its standard error."""
    error = f" ± {stdev(values) / sqrt(len(values)):.{digits}f}" if len(values) > 1 else ""
    return f"{mean(values):.{digits}f}{error}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--recipes", nargs="+", default=FAST)
    parser.add_argument("--parts", choices=FAST, metavar="RECIPE", help="what each of its settings earns")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    os.environ["MNIST_APP_SPARE"] = "0"
    if arguments.parts:
        show_parts(arguments.parts, arguments.seeds)
        return
    rows: list[Row] = []
    fits: list[float] = []
    for seed in arguments.seeds:
        print(f"seed {seed}", file=sys.stderr, flush=True)
        fits.append(fit())
        rows += [train(recipe, seed) for recipe in (TUTORIAL, *arguments.recipes)]
    if arguments.json:
        for row in rows:
            print(json.dumps(row))
        print(json.dumps({"recipe": FIT, "training": fits}))
        return
    print(
        f"{'':>20}{'import s':>14}{'compile s':>14}{'training s':>16}{'accuracy %':>18}{'times faster':>14}"
    )
    print(f"{FIT:>20}{'':28}{told(fits):>16}")
    tutorial = mean(fits)
    for recipe in (TUTORIAL, *arguments.recipes):
        own = [row for row in rows if row["recipe"] == recipe]
        columns = {name: [float(row[name]) for row in own] for name in ("import", "compile", "training")}
        percent = [100 * float(row["accuracy"]) for row in own]
        line = f"{recipe:>20}{told(columns['import']):>14}{told(columns['compile']):>14}"
        faster = tutorial / mean(columns["training"])
        line += f"{told(columns['training']):>16}{told(percent, 2):>18}{faster:>14.1f}"
        met = mean(percent) >= 100 * ASKED and faster >= TIMES
        print(line + ("" if recipe == TUTORIAL else f"   {'met' if met else 'not met'}"))


if __name__ == "__main__":
    main()
