"""An app in headless Chromium, and how long after pen-up each part of its answer is painted."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.server import Server
from benchmarks.strokes import Stroke

PROBE = Path(__file__).with_name("probe.js")
SIZE = {"width": 1400, "height": 1000}
LIMIT = 120_000  # ms: the plain app is slow on a busy machine
POLL = 20  # ms
QUIET = 700  # ms without a change after the script's run: the answer is complete
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CANVAS = "canvas.upper-canvas"
IDLE = '.stApp[data-test-script-state="notRunning"]'
CLEAR = '.dc-toolbar button[title^="Reset"]'  # the canvas's own button, the same in every app
SETTLED = f"""([area, quiet]) => document.querySelector('{IDLE}')
    && (!area || benchmark.painted[area])
    && performance.now() - benchmark.changed > quiet"""


@dataclass(frozen=True)
class Painted:
    """One stroke: milliseconds from pen-up to the last paint, by area, and what it cost to send."""

    areas: dict[str, float]
    received: int  # bytes from the server over the websocket

    @property
    def everything(self) -> float:
        """Return when the last of all areas was painted."""
        return max(self.areas.values())


class Tab:
    """One session of an app; ``page`` is Playwright's."""

    def __init__(self, browser: Any) -> None:
        """Open an empty tab with nothing in its cache."""
        self.page = browser.new_context(viewport=SIZE).new_page()
        self.page.set_default_timeout(LIMIT)
        self.page.add_init_script(path=str(PROBE))
        self.page.goto("about:blank")
        self._received = 0
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._count))

    def open(self, server: Server, query: str = "") -> float:
        """Open an app and return the seconds from the server's command to a usable canvas.

        Usable: the canvas is visible and the first run of the script has ended.
        """
        server.wait_until_healthy()
        self.page.goto(server.url + query, wait_until="commit")
        # Not wait_for: a locator that waits looks twice a second only.
        canvas, idle = self.page.locator(CANVAS), self.page.locator(IDLE)
        while not (canvas.is_visible() and idle.count()):
            self.page.wait_for_timeout(POLL)
        seconds = time.perf_counter() - server.started
        self._settle(None)
        return seconds

    def draw(self, stroke: Stroke, area: str) -> Painted:
        """Draw one stroke and return when the answer was painted; it has to show in ``area``."""
        box = self.page.locator(CANVAS).bounding_box()
        self.page.mouse.move(box["x"] + stroke[0][0], box["y"] + stroke[0][1])
        self.page.mouse.down()
        for x, y in stroke[1:]:
            self.page.mouse.move(box["x"] + x, box["y"] + y)
        self._received = 0
        self.page.mouse.up()
        self._settle(area)
        probe = self.page.evaluate("benchmark")
        return Painted({name: at - probe["up"] for name, at in probe["painted"].items()}, self._received)

    def clear(self) -> None:
        """Empty the canvas and wait until the app has taken note."""
        self.page.locator(CANVAS).hover()  # the toolbar is there when the pointer is
        self.page.locator(CLEAR).click()
        self.page.wait_for_timeout(QUIET)  # the run has begun by then
        self._settle(None)

    def close(self) -> None:
        """End the session."""
        self.page.context.close()

    def _settle(self, area: str | None) -> None:
        self.page.wait_for_function(SETTLED, arg=[area, QUIET], polling=50)

    def _count(self, frame: str | bytes) -> None:
        self._received += len(frame)


@contextmanager
def chromium() -> Iterator[Any]:
    """Start headless Chromium: Debian's, or else the one that Playwright installs."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
