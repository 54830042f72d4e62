"""How soon ten probability bars are painted as the app's HTML table and as a Plotly chart.

    python -m benchmarks.bars [--strokes 20] [--json]

The same small page (``bars_app.py``) on one server, one tab for each kind, the
strokes in turn: from pen-up to the last change of the bars and the frame that
shows it, and what the server sent.  The 200 ms for which
streamlit-drawable-canvas waits are included, so the difference is what counts.
"""

from __future__ import annotations

import argparse
import json
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

from benchmarks.browser import Painted, Tab, chromium
from benchmarks.server import Server
from benchmarks.strokes import drawings

SCRIPT = Path(__file__).with_name("bars_app.py")
KINDS = ("html", "plotly")
AREA = "probabilities"


def measure(strokes: int) -> dict[str, list[Painted]]:
    """Return every stroke after the first, which loads what a kind needs, by kind."""
    painted: dict[str, list[Painted]] = {kind: [] for kind in KINDS}
    with chromium() as browser, Server(SCRIPT) as server:
        tabs = {kind: Tab(browser) for kind in KINDS}
        for kind, tab in tabs.items():
            tab.open(server, f"/?bars={kind}")
        for digit in islice(drawings(), strokes + 1):
            for kind, tab in tabs.items():
                tab.page.bring_to_front()  # a tab in the background paints nothing
                painted[kind].append(tab.draw(digit[0], AREA))
                tab.clear()
    return {kind: strokes[1:] for kind, strokes in painted.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--strokes", type=int, default=20, help="of each kind (20)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    if arguments.strokes < 2:
        parser.error("at least 2 strokes")
    for kind, strokes in measure(arguments.strokes).items():
        times = [stroke.areas[AREA] for stroke in strokes]
        p95 = quantiles(times, n=20, method="inclusive")[-1]
        figures = {"median_ms": median(times), "p95_ms": p95}
        received = median(stroke.received for stroke in strokes)
        if arguments.json:
            print(json.dumps({"bars": kind, **figures, "received_bytes": received}))
        else:
            sent = f"{received / 1e3:5.1f} kB a stroke"
            print(f"{kind:8} {median(times):5.0f} ms median, {p95:5.0f} ms 95 %, {sent}")


if __name__ == "__main__":
    main()
