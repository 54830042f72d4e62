"""The convolution lab as a person uses it: played, pointed at, typed and painted."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import draw, inked, new_person, reads, serve, visit
from tests.drawings import SEVEN, THREE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a server of the app."""
    with serve(tmp_path_factory.mktemp("runs")) as address:
        yield address


def open_lab(browser: Browser, address: str, **options) -> Page:
    page = new_person(browser, f"{address}/lab", **options)
    page.wait_for_selector(".st-key-walk .wk-cell", state="attached")
    return page


@pytest.fixture
def lab(browser, server):
    """The lab, opened by a new person."""
    opened = open_lab(browser, server)
    yield opened
    opened.context.close()


def cells(page: Page, grid: str = "to") -> Locator:
    return page.locator(f".st-key-walk .wk-{grid} .wk-cell")


def written(page: Page) -> Locator:
    return page.locator(".st-key-walk .wk-sum")


def button(page: Page, name: str) -> Locator:
    return page.locator(".st-key-walk").get_by_role("button", name=name, exact=True)


def example(page: Page, name: str) -> None:
    page.get_by_text(name, exact=True).click()


def test_the_four_by_four_walk_is_played_to_its_result(lab):
    expect(cells(lab)).to_have_text([""] * 9)
    button(lab, "Step").click()
    expect(cells(lab).nth(0)).to_have_text("2")
    expect(written(lab)).to_have_text("1×1 + 0×0 + 0×0 + 1×1 = 2")
    button(lab, "Play").click()
    expect(cells(lab)).to_have_text(["2", "1", "1", "0", "2", "2", "0", "1", "1"])
    expect(button(lab, "Play")).to_be_visible()  # it has come to its end
    lab.get_by_text("The numbers as a table").click()
    expect(lab.locator(".st-key-lab-result tbody tr")).to_have_text([r"1211", "2022", "3011"])


def test_the_pooling_walk_has_the_tutorials_numbers_step_by_step(lab):
    example(lab, "Max pooling, 4 × 4")
    expect(cells(lab)).to_have_count(4)
    for place, (sum_, value) in enumerate(
        [("max(1, 0, 0, 4) = 4", "4"), ("max(1, 0, 2, 0) = 2", "2"), ("max(0, 1, 0, 0) = 1", "1")]
    ):
        button(lab, "Step").click()
        expect(written(lab)).to_have_text(sum_)
        expect(cells(lab).nth(place)).to_have_text(value)
    button(lab, "Back").click()
    expect(written(lab)).to_have_text("max(1, 0, 2, 0) = 2")
    button(lab, "Restart").click()
    expect(cells(lab)).to_have_text([""] * 4)
    example(lab, "Average pooling, 4 × 4")
    button(lab, "Step").click()
    expect(written(lab)).to_have_text("(1 + 0 + 0 + 4) / 4 = 1.25")


def test_the_walk_stays_where_it_is_while_the_kernel_changes(lab):
    cells(lab).nth(4).hover()
    expect(written(lab)).to_have_text("1×1 + 1×0 + 0×0 + 1×1 = 2")
    lab.get_by_role("button", name="Your own").scroll_into_view_if_needed()
    field = lab.get_by_label("Kernel, row 1, column 2")
    field.fill("3")
    field.press("Enter")
    expect(written(lab)).to_have_text("1×1 + 1×3 + 0×0 + 1×1 = 5")
    expect(cells(lab).nth(4)).to_have_text("5")


def test_play_can_be_stopped(lab):
    button(lab, "Play").click()
    expect(cells(lab).nth(1)).to_have_text("1")
    button(lab, "Pause").click()
    place = lab.locator(".wk-place")
    before = place.inner_text()
    lab.wait_for_timeout(700)
    assert place.inner_text() == before


def test_pointing_at_a_cell_and_the_keys_jump_there(lab):
    cells(lab).nth(8).hover()
    expect(written(lab)).to_have_text("1×1 + 1×0 + 1×0 + 0×1 = 1")
    cells(lab, "from").nth(0).hover()
    expect(lab.locator(".wk-place")).to_contain_text("Window 1 of 9")
    lab.locator(".wk-to .wk-grid").focus()
    lab.keyboard.press("ArrowDown")
    lab.keyboard.press("ArrowRight")
    expect(lab.locator(".wk-place")).to_contain_text("row 2, column 2")
    lab.keyboard.press("End")
    expect(lab.locator(".wk-place")).to_contain_text("Window 9 of 9")


def test_a_guess_is_asked_before_the_value_is_shown_and_checked(lab):
    lab.get_by_text("Guess first").click()
    field = lab.get_by_label("The next value")
    expect(field).to_be_visible()
    expect(written(lab)).to_have_text("")
    cells(lab).nth(8).hover()  # tells nothing
    expect(cells(lab)).to_have_text([""] * 9)
    field.fill("two")
    field.press("Enter")
    verdict = lab.locator(".wk-verdict")
    expect(verdict).to_have_text("Type a number.")
    field.fill("2")
    field.press("Enter")
    expect(verdict).to_contain_text("Right.")
    expect(written(lab)).to_have_text("1×1 + 0×0 + 0×0 + 1×1 = 2")
    lab.keyboard.press("Enter")  # the focus is on Next
    field.fill("7")
    field.press("Enter")
    expect(verdict).to_contain_text("Not 7. 1 of 2 right.")
    expect(cells(lab).nth(1)).to_have_text("1")


def test_a_typed_kernel_is_applied_and_a_bad_one_is_named(lab):
    field = lab.get_by_label("Kernel, row 1, column 2")
    field.fill("-1/2")
    field.press("Enter")
    button(lab, "Step").click()
    expect(written(lab)).to_have_text("1×1 + 0×(−0.500) + 0×0 + 1×1 = 2")
    field.fill("x")
    field.press("Enter")
    expect(lab.get_by_role("alert").first).to_contain_text("Row 1, column 2")
    field.fill("0")
    field.press("Enter")
    expect(lab.get_by_role("alert")).to_have_count(0)


def test_a_kernel_is_painted(lab):
    lab.locator(".ke-root .sg-buttons").get_by_text("2", exact=True).click()
    boxes = [lab.get_by_label(f"Kernel, row 1, column {column}").bounding_box() for column in (1, 2)]
    lab.mouse.move(boxes[0]["x"] + 10, boxes[0]["y"] + 10)
    lab.mouse.down()
    lab.mouse.move(boxes[1]["x"] + 10, boxes[1]["y"] + 10, steps=4)
    lab.mouse.up()
    button(lab, "Step").click()
    expect(written(lab)).to_have_text("1×2 + 0×2 + 0×0 + 1×1 = 3")


def title(page: Page, grid: str) -> Locator:
    return page.locator(f".st-key-walk .wk-{grid} .wk-title")


def test_a_drawing_is_taken_along_and_goes_through_a_kernel_of_the_gallery(browser, server):
    page = visit(browser, server)
    draw(page, THREE)
    reads(page, "3")
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Convolution lab").click()
    page.wait_for_selector(".st-key-walk .wk-cell", state="attached")
    page.get_by_text("Draw", exact=True).click()
    expect(title(page, "from")).to_have_text("Input 28 × 28")
    page.get_by_role("button", name="Sobel, vertical edges").click()
    expect(title(page, "to")).to_have_text("Output 26 × 26")
    learned = page.get_by_role("button", name="conv_1, 3", exact=True)
    learned.locator("canvas").first.hover()
    expect(page.locator(".kg-tip")).to_contain_text(re.compile(r"row 1[45], column 1[45]: "))
    learned.click()
    expect(learned).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".st-key-lab")).to_contain_text("One channel of a learned kernel")
    page.locator(".wk-to .wk-grid").click()
    expect(page.locator(".wk-place")).to_contain_text("of 676")
    expect(written(page)).to_contain_text("=")
    page.context.close()


def test_what_is_drawn_in_the_lab_is_worked_on_and_taken_along(lab):
    lab.get_by_text("Draw", exact=True).click()
    lab.wait_for_selector("canvas.upper-canvas")
    expect(lab.locator(".st-key-lab")).to_contain_text("Draw a digit to see what the operation makes of it")
    draw(lab, SEVEN)
    expect(title(lab, "from")).to_have_text("Input 28 × 28")
    lab.get_by_text("All of it, 56 × 56").click()
    expect(title(lab, "from")).to_have_text("Input 56 × 56")
    expect(lab.get_by_role("button", name="Identity")).to_be_visible()
    lab.locator(".st-key-canvas-settings button").first.click()
    lab.get_by_text("Wide canvas").click()
    expect(lab.locator("canvas.upper-canvas")).to_have_attribute("width", "560")
    lab.keyboard.press("Escape")
    assert inked(lab) > 1000  # a wider canvas keeps what is drawn
    lab.locator(".st-key-undo button").first.click()
    expect(title(lab, "from")).to_have_count(0)
    draw(lab, SEVEN)
    expect(title(lab, "from")).to_have_text("Input 28 × 56")
    lab.get_by_text("Draw a digit").first.click()
    reads(lab, "7")


def test_the_gallery_is_used_by_keyboard(lab):
    group = lab.get_by_role("group", name=re.compile("the arrow keys move, Enter uses one"))
    own = group.get_by_role("button", name="Your own")
    expect(own).to_have_attribute("aria-description", "values from 0 to 2")
    own.focus()
    lab.keyboard.press("ArrowRight")
    lab.keyboard.press("ArrowRight")
    expect(group.get_by_role("button", name="Blur", exact=True)).to_be_focused()
    lab.keyboard.press("End")
    expect(group.get_by_role("button", name="conv_1, 32")).to_be_focused()
    lab.keyboard.press("ArrowUp")
    lab.keyboard.press("ArrowDown")
    expect(group.get_by_role("button", name="conv_1, 32")).to_be_focused()
    lab.keyboard.press("Home")
    lab.keyboard.press("ArrowRight")
    lab.keyboard.press("Enter")
    identity = group.get_by_role("button", name="Identity")
    expect(identity).to_have_attribute("aria-pressed", "true")
    expect(identity).to_be_focused()
    assert group.locator("[tabindex='0']").count() == 1


def test_strides_of_each_direction_move_the_window(lab):
    example(lab, "Stride 2, 5 × 5")
    expect(title(lab, "to")).to_have_text("Output 2 × 2")
    lab.get_by_text("Down and across separately").click()
    field = lab.get_by_role("spinbutton", name="Strides, across")
    expect(field).to_have_value("2")
    field.fill("1")
    field.press("Enter")
    expect(title(lab, "to")).to_have_text("Output 2 × 3")
    expect(lab.locator(".st-key-lab-result [role=img]")).to_have_count(6)
    cells(lab).nth(4).hover()
    expect(lab.locator(".wk-place")).to_contain_text("Window 5 of 6: row 2, column 2")
    expect(written(lab)).to_have_text("0×1 + 1×1 + 0×1 + 3×1 + 0×1 + 4×1 + 0×1 + 0×1 + 0×1 = 8")


@pytest.mark.parametrize(
    ("kind", "guess", "sum_"),
    [
        ("Convolution", "2", "1×1 + 0×0 + 0×0 + 1×1 = 2"),
        ("Max pooling", "1", "max(1, 0, 0, 1) = 1"),
        ("Average pooling", "1/2", "(1 + 0 + 0 + 1) / 4 = 0.500"),
        ("Global max pooling", "1", "max(1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0) = 1"),
        ("Global average pooling", "0,4375", "= 0.438"),
    ],
)
def test_every_kind_of_operation_can_be_guessed(lab, kind, guess, sum_):
    lab.locator(".st-key-lab1_kind").get_by_role("combobox").click()
    lab.get_by_role("option", name=kind, exact=True).click()
    expect(lab.locator(".ke-root")).to_have_count(int(kind == "Convolution"))  # the server has answered
    lab.get_by_text("Guess first").click()
    field = lab.get_by_label("The next value")
    field.fill(guess)
    field.press("Enter")
    expect(lab.locator(".wk-verdict")).to_contain_text("Right. 1 of 1 right.")
    expect(written(lab)).to_contain_text(sum_)


def test_an_uploaded_picture_is_made_small_enough_and_a_bad_file_is_one_sentence(lab, tmp_path):
    rows = np.full((300, 600), 255, np.uint8)
    rows[100:200, 100:500] = 0
    Image.fromarray(rows).save(tmp_path / "bar.png")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    lab.get_by_text("Upload", exact=True).click()
    upload = lab.locator("input[type=file]")
    upload.set_input_files(tmp_path / "bad.png")
    expect(lab.get_by_text("This file is not a picture that can be read")).to_be_visible()
    upload.set_input_files(tmp_path / "bar.png")
    expect(title(lab, "from")).to_have_text("Input 28 × 28")
    lab.get_by_text("All of it, 28 × 56").click()
    expect(title(lab, "from")).to_have_text("Input 28 × 56")
    shades = np.tile(
        np.arange(256, dtype=np.uint8), (128, 1)
    )  # no ink: nothing differs from its surroundings
    Image.fromarray(shades).save(tmp_path / "shades.png")
    upload.set_input_files(tmp_path / "shades.png")
    expect(lab.locator(".st-key-lab_part")).to_have_text(re.compile("Grey levels, 28 × 56$"))
    cells(lab, "from").nth(0).hover()
    expect(lab.locator(".wk-place")).to_contain_text("Window 1 of 1485")


def test_on_a_phone_the_lab_stays_within_the_screen(browser, server):
    phone = {"width": 390, "height": 800}
    page = open_lab(browser, server, viewport=phone, has_touch=True, is_mobile=True, locale="ko-KR")
    expect(page.locator(".st-key-walk")).to_contain_text("입력 4 × 4")
    page.get_by_text("same 패딩, 5 × 5", exact=True).click()
    expect(cells(page)).to_have_count(25)
    cells(page).nth(12).tap()
    expect(page.locator(".wk-place")).to_contain_text("3행 3열")
    parts = (".st-key-lab_example", ".ke-root", ".wk-root", ".wk-from .wk-grid", ".kg-root")
    boxes = [page.locator(part).bounding_box() for part in parts]
    for part, box in zip(parts, boxes, strict=True):
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= 390, part
    # The picture, then the operation, then what comes out.
    assert [box["y"] for box in boxes] == sorted(box["y"] for box in boxes)
    page.context.close()
