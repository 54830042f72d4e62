"""Scripts and markup in what people type: in a real browser they stay text."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect

from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED
from mnist_app.training.events import append_event
from mnist_app.training.notes import Notes, write_notes
from mnist_app.training.run_directory import create_run
from mnist_app.training.settings import from_recipe
from tests.browser import is_quiet, new_person, serve

pytestmark = pytest.mark.browser

NAME = '<img src=x onerror="ran=1">[l](javascript:ran=1) **b** $x$'
MADE_OF_IT = "img[src=x], a[href^='javascript']"


@pytest.fixture(scope="module")
def server(tmp_path_factory, small_npz):
    """A server with somebody's finished run, and one that failed, whose names and notes are markup."""
    runs = tmp_path_factory.mktemp("runs")
    for status in ("finished", "failed"):
        run = create_run(from_recipe("convnet-64"), runs / status)
        shutil.copytree(SHIPPED / DEFAULT_MODEL, run.path, dirs_exist_ok=True)
        values = {"name": NAME, "reason": NAME}
        append_event(run.events, status, step=0, key="error.import_unreadable", values=values)
        write_notes(run, Notes("", NAME, NAME))
    with serve(runs, MNIST_NPZ=str(small_npz)) as address:
        yield address


@pytest.mark.parametrize("page", ["", "train", "sweep", "results", "compare"])
def test_markup_in_names_and_notes_is_shown_as_it_was_typed(browser, server, page):
    opened = new_person(browser, f"{server}/{page}")
    is_quiet(opened)
    if page in ("", "results"):
        opened.locator(".st-key-model input").click()
        opened.get_by_role("option", name=NAME).first.click()
        expect(opened.locator(".st-key-model input")).to_have_value(NAME)
        is_quiet(opened)
    elif page != "sweep":
        expect(opened.get_by_text(NAME).first).to_be_attached()
    assert opened.locator(MADE_OF_IT).count() == 0
    assert opened.evaluate("typeof ran") == "undefined"
    opened.context.close()
