"""The app as a person uses it: a real server, a real Chromium, a real pen."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from mnist_app.serving.model_folders import SHIPPED
from tests.browser import draw, inked, prediction, reads, serve, visit
from tests.drawings import FIVE, ONE, SEVEN, THREE, canvas_image
from tests.small_models import TUTORIALS

pytestmark = pytest.mark.browser

OTHER_MODEL = "second-model"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a server of the app with a tutorial's network, by another name, among the runs."""
    runs = tmp_path_factory.mktemp("runs")
    shutil.copytree(SHIPPED / TUTORIALS, runs / OTHER_MODEL)
    with serve(runs) as address:
        yield address


def undo(page: Page) -> None:
    """Undo a stroke and wait until the canvas shows less."""
    before = inked(page)
    page.locator(".st-key-undo button").first.click()
    for _ in range(100):
        if inked(page) < before:
            return
        page.wait_for_timeout(100)
    pytest.fail("undo took nothing away")


@pytest.mark.parametrize(("strokes", "digit"), [(ONE, "1"), (THREE, "3"), (SEVEN, "7")])
def test_a_drawn_digit_is_read_and_every_layer_is_shown(page, strokes, digit):
    draw(page, strokes)
    reads(page, digit)
    expect(page.locator(".st-key-probabilities tr")).to_have_count(10)
    expect(page.locator(".st-key-preparation img")).to_have_count(4)
    convolutions = (f"conv_{number}" for number in range(1, 7))
    for layer in (*convolutions, "pool_1", "flatten", "logits", "softmax"):
        expect(page.locator(".st-key-maps")).to_contain_text(layer)


def test_the_page_asks_no_one_but_its_own_server(browser, server):
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server)
    draw(page, THREE)
    reads(page, "3")
    assert any(url.endswith(".png") for url in asked)  # its icon among them
    assert [url for url in asked if not url.startswith((server, "ws://127.0.0.1", "data:", "blob:"))] == []
    page.close()


def test_before_anything_is_drawn_the_page_says_so(page):
    expect(prediction(page)).to_contain_text("Nothing drawn yet")


def test_the_answer_follows_each_stroke_undo_and_clear(page):
    steps = page.locator(".st-key-preparation")  # its text has the size of the ink
    draw(page, FIVE[:1])
    expect(steps).to_contain_text("Crop")
    body, body_text = inked(page), steps.inner_text()
    draw(page, FIVE[1:])
    expect(steps).not_to_have_text(body_text, use_inner_text=True)
    reads(page, "5")
    whole = steps.inner_text()
    undo(page)
    assert inked(page) == body
    expect(steps).to_have_text(body_text, use_inner_text=True)
    draw(page, FIVE[1:])
    expect(steps).to_have_text(whole, use_inner_text=True)
    undo(page)  # the same stroke a second time
    assert inked(page) == body
    expect(steps).to_have_text(body_text, use_inner_text=True)
    page.locator(".st-key-clear button").first.click()
    expect(prediction(page)).to_contain_text("Nothing drawn yet")
    assert inked(page) == 0


def test_the_eraser_takes_ink_away(page):
    draw(page, ONE)
    reads(page, "1")
    page.get_by_text("Eraser", exact=True).click()
    page.wait_for_timeout(500)
    draw(
        page,
        [[(x, y - 4) for x, y in ONE[0]], [(x + 8, y) for x, y in ONE[0]], [(x - 8, y) for x, y in ONE[0]]],
    )
    expect(prediction(page)).not_to_have_text(re.compile(r"^\s*1"))


def test_another_model_reads_the_same_drawing(page):
    draw(page, THREE)
    reads(page, "3")
    page.get_by_role("combobox").click()
    page.get_by_role("option", name=OTHER_MODEL).click()
    expect(page.get_by_role("combobox")).to_have_value(OTHER_MODEL)
    reads(page, "3")


def test_an_uploaded_picture_is_read_and_the_drawing_is_kept(page, tmp_path):
    draw(page, SEVEN)
    reads(page, "7")
    picture = tmp_path / "three.png"
    Image.fromarray(255 - canvas_image(THREE)[..., 0]).save(picture)  # black on white
    page.get_by_text("Upload", exact=True).click()
    page.locator("input[type=file]").set_input_files(picture)
    reads(page, "3")
    page.get_by_text("Draw", exact=True).click()
    page.wait_for_selector("canvas.upper-canvas")
    reads(page, "7")
    draw(page, [[(120, 150), (150, 150), (190, 150)]])
    reads(page, "7")


@pytest.mark.parametrize("moment", [0, 100, 200, 300])
def test_a_page_chosen_right_after_a_stroke_is_shown_and_the_stroke_is_kept(page, moment):
    draw(page, SEVEN)
    ink = inked(page)
    page.wait_for_timeout(moment)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Convolution lab").click()
    expect(page.locator(".st-key-lab_source")).to_be_visible()
    page.wait_for_timeout(500)  # whatever may come late
    expect(page.locator(".st-key-lab_source")).to_be_visible()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Draw a digit").click()
    reads(page, "7")
    assert inked(page) == ink


def test_a_bad_upload_gets_a_sentence(page, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n but not for long")
    page.get_by_text("Upload", exact=True).click()
    page.locator("input[type=file]").set_input_files(broken)
    expect(page.get_by_role("alert").first).to_contain_text("picture")
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


def test_several_digits_on_a_wide_canvas_are_a_number(page):
    page.locator(".st-key-canvas-settings button").first.click()
    page.get_by_text("Wide canvas").click()
    page.keyboard.press("Escape")
    expect(page.locator("canvas.upper-canvas")).to_have_attribute("width", "560")
    draw(page, SEVEN)
    draw(page, [[(x + 210, y) for x, y in stroke] for stroke in ONE])
    reads(page, "71")


def test_the_reader_chooses_what_shares_a_colour_scale(page):
    draw(page, THREE)
    reads(page, "3")
    maps = page.locator(".st-key-maps")
    legends = maps.locator(".lm-high")
    expect(maps.get_by_role("radio", name="the layer")).to_be_checked()
    by_layer = legends.all_inner_texts()[1:8]  # of the convolutions and poolings
    assert len(set(by_layer)) > 3
    maps.get_by_text("the network", exact=True).click()
    for n in range(1, 8):
        expect(legends.nth(n)).to_have_text(max(by_layer, key=float))
    draw(page, ONE)  # the choice outlasts a stroke
    expect(maps.get_by_role("radio", name="the network")).to_be_checked()
    expect(legends.nth(1)).to_have_text(legends.nth(3).inner_text())


def test_a_map_opens_beside_its_kernel_and_as_a_table(page):
    draw(page, THREE)
    reads(page, "3")
    maps = page.locator(".st-key-maps canvas")
    maps.nth(1).scroll_into_view_if_needed()
    maps.nth(1).click(position={"x": 20, "y": 20})
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("conv_1, map 1")
    expect(drawer).to_contain_text("3 × 3 × 1")
    expect(drawer.locator(".js-plotly-plot")).to_be_visible()
    drawer.get_by_text("The numbers as a table").click()
    expect(drawer.locator("table tbody tr")).to_have_count(26)
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_what_is_shown_can_be_downloaded(page):
    draw(page, THREE)
    reads(page, "3")
    page.locator(".st-key-downloads button").first.click()

    def download(name: str) -> Path:
        with page.expect_download() as started:
            page.locator(f".st-key-download-{name} button").first.click()
        return started.value.path()

    assert Image.open(download("picture")).size == (28, 28)
    with np.load(download("activations")) as arrays:
        assert arrays["conv_1"].shape == (26, 26, 32)
        assert arrays["softmax"].argmax() == 3
    assert zipfile.is_zipfile(download("activations"))
    rows = download("probabilities").read_text().splitlines()
    assert rows[1].startswith("1,3,")


def test_two_people_do_not_disturb_each_other(browser, server):
    first, second = visit(browser, server), visit(browser, server)
    draw(first, THREE)
    reads(first, "3")
    expect(prediction(second)).to_contain_text("Nothing drawn yet")
    draw(second, SEVEN)
    reads(second, "7")
    second.locator(".st-key-clear button").first.click()
    expect(prediction(second)).to_contain_text("Nothing drawn yet")
    reads(first, "3")
    first.context.close()
    second.context.close()


def test_a_korean_browser_gets_korean_and_can_change_it(browser, server):
    page = visit(browser, server, locale="ko-KR")
    expect(prediction(page)).to_contain_text("아직 그린 것이 없습니다")
    draw(page, SEVEN)
    reads(page, "7")
    page.get_by_text("English", exact=True).click()
    expect(prediction(page)).to_contain_text("Second guess")
    reads(page, "7")  # the drawing is still there
    page.context.close()


def test_a_finger_draws_and_does_not_scroll_the_page(browser, server):
    phone = {"width": 390, "height": 700}
    page = visit(browser, server, viewport=phone, has_touch=True, is_mobile=True)
    box = page.locator("canvas.upper-canvas").bounding_box()
    touch = page.context.new_cdp_session(page)
    before = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")

    def send(kind: str, points: list[dict]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    path = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in ONE[0]]
    send("touchStart", path[:1])
    for point in path[1:]:
        send("touchMove", [point])
    send("touchEnd", [])
    reads(page, "1")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == before
    page.context.close()
