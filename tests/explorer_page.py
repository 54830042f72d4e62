"""The page "Explore" as the tests use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from playwright.sync_api import Browser, Page, expect

from mnist_app.data.mnist import find_source, read_split
from mnist_app.numerics.preprocess import prepare
from tests.browser import prediction, visit

CELL = re.compile(r"(\w+), map (\d+), row (\d+), column (\d+) · value (\S+)")

# Looks for the first place on the canvas, column by column, where a text is told.
FIND = """(canvas, text) => {
    canvas.scrollIntoView({ block: 'end' });
    const { left, top, width, height } = canvas.getBoundingClientRect();
    for (let x = 4; x < width; x += 9) {
        for (let y = 44; y < height; y += 9) {
            const place = { clientX: left + x, clientY: top + y };
            canvas.dispatchEvent(new PointerEvent('pointermove', place));
            if (document.querySelector('.ex-told').textContent.startsWith(text)) return [left + x, top + y];
        }
    }
    return null;
}"""


@contextmanager
def explorer_page(browser: Browser, server: str, **options) -> Iterator[Page]:
    """Yield the page with its network already in the browser."""
    page = visit(browser, f"{server}/explore", **options)
    expect(page.locator(".ex-state")).to_contain_text("Runs in your browser")
    yield page
    page.context.close()


def point(page: Page, layer: str, unit: str = "map 5") -> tuple[float, float]:
    """Move the pointer over the network to a unit of a layer; return where it is."""
    place = page.locator(".ex-canvas").evaluate(FIND, f"{layer}, {unit}")
    assert place, f"no {unit} of {layer} in sight"
    page.mouse.move(*place)
    expect(page.locator(".ex-told")).to_contain_text(f"{layer}, {unit}")
    return tuple(place)


def click(page: Page) -> None:
    """Click where the pointer is."""
    page.mouse.down()
    page.mouse.up()


def told_cell(page: Page) -> tuple[str, tuple[int, int, int], str]:
    """Return the layer, the place (row, column, map) from 0 and the value that are told."""
    told = CELL.match(page.locator(".ex-told").inner_text())
    assert told
    layer, number, row, column, value = told.groups()
    return layer, (int(row) - 1, int(column) - 1, int(number) - 1), value.replace("−", "-")


def show_test_image(page: Page, number: int) -> np.ndarray:
    """Have a test image shown; return what the network sees of it."""
    page.get_by_role("radio", name="Test image").click()
    index = page.locator(".st-key-test_index input")
    index.fill(str(number))
    index.press("Enter")
    expect(prediction(page)).to_contain_text("sure")
    page.wait_for_timeout(1000)
    return prepare(read_split(find_source(), "test").images[number] / np.float32(255)).digit
