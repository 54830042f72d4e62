"""The network that ships for drawings, trained from scratch, and what recorded drawings bring.

    python -m benchmarks.drawings --strokes FILE [--leave-out PLACE …] [--epochs 50] [--ship --source TEXT]
    python -m benchmarks.drawings                             (with the app's own pen digits alone)

``FILE`` has recorded pen strokes as ``mnist_app/data/recorded_strokes.py`` reads
them; the part of a writer's name before the first "/" is the place.  Each
training is a run of its own in ``runs/.drawings``: one that was cut off goes on
where it was, one that is done is not done again.  Its drawings are measured
with ``python -m benchmarks.confidence --model RUN --strokes FILE [--places PLACE …]``.
``--ship`` puts the network into ``models/``, with where its drawings are from and
what ``benchmarks.confidence`` finds on the writers who were held back.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from benchmarks.confidence import drawn_answers, for_card, measure, mnist_answers
from benchmarks.systems import ship
from mnist_app.commands.load_model import load_model
from mnist_app.data.recorded_strokes import RecordedDigit, read_strokes
from mnist_app.nets.recipes import RECIPES
from mnist_app.serving.card import read_card
from mnist_app.serving.model_folders import PROJECT, SHIPPED
from mnist_app.training.history import last_status, read_history
from mnist_app.training.images import by_writer
from mnist_app.training.launch import start_worker
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import from_recipe

RUNS = PROJECT / "runs" / ".drawings"
RECIPE = RECIPES["drawings"]
EPOCHS = 50
EACH = 100  # non-digits of each kind


def place_of(digit: RecordedDigit) -> str:
    """Return where a digit was recorded."""
    return digit.writer.partition("/")[0]


def write_strokes(digits: list[RecordedDigit], path: Path) -> None:
    """Write recorded digits, as ``read_strokes`` reads them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for digit in digits:
            strokes = [stroke.tolist() for stroke in digit.strokes]
            file.write(json.dumps({"label": digit.label, "writer": digit.writer, "strokes": strokes}) + "\n")


def train(strokes: Path | None, left_out: list[str], epochs: int) -> RunDirectory:
    """Return the finished run, trained now where it is not yet."""
    name = "-".join(
        [str(epochs), "recorded" if strokes else "made", *(f"without-{each}" for each in left_out)]
    )
    run = RunDirectory(RUNS / name)
    if not run.settings.exists():
        recorded = ""
        if strokes:
            kept = [digit for digit in read_strokes(strokes) if place_of(digit) not in left_out]
            path = RUNS / f"{name}.jsonl"
            write_strokes(kept, path)
            recorded = str(path)
        create_run(from_recipe(RECIPE.name, epochs=epochs, recorded=recorded), run.path)
    if last_status(run) != "finished":
        print(f"{run.path}: training", flush=True)
        start_worker(run).wait()
    history = read_history(run)
    if history.status != "finished":
        raise SystemExit(f"{run.path}: {history.error or history.status} ({run.log})")
    return run


def figures_of(model: str, strokes: Path) -> dict[str, float]:
    """Return what a model's confidence means on drawings by the writers who were held back."""
    predictor = load_model(model)
    _, held_back = by_writer(read_strokes(strokes))
    drawn = drawn_answers(predictor, strokes, sorted({digit.writer for digit in held_back}))
    figures: dict[str, float] = for_card(measure(predictor, drawn, mnist_answers(predictor), EACH))["figures"]
    return figures


def main() -> None:
    """Train, and ship."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--strokes", type=Path, help="recorded pen strokes; none: the app's own alone")
    parser.add_argument("--leave-out", nargs="+", default=[], metavar="PLACE")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--ship", action="store_true", help=f"put it into models/{RECIPE.architecture}")
    parser.add_argument(
        "--source", default="", help="where the recorded strokes are from, with their licence"
    )
    arguments = parser.parse_args()
    if arguments.ship and arguments.strokes and not arguments.source:
        parser.error("--ship needs --source: where the recorded strokes are from, with their licence")
    run = train(arguments.strokes, arguments.leave_out, arguments.epochs)
    card = read_card(run.path)
    print(f"{run.path}: {card.test_accuracy:.2%} of MNIST's test images, {card.seconds:.0f} s")
    if arguments.ship:
        folder = SHIPPED / RECIPE.architecture
        ship(run, folder.name)
        if arguments.strokes:
            # A path of this machine says nothing to others.
            settings = card.settings | {"recorded": ""}
            data = card.data | {"recorded_source": arguments.source}
            figures = card.figures | figures_of(folder.name, arguments.strokes)
            replace(card, settings=settings, data=data, figures=figures).write(folder)


if __name__ == "__main__":
    main()
