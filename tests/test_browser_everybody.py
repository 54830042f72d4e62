"""The app without a mouse, without sight, on a phone, in both themes and languages."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from benchmarks.browser import IDLE
from mnist_app.pages.registry import PAGES
from mnist_app.texts.catalog import LANGUAGES, text
from tests.browser import draw, inked, new_person, prediction, reads, serve, visit
from tests.drawings import LETTER_E, ONE, SEVEN, THREE

pytestmark = pytest.mark.browser

GRAVE = {"serious", "critical"}
LOCALES = {"en": "en-US", "ko": "ko-KR"}
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
ZOOMED = {"viewport": {"width": 640, "height": 360}, "device_scale_factor": 2}  # 1280 × 720 at 200 %
MOST_TABS = 60  # until a person gives up

# The element that has the focus, in a shadow root too.
FOCUSED = """() => {
    let node = document.activeElement;
    while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return node;
}"""

# How much wider than the screen the page is.
WIDER = """Math.max(document.querySelector('.stMain').scrollWidth,
                    document.documentElement.scrollWidth) - innerWidth"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("runs")) as address:
        yield address


def settled(page: Page) -> None:
    """Wait until the page has run to its end."""
    page.wait_for_timeout(500)  # a click needs a moment to begin it
    page.wait_for_selector(IDLE)
    page.wait_for_timeout(500)


def go_to(page: Page, place: int, language: str) -> None:
    """Open another page by its link."""
    title = text(PAGES[place].title, language)
    page.locator("[data-testid=stSidebarNavLink]").nth(place).click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    settled(page)


def barriers(page: Page) -> list[str]:
    """Return what axe finds that keeps people out."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


def said(page: Page):
    """Return what a screen reader was given to say last."""
    return page.locator(".as-live")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what the selector matches has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(f"selector => ({FOCUSED})().matches(selector)", selector):
            return
    pytest.fail(f"Tab does not lead to {selector}")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


# ------------------------------------------------------------- nothing keeps anybody out


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_keeps_anybody_out(browser, server, theme, language):
    page = visit(browser, server, color_scheme=theme, locale=LOCALES[language])
    draw(page, THREE)
    reads(page, "3")
    found = {}
    for place, each in enumerate(PAGES):
        go_to(page, place, language)
        found[each.name] = barriers(page)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    page.context.close()


# ------------------------------------------------------------- by keyboard


def test_the_keys_choose_the_page_draw_a_digit_and_open_a_map(browser, server):
    page = new_person(browser, f"{server}/lab")
    expect(page.locator(".wk-play")).to_be_visible()
    tab_to(page, "a[href$='/']")  # the first page
    press(page, "Enter")
    page.wait_for_selector("canvas.upper-canvas")
    settled(page)
    tab_to(page, "canvas.upper-canvas")
    canvas = page.locator("canvas.upper-canvas")
    expect(canvas).to_have_attribute("aria-describedby", "pen-keys")
    expect(page.locator("#pen-keys")).to_be_visible()
    press(
        page, *["ArrowLeft"] * 6, "Space", *["Shift+ArrowRight"] * 3, *["ArrowDown", "End", "ArrowDown"] * 6
    )
    assert inked(page) == 0  # the stroke is on its own canvas until the pen is lifted
    press(page, "Space")
    reads(page, "7")
    expect(said(page)).to_contain_text(re.compile(r"^7\. .*99"))
    tab_to(page, ".lm-canvas")
    press(page, "ArrowRight", "Enter")
    expect(page.get_by_role("dialog")).to_contain_text("conv_1, map 2")
    press(page, "Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.context.close()


def test_leaving_the_canvas_lifts_the_pen(page):
    tab_to(page, "canvas.upper-canvas")
    for leave in ("Escape", "Tab"):
        press(page, "Space", *["ArrowDown"] * 12, leave)
        expect(page.locator(".pen-mark")).to_be_hidden()
        reads(page, "1")
        page.locator(".st-key-clear button").first.press("Enter")
        expect(prediction(page)).to_contain_text("Nothing drawn yet")
        tab_to(page, "canvas.upper-canvas")
        press(page, *["PageUp"] * 12)  # to the upper edge once more


def test_a_mouse_on_the_canvas_leaves_the_keys_to_the_page(page):
    draw(page, THREE)
    reads(page, "3")
    before = inked(page)
    press(page, "Space", "ArrowDown", "Space")
    page.wait_for_timeout(500)
    assert inked(page) == before
    reads(page, "3")


# ------------------------------------------------------------- nothing moves by itself

# The longest animation or transition of anything on the page, in seconds.
LONGEST = """Math.max(...[...document.querySelectorAll('*')].flatMap((node) => {
    const style = getComputedStyle(node);
    return `${style.transitionDuration},${style.animationDuration}`.split(',').map(parseFloat);
}))"""


@pytest.mark.parametrize(("asked", "still"), [("reduce", True), ("no-preference", False)])
def test_motion_stops_where_the_system_asks_for_it(browser, server, asked, still):
    page = visit(browser, server, reduced_motion=asked)
    page.get_by_role("button", name="Share this view").click()
    expect(page.get_by_role("button", name="Copy the link")).to_be_visible()
    assert (page.evaluate(LONGEST) <= 0.01) == still
    page.context.close()


# ------------------------------------------------------------- said aloud


def test_every_stroke_has_its_answer_said(page):
    draw(page, SEVEN)
    expect(said(page)).to_have_text(re.compile(r"^7\. [\d.> ]+% sure"))
    first = said(page).locator("div").element_handle()
    draw(page, [[(120, 150), (150, 150), (190, 150)]])  # a bar: the answer is the same
    page.wait_for_function("node => !node.isConnected", arg=first)
    expect(said(page)).to_have_text(re.compile(r"^7\. "))
    page.locator(".st-key-clear button").first.click()
    expect(said(page)).to_have_text("Nothing drawn yet")
    draw(page, LETTER_E)
    expect(said(page)).to_have_text(re.compile("^This does not look like a digit"))


def test_the_answer_is_said_in_the_language_of_the_page(browser, server):
    page = visit(browser, f"{server}/explore", locale="ko-KR")
    expect(said(page)).to_be_empty()  # what is there from the beginning is not news
    draw(page, SEVEN)
    expect(said(page)).to_have_text(re.compile(r"^7\. 확신도"))
    page.context.close()


# ------------------------------------------------------------- on a phone


def finger(page: Page, path: list[tuple[float, float]]) -> None:
    """Draw a stroke on the canvas with a finger."""
    box = page.locator("canvas.upper-canvas").bounding_box()
    touch = page.context.new_cdp_session(page)
    points = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in path]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for point in points[1:]:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_on_a_phone_a_finger_draws_and_nothing_scrolls(browser, server):
    page = visit(browser, server, **PHONE)
    scrolled = (
        "(() => { const main = document.querySelector('.stMain'); return [main.scrollTop, scrollY]; })()"
    )
    before = page.evaluate(scrolled)
    finger(page, ONE[0])
    reads(page, "1")
    assert page.evaluate(scrolled) == before
    page.context.close()


@pytest.mark.parametrize("screen", [PHONE, ZOOMED], ids=["phone", "200 %"])
def test_no_page_is_wider_than_a_phone_or_a_zoomed_screen(browser, server, screen):
    page = visit(browser, server, **screen)
    draw(page, THREE)
    reads(page, "3")
    wider = {}
    for place, each in enumerate(PAGES):
        opener = page.locator("[data-testid=stExpandSidebarButton]")
        if opener.is_visible():
            opener.click()
        go_to(page, place, "en")
        wider[each.name] = page.evaluate(WIDER)
    assert wider == {each.name: 0 for each in PAGES}
    page.context.close()
