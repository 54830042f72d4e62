"""Comparing networks as a person does: one drawing changed, read by all of them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED, find_models
from tests.browser import draw, new_person, prediction, reads, serve, visit
from tests.drawings import SEVEN, THREE
from tests.small_models import copy_shipped

pytestmark = pytest.mark.browser
SHIPPED_NAMES = list(find_models([SHIPPED]).folders)
NETWORKS = len(SHIPPED_NAMES) + 1


SLOW = 60_000  # ms: two evaluations, on a busy machine


@pytest.fixture(scope="module")
def server(tmp_path_factory, full_mnist):
    """A server with a network of one's own, over all of MNIST: there are mistakes to show."""
    del full_mnist
    runs = tmp_path_factory.mktemp("runs")
    copy_shipped(runs, "second")
    with serve(runs) as address:
        yield address


def test_who_keeps_the_answer_follows_the_drawing_and_the_chosen_change(browser, server):
    page = visit(browser, f"{server}/explore")
    section = page.locator(".st-key-keeps-answer")
    draw(page, THREE)
    reads(page, "3")
    expect(section.locator("table")).to_have_count(0)  # nothing is computed before it is opened
    section.get_by_text("Who keeps the answer?").click()
    rows = section.locator("tbody tr")
    expect(rows.locator("th")).to_have_text([*SHIPPED_NAMES, "second"])
    expect(rows.locator("td")).to_have_count(NETWORKS * 17)
    for row in (rows.first, rows.last):
        expect(row.locator("td").nth(8)).to_have_text("3")  # the step that changes nothing
    expect(section).to_contain_text(re.compile(r"Answer kept from −\d px to \d px: "))
    # Both are the same network: they share a sentence.
    together = re.compile(rf"Answer kept [^:]+: {DEFAULT_MODEL}(, [\w-]+)*, second")
    expect(section).to_contain_text(together)
    section.get_by_role("radio", name="Turn").click()
    expect(rows.locator("td")).to_have_count(NETWORKS * 19)
    expect(section).to_contain_text(together)
    page.locator(".st-key-clear button").first.click()
    expect(section).to_contain_text("Draw a digit")
    draw(page, SEVEN)
    expect(rows.first.locator("td").nth(9)).to_have_text("7")
    page.context.close()


def tick(page: Page, name: str) -> None:
    """Tick the row of a network in the table, which is painted on a canvas."""
    grid = page.get_by_test_id("data-grid-canvas")
    row = grid.locator("tr", has=page.locator("td", has_text=re.compile(rf"^{name}$"))).first
    place = int(row.get_attribute("aria-rowindex"))  # the head is 1
    box = grid.bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 35 * place - 17)


def test_two_networks_are_compared_on_one_drawing_map_by_map_and_mistake_by_mistake(browser, server):
    page = visit_compare(browser, server)
    section = page.locator(".st-key-compare")
    expect(section.locator(".st-key-compare-answers")).to_contain_text("Draw a digit")
    draw(page, THREE)
    rows = section.locator(".st-key-compare-answers tbody tr")
    expect(rows.locator("th")).to_have_text([*SHIPPED_NAMES, "second"])  # nothing is ticked: all of them
    expect(rows.locator("td").first).to_have_text("3")
    tick(page, DEFAULT_MODEL)
    tick(page, "mlp-512")
    expect(rows.locator("th")).to_have_text([DEFAULT_MODEL, "mlp-512"])
    expect(section.locator(".st-key-compare-answers")).to_contain_text("All of them read 3.")

    section.get_by_role("tab", name="Curves").click()
    expect(section.locator(".js-plotly-plot")).to_have_count(2, timeout=SLOW)

    section.get_by_role("tab", name="Map by map").click()
    expect(section.locator(".lm-root")).to_have_count(2, timeout=SLOW)
    expect(section.get_by_role("radio")).to_have_text(["logits", "softmax"])  # what both networks have

    section.get_by_role("tab", name="Mistake by mistake").click()
    verdict = section.get_by_text(re.compile("images is more than chance: p < 0.001"))
    expect(verdict).to_be_visible(timeout=SLOW)
    alone = section.get_by_text(re.compile(f"Images that {DEFAULT_MODEL} reads and mlp-512 does not: "))
    count = int(alone.inner_text().rpartition(" ")[2])
    only = section.get_by_role("radio", name=f"only {DEFAULT_MODEL} ({count})")
    expect(only).to_be_checked()
    images = section.locator(".dg-item")
    expect(images).to_have_count(25)
    label, read_by_one, read_by_other = re.match(r"✓ (\d)\s*(\d) · (\d)", images.first.inner_text()).groups()
    assert label == read_by_one != read_by_other
    images.first.locator("button").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.locator("tbody th")).to_have_text([DEFAULT_MODEL, "mlp-512"])
    expect(drawer.locator("tbody tr").last.locator("td").first).to_have_text(read_by_other)
    drawer.get_by_role("button", name="Open in Draw").click()
    expect(page.get_by_role("heading", name="Draw a digit")).to_be_visible()
    expect(prediction(page)).not_to_be_empty()
    expect(page.get_by_text(f"Its label is {label}.")).to_be_visible()
    page.context.close()


def visit_compare(browser, server) -> Page:
    """Open the page Compare as a new person."""
    page = new_person(browser, f"{server}/compare")
    page.wait_for_selector("canvas.upper-canvas", timeout=SLOW)
    page.wait_for_timeout(1000)
    return page
