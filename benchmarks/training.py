"""What a training loses to the page that shows it, and drawing to a training.

    python -m benchmarks.training [--recipe convnet-128] [--images 60000] [--rounds 3]
                                  [--looks 10] [--json]                     (fifteen minutes)

- images per second of a training started on the page, which stays open in
  headless Chromium with its curves and maps, against ``bare_fit.py``: Keras's
  ``fit`` of the same network with nothing around it, in turn in the same run.
  The first epoch of each, which traces the graph, does not count; saving the
  model after an epoch does.
- what of that the page takes: images per second of one training with its page
  closed, with its charts alone and with all of the page, in turn, from its own events,
  validation and saving left out; and the share of all processors that server and
  browser take meanwhile.  The second is the surer figure: the first wanders by a tenth,
  so its ratio to the look beside it with the page closed has a standard error.
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
from statistics import mean, median, stdev

import psutil

from benchmarks.browser import Tab, chromium
from benchmarks.server import PROJECT, Server, processor_seconds
from benchmarks.strokes import drawings
from mnist_app.views.training_settings import DEFAULT_RECIPE

EPOCHS = 3
ENDLESS = 1000  # epochs: it is stopped when all looks are done
SPARE_SECONDS = 30  # the app has been up for half a minute
LIMIT = 900  # seconds that one training may take
STROKES = 15
SETTLE, LOOK = 8.0, 10.0  # seconds: while the page opens or is gone, and what is measured after that
BLANK = "about:blank"
CLOSED, CHARTS, ALL = "page closed", "charts alone", "page open"


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


def rate_between(runs: Path, begin: float, end: float) -> float:
    """Return the images per second of the newest run between two times, epochs' ends left out."""
    told = [each for each in events(runs) if each["event"] == "batch" and begin <= float(each["time"]) <= end]
    pairs = [(one, two) for one, two in pairwise(told) if one["epoch"] == two["epoch"]]
    steps = sum(int(two["step"]) - int(one["step"]) for one, two in pairs)
    seconds = sum(float(two["time"]) - float(one["time"]) for one, two in pairs)
    started = next(each for each in events(runs) if each["event"] == "started")
    return steps * float(started["images"]) / float(started["batches"]) / seconds


def used_by(server: Server) -> float:
    """Return the processor seconds of the server and the browser so far."""
    browser = [each for each in psutil.Process().children(recursive=True) if "chrom" in each.name()]
    return server.processor_seconds() + sum(map(processor_seconds, browser))


def looked_at(tab: Tab, server: Server, runs: Path, looks: int) -> dict[str, list[tuple[float, float]]]:
    """Return what a running training did with its page closed, with its charts alone, and with all of it.

    Each look: images per second, and the share of all processors that went to server and browser.
    """
    ways = (CLOSED, CHARTS, ALL)
    seen: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for number in range(looks):
        for way in ways if number % 2 else reversed(ways):  # a machine that slows down slows all
            tab.page.goto(BLANK)
            if way != CLOSED:
                tab.page.goto(f"{server.url}/train")
                tab.page.locator(".st-key-progress canvas").first.wait_for()
                tab.page.locator(".st-key-probe").wait_for()
            if way == CHARTS:
                tab.page.locator(".st-key-probe-box summary").click()
            time.sleep(SETTLE)
            begin, used = time.time(), used_by(server)
            time.sleep(LOOK)
            end = time.time()
            share = (used_by(server) - used) / (end - begin) / (os.cpu_count() or 1)
            seen[way].append((rate_between(runs, begin, end), share))
    return seen


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--recipe", default="convnet-128")
    parser.add_argument("--images", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--looks", type=int, default=10, help="of each kind, at least two")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
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
            pressed = start(other, server, arguments.recipe, arguments.images, ENDLESS)
            other.page.goto(BLANK)  # the person who trains looks elsewhere
            wait(runs, pressed, "batch")
            busy = list(islice(strokes(tab), STROKES))
            tab.page.goto(BLANK)
            watched = looked_at(other, server, runs, arguments.looks)
            newest = max(path for path in runs.iterdir() if (path / "settings.json").exists())
            (newest / "stop").touch()
            wait(runs, pressed, "stopped", "failed")
    rates, shares = (
        {way: median(look[n] for look in looks) for way, looks in watched.items()} for n in (0, 1)
    )
    charts = shares[CHARTS] - shares[CLOSED]
    figures = {
        "images per second, page open": (median(ours), "bare fit", median(theirs)),
        "pen-up to everything, training, ms": (median(busy), "idle", median(idle)),
    }
    met = {
        "at least 0.97 of a bare fit": median(ours) >= 0.97 * median(theirs),
        "the charts take less than 3 % of the processors": charts < 0.03,
        "first batch in under three seconds": median(waits) < 3,
        "an answer in at most twice the idle time": median(busy) <= 2 * median(idle),
    }
    if arguments.json:
        values = {"ours": ours, "bare": theirs, "waits": waits, "busy": busy, "idle": idle}
        print(json.dumps({**values, **watched}))
        print(json.dumps({"expected": met}))
        return
    for name, (value, other_name, other_value) in figures.items():
        print(f"{name:36}{value:9.0f}{other_name:>14}{other_value:9.0f}{value / other_value:8.3f}")
    for way in (CLOSED, CHARTS, ALL):
        print(
            f"one training, {way:22}{rates[way]:9.0f} images/s{shares[way]:9.1%} of all processors beside it"
        )
    for way in (CHARTS, ALL):
        ratios = [look[0] / beside[0] for look, beside in zip(watched[way], watched[CLOSED], strict=True)]
        error = stdev(ratios) / len(ratios) ** 0.5
        print(f"images/s, {way} over {CLOSED}: {mean(ratios):.3f} ± {error:.3f} (n = {len(ratios)})")
    print(f"{'Start to first batch, s':36}{median(waits):9.2f}")
    for name, is_met in met.items():
        print(f"{'met' if is_met else 'not met':8} {name}")


if __name__ == "__main__":
    main()
