"""The explorer's picture: zoomed, saved, and beside the sum of one of its cells."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import draw, reads, serve
from tests.drawings import THREE
from tests.explorer_page import click, explorer_page, point, show_test_image, told_cell

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"
TILED = 9  # layers drawn as tiles: input, five convolutions, two poolings, flatten
NUMBER = r"(−?[\d.]+)"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a server of the app."""
    with serve(tmp_path_factory.mktemp("runs")) as address:
        yield address


@pytest.fixture
def explorer(browser, server):
    """The page "Explore" with a three drawn."""
    with explorer_page(browser, server) as page:
        draw(page, THREE)
        reads(page, "3")
        page.wait_for_timeout(1000)
        yield page


def zoom(page: Page) -> int:
    """Return the zoom that is shown, in percent."""
    return int(page.locator(".ex-zoom button").nth(1).inner_text().removesuffix(" %"))


# ------------------------------------------------------------- zoom


def test_at_200_percent_a_cell_still_tells_the_servers_value(explorer, predictor):
    page = explorer
    image = show_test_image(page, 0)
    activations = predictor.predict(image).activations
    for _ in range(2):
        page.get_by_role("button", name="Zoom in").click()
    assert zoom(page) == 200
    x, y = point(page, "conv_4", "map 12")  # in the middle, which stays in sight
    _, (row, column, number), _ = told_cell(page)
    seen = set()
    for down, across in [(0, 0), (0, 1), (1, 0), (2, 2)]:
        if row + down > 6 or column + across > 6:
            continue
        page.mouse.move(x + 4 * across, y + 4 * down)  # a cell of 2 pixels, twice as large
        layer, place, value = told_cell(page)
        assert (layer, place) == ("conv_4", (row + down, column + across, number))
        assert float(value) == pytest.approx(activations["conv_4"][0][place], rel=5e-3, abs=1e-6)
        seen.add(place)
    assert len(seen) > 1


def test_the_wheel_zooms_around_the_pointer_with_ctrl_and_scrolls_without(explorer):
    page = explorer
    point(page, "conv_4", "map 30")
    cell = told_cell(page)
    scrolled = "document.querySelector('.stMain').scrollTop"
    before = page.evaluate(scrolled)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    expect(page.locator(".ex-zoom")).not_to_contain_text("100 %")
    assert zoom(page) > 150
    page.mouse.wheel(0, 0)
    assert told_cell(page) == cell
    assert page.evaluate(scrolled) == before
    page.get_by_role("button", name="back to 100 %").click()
    assert zoom(page) == 100
    point(page, "conv_4", "map 30")
    before = page.evaluate(scrolled)
    page.mouse.wheel(0, 200)
    page.wait_for_function(f"{scrolled} > {before}")
    assert zoom(page) == 100


def test_the_keys_zoom_between_the_whole_picture_and_four_times(explorer):
    page = explorer
    page.locator(".ex-canvas").focus()
    page.keyboard.press("-")
    assert zoom(page) == 100
    page.keyboard.press("+")
    assert zoom(page) == 150
    for _ in range(6):
        page.keyboard.press("+")
    assert zoom(page) == 400
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".ex-told")).to_contain_text("pool_1, map 1, row 1, column 1")
    frame, shown = (
        page.locator(".ex-frame"),
        "frame => [frame.scrollLeft, frame.scrollLeft + frame.clientWidth]",
    )
    left, right = frame.evaluate(shown)
    assert left > 0  # it has scrolled there
    page.keyboard.press("0")
    assert zoom(page) == 100
    assert frame.evaluate("frame => frame.scrollWidth - frame.clientWidth") == 0
    assert right > left


def test_two_fingers_zoom(browser, server):
    with explorer_page(browser, server, has_touch=True, viewport={"width": 390, "height": 844}) as page:
        page.locator(".ex-canvas").evaluate("canvas => canvas.scrollIntoView({ block: 'center' })")
        box = page.locator(".ex-canvas").bounding_box()
        middle = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        session = page.context.new_cdp_session(page)
        for kind, apart in [("touchStart", 40), ("touchMove", 60), ("touchMove", 80)]:
            fingers = [{"x": middle["x"] + side * apart, "y": middle["y"]} for side in (-1, 1)]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        expect(page.locator(".ex-zoom")).to_contain_text("200 %")


# ------------------------------------------------------------- saving


def saved(page: Page, kind: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("button", name=f"Save as {kind}").click()
    return started.value.path().read_bytes()


def test_the_picture_is_saved_as_a_png(explorer):
    assert Image.open(io.BytesIO(saved(explorer, "PNG"))).width > 600


def test_the_picture_is_saved_as_an_svg_with_texts_bars_and_embedded_tiles(explorer):
    page = explorer
    page.get_by_role("button", name="Zoom in").click()
    root = ET.fromstring(saved(page, "SVG"))
    assert root.find(f"{SVG}title").text.startswith(
        "convnet-80: every layer for a drawing that it reads as 3"
    )
    texts = [node.text for node in root.iter(f"{SVG}text")]
    convolutions = (f"conv_{number}" for number in range(1, 7))
    assert {"input", *convolutions, "pool_1", "flatten", "logits", "softmax"} <= set(texts)
    assert {"> 99.9 %", "< 0.1 %"} & set(texts)  # the numbers beside the bars
    assert {str(digit) for digit in range(10)} <= set(texts)
    assert "full colour" in texts
    images = list(root.iter(f"{SVG}image"))
    ramps = 2  # of the legend: one of activations, one of signed values
    assert len(images) == TILED + ramps
    content = images[0].get("href").removeprefix("data:image/png;base64,")
    pixels = Image.open(io.BytesIO(base64.b64decode(content)))
    assert pixels.size == (29, 29)  # a pixel a cell, and the hair
    assert float(images[0].get("width")) / pixels.width == 3  # 2 pixels a cell at 100 %
    assert list(root.iter(f"{SVG}path")) == []  # nothing is pointed at


def test_the_svg_has_an_edge_for_every_source_that_adds_something(explorer, predictor):
    page = explorer
    image = show_test_image(page, 0)
    point(page, "conv_2", "map 40")
    click(page)
    _, (row, column, number), _ = told_cell(page)
    root = ET.fromstring(saved(page, "SVG"))
    told = page.locator(".ex-told").inner_text()
    assert told in [node.text for node in root.iter(f"{SVG}text")]
    kernel, _ = predictor.weights("conv_2")
    pooled = predictor.predict(image).activations["pool_1"][0]
    window = pooled[row : row + 3, column : column + 3]
    added = (window * kernel[..., number]).sum((0, 1))
    strengths = [float(path.get("stroke-opacity")) for path in root.iter(f"{SVG}path")]
    assert len(strengths) == np.count_nonzero(added)
    assert strengths == sorted(strengths)  # the largest lies above the others
    assert f"32 sources in pool_1, most from map {np.abs(added).argmax() + 1}: " in told


# ------------------------------------------------------------- the sum beside the picture


def test_pointing_at_either_map_jumps_and_stops_the_sliding_window(explorer):
    page = explorer
    point(page, "conv_2", "map 5")
    click(page)
    panel = page.locator(".ex-panel")
    title = panel.locator(".ex-panel-title")
    panel.get_by_role("button", name="Play").click()
    expect(panel.get_by_role("button", name="Pause")).to_be_visible()
    cell = 10  # CSS pixels of one of 11 in 112
    page.locator(".ex-to canvas").hover(position={"x": 7 * cell + 4, "y": 4 * cell + 4})
    expect(panel.get_by_role("button", name="Play")).to_be_visible()
    expect(title).to_have_text("conv_2, map 5, row 5, column 8")
    cell = 8  # of one of 13
    page.locator(".ex-from canvas").hover(position={"x": cell * 2 + 4, "y": cell * 9 + 4})  # row 10, column 3
    expect(title).to_have_text("conv_2, map 5, row 9, column 2")  # whose window lies around it
    page.locator(".ex-to canvas").press("ArrowDown")
    expect(title).to_have_text("conv_2, map 5, row 10, column 2")


def test_a_cell_of_the_window_is_marked_in_kernel_products_and_picture(explorer):
    page = explorer
    point(page, "conv_2", "map 5")
    click(page)
    grids = page.locator(".ex-product table")
    before = page.locator(".ex-canvas").screenshot()
    grids.nth(1).locator("td").nth(5).hover()
    expect(page.locator(".ex-tapped")).to_have_count(3)
    values = [grids.nth(n).locator("td").nth(5) for n in range(3)]
    for value in values:
        expect(value).to_have_class("ex-tapped")
    told = page.locator(".ex-tap").inner_text()
    match = re.fullmatch(rf"pool_1, map \d+, row \d+, column \d+: {NUMBER} × {NUMBER} = {NUMBER}", told)
    assert match, told
    assert list(match.groups()) == [value.inner_text() for value in values]
    assert page.locator(".ex-canvas").screenshot() != before
    page.locator(".ex-panel-title").hover()
    expect(page.locator(".ex-tapped")).to_have_count(0)
    page.locator(".ex-product").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(grids.nth(2).locator("td").nth(1)).to_have_class("ex-tapped")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_picture_and_sum_are_in_sight_together(browser, server, width, height):
    with explorer_page(browser, server, viewport={"width": width, "height": height}) as page:
        draw(page, THREE)
        reads(page, "3")
        page.wait_for_timeout(1000)
        point(page, "conv_1", "map 4")
        click(page)
        expect(page.locator(".ex-result")).to_be_in_viewport(ratio=1)
        expect(page.locator(".ex-panel-title")).to_be_in_viewport(ratio=1)
        frame = page.locator(".ex-frame").bounding_box()
        assert frame["y"] >= 0
        assert frame["height"] > 0.3 * height
        assert frame["y"] + frame["height"] <= page.locator(".ex-panel").bounding_box()["y"]
