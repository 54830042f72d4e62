"""The network explorer as a person uses it: live under the pen, by pointer and by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import draw, reads, serve, visit
from tests.drawings import SEVEN, THREE

pytestmark = pytest.mark.browser

TOLERANCE = 1e-4  # between what the browser computes and what the server does


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a server of the app."""
    with serve(tmp_path_factory.mktemp("runs")) as address:
        yield address


@pytest.fixture
def explorer(browser, server):
    """The page "Explore", its network already in the browser."""
    page = visit(browser, f"{server}/explore")
    expect(page.locator(".ex-state")).to_contain_text("Runs in your browser")
    yield page
    page.context.close()


def point(page: Page, layer: str, unit: str = "map 5") -> None:
    """Move the pointer over the network until it is at a unit of a layer."""
    box = page.locator(".ex-canvas").bounding_box()
    assert box
    for x in range(4, int(box["width"]), 9):
        for y in range(44, int(box["height"]), 9):
            page.mouse.move(box["x"] + x, box["y"] + y)
            if page.locator(".ex-told").inner_text().startswith(f"{layer}, {unit}"):
                return
    pytest.fail(f"no {unit} of {layer}")


def test_the_network_follows_the_pen_and_agrees_with_the_server(explorer):
    page, answer = explorer, explorer.locator(".ex-canvas")
    box = page.locator("canvas.upper-canvas").bounding_box()
    for stroke in SEVEN:
        page.mouse.move(box["x"] + stroke[0][0], box["y"] + stroke[0][1])
        page.mouse.down()
        for x, y in stroke[1:]:
            page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    expect(answer).to_have_attribute("aria-label", re.compile("it reads 7"))  # the pen is still down
    assert page.locator(".st-key-prediction").inner_text().startswith("Nothing drawn yet")
    page.mouse.up()
    reads(page, "7")
    page.wait_for_function("document.querySelector('.ex-root').dataset.apart > 0")
    assert float(page.locator(".ex-root").get_attribute("data-apart")) < TOLERANCE


def test_a_cell_tells_its_value_its_field_and_its_sum(explorer):
    page = explorer
    draw(page, THREE)
    reads(page, "3")
    point(page, "conv_2")
    expect(page.locator(".ex-told")).to_contain_text("sees 8 × 8 pixels of the drawing")
    page.mouse.down()
    page.mouse.up()
    panel = page.locator(".ex-panel")
    expect(panel.locator("table")).to_have_count(3)  # window, kernel, products
    result = panel.locator(".ex-result").inner_text().replace("−", "-")
    number = r"(-?[\d.]+?)"
    told = re.fullmatch(
        rf"Sum {number} \+ bias {number} = {number}\. ReLU: max\(0, .+\) = {number}\.", result
    )
    assert told, result
    total, bias, before, value = map(float, told.groups())
    assert total + bias == pytest.approx(before, abs=0.02)
    assert value == max(0.0, before)
    expect(page.locator(".ex-told")).to_contain_text(f"value {told.group(4)}")
    panel.get_by_role("button", name="Next cell").click()
    expect(panel.locator(".ex-panel-title")).not_to_have_text("")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def test_the_keys_walk_through_the_network(explorer):
    page, told = explorer, explorer.locator(".ex-told")
    draw(page, THREE)
    reads(page, "3")
    page.locator(".ex-canvas").focus()
    page.keyboard.press("Tab")
    expect(told).to_contain_text("conv_1, map 1, row 1, column 1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(told).to_contain_text("conv_1, map 1, row 2, column 2")
    page.keyboard.press("Tab")
    expect(told).to_contain_text("pool_1, map 1")
    page.keyboard.press("Enter")
    expect(page.locator(".ex-panel")).to_contain_text("max(")
    page.keyboard.press("Escape")
    expect(page.locator(".ex-panel")).to_be_hidden()


def test_a_drawing_goes_along_to_another_page(explorer):
    page = explorer
    draw(page, SEVEN)
    reads(page, "7")
    page.get_by_role("link", name="Draw a digit").click()
    reads(page, "7")
    page.get_by_role("link", name="Explore the network").click()
    reads(page, "7")
    page.wait_for_timeout(1000)
    draw(page, [])
    ink = page.locator("canvas.upper-canvas").evaluate(
        """upper => {
            const canvas = upper.parentNode.querySelector('canvas.lower-canvas');
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return data.filter((value, i) => i % 4 === 0 && value > 127).length;
        }"""
    )
    assert ink > 1000  # it stands on the canvas, too
