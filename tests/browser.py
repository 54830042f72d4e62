"""A real server and a real Chromium for the tests that need them."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from benchmarks.browser import FLAGS
from tests.drawings import Stroke

WAIT = 20_000  # ms: a busy machine is slow, and a good one does not wait
PROJECT = Path(__file__).resolve().parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Server:
    """A server of the app over a folder of runs, which may be killed and started again at its address."""

    def __init__(self, runs: Path, **environment: str) -> None:
        self.runs = runs
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = runs.parent / f"server-{self.port}.log"
        self._environment = {**os.environ, "MNIST_APP_RUNS": str(runs), **environment}

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [
            "--server.headless",
            "true",
            "--server.address",
            "127.0.0.1",
            "--server.port",
            str(self.port),
        ]
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", *options],
                cwd=PROJECT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_for(f"{self.address}/_stcore/health")

    def kill(self) -> None:
        """Let it die at once."""
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> None:
        """Ask it to end; its log must have no traceback."""
        self._process.terminate()
        self._process.wait(10)
        assert "Traceback" not in self.log.read_text()


@contextmanager
def serve(runs: Path, **environment: str) -> Iterator[str]:
    """Yield the address of a server of the app over a folder of runs; its log must have no traceback."""
    server = Server(runs, **environment)
    server.start()
    try:
        yield server.address
    finally:
        server.stop()


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(address: str) -> None:
    """Wait until something answers."""
    for _ in range(150):
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser; without any the test is skipped, where CI is set it fails."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have a Chromium")
        pytest.skip("no Chromium on this machine")
    expect.set_options(timeout=WAIT)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


def new_person(browser: Browser, address: str, **options) -> Page:
    """Open a page as a new person."""
    options = {"locale": "en-US", "viewport": {"width": 1280, "height": 1000}, **options}
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(WAIT)
    page.goto(address)
    return page


def visit(browser: Browser, address: str, **options) -> Page:
    """Open a page with a canvas as a new person."""
    page = new_person(browser, address, **options)
    page.wait_for_selector("canvas.upper-canvas")
    expect(page.locator(".st-key-prediction")).not_to_be_empty()
    return page


def is_quiet(page: Page) -> None:
    """Wait until the page has run to its end."""
    expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")


def draw(page: Page, strokes: list[Stroke]) -> None:
    canvas = page.locator("canvas.upper-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    for stroke in strokes:
        page.mouse.move(box["x"] + stroke[0][0], box["y"] + stroke[0][1])
        page.mouse.down()
        for x, y in stroke[1:]:
            page.mouse.move(box["x"] + x, box["y"] + y, steps=3)
        page.mouse.up()


def inked(page: Page) -> int:
    """Return how many pixels of the canvas are white, all strokes painted."""
    return page.locator("canvas.upper-canvas").evaluate(
        """async upper => {
            await new Promise(requestAnimationFrame);
            const canvas = upper.parentNode.querySelector('canvas.lower-canvas');
            const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            return data.filter((value, i) => i % 4 === 0 && value > 127).length;
        }"""
    )


def prediction(page: Page) -> Locator:
    return page.locator(".st-key-prediction")


def reads(page: Page, number: str) -> None:
    """The prediction's text begins with this number."""
    expect(prediction(page)).to_have_text(re.compile(rf"^\s*{number}(?!\d)"))
