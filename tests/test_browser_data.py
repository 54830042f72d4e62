"""The page "Data" as a person uses it: a real server and a real Chromium."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from mnist_app.data.mnist import Source, Split, read_split
from tests.browser import draw, new_person, reads, serve, visit
from tests.drawings import THREE

pytestmark = pytest.mark.browser

SLOW = 60_000  # ms: points of a layer, or a map, on a busy machine


@pytest.fixture(scope="module")
def train(small_npz) -> Split:
    """The 500 training images of the server."""
    return read_split(Source("file", small_npz), "train")


@pytest.fixture(scope="module")
def server(tmp_path_factory, small_npz):
    """The address of a server over 500 training and 200 test images."""
    with serve(tmp_path_factory.mktemp("runs"), MNIST_NPZ=str(small_npz)) as address:
        yield address


@pytest.fixture
def page(browser, server):
    opened = new_person(browser, f"{server}/data")
    expect(cells(opened)).to_have_count(784)
    yield opened
    opened.context.close()


def cells(page: Page) -> Locator:
    return page.locator(".is-cell")


def images(page: Page, section: str = "browse") -> Locator:
    return page.locator(f".st-key-data-{section} .dg-button")


def section(page: Page, name: str) -> None:
    page.locator(".st-key-data_section").get_by_text(name, exact=True).click()


def heading(page: Page) -> Locator:
    return page.locator(".st-key-data-image h3")


def test_the_images_of_one_digit_are_filtered_and_one_is_seen_as_its_numbers(page, train):
    page.locator(".st-key-data_digit").get_by_text("7", exact=True).click()
    sevens = np.flatnonzero(train.labels[:450] == 7)  # the last 50 are held back
    expect(images(page)).to_have_count(len(sevens))
    images(page).nth(4).click()
    index = int(sevens[4])
    expect(heading(page)).to_have_text(f"Training image {index}")
    expect(images(page).nth(4)).to_have_attribute("aria-pressed", "true")
    pixels = train.images[index].reshape(-1)
    expect(cells(page)).to_have_text([str(value) for value in pixels])
    expect(page.locator(".is-label")).to_have_text("Label 7")
    expect(page.locator(".is-left")).to_contain_text("0000000100")
    spot = int(pixels.argmax())
    cells(page).nth(spot).hover()
    expect(page.locator(".is-told")).to_contain_text(
        f"Row {spot // 28 + 1}, column {spot % 28 + 1}: {pixels[spot]} →"
    )
    page.locator(".is-bar").get_by_text("0 – 1").click()
    expect(cells(page).nth(spot)).to_have_text("1" if pixels[spot] == 255 else f"{pixels[spot] / 255:.2f}")


def test_the_numbers_are_walked_with_the_keyboard(page, train):
    page.locator(".is-grid").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".is-told")).to_contain_text(f"Row 16, column 14: {train.images[0][15, 13]} →")


def test_the_images_are_walked_with_the_keyboard_and_leafed_through(page):
    images(page).first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    expect(images(page).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Training image 1")
    expect(images(page).nth(1)).to_be_focused()  # one goes on from there
    page.get_by_role("button", name="Next page").click()
    expect(page.locator(".st-key-data-section-browse")).to_contain_text("Numbers 60 to 119, of 450 images")
    page.get_by_label(re.compile("^Jump to")).fill("463")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Training image 463, held back for validation")


def test_an_image_is_opened_in_explore_as_what_it_is(page, train):
    images(page).nth(2).click()
    expect(heading(page)).to_have_text("Training image 2")
    page.get_by_role("button", name="Open in Explore").click()
    expect(page.get_by_role("heading", name="Explore the network")).to_be_visible()
    expect(page.get_by_label(re.compile("^Number"))).to_have_value("2")
    canvas = page.locator(".st-key-canvas")
    expect(canvas).to_contain_text(f"Its label is {train.labels[2]}.")
    expect(canvas).to_contain_text("the network may have learned from it")


def test_the_mean_of_a_digit_is_pointed_at_and_enlarged(page):
    section(page, "Mean and variation")
    maps = page.locator(".st-key-data-classes .lm-canvas").first
    box = maps.bounding_box()
    maps.hover(position={"x": box["width"] * 0.35, "y": box["height"] / 2})
    expect(page.locator(".lm-tooltip")).to_contain_text("Digit 3")
    maps.click(position={"x": box["width"] * 0.35, "y": box["height"] / 2})
    expect(page.locator(".st-key-data-class")).to_contain_text("Mean of the digit 3")


def test_my_drawing_has_neighbours_and_stands_on_the_map_where_a_click_shows_an_image(browser, server):
    page = visit(browser, server)
    draw(page, THREE)
    reads(page, "3")
    page.get_by_role("link", name="Data").click()
    section(page, "Nearest neighbours")
    expect(page.locator(".st-key-data-section-neighbours")).to_contain_text(
        re.compile(r"\d+ of the 20 nearest of 500 training images are a 3\.")
    )
    section(page, "Map")
    for key in ("pixels", "layer"):
        chart = page.locator(f".st-key-data-map-{key}")
        expect(chart.locator(".annotation-text")).to_have_text("My drawing", timeout=SLOW)
    plane = page.locator(".st-key-data-map-pixels .nsewdrag")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    hover = page.locator(".st-key-data-map-pixels .hovertext")
    for step in range(2, 38):  # until there is a point under the pointer
        page.mouse.move(box["x"] + box["width"] * step / 40, box["y"] + box["height"] / 2)
        page.wait_for_timeout(150)
        if hover.count():
            break
    index, label = re.search(r"image (\d+), a handwritten (\d)", hover.text_content()).groups()
    page.mouse.down()
    page.mouse.up()
    expect(heading(page)).to_have_text(f"Test image {index}")
    expect(page.locator(".is-label")).to_have_text(f"Label {label}")
    page.context.close()


def test_tsne_is_computed_while_the_page_stays_alive(page):
    section(page, "Map")
    page.get_by_text("t-SNE", exact=True).click()
    page.get_by_role("button", name="Compute t-SNE").click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Compute t-SNE").click(timeout=SLOW)
    for key in ("pixels", "layer"):
        expect(page.locator(f".st-key-data-map-{key}")).to_contain_text("t-SNE 1 (no unit)", timeout=3 * SLOW)


def test_on_a_phone_the_page_stays_within_the_screen(browser, server):
    phone = {"width": 390, "height": 800}
    page = new_person(
        browser, f"{server}/data", viewport=phone, has_touch=True, is_mobile=True, locale="ko-KR"
    )
    expect(cells(page)).to_have_count(784)
    expect(heading(page)).to_have_text("학습 이미지 0번")
    for part in (".is-picture", ".is-scroll", ".dg-root"):
        box = page.locator(part).first.bounding_box()
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= 390, part
    page.context.close()
