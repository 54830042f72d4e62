"""How soon the app answers, and what it takes, beside a plain Streamlit app in the same run.

    python -m benchmarks.latency [--strokes 30] [--starts 3] [--json]          (some ten minutes)

Measured for the app and for ``plain_app.py``, both under this project's
``.streamlit/config.toml``, in headless Chromium with an empty cache:

- canvas: from ``streamlit run`` to a visible canvas whose page has run to its
  end; the tab is open beforehand and goes to the app as soon as the server
  answers.  The median of several starts, the apps in turn; ``bare_app.py``, a
  page with nothing but the canvas, shows how much of it is Streamlit's.
- prediction, everything: from pen-up to the last change of the prediction, and
  of all that depends on the drawing up to the last feature map, each with the
  frame that shows it (``probe.js``).  This includes the 200 ms for which
  streamlit-drawable-canvas waits before it sends.  Digits of one or two
  strokes, the canvas cleared between them; the very first stroke, before
  anything is warm, stands apart.
- memory: resident, of the server after that and with a second session open,
  without the spare worker that waits for a training: the plain app cannot train.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from benchmarks.browser import Tab, chromium
from benchmarks.server import PROJECT, Server
from benchmarks.strokes import drawings

APPS = {"app": PROJECT / "app.py", "plain": Path(__file__).with_name("plain_app.py")}
BARE = Path(__file__).with_name("bare_app.py")
CANVAS_WAIT = 200  # ms from pen-up until streamlit-drawable-canvas sends


@dataclass
class Figures:
    """What was measured for one app."""

    starts: list[float] = field(default_factory=list)  # seconds
    first: float = 0.0  # ms, everything
    prediction: list[float] = field(default_factory=list)  # ms
    everything: list[float] = field(default_factory=list)  # ms
    received: list[int] = field(default_factory=list)  # bytes
    memory: float = 0.0  # MB
    children: float = 0.0  # MB

    def summary(self) -> dict[str, float]:
        """Return the figures of the table by what they say."""
        return {
            "canvas, s": median(self.starts),
            "first stroke, ms": self.first,
            "prediction, median ms": median(self.prediction),
            "prediction, 95 % ms": percentile_95(self.prediction),
            "everything, median ms": median(self.everything),
            "everything, 95 % ms": percentile_95(self.everything),
            "received a stroke, kB": median(self.received) / 1e3,
            "memory, MB": self.memory,
            "child processes, MB": self.children,
        }


def measure(strokes: int, starts: int) -> tuple[dict[str, Figures], list[float]]:
    """Return the figures of every app after so many starts and at least so many strokes.

    Beside them, the seconds that the bare page took to start.
    """
    figures = {name: Figures() for name in APPS}
    bare = []
    with chromium() as browser:
        for start in range(1, starts + 1):
            with closing(Tab(browser)) as tab, Server(BARE) as server:
                bare.append(tab.open(server))
            for name, script in APPS.items():
                print(f"{name}: start {start} of {starts}", file=sys.stderr)
                with closing(Tab(browser)) as tab, Server(script) as server:
                    figures[name].starts.append(tab.open(server))
                    if start == starts:
                        _draw(tab, figures[name], strokes)
                        with closing(Tab(browser)) as second:
                            second.open(server)
                            second.draw(next(drawings())[0], "maps")
                            figures[name].memory, figures[name].children = server.memory()
    return figures, bare


def _draw(tab: Tab, figures: Figures, strokes: int) -> None:
    digits = drawings()
    figures.first = tab.draw(next(digits)[0], "maps").everything
    while len(figures.everything) < strokes:
        tab.clear()
        for stroke in next(digits):
            painted = tab.draw(stroke, "maps")
            figures.everything.append(painted.everything)
            figures.received.append(painted.received)
            if "prediction" in painted.areas:  # a second stroke may leave its text as it is
                figures.prediction.append(painted.areas["prediction"])


def expectations(app: Figures, plain: Figures) -> dict[str, bool]:
    """Return what issue 2 expects and whether it is met."""
    ours = median(app.everything)
    return {
        "canvas in under a third of the time": median(app.starts) < median(plain.starts) / 3,
        "everything at least eight times as fast": ours * 8 <= median(plain.everything),
        "everything under 150 ms beyond the canvas's 200 ms": ours - CANVAS_WAIT < 150,
        "under 250 MB": app.memory + app.children < 250,
    }


def percentile_95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(values, n=20, method="inclusive")[-1]


def _print_table(figures: dict[str, Figures], bare: list[float]) -> None:
    app, plain = (figures[name].summary() for name in APPS)
    print(f"{'':24}{'app':>10}{'plain':>10}{'ratio':>8}")
    for name, ours in app.items():
        ratio = f"{plain[name] / ours:8.1f}" if ours and plain[name] else ""
        digits = 2 if name.endswith(" s") else 0
        print(f"{name:24}{ours:10.{digits}f}{plain[name]:10.{digits}f}{ratio}")
    count = len(figures["app"].everything)
    print(f"\na page with nothing but the canvas: {median(bare):.2f} s")
    print(f"{count} strokes after the first; pen-up times include the canvas's {CANVAS_WAIT} ms")
    for name, met in expectations(*figures.values()).items():
        print(f"{'met' if met else 'not met':8} {name}")


def _print_json(figures: dict[str, Figures], bare: list[float]) -> None:
    for name, each in figures.items():
        print(json.dumps({"app": name, **each.summary(), **vars(each)}))
    print(json.dumps({"app": "bare", "starts": bare}))
    print(json.dumps({"expected": expectations(*figures.values())}))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--strokes", type=int, default=30, help="at least so many in each app (30)")
    parser.add_argument("--starts", type=int, default=3, help="starts of each app (3)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    if arguments.strokes < 2 or arguments.starts < 1:
        parser.error("at least 2 strokes and 1 start")
    os.environ["MNIST_APP_SPARE"] = "0"
    (_print_json if arguments.json else _print_table)(*measure(arguments.strokes, arguments.starts))


if __name__ == "__main__":
    main()
