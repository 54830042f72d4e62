"""Comparing networks as a person does: one drawing changed, read by all of them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from mnist_app.serving.model_folders import SHIPPED, find_models
from tests.browser import draw, reads, serve, visit
from tests.drawings import SEVEN, THREE
from tests.small_models import copy_shipped

pytestmark = pytest.mark.browser
SHIPPED_NAMES = list(find_models([SHIPPED]).folders)
NETWORKS = len(SHIPPED_NAMES) + 1


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a server of the app with a second network."""
    runs = tmp_path_factory.mktemp("runs")
    copy_shipped(runs, "second")
    with serve(runs) as address:
        yield address


def test_who_keeps_the_answer_follows_the_drawing_and_the_chosen_change(browser, server):
    page = visit(browser, f"{server}/explore")
    section = page.locator(".st-key-keeps-answer")
    draw(page, THREE)
    reads(page, "3")
    expect(section.locator("table")).to_have_count(0)  # nothing is computed before it is opened
    section.get_by_text("Who keeps the answer?").click()
    rows = section.locator("tbody tr")
    expect(rows.locator("th")).to_have_text([*SHIPPED_NAMES, "second"])
    expect(rows.locator("td")).to_have_count(NETWORKS * 17)
    for row in (rows.first, rows.last):
        expect(row.locator("td").nth(8)).to_have_text("3")  # the step that changes nothing
    # Both are the same network: they share a sentence.
    expect(section).to_contain_text(re.compile(r"Answer kept from −\d px to \d px: convnet-128,.* second"))
    section.get_by_role("radio", name="Turn").click()
    expect(rows.locator("td")).to_have_count(NETWORKS * 19)
    expect(section).to_contain_text(re.compile("Answer kept .*: convnet-128,.* second"))
    page.locator(".st-key-clear button").first.click()
    expect(section).to_contain_text("Draw a digit")
    draw(page, SEVEN)
    expect(rows.first.locator("td").nth(9)).to_have_text("7")
    page.context.close()
