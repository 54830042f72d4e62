"""A server that dies under people at work: another one goes on, and they lose nothing."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mnist_app.numerics.packed_strokes import PenStroke, pack_strokes
from tests.browser import Server, draw, inked, is_quiet, reads, visit
from tests.drawings import FIVE, ONE, SEVEN

pytestmark = pytest.mark.browser

OTHER = "convnet-64"
SLOW = 60_000  # ms: a server that starts, on a busy machine
LEARNED = 300_000  # ms: a worker that imports TensorFlow, learns and exports, there
DOT = [[(30, 30), (31, 30)]]
CONNECTION = "data-test-connection-state"


@pytest.fixture
def runs(tmp_path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


@pytest.fixture
def server(runs, small_npz) -> Iterator[Server]:
    server = Server(runs, MNIST_NPZ=str(small_npz))
    server.start()
    yield server
    for settings in runs.glob("*/settings.json"):
        (settings.parent / "stop").touch()
    server.stop()


@pytest.fixture
def page(browser, server) -> Iterator[Page]:
    opened = visit(browser, server.address)
    yield opened
    opened.context.close()


def until(page: Page, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SLOW / 1000
    while not condition():
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)


def sessions(runs: Path) -> dict[str, dict[str, str]]:
    """Return what is kept, by session."""
    return {path.stem: json.loads(path.read_text()) for path in (runs / ".sessions").glob("*.json")}


def is_gone(page: Page) -> None:
    expect(page.locator(".stApp")).not_to_have_attribute(CONNECTION, "CONNECTED")


def is_back(page: Page, runs: Path, before: set[str]) -> None:
    """Wait until the browser has connected, and a session of its own goes on with what was kept."""
    expect(page.locator(".stApp")).to_have_attribute(CONNECTION, "CONNECTED", timeout=SLOW)
    until(page, lambda: set(sessions(runs)) > before)
    is_quiet(page)


def dies_and_comes_back(page: Page, server: Server, meanwhile: Callable[[], None] = lambda: None) -> None:
    before = set(sessions(server.runs))
    server.kill()
    is_gone(page)
    meanwhile()
    server.start()
    is_back(page, server.runs, before)


def choose_network(page: Page, name: str) -> None:
    page.locator(".st-key-model input").click()
    page.get_by_role("option", name=name).click()
    is_quiet(page)


def network(page: Page):
    return page.locator(".st-key-model input")


def undo(page: Page) -> None:
    page.get_by_role("button", name="Undo the last stroke").click()


def test_drawing_and_network_are_there_again_and_what_was_drawn_while_nobody_was_there(page, server):
    draw(page, FIVE)
    reads(page, "5")
    choose_network(page, OTHER)
    plain = inked(page)
    draw(page, DOT)
    until(page, lambda: any(len(drawn(each)) == 3 for each in sessions(server.runs).values()))
    undo(page)  # from now on the canvas shows what the server gave it
    until(page, lambda: inked(page) == plain)
    until(page, lambda: any(len(drawn(each)) == 2 for each in sessions(server.runs).values()))

    dies_and_comes_back(page, server, meanwhile=lambda: draw(page, DOT))
    assert inked(page) > plain
    expect(network(page)).to_have_value(OTHER)
    reads(page, "5")
    undo(page)  # the new session knows each stroke
    until(page, lambda: inked(page) == plain)
    page.get_by_role("button", name="Clear the canvas").click()
    until(page, lambda: inked(page) == 0)
    draw(page, SEVEN)
    reads(page, "7")


def drawn(session: dict[str, str]) -> list[object]:
    """Return the objects on the canvas of a session that is kept."""
    drawing = json.loads(session.get("drawing", "{}")).get("drawn")
    return drawing["objects"] if drawing else []


def test_the_first_stroke_after_a_choice_is_read_by_the_new_server(page, server):
    draw(page, ONE)
    reads(page, "1")
    choose_network(page, OTHER)  # after a whole run Streamlit runs no page when it connects anew
    page.get_by_role("button", name="Clear the canvas").click()
    until(page, lambda: inked(page) == 0)
    is_quiet(page)
    dies_and_comes_back(page, server)
    draw(page, SEVEN)
    reads(page, "7")
    expect(network(page)).to_have_value(OTHER)


def test_a_drawing_outlives_its_server_from_another_page_too_and_is_not_the_link_it_began_with(
    browser, server
):
    stroke = PenStroke(((139.0, 50.0), (138.0, 235.0)), 18)
    page = visit(browser, f"{server.address}?strokes={pack_strokes([stroke])}")
    reads(page, "1")
    page.get_by_role("button", name="Clear the canvas").click()
    until(page, lambda: inked(page) == 0)
    draw(page, FIVE)
    reads(page, "5")
    before = inked(page)
    is_quiet(page)
    page.get_by_role("link", name="Convolution lab").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Convolution lab")
    is_quiet(page)
    page.locator(".st-key-lab_source").get_by_text("Test image").click()
    until(page, lambda: any(each.get("lab-source") == "test" for each in sessions(server.runs).values()))

    dies_and_comes_back(page, server)
    is_quiet(page)
    expect(page.locator(".st-key-lab_source [aria-checked=true]")).to_contain_text("Test image")
    page.get_by_role("link", name="Draw a digit").click()
    page.wait_for_selector("canvas.upper-canvas")
    reads(page, "5")
    until(page, lambda: inked(page) == before)
    page.context.close()


def test_personal_set_and_runs_are_there_again_and_a_training_goes_on(page, server, runs):
    draw(page, SEVEN)
    reads(page, "7")
    page.locator(".st-key-mistake button").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_text("4", exact=True).first.click()
    expect(drawer.locator(".st-key-mistake-set img")).to_have_count(1)
    until(page, lambda: any("drawings-added" in each for each in sessions(runs).values()))
    dies_and_comes_back(page, server)
    expect(drawer.locator(".st-key-mistake-set img")).to_have_count(1)
    expect(drawer.locator("[aria-checked=true], [kind=pillsActive]")).to_have_text("4")

    drawer.get_by_role("button", name="Learn it").click()
    until(page, lambda: any(runs.glob("*/notes.json")))
    dies_and_comes_back(page, server)
    expect(drawer).to_contain_text("Test images right", timeout=LEARNED)
    drawer.get_by_role("button", name="Use it").click()
    expect(network(page)).to_have_value(re.compile("my drawings"))
    (run,) = runs.glob("*/notes.json")
    until(page, lambda: any(each.get("model") == run.parent.name for each in sessions(runs).values()))
    dies_and_comes_back(page, server)
    expect(network(page)).to_have_value(re.compile("my drawings"))
    assert inked(page) > 0
