"""How long a network takes to learn to read: the tutorial's recipe against the fast ones.

    python -m benchmarks.time_to_accuracy [--seeds 1 2 3 4 5] [--recipes convnet-128-fast …] [--json]
    python -m benchmarks.time_to_accuracy --parts convnet-128-fast       (what each of its parts earns)

Every recipe and seed is a training as the app starts it, a process of its own,
in turn.  Told apart: ``import``, from the process's start until network and
images are there (a spare worker has done it before anybody presses Start);
``compile``, until the first batch; ``training``, from the first batch to the last,
validation and checkpoints included.  A fast recipe is held against the tutorial's
recipe (its optimizer, batch size and five epochs) with the same network as the
tutorial itself trains: ``fit`` is Keras's ``fit`` and nothing around it.

``--parts`` trains the recipe again and again, each time with one of its settings
as the tutorial has it, without a part of ``without.py``, or with something more.
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
FAST = [name for name in RECIPES if name.endswith("-fast")]
WITHOUT = ("one batch a call", "usual tf.data", "one thread")  # keys of ``without.PARTS``
MORE: dict[str, dict[str, Any]] = {  # what a recipe may have and ours has not
    "+ dropout 0.3": {"dropout": 0.3},
    "+ ema_momentum 0.95": {"ema_momentum": 0.95},
}
HEADS = {"import": 14, "compile": 14, "training": 16}  # and how wide their columns are
ASKED = 0.992
TIMES = 8

Row = dict[str, float | str | int]


def train(recipe: str, seed: int, without: str = "", **changes: Any) -> Row:
    """Return what a training of a recipe, with some settings changed or without a part, took and reached."""
    with tempfile.TemporaryDirectory(prefix="digit-lab-benchmark-") as folder:
        run = create_run(from_recipe(recipe, seed=seed, **changes), Path(folder) / "run")
        began = time.time()
        if without:
            command = [sys.executable, "-m", "benchmarks.without", without, str(run.path)]
            subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
        else:
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


def fit(architecture: str) -> float:
    """Return the seconds that Keras's ``fit`` takes for the tutorial's epochs, compiling left out."""
    settings = from_recipe(TUTORIAL)
    asked = [TUTORIAL, str(settings.epochs), "60000", architecture]
    command = [sys.executable, "-m", "benchmarks.bare_fit", *asked]
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
    return settings.epochs * mean(60_000 / float(rate) for rate in done.stdout.split()[1:])


def parts(recipe: str) -> dict[str, dict[str, Any]]:
    """Return, by name, the changes that take one part of a recipe back to the tutorial's."""
    own, tutorial = (from_recipe(name).as_dict() for name in (recipe, TUTORIAL))
    together = {  # a rate belongs to its optimizer, and is higher for larger batches
        "optimizer": ("optimizer", "learning_rate", "weight_decay"),
        "batch_size": ("batch_size", "learning_rate"),
    }
    grouped = {name for group in together.values() for name in group}
    alone = set(own) - grouped - {"recipe", "architecture", "epochs", "loss", "seed", "validation_split"}
    groups = together | {name: (name,) for name in sorted(alone)}
    changes = {
        name: {each: tutorial[each] for each in group}
        for name, group in groups.items()
        if any(own[each] != tutorial[each] for each in group)
    }
    if "batch_size" in changes:  # the same optimizer at the rate that suits its smaller batches
        share = tutorial["batch_size"] / own["batch_size"]
        changes["batch_size"]["learning_rate"] = own["learning_rate"] * share**0.5
    return changes


def show_parts(recipe: str, seeds: list[int]) -> None:
    """Train a recipe without each of its parts, and print what each earns."""
    own = from_recipe(recipe).as_dict()
    variants: dict[str, dict[str, Any]] = {"all of it": {}}
    variants |= {f"{name} {_of_tutorial(name)}": changes for name, changes in parts(recipe).items()}
    variants |= {
        name: changes for name, changes in MORE.items() if not any(own[setting] for setting in changes)
    }
    variants |= {name: {"without": name} for name in WITHOUT}
    found: dict[str, list[Row]] = {name: [] for name in variants}
    for seed in seeds:
        print(f"seed {seed}", file=sys.stderr, flush=True)
        for name, changes in variants.items():
            found[name].append(train(recipe, seed, **changes))
    print(f"{recipe} with one thing changed, {len(seeds)} seeds")
    print(f"{'':>34}{'training s':>16}{'accuracy %':>18}")
    for name, rows in found.items():
        seconds = told([float(row["training"]) for row in rows])
        print(f"{name:>34}{seconds:>16}{told([100 * float(row['accuracy']) for row in rows], 2):>18}")


def _of_tutorial(name: str) -> str:
    return str(from_recipe(TUTORIAL).as_dict()[name]).lower()


def told(values: list[float], digits: int = 1) -> str:
    """Return a mean with its standard error."""
    error = f" ± {stdev(values) / sqrt(len(values)):.{digits}f}" if len(values) > 1 else ""
    return f"{mean(values):.{digits}f}{error}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--recipes", nargs="+", default=FAST, choices=FAST)
    parser.add_argument("--parts", choices=FAST, metavar="RECIPE", help="what each of its parts earns")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    os.environ["MNIST_APP_SPARE"] = "0"
    if arguments.parts:
        show_parts(arguments.parts, arguments.seeds)
        return
    rows: dict[str, dict[str, list[Row]]] = {}
    for seed in arguments.seeds:
        print(f"seed {seed}", file=sys.stderr, flush=True)
        for recipe in arguments.recipes:
            architecture = RECIPES[recipe].architecture
            own = rows.setdefault(architecture, {"fit": [], recipe: []})
            own["fit"].append({"recipe": "fit", "seed": seed, "training": fit(architecture)})
            own[recipe].append(train(recipe, seed))
    for architecture, of in rows.items():
        if arguments.json:
            for each in of.values():
                for row in each:
                    print(json.dumps({"architecture": architecture, **row}))
        else:
            show(architecture, of)


def show(architecture: str, of: dict[str, list[Row]]) -> None:
    """Print one network's trainings, and how much faster the fast ones are than the tutorial's ``fit``."""
    heads = "".join(f"{name + ' s':>{width}}" for name, width in HEADS.items())
    print(f"{architecture:>20}{heads}{'accuracy %':>18}{'times faster':>14}")
    slow = mean(float(row["training"]) for row in of["fit"])
    for recipe, own in of.items():
        line = f"{recipe:>20}"
        for name, width in HEADS.items():
            line += f"{told([float(row[name]) for row in own]) if name in own[0] else '':>{width}}"
        percent = [100 * float(row["accuracy"]) for row in own if "accuracy" in row]
        faster = slow / mean(float(row["training"]) for row in own)
        line += f"{told(percent, 2) if percent else '':>18}{faster:>14.1f}"
        if recipe in FAST:
            line += f"   {'met' if mean(percent) >= 100 * ASKED and faster >= TIMES else 'not met'}"
        print(line)


if __name__ == "__main__":
    main()
