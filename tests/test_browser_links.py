"""Links between browsers: what one person shares, another one sees, to the last byte."""

from __future__ import annotations

import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from mnist_app.texts.catalog import text
from tests import canvas_stand_in
from tests.browser import draw, inked, new_person, reads, serve
from tests.drawings import FIVE, ONE, SEVEN
from tests.explorer_page import click, explorer_page, point

canvas_stand_in.install()

from mnist_app.views.hiding import HIDABLE  # noqa: E402  (it imports the canvas)

pytestmark = pytest.mark.browser

OTHER = "convnet-64"
# Everything on the drawing's canvas, as text.
PIXELS = """upper => {
    const canvas = upper.parentNode.querySelector('canvas.lower-canvas');
    return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.join();
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory, small_npz):
    """The address of a server over 500 training and 200 test images."""
    with serve(tmp_path_factory.mktemp("runs"), MNIST_NPZ=str(small_npz)) as address:
        yield address


@pytest.fixture
def opened(browser):
    """Return what opens a link as a new person, with another language and another screen."""
    pages = []

    def open_link(link: str, **options) -> Page:
        elsewhere = {"locale": "ko-KR", "device_scale_factor": 2, "viewport": {"width": 1100, "height": 900}}
        pages.append(new_person(browser, link, **elsewhere | options))
        return pages[-1]

    yield open_link
    for page in pages:
        page.context.close()


def link_to(page: Page) -> str:
    """Return the link that "Share this view" makes, once the page is quiet."""
    page.locator(".st-key-share button").first.click()
    field = page.locator(".sl-field")
    expect(field).not_to_have_value("")
    page.wait_for_timeout(1500)  # the canvas draws anew what the link holds
    link = field.input_value()
    page.keyboard.press("Escape")
    return link


def pixels(page: Page) -> str:
    return page.locator("canvas.upper-canvas").evaluate(PIXELS)


def activations(page: Page) -> dict[str, bytes]:
    """Return the network's maps as the page serves them, by layer."""
    page.locator(".st-key-downloads button").first.click()
    with page.expect_download() as started:
        page.locator(".st-key-download-activations button").first.click()
    with zipfile.ZipFile(started.value.path()) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_a_shared_drawing_has_the_same_ink_and_the_same_maps_to_the_last_byte(page, opened):
    draw(page, [*FIVE, [(40.5, 40.25), (40.5, 40.25)]])
    page.get_by_text("Eraser", exact=True).click()
    page.wait_for_timeout(500)
    draw(page, [[(80, 180), (120, 200.75)]])
    reads(page, "5")
    page.wait_for_timeout(1000)
    before = pixels(page)
    link = link_to(page)
    assert len(link) < 400
    assert pixels(page) == before  # making a link changes nothing
    there = opened(link)
    reads(there, "5")
    expect(there.locator(".st-key-prediction")).to_contain_text("Second guess")  # in the sender's language
    assert pixels(there) == before
    assert activations(there) == activations(page)


def test_a_stroke_after_the_link_was_opened_goes_on_with_the_drawing(page, opened):
    draw(page, SEVEN)
    reads(page, "7")
    there = opened(link_to(page))
    reads(there, "7")
    before = inked(there)
    draw(there, [[(20, 250), (60, 250)]])
    there.wait_for_timeout(1000)
    assert inked(there) > before
    there.locator(".st-key-undo button").first.click()
    reads(there, "7")
    for _ in range(50):
        if inked(there) == before:
            break
        there.wait_for_timeout(100)
    assert inked(there) == before


def test_a_link_has_the_network_the_cell_the_filters_and_the_changes(browser, server, opened):
    with explorer_page(browser, f"{server}", viewport={"width": 1280, "height": 1000}) as page:
        page.get_by_role("combobox").click()
        page.get_by_role("option", name=OTHER, exact=True).click()
        expect(page.locator(".ex-state")).to_contain_text("Runs in your browser")
        draw(page, FIVE)
        reads(page, "5")
        page.wait_for_timeout(1000)
        page.locator(".ex-changes summary").first.click()
        page.locator(".ex-changes input[name=turn]").fill("15")
        point(page, "conv_2", "map 5")
        click(page)
        page.locator(".ex-filter-factor button").click()
        page.get_by_role("radio", name="each map").first.check(force=True)
        expect(page.locator(".ex-change")).to_contain_text("× 0")
        told, change = page.locator(".ex-told").inner_text(), page.locator(".ex-change").inner_text()
        there = opened(link_to(page))
        expect(there.locator(".ex-told")).to_have_text(told)
        expect(there.locator(".ex-change")).to_have_text(change)
        expect(there.locator(".ex-panel")).to_be_visible()
        expect(there.get_by_role("radio", name="each map").first).to_be_checked()
        assert there.locator(".ex-changes input[name=turn]").input_value() == "15"
        expect(there.get_by_role("combobox")).to_have_value(OTHER)


def test_a_link_to_a_test_image_and_to_the_lab_open_what_they_say(opened, server):
    there = opened(f"{server}/?lang=en&source=test&image=test.17&map=conv_2.3&steps=crop.scale")
    expect(there.get_by_role("dialog")).to_contain_text("conv_2, map 3")
    expect(there.locator(".st-key-test_index input")).to_have_value("17")
    lab = opened(f"{server}/lab?lang=en&example=pooling&op1-kind=average&op1-pool_rows=1&op1-strides=2")
    expect(lab.locator(".st-key-lab1_pool_rows input")).to_have_value("1")
    expect(lab.locator(".st-key-lab1_strides input")).to_have_value("2")


def test_what_is_wrong_in_a_link_is_named_in_the_readers_language_and_left_out(opened, server):
    link = "cell=conv_9.1.1.1&strokes=AAAA&lang=fr&hide=tools.all&<img src=x>=1&image=test.-1&model=../x"
    there = opened(f"{server}/explore?{link}")
    expect(there.locator(".st-key-link-problems")).to_contain_text("conv_9")
    expect(there.locator(".st-key-link-problems")).to_contain_text(text("error.strokes_unreadable", "ko"))
    expect(there.locator(".st-key-link-problems img")).to_have_count(0)
    expect(there.locator("[data-testid=stException]")).to_have_count(0)
    draw(there, ONE)
    reads(there, "1")
    there.locator(".st-key-link-put-away button").click()
    expect(there.locator(".st-key-link-problems")).to_have_count(0)


# Where each of them is to be seen at once.
SEEN_ON = {
    **dict.fromkeys(("sidebar", "navigation", "language", "model", "share", "source", "tools"), "draw"),
    **dict.fromkeys(("prediction", "probabilities", "preparation", "maps", "mistake", "downloads"), "draw"),
    **dict.fromkeys(("explorer", "changes", "explanations", "keeps"), "explore"),
    **dict.fromkeys(("walk", "sizes", "beside"), "lab"),
    **dict.fromkeys(("path", "question"), "learn"),
}


@pytest.mark.parametrize("name", ["draw", "explore", "lab", "learn"])
def test_a_link_leaves_out_what_it_hides_and_nothing_else(name, opened, server):
    assert set(SEEN_ON) == set(HIDABLE)
    ours = [each for each, page in SEEN_ON.items() if page == name]
    image = "source=test&image=test.3"
    address = f"{server}/{'' if name == 'draw' else name}"
    wide = {"viewport": {"width": 1280, "height": 1000}}
    page = opened(f"{address}?{image}", **wide)
    for each in ours:
        if each not in ("tools", "mistake"):  # of a drawing
            expect(page.locator(HIDABLE[each][0]).first).to_be_visible()
    hidden = [each for each in ours if each != "sidebar"]
    page = opened(f"{address}?{image}&hide={'.'.join(hidden)}", **wide)
    expect(page.locator("[data-testid=stSidebar]")).to_be_visible()
    page.wait_for_timeout(2000)
    for each in hidden:
        for selector in HIDABLE[each]:
            for found in page.locator(selector).all():
                expect(found).to_be_hidden()


def test_the_presentation_shows_the_canvas_beside_the_network_large_and_ends_with_a_click(opened, server):
    projector = {"viewport": {"width": 1920, "height": 1080}, "device_scale_factor": 1, "locale": "en-US"}
    page = opened(f"{server}/?present=1", **projector)
    page.wait_for_selector("canvas.upper-canvas")
    expect(page.locator(".ex-state")).to_contain_text("Runs in your browser", use_inner_text=False)
    draw(page, [[(1.55 * x, 1.55 * y) for x, y in stroke] for stroke in SEVEN])
    reads(page, "7")
    canvas, network = (page.locator(each).bounding_box() for each in ("canvas.upper-canvas", ".ex-canvas"))
    assert canvas["width"] > 1.5 * 280
    assert network["x"] > canvas["x"] + canvas["width"]
    assert network["y"] < 300
    assert page.evaluate("document.querySelector('.stMain').scrollWidth <= innerWidth")
    # Its pixels are the screen's.
    sharp = page.locator(".ex-canvas").evaluate("node => node.width / node.getBoundingClientRect().width")
    assert sharp == pytest.approx(1, abs=0.01)
    for name in ("sidebar", "explanations", "keeps", "changes"):
        expect(page.locator(HIDABLE[name][0]).first).to_be_hidden()
    expect(page.locator("h1")).to_be_hidden()
    page.get_by_role("button", name="End the presentation").click()
    expect(page.locator("[data-testid=stSidebar]")).to_be_visible()
    expect(page.locator("h1")).to_be_visible()
    reads(page, "7")
    assert "present" not in page.url


def test_the_chosen_language_stays_from_page_to_page_and_in_the_address(opened, server):
    page = opened(server)
    page.get_by_text("English", exact=True).click()
    expect(page.locator("h1")).to_have_text(text("draw.title", "en"))
    expect(page).to_have_url(re.compile("lang=en"))
    page.locator(".st-key-present label").click()  # another page
    page.get_by_role("button", name="End the presentation").click()
    expect(page.locator("h1")).to_have_text(text("explore.title", "en"))
    expect(page).to_have_url(re.compile("lang=en"))
    page.reload()
    expect(page.locator("h1")).to_have_text(text("explore.title", "en"))
    page.get_by_text("한국어", exact=True).click()
    expect(page.locator("h1")).to_have_text(text("explore.title", "ko"))
    expect(page).not_to_have_url(re.compile("lang="))


def test_the_sidebars_switch_begins_the_presentation_with_the_drawing(page):
    draw(page, SEVEN)
    reads(page, "7")
    page.locator(".st-key-present label").click()
    expect(page.get_by_role("button", name="End the presentation")).to_be_visible()
    expect(page.locator(".st-key-explorer")).to_be_visible()
    reads(page, "7")
