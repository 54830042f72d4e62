"""What a filter looks for, as a person sees it in the explorer."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from mnist_app.numerics.receptive_field import receptive_field
from mnist_app.serving.card import CARD, FILTERS_FILE, read_card
from mnist_app.serving.filters import SHOWN, read_filters
from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED
from tests.browser import serve, visit
from tests.small_models import change_card, copy_shipped

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a server that knows three odd models.

    Of one the filters are damaged, one was exported without, and one the browser cannot run.
    """
    runs = tmp_path_factory.mktemp("runs")
    foreign = copy_shipped(runs, "foreign")
    layers = json.loads((foreign / CARD).read_text())["layers"]
    layers[-2]["config"]["activation"] = "gelu"  # so the card says
    change_card(foreign, layers=layers)
    damaged, older = copy_shipped(runs, "damaged"), copy_shipped(runs, "older")
    (damaged / FILTERS_FILE).write_bytes((damaged / FILTERS_FILE).read_bytes()[:1000])
    (older / FILTERS_FILE).unlink()
    with serve(runs) as address:
        yield address


@pytest.fixture
def explorer(browser, server):
    """The page "Explore", its network already in the browser."""
    page = visit(browser, f"{server}/explore")
    expect(page.locator(".ex-state")).to_contain_text("Runs in your browser")
    yield page
    page.context.close()


def open_first_map(page: Page, layer: str) -> None:
    """Open the sum of the first cell of a layer's first map, by the keys."""
    page.locator(".ex-canvas").focus()
    while not page.locator(".ex-told").inner_text().startswith(f"{layer}, map 1,"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".ex-panel")).to_be_visible()


def test_an_open_cell_shows_the_pattern_and_the_nine_images_of_its_filter(explorer):
    page, shown = explorer, explorer.locator(".ex-filter")
    card = read_card(SHIPPED / DEFAULT_MODEL)
    filters = read_filters(SHIPPED / DEFAULT_MODEL, card)
    found = filters.layers["conv_2"]
    open_first_map(page, "conv_2")
    expect(shown).to_contain_text("What does filter 1 of conv_2 look for?")
    expect(shown.locator("canvas[data-pattern]")).to_have_attribute("data-pattern", "8,8")
    images = shown.locator("canvas[data-index]")
    expect(images).to_have_count(SHOWN)
    for n in range(SHOWN):
        image, (row, column) = found.images[0, n], map(int, found.places[0, n])
        (top, bottom), (left, right) = receptive_field(card.layers[:3], (row, column), 28)
        expected = {
            "data-index": str(filters.indices[image]),
            "data-label": str(filters.labels[image]),
            "data-field": f"{max(top, 0)},{max(left, 0)},{min(bottom, 28)},{min(right, 28)}",
        }
        assert {name: images.nth(n).get_attribute(name) for name in expected} == expected
    images.first.hover()
    told = f"Test image {filters.indices[found.images[0, 0]]}, a {filters.labels[found.images[0, 0]]}"
    expect(page.locator(".lm-tooltip")).to_contain_text(f"{told}: filter 1 of conv_2 answers")
    assert images.first.get_attribute("aria-label") == page.locator(".lm-tooltip").inner_text()


def test_the_numbers_are_one_click_away(explorer):
    page, shown = explorer, explorer.locator(".ex-filter")
    open_first_map(page, "conv_1")
    page.locator(".ex-panel").get_by_role("button", name="Numbers").click()
    expect(shown.locator(".ex-filter-table tr")).to_have_count(1 + SHOWN)
    expect(shown.locator("figure td")).to_have_count(3 * 3)
    page.locator(".ex-panel").get_by_role("button", name="Sum").click()
    expect(shown.locator("canvas[data-index]")).to_have_count(SHOWN)


def test_a_pooled_map_shows_the_filter_before_and_a_flattened_one_nothing(explorer):
    page, shown = explorer, explorer.locator(".ex-filter")
    open_first_map(page, "pool_1")
    expect(shown).to_contain_text("What does filter 1 of conv_1 look for?")
    expect(shown.locator("canvas[data-index]")).to_have_count(SHOWN)
    page.locator(".ex-canvas").focus()
    for _ in range(6):  # conv_2 to conv_6, flatten
        page.keyboard.press("Tab")
    expect(page.locator(".ex-told")).to_contain_text("flatten, unit 1")
    expect(shown).to_be_hidden()


def choose(page: Page, model: str) -> None:
    page.get_by_role("combobox").click()
    page.get_by_role("option", name=model).click()


def test_a_network_that_the_browser_does_not_run_shows_its_filters_too(explorer):
    page = explorer
    choose(page, "foreign")
    expect(page.locator(".ex-state")).to_contain_text("the picture follows at pen-up")
    open_first_map(page, "conv_4")
    expect(page.locator(".ex-filter canvas[data-index]")).to_have_count(SHOWN)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [("damaged", "filters.npz is damaged"), ("older", "was exported without what its filters look for")],
)
def test_a_model_whose_filters_cannot_be_shown_says_so_and_works(explorer, model, sentence):
    page = explorer
    choose(page, model)
    expect(page.locator(".ex-state")).to_contain_text("Runs in your browser")
    open_first_map(page, "conv_1")
    expect(page.locator(".ex-filter")).to_contain_text(sentence)
    expect(page.locator(".ex-panel table")).to_have_count(3)
