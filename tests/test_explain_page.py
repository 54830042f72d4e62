"""The section "Why this digit?" of the page Explore."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from benchmarks.explorer import random_network
from mnist_app.texts.catalog import LANGUAGES, text
from mnist_app.views import explain
from mnist_app.views.explain import explanations_csv, layers_with_maps
from mnist_app.views.explain_methods import METHODS
from tests import canvas_stand_in
from tests.browser import draw, reads, serve, visit
from tests.drawings import SEVEN, THREE, canvas_image

canvas_stand_in.install()

OPEN = {"explain-box": True}
PATIENCE = 30_000  # ms: a machine that tests and trains at once is slow


@pytest.fixture
def drawn(monkeypatch) -> None:
    """A 3 on the canvas of the app under test."""
    monkeypatch.setattr(canvas_stand_in, "image", canvas_image(THREE))


def explore(**state) -> AppTest:
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=60)
    for key, value in state.items():
        test.session_state[key] = value
    test.switch_page("explore.py").run()
    assert not test.exception
    return test


def maps(test: AppTest) -> dict[str, str]:
    """Return the picture of each method's map, by the method's title."""
    shown = [element.proto.body for element in test.get("html") if "<img" in element.proto.body]
    found = [re.search(r'aria-level="3"[^>]*>([^<]+?) ?<.*?src="([^"]+)"', body, re.DOTALL) for body in shown]
    return dict(match.groups() for match in found if match)


def test_closed_it_costs_nothing(drawn, monkeypatch):
    def refuse(asked: object) -> None:
        raise AssertionError("computed while closed")

    monkeypatch.setattr(explain, "METHODS", dict.fromkeys(METHODS, refuse))
    assert maps(explore()) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_open_it_shows_a_map_for_every_method(drawn, language):
    test = explore(language=language, **OPEN)
    assert list(maps(test)) == [text(f"explain.{name}", language) for name in METHODS]
    assert test.pills(key="explain_digit_3").value == 3


def test_another_digit_has_other_maps(drawn):
    test = explore(**OPEN)
    before = maps(test)
    test.pills(key="explain_digit_3").set_value(8).run()
    assert not test.exception
    after = maps(test)
    assert all(after[name] != before[name] for name in before)


def test_another_layer_has_another_score_cam_and_nothing_else(drawn):
    test = explore(**OPEN)
    before = maps(test)
    assert test.selectbox(key="explain_layer_conv_6").value == "conv_6"
    test.selectbox(key="explain_layer_conv_6").set_value("pool_1").run()
    assert not test.exception
    after = maps(test)
    assert [name for name in before if after[name] != before[name]] == ["Score-CAM"]


def test_a_table_has_all_pixels_of_a_map(drawn):
    test = explore(**OPEN)
    test.pills(key="explain_table").set_value("saliency").run()
    assert not test.exception
    tables = [element.proto.body for element in test.get("html") if "Saliency, 3" in element.proto.body]
    assert tables[0].count("<td") == 28 * 28


def test_a_network_without_maps_says_so_and_shows_the_other_methods(drawn):
    test = explore(model="mlp-512", **OPEN)
    assert len(maps(test)) == len(METHODS) - 1
    assert text("error.no_maps", "en") in [caption.value for caption in test.caption]


def test_without_a_drawing_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(canvas_stand_in, "image", None)
    test = explore(**OPEN)
    assert text("explain.empty", "en") in [info.value for info in test.info]


def test_the_file_has_every_pixel_of_every_map():
    rng = np.random.default_rng(1)
    image, one, other = rng.random((3, 28, 28), np.float32)
    rows = list(csv.DictReader(io.StringIO(explanations_csv(image, {"one": one, "other": other}))))
    assert len(rows) == 28 * 28
    found = {key: float(value) for key, value in rows[3 * 28 + 5].items()}
    assert found == pytest.approx(
        {"row": 4, "column": 6, "ink": image[3, 5], "one": one[3, 5], "other": other[3, 5]}, rel=1e-5
    )


@pytest.mark.parametrize(("name", "layers"), [("mlp-512", []), ("cnn-32-64", ["conv_1", "conv_2", "pool_1"])])
def test_only_convolution_and_pooling_have_maps(name, layers):
    assert [card.name for card in layers_with_maps(random_network(name).layers)] == layers


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a server of the app."""
    with serve(tmp_path_factory.mktemp("runs")) as address:
        yield address


@pytest.mark.browser
def test_a_person_opens_it_asks_about_another_digit_and_draws_on(browser, server):
    page = visit(browser, f"{server}/explore")
    draw(page, SEVEN)
    reads(page, "7")
    page.get_by_text("Why this digit?").click()
    pictures = page.locator(".st-key-explain img")
    expect(pictures).to_have_count(5, timeout=PATIENCE)
    for place in range(5):
        expect(pictures.nth(place)).to_have_attribute("alt", re.compile("for the digit 7: values from"))
    before = pictures.first.get_attribute("src")
    page.locator(".st-key-explain").get_by_role("radio", name="1").click()
    expect(pictures.first).to_have_attribute("alt", re.compile("for the digit 1:"), timeout=PATIENCE)
    assert pictures.first.get_attribute("src") != before
    with page.expect_download() as started:
        page.locator(".st-key-explain-png-occlusion button").click()
    assert started.value.suggested_filename == "occlusion-1.png"
    page.locator(".st-key-clear button").first.click()
    expect(page.get_by_text("Draw a digit to see which of its pixels")).to_be_visible(timeout=PATIENCE)
    page.context.close()
