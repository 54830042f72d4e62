"""What grows with the number of runs in the folder.

    python -m benchmarks.many_runs [--runs 10,100,1000] [--json]              (two minutes)

Makes so many finished runs (a shipped network's files, 300 events each), one in ten
of them still with snapshots and no end, and takes the median processor time of what
pages do.  All of it is one thread at work on files that the system has in memory;
waiting for other programs does not count:

- listing the runs as the page Train does, names and notes with them
- finding all models, as every page does; finding the runs that still learn; the last
  run in which a person's drawings were learned, as the page Draw does
- what becomes of one run, here and on a cluster
- a whole rerun of the pages Train and Draw, in Streamlit's own test harness
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

os.environ["MNIST_APP_SPARE"] = "0"
from streamlit.testing.v1 import AppTest

from mnist_app.serving.model_folders import SHIPPED, find_models
from mnist_app.training.cluster import Cluster
from mnist_app.training.cluster_folder import Needs
from mnist_app.training.events import append_event
from mnist_app.training.live import learning_runs
from mnist_app.training.mistakes import newest_fine_tuning
from mnist_app.training.notes import Notes, write_notes
from mnist_app.training.queue import LocalProcesses
from mnist_app.training.run_directory import RunDirectory, all_runs, create_run
from mnist_app.training.settings import Settings
from mnist_app.views.training_result import label

ROUTER = Path(__file__).resolve().parents[1] / "mnist_app" / "pages" / "router.py"
MODEL = SHIPPED / "convnet-64"
EVENTS = 300
ROUNDS = 7
OPEN_EVERY = 10  # one run in so many has no end


def make_runs(folder: Path, first: int, count: int) -> None:
    """Make runs from the number ``first`` up to ``count``."""
    for number in range(first, count):
        run = create_run(Settings(), folder / f"20260101-{number:06}-convnet-64")
        write_notes(run, Notes(owner="somebody", name=f"Training {number}"))
        lines = [
            json.dumps({"event": "batch", "time": 1.0 + step, "step": step, "epoch": 1, "loss": 0.1})
            for step in range(EVENTS)
        ]
        run.events.write_text("\n".join(lines) + "\n", "utf-8")
        run.snapshots.mkdir()
        if number % OPEN_EVERY:
            for file in MODEL.iterdir():
                shutil.copy(file, run.path)
            append_event(run.events, "finished", epochs=1)


def milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return the processor time of something the first time, and the median of some more."""
    times = []
    for _ in range(1 + ROUNDS):
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return times[0], median(times[1:])


def page(name: str) -> Callable[[], object]:
    """Return what runs a page again, as a click on it does."""
    test = AppTest.from_file(str(ROUTER), default_timeout=300)
    test.switch_page(f"{name}.py")
    return test.run


def measure(folder: Path) -> dict[str, tuple[float, float]]:
    """Return the first and the usual milliseconds of everything."""
    runs = all_runs(folder)
    newest = RunDirectory(runs[0].path)
    local, cluster = LocalProcesses(folder, spare=False), Cluster(folder, "", Needs())
    return {
        "runs and their labels": milliseconds(lambda: [label(run) for run in all_runs(folder)]),
        "models": milliseconds(find_models),
        "runs that still learn": milliseconds(lambda: list(learning_runs(folder))),
        "last fine-tuning": milliseconds(lambda: newest_fine_tuning(folder, "me")),
        "state of a run, here": milliseconds(lambda: local.state(newest)),
        "state of a run, cluster": milliseconds(lambda: cluster.state(newest)),
        "page Train": milliseconds(page("train")),
        "page Draw": milliseconds(page("draw")),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--runs", default="10,100,1000")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)  # Streamlit's, of what it misses outside a server
    folder = Path(tempfile.mkdtemp(prefix="digit-lab-benchmark-"))
    os.environ |= {"MNIST_APP_RUNS": str(folder), "MNIST_APP_SPARE": "0"}
    found: dict[int, dict[str, tuple[float, float]]] = {}
    made = 0
    for count in map(int, arguments.runs.split(",")):
        make_runs(folder, made, count)
        made = count
        found[count] = measure(folder)
        if arguments.json:
            print(json.dumps({"runs": count, **found[count]}))
    shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        return
    print(f"{'processor ms: first, then':28}" + "".join(f"{count:>12} runs" for count in found))
    for name in next(iter(found.values())):
        cells = "".join(f"{row[name][0]:10.1f}{row[name][1]:7.1f}" for row in found.values())
        print(f"{name:28}{cells}")


if __name__ == "__main__":
    main()
