"""What a training loses to the page that shows it, and drawing to a training.

    python -m benchmarks.training [--recipe convnet-128] [--images 60000] [--rounds 3]   (ten minutes)

- images per second of a training started on the page, which stays open in
  headless Chromium with its curves and maps, against ``bare_fit.py``: Keras's
  ``fit`` of the same network with nothing around it, in turn in the same run.
  The first epoch of each, which traces the graph, does not count; saving the
  model after an epoch does.
- Start to first batch: from the click to the first batch done, with the spare worker.
- pen-up to everything painted on the page Draw, while nothing and while a
  training runs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice, pairwise
from pathlib import Path
from statistics import median

from benchmarks.browser import Tab, chromium
from benchmarks.server import PROJECT, Server
from benchmarks.strokes import drawings
from mnist_app.views.training_settings import DEFAULT_RECIPE

EPOCHS = 3
SPARE_SECONDS = 30  # the app has been up for half a minute
LIMIT = 900  # seconds that one training may take
STROKES = 15


def bare(recipe: str, images: int) -> list[float]:
    """Return the images per second of each epoch of a bare fit but the first."""
    command = [sys.executable, "-m", "benchmarks.bare_fit", recipe, str(EPOCHS), str(images)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.split()][1:]


def start(tab: Tab, server: Server, recipe: str, images: int, epochs: int) -> float:
    """Start a training on the page Train and return when the button was pressed."""
    page = tab.page
    page.goto(f"{server.url}/train")
    page.locator(".st-key-start button").wait_for()
    if recipe != DEFAULT_RECIPE:
        page.locator(".st-key-recipe input").fill(recipe)
        page.keyboard.press("Enter")
    for name, value in (("epochs", epochs), ("train_images", images)):
        field = page.locator(f".st-key-setting_{name} input")
        field.fill(str(value))
        field.press("Enter")
    page.wait_for_timeout(1500)
    page.locator(".st-key-start button").click()
    return time.time()


def events(runs: Path) -> list[dict[str, float | str]]:
    """Return the events of the newest run."""
    newest = max(runs.glob("*/events.jsonl"), key=lambda path: path.parent.name, default=None)
    return [] if newest is None else [json.loads(line) for line in newest.read_text("utf-8").splitlines()]


def wait(runs: Path, since: float, *kinds: str) -> dict[str, float | str]:
    """Return the first event of one of these kinds after a time."""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        for event in events(runs):
            if event["event"] in kinds and float(event["time"]) > since:
                return event
        time.sleep(0.2)
    raise TimeoutError(kinds)


def strokes(tab: Tab) -> Iterator[float]:
    """Yield the milliseconds from pen-up to everything painted, stroke after stroke."""
    for digit in drawings():
        tab.clear()
        for stroke in digit:
            yield tab.draw(stroke, "maps").everything


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--recipe", default="convnet-128")
    parser.add_argument("--images", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    runs = Path(tempfile.mkdtemp(prefix="digit-lab-benchmark-"))
    os.environ["MNIST_APP_RUNS"] = str(runs)
    ours: list[float] = []
    theirs: list[float] = []
    waits: list[float] = []
    os.environ["MNIST_APP_SPARE"] = "1"
    with chromium() as browser:
        for number in range(1, arguments.rounds + 1):
            print(f"round {number} of {arguments.rounds}", file=sys.stderr)
            theirs += bare(arguments.recipe, arguments.images)
            with closing(Tab(browser)) as tab, Server(PROJECT / "app.py") as server:
                tab.open(server)
                time.sleep(SPARE_SECONDS)
                pressed = start(tab, server, arguments.recipe, arguments.images, EPOCHS)
                waits.append(float(wait(runs, pressed, "batch")["time"]) - pressed)
                wait(runs, pressed, "finished", "failed")
                ends = [float(event["time"]) for event in events(runs) if event["event"] == "epoch"]
                ours += [arguments.images / (end - begin) for begin, end in pairwise(ends)]
        with (
            closing(Tab(browser)) as tab,
            closing(Tab(browser)) as other,
            Server(PROJECT / "app.py") as server,
        ):
            tab.open(server)
            idle = list(islice(strokes(tab), STROKES))
            pressed = start(other, server, arguments.recipe, arguments.images, 100)
            other.page.goto("about:blank")  # the person who trains looks elsewhere
            wait(runs, pressed, "batch")
            busy = list(islice(strokes(tab), STROKES))
            newest = max(path for path in runs.iterdir() if (path / "settings.json").exists())
            (newest / "stop").touch()
            wait(runs, pressed, "stopped", "failed")
    print(f"{'':36}{'app':>9}{'bare':>9}{'ratio':>8}")
    rate, plain = median(ours), median(theirs)
    print(f"{'images per second, page open':36}{rate:9.0f}{plain:9.0f}{rate / plain:8.3f}")
    print(f"{'Start to first batch, s':36}{median(waits):9.2f}")
    print(f"{'':36}{'training':>9}{'idle':>9}{'ratio':>8}")
    now, before = median(busy), median(idle)
    print(f"{'pen-up to everything, median ms':36}{now:9.0f}{before:9.0f}{now / before:8.2f}")
    for met, name in (
        (rate >= 0.97 * plain, "at least 0.97 of a bare fit"),
        (median(waits) < 3, "first batch in under three seconds"),
        (now <= 2 * before, "an answer in at most twice the idle time"),
    ):
        print(f"{'met' if met else 'not met':8} {name}")


if __name__ == "__main__":
    main()
