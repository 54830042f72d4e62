"""The network explorer as a person uses it: live under the pen, by pointer and by keyboard."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from mnist_app.data.mnist import find_source, read_split
from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED
from mnist_app.serving.predictor import Predictor
from mnist_app.training.live import SnapshotNetwork
from tests.browser import draw, inked, reads, serve
from tests.drawings import SEVEN, THREE
from tests.explorer_page import click, explorer_page, point, show_test_image, told_cell

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
    with explorer_page(browser, server) as page:
        yield page


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
    x, y = point(page, "conv_2")
    page.mouse.move(x + 8, y + 8)
    expect(page.locator(".ex-told")).to_contain_text("sees 8 × 8 pixels of the drawing")
    click(page)
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
    panel.get_by_role("button", name="Numbers").click()
    expect(panel.locator(":scope > div td")).to_have_count(11 * 11)
    expect(panel.locator(".ex-marked")).to_have_count(1)
    panel.get_by_role("button", name="Sum").click()
    panel.get_by_role("button", name="Next cell").click()
    expect(panel.locator(".ex-panel-title")).not_to_have_text("")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def test_at_the_border_of_a_padded_layer_a_cell_sees_less(explorer):
    page = explorer
    page.get_by_role("combobox").click()
    page.get_by_role("option", name="cnn-5x5").click()
    draw(page, THREE)
    expect(page.locator(".ex-state")).to_contain_text("Runs in your browser")
    x, y = point(page, "conv_1")
    layer, (row, column, number), _ = told_cell(page)
    page.mouse.move(x - column, y - row)  # a cell of a pixel
    assert told_cell(page)[:2] == (layer, (0, 0, number))
    expect(page.locator(".ex-told")).to_contain_text("sees 3 × 3 pixels of the drawing")  # of 5, and padding
    page.mouse.move(x - column + 9, y - row + 1)
    expect(page.locator(".ex-told")).to_contain_text("sees 4 × 5 pixels of the drawing")


def strongest_filter(image: np.ndarray) -> tuple[int, np.ndarray]:
    """Return the filter of conv_1 without which most changes, and the probabilities without it."""
    network = Predictor(SHIPPED / DEFAULT_MODEL)
    weights = {layer.name: network.weights(layer.name) for layer in network.layers}
    kernel, bias = weights["conv_1"]
    answers = []
    for number in range(len(bias)):
        on = np.arange(len(bias)) != number
        without = SnapshotNetwork(network.layers, weights | {"conv_1": [kernel * on, bias * on]})
        answers.append(without.predict(image).probabilities[0])
    changes = np.abs(np.stack(answers) - network.predict(image).probabilities[0]).max(-1)
    strongest = int(changes.argmax())
    return strongest, answers[strongest]


def test_a_filter_is_switched_off_as_the_server_would(explorer):
    page, change = explorer, explorer.locator(".ex-change")
    images = read_split(find_source(), "test").images[:200] / np.float32(255)
    answers = Predictor(SHIPPED / DEFAULT_MODEL).probabilities(images)
    unsure = int(answers.max(-1).argmin())  # its answer is moved most easily
    filter_number, expected = strongest_filter(show_test_image(page, unsure))
    point(page, "conv_1", f"map {filter_number + 1},")
    click(page)
    page.locator(".ex-panel").get_by_role("button", name="Switch it off").click()
    expect(change).to_contain_text(f"conv_1, {filter_number + 1}: × 0")
    moved = re.findall(r"(\d): [^·→]+ → ([^·→%]+) %", change.inner_text())
    assert moved
    for digit, after in moved:
        assert float(after.strip("<> ")) == pytest.approx(100 * expected[int(digit)], abs=0.11)
    page.locator(".ex-panel").get_by_role("button", name="Switch it on").click()
    expect(change).to_be_empty()


def test_a_shifted_drawing_moves_the_probabilities_and_comes_back(explorer):
    page, change = explorer, explorer.locator(".ex-change")
    draw(page, THREE)
    reads(page, "3")
    page.wait_for_timeout(1000)
    page.get_by_text("Change what the network sees").click()
    for name in ("across", "down"):
        for _ in range(8):
            page.locator(f".ex-changes input[name={name}]").press("ArrowRight")
    expect(page.locator(".ex-changes").first).to_contain_text("Shift across: 8 px")
    expect(change).to_contain_text(re.compile(r"3: (> )?9\d\.\d % → "))  # half of it is outside
    told = change.inner_text()
    page.set_viewport_size({"width": 1100, "height": 900})  # all is laid out anew
    page.wait_for_timeout(500)
    expect(change).to_have_text(told)
    page.get_by_role("button", name="Undo all changes").click()
    expect(change).to_be_empty()


def occlusion_drops(image: np.ndarray) -> np.ndarray:
    """Return how far the probability of an image's digit falls without each patch of 5×5 pixels."""
    places = [(row, column) for row in range(0, 28, 2) for column in range(0, 28, 2)]
    images = np.repeat(image[np.newaxis], len(places), axis=0)
    for one, (row, column) in zip(images, places, strict=True):
        one[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3] = 0
    network = Predictor(SHIPPED / DEFAULT_MODEL)
    sure = network.predict(image).probabilities[0]
    return sure.max() - network.probabilities(images)[:, sure.argmax()]


def test_a_patch_is_rubbed_out_beside_the_occlusion_map(explorer):
    page, change = explorer, explorer.locator(".ex-change")
    drops = occlusion_drops(show_test_image(page, 0))
    page.get_by_text("Which part of the drawing counts?").click()
    page.wait_for_function("document.querySelector('.ex-occlusion').dataset.largest")
    largest = float(page.locator(".ex-occlusion").get_attribute("data-largest"))
    assert largest == pytest.approx(drops.max(), abs=1e-4)
    drawing = page.locator(".ex-rub")
    row, column = divmod(int(drops.argmax()), 14)
    drawing.hover(position={"x": 12 * column + 3, "y": 12 * row + 3})
    expect(change).not_to_be_empty()
    page.mouse.move(0, 0)
    expect(change).to_be_empty()
    drawing.focus()
    drawing.press("ArrowUp")
    expect(change).not_to_be_empty()


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
    assert inked(page) > 1000  # it stands on the canvas, too
