"""The page "Results" as a person uses it: a real server and a real Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import new_person, prediction, serve

pytestmark = pytest.mark.browser

SLOW = 60_000  # ms: an evaluation, on a busy machine


@pytest.fixture(scope="module")
def server(tmp_path_factory, full_mnist):
    """A server over all of MNIST: its 10,000 test images have mistakes to show."""
    del full_mnist
    with serve(tmp_path_factory.mktemp("runs")) as address:
        yield address


@pytest.fixture
def page(browser, server):
    opened = new_person(browser, f"{server}/results")
    expect(opened.locator(".cf-table")).to_be_visible(timeout=SLOW)
    yield opened
    opened.context.close()


def cell(page: Page, label: int, digit: int):
    return page.locator(".cf-table tbody tr").nth(label).locator("button").nth(digit)


def largest_mistake(page: Page) -> tuple[int, int]:
    found = [
        (int(cell(page, label, digit).inner_text()), label, digit)
        for label in range(10)
        for digit in range(10)
        if label != digit
    ]
    _, label, digit = max(found)
    return label, digit


def test_from_the_confusion_matrix_to_draw(page):
    label, digit = largest_mistake(page)
    chosen = cell(page, label, digit)
    count = int(chosen.inner_text())
    chosen.click()
    images = page.locator(".st-key-confusion .dg-item")
    expect(images).to_have_count(count)
    expect(chosen).to_have_attribute("aria-pressed", "true")
    expect(images.first).to_contain_text(f"{label}, {digit}")
    images.first.locator("button").click()
    drawer = page.get_by_role("dialog")
    title = drawer.get_by_text(re.compile(rf"Test image [\d,]+, a {label}")).first
    index = re.search(r"image (\d+)", title.inner_text())[1]
    expect(drawer.locator("[data-testid=stHtml]").first).to_contain_text(re.compile(rf"^\s*{digit}"))
    drawer.get_by_role("button", name="Open in Draw").click()
    expect(page.get_by_role("heading", name="Draw a digit")).to_be_visible()
    expect(page.get_by_label(re.compile("^Number"))).to_have_value(index)
    expect(page.locator(".st-key-canvas")).to_contain_text(f"Its label is {label}.")
    expect(prediction(page)).not_to_be_empty()


def test_a_misread_image_opens_in_explore_and_the_drawer_is_closed_afterwards(page):
    images = page.locator(".st-key-misread .dg-item")
    expect(images).to_have_count(25)
    expect(page.locator(".st-key-misread .dg-wrong")).to_have_count(25)
    images.nth(3).locator("button").click()
    page.get_by_role("dialog").get_by_role("button", name="Open in Explore").click()
    expect(page.get_by_role("heading", name="Explore the network")).to_be_visible()
    expect(page.locator(".st-key-canvas img")).to_be_visible()
    page.get_by_role("link", name="Results").click()
    expect(page.locator(".cf-table")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_matrix_is_walked_with_the_keyboard(page):
    cell(page, 0, 0).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    expect(cell(page, 0, 1)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(cell(page, 0, 0)).to_have_attribute("aria-pressed", "true")
    expect(cell(page, 0, 0)).to_be_focused()
    expect(page.locator(".st-key-confusion .dg-right")).to_have_count(25)


def test_the_numbers_behind_the_matrix_are_one_click_away(page):
    with page.expect_download() as download:
        page.locator(".st-key-csv-confusion button").click()
    rows = download.value.path().read_text().splitlines()
    counts = [[int(value) for value in row.split(",")][1:] for row in rows[1:]]
    assert sum(map(sum, counts)) == 10_000
    assert str(counts[4][9]) == cell(page, 4, 9).inner_text()
