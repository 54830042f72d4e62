"""The page "Learn" as a person uses it: a real server and a real Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from mnist_app.texts.catalog import text
from tests import canvas_stand_in
from tests.browser import draw, new_person, serve
from tests.drawings import THREE

canvas_stand_in.install()

from mnist_app.views.lessons.registry import LESSONS  # noqa: E402  (it imports the canvas)

pytestmark = pytest.mark.browser

FIRST, SECOND = list(LESSONS)[:2]


@pytest.fixture(scope="module")
def server(tmp_path_factory, small_npz):
    """The address of a server over 500 training and 200 test images."""
    with serve(tmp_path_factory.mktemp("runs"), MNIST_NPZ=str(small_npz)) as address:
        yield address


@pytest.fixture
def lesson(browser, server):
    """Return what opens a lesson as a new person."""
    opened = []

    def open_lesson(key: str, **options) -> Page:
        opened.append(new_person(browser, f"{server}/learn?lesson={key}", **options))
        expect(title(opened[-1], key if key in LESSONS else FIRST)).to_be_visible()
        return opened[-1]

    yield open_lesson
    for page in opened:
        page.context.close()


def name(key: str) -> str:
    return text(f"lesson_{key}.title", "en")


def title(page: Page, key: str) -> Locator:
    return page.locator("h2", has_text=name(key))


def choices(page: Page) -> Locator:
    return page.locator(".st-key-lesson-question [role=radiogroup] label")


def mark(page: Page, key: str) -> Locator:
    return page.locator(".lp-button", has_text=name(key)).locator(".lp-mark")


def choose(page: Page, place: int) -> bool:
    """Choose an answer and return whether it came out as expected."""
    choices(page).nth(place).click()
    said = page.locator(f"[data-chosen='{place}']")
    expect(said).to_be_visible()
    return said.get_attribute("data-expected") == "true"


@pytest.mark.parametrize("key", LESSONS)
def test_each_question_is_answered_right_and_wrong_and_the_browser_keeps_the_tick(lesson, key):
    page = lesson(key)
    expect(mark(page, key)).to_have_text(str(list(LESSONS).index(key) + 1))
    expect(choices(page).first).to_be_visible()
    count = choices(page).count()
    outcomes = [choose(page, place) for place in range(count)]
    assert outcomes.count(True) == 1
    assert outcomes.count(False) == count - 1
    expect(mark(page, key)).to_have_text("✓")
    page.reload()
    expect(mark(page, key)).to_have_text("✓")
    expect(page.locator("[data-expected]")).to_have_count(0)
    expect(page.locator("[data-testid=stException], [data-testid=stAlert]")).to_have_count(0)


def test_the_lessons_follow_each_other_and_the_address_follows_them(lesson):
    page = lesson(FIRST)
    page.get_by_role("button", name=name(SECOND)).last.click()
    expect(title(page, SECOND)).to_be_in_viewport()  # though the button stands at the end of a long page
    expect(page.locator(".lp-button[aria-current]")).to_contain_text(name(SECOND))
    expect(page).to_have_url(re.compile(f"lesson={SECOND}$"))
    page.go_back()
    expect(title(page, FIRST)).to_be_visible()
    page.go_forward()
    expect(title(page, SECOND)).to_be_visible()
    page.get_by_role("link", name=text("draw.title", "en")).click()
    page.wait_for_selector("canvas.upper-canvas")
    page.get_by_role("link", name=text("learn.title", "en"), exact=True).click()
    expect(title(page, SECOND)).to_be_visible()
    page.locator(".lp-button", has_text=name(FIRST)).press("Enter")
    expect(title(page, FIRST)).to_be_visible()


def test_ticks_can_be_forgotten(lesson):
    page = lesson(FIRST)
    choose(page, 0)
    expect(mark(page, FIRST)).not_to_have_text("1")
    page.locator(".lp-forget").click()
    expect(mark(page, FIRST)).to_have_text("1")
    page.reload()
    expect(mark(page, FIRST)).to_have_text("1")


def test_a_drawing_made_here_is_what_the_lesson_works_on(lesson):
    page = lesson(FIRST)
    digit = page.locator(".st-key-lesson-digit")
    expect(digit).to_contain_text(text("learn.test", "en"))
    page.get_by_text(text("learn.change", "en")).click()
    page.locator("canvas.upper-canvas").hover()  # waits until what opens has come to rest
    draw(page, THREE)
    expect(digit).to_contain_text(text("learn.mine", "en"))
    expect(digit).to_contain_text("reads 3")
    expect(page.locator(".st-key-lesson-live")).to_contain_text("One-hot: 0001000000")


def test_an_unknown_lesson_in_the_address_is_named_and_left_out(lesson):
    page = lesson("nothing<b>")
    expect(page.locator(".st-key-link-problems")).to_contain_text("nothing<b>")


def test_on_a_phone_the_path_is_closed_and_nothing_is_wider_than_the_page(lesson):
    page = lesson("convolution", viewport={"width": 360, "height": 740}, has_touch=True)
    expect(page.locator(".lp-button").first).to_be_hidden()
    page.locator(".lp-summary").click()
    page.locator(".lp-button", has_text=name(FIRST)).click()
    expect(title(page, FIRST)).to_be_visible()
    wider = page.evaluate("document.querySelector('.stMain').scrollWidth - innerWidth")
    assert wider <= 0
