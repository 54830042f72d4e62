"""A sweep as a person starts it: a real server, a real Chromium, real workers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import is_quiet, serve

pytestmark = pytest.mark.browser

SLOW = 120_000  # ms: three workers, one after the other, on a busy machine


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def server(runs, small_npz):
    with serve(runs, MNIST_NPZ=str(small_npz), MNIST_APP_SPARE="0") as address:
        yield address


def fill(page: Page, key: str, value: object) -> None:
    field = page.locator(f".st-key-sweep-{key} input")
    field.fill(str(value))
    field.press("Enter")
    is_quiet(page)


def test_three_tiny_trainings_are_swept_and_the_best_is_opened(page, server, runs):
    page.goto(f"{server}/sweep")
    start = page.locator(".st-key-sweep-start button")
    expect(start).to_be_enabled(timeout=SLOW)
    fill(page, "epochs-base", 1)
    page.locator(".st-key-sweep-varies [aria-label='Clear all']").first.click()
    expect(page.get_by_text("Nothing varies yet")).to_be_visible()
    expect(start).to_be_disabled()
    field = page.locator(".st-key-sweep-varies input")
    field.fill("Learning")
    field.press("Enter")
    field.press("Escape")
    fill(page, "learning_rate", "0.001, fast")
    expect(page.get_by_text("The setting Learning rate must be")).to_be_visible()
    fill(page, "learning_rate", "0.001, 0.002, 0.0000001")
    expect(page.get_by_text("3 trainings, about")).to_be_visible()
    start.click()
    opened = page.locator(".st-key-sweep-open button")
    expect(opened).to_be_visible(timeout=SLOW)
    expect(page.locator(".st-key-sweep-chart .parcoords")).to_be_visible()
    assert len(list(runs.glob("*-sweep-*/model.tflite"))) == 3
    best = page.locator(".st-key-sweep-best").inner_text()
    assert re.search(r"run \d{8}-\d{6}-sweep-0[12] with", best)
    opened.click()
    expect(page).to_have_url(re.compile(r"/train\?run=.*-sweep-0[12]"), timeout=SLOW)
