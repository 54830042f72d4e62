"""Trainings as a person sees them: a real server, a real Chromium, a real worker."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mnist_app.serving.model_folders import DEFAULT_MODEL
from tests.browser import draw, is_quiet, prediction, serve, visit
from tests.drawings import SEVEN

pytestmark = pytest.mark.browser

CHART = ".live-charts canvas"
SLOW = 60_000  # ms: a worker that starts, on a busy machine


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def server(runs, small_npz):
    with serve(runs, MNIST_NPZ=str(small_npz), MNIST_APP_SPARE="1") as address:
        yield address


@pytest.fixture(autouse=True)
def nothing_left_at_work(runs):
    """Stop what a failing test leaves behind: the next one would wait for it."""
    yield
    for settings in runs.glob("*/settings.json"):
        (settings.parent / "stop").touch()


def open_training(page: Page) -> None:
    is_quiet(page)
    page.get_by_role("link", name="Train a network").click()
    button = page.locator(".st-key-start button")
    expect(button).to_be_enabled(timeout=SLOW)
    if not button.is_visible():  # folded away while a training runs
        page.get_by_text("New training").click()
    expect(button).to_be_visible()


def fill(page: Page, setting: str, value: object) -> None:
    field = page.locator(f".st-key-setting_{setting} input")
    field.fill(str(value))
    field.press("Enter")
    is_quiet(page)


def start(page: Page, runs: Path, epochs: int) -> Path:
    """Start a training of 500 images and return its run; at batches of 64 an epoch has 8."""
    open_training(page)
    fill(page, "epochs", epochs)
    before = set(runs.glob("*/notes.json"))
    page.locator(".st-key-start button").click()
    until(lambda: set(runs.glob("*/notes.json")) > before)
    (new,) = set(runs.glob("*/notes.json")) - before
    says(page, "progress", "")
    return new.parent


def events(run: Path) -> list[dict]:
    lines = (run / "events.jsonl").read_text("utf-8").split("\n")[:-1]
    return [json.loads(line) for line in lines]


def of_kind(run: Path, kind: str) -> list[dict]:
    return [event for event in events(run) if event["event"] == kind]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SLOW / 1000
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def button(page: Page, name: str):
    return page.locator(f".st-key-run-{name} button")


def says(page: Page, key: str, words: str) -> None:
    """Wait until a container says something; what it was before may stay beside it for a moment."""
    expect(page.locator(f".st-key-{key}").filter(has_text=words).first).to_be_visible(timeout=SLOW)


def points(page: Page) -> int:
    """Return how many points the line of the loss has."""
    return int(page.locator(CHART).first.get_attribute("data-points") or 0)


def test_a_training_is_watched_paused_drawn_on_resumed_and_stopped(page, runs):
    draw(page, SEVEN)  # becomes the probe of the training
    expect(prediction(page)).to_contain_text("sure")
    run = start(page, runs, 1000)
    chart = page.locator(CHART).first
    expect(chart).to_be_visible(timeout=SLOW)
    chart.evaluate("chart => { chart.mark = 'the same one' }")
    before = points(page)
    until(lambda: points(page) > before)  # the curve grows
    assert chart.evaluate("chart => chart.mark") == "the same one"  # it is not made anew

    button(page, "pause").click()
    says(page, "progress", "Paused")
    step = events(run)[-1]["step"]
    button(page, "step").click()
    until(lambda: of_kind(run, "paused")[-1]["step"] == step + 1)

    button(page, "draw").click()  # on the half-trained network
    expect(page.locator(".st-key-model input")).to_have_value(re.compile("still learning"))
    draw(page, SEVEN)
    expect(prediction(page)).to_contain_text("sure")
    is_quiet(page)
    page.get_by_role("link", name="Train a network").click()
    button(page, "resume").click()
    says(page, "progress", "images/s")

    page.reload()  # in the middle: it is found again
    says(page, "progress", "images/s")
    button(page, "stop").click()
    says(page, "result", "Test accuracy")
    assert events(run)[-1]["event"] == "stopped"

    button(page, "draw").click()  # and the model is used
    expect(page.locator(".st-key-model input")).to_have_value(run.name)
    draw(page, SEVEN)
    expect(page.locator(".st-key-maps")).to_contain_text("conv_1")


def test_a_killed_training_is_resumed(page, runs):
    run = start(page, runs, 1000)
    until((run / "checkpoint.keras").exists)
    os.kill(events(run)[0]["pid"], signal.SIGKILL)
    says(page, "progress", "cut off")
    button(page, "resume").click()
    until(lambda: len(of_kind(run, "started")) == 2)
    assert of_kind(run, "started")[1]["step"] > 0
    says(page, "progress", "images/s")
    button(page, "stop").click()
    says(page, "result", "")


def test_two_people_press_start_and_the_second_leaves_the_queue(page, browser, server, runs):
    start(page, runs, 1000)
    other = visit(browser, server)
    second = start(other, runs, 1)
    says(other, "progress", "place 1")
    button(other, "leave").click()
    expect(button(other, "again")).to_be_visible(timeout=SLOW)
    assert not (second / "events.jsonl").exists()
    other.context.close()
    button(page, "stop").click()
    says(page, "result", "")


def test_a_drawing_is_learned_and_unlearned(page, runs):
    draw(page, SEVEN)
    page.locator(".st-key-mistake button").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_text("4", exact=True).first.click()
    drawer.get_by_role("button", name="Learn it").click()
    expect(drawer).to_contain_text("Test images right", timeout=SLOW)
    learned = max(runs.glob("*/card.json"), key=lambda path: path.stat().st_mtime)
    drawer.get_by_role("button", name="Use it").click()
    expect(page.locator(".st-key-model input")).to_have_value(re.compile("my drawings"))
    page.locator(".st-key-mistake button").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    expect(page.locator(".st-key-model input")).to_have_value(DEFAULT_MODEL)
    assert not learned.exists()
