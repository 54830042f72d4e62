"""Public mode: visitors draw and explore; training needs the password."""

from __future__ import annotations

import io
import json
import re
import zipfile
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from mnist_app.texts.catalog import LANGUAGES, text
from mnist_app.training import queue
from mnist_app.training.notes import Notes, write_notes
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import from_recipe
from mnist_app.training.settings import read as read_settings
from mnist_app.views.access import COOKIE
from mnist_app.views.training_live import _act
from mnist_app.views.training_result import PROBLEM, run_zip, start
from tests import canvas_stand_in
from tests.browser import chromium, new_person, serve

canvas_stand_in.install()
ME, OTHER = "0123456789abcdef" * 2, "f" * 32
SECRET = "가을 하늘 7"


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch, small_npz) -> Path:
    """An empty folder of runs; a worker that is asked for never comes."""
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("MNIST_NPZ", str(small_npz))
    monkeypatch.setattr(queue.LocalProcesses, "_start", lambda self, waiting: False)
    monkeypatch.setattr(queue.LocalProcesses, "follow", lambda self: None)
    return tmp_path / "runs"


@pytest.fixture
def public(monkeypatch) -> None:
    monkeypatch.setenv("MNIST_APP_PASSWORD", SECRET)


def page(name: str, **state) -> AppTest:
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=30)
    for key, value in {"person": ME, **state}.items():
        test.session_state[key] = value
    test.switch_page(f"{name}.py")
    return fine(test.run())


def fine(test: AppTest) -> AppTest:
    assert not test.exception, test.exception[0].value
    return test


def button(test: AppTest, key: str):
    return next((each for each in test.button if each.key == key), None)


def unlock(test: AppTest, where: str, given: str) -> AppTest:
    test.text_input(key=f"access-password-{where}").set_value(given)
    label = text("access.unlock", "en")
    next(each for each in test.button if each.label == label).click()
    return fine(test.run())


def a_run(owner: str, **notes) -> RunDirectory:
    run = create_run(from_recipe("convnet-128"))
    write_notes(run, Notes(owner, **notes))
    return run


PLACES = [("train", "start"), ("sweep", "sweep-start")]


@pytest.mark.parametrize(("name", "start"), PLACES)
def test_without_a_password_everybody_trains(name, start):
    test = page(name)
    assert button(test, start) is not None
    assert not test.text_input or all("password" not in str(each.key) for each in test.text_input)


@pytest.mark.parametrize(("name", "start"), PLACES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_visitors_are_asked_for_it(public, name, start, language):
    test = page(name, language=language)
    assert button(test, start) is None
    assert text("access.locked", language) in [each.value for each in test.markdown]


@pytest.mark.parametrize("wrong", ["", "wrong", SECRET + " ", SECRET.upper() + "x", "x" * 200])
def test_a_wrong_one_is_refused(public, wrong):
    test = unlock(page("train"), "train", wrong)
    assert [each.value for each in test.error] == [text("error.wrong_password", "en")]
    assert button(test, "start") is None


@pytest.mark.parametrize(("name", "start"), PLACES)
def test_the_right_one_opens_training(public, runs, name, start):
    test = unlock(page(name), name, SECRET)
    assert button(test, start) is not None


def test_what_is_trained_then_belongs_to_who_did_it(public, runs):
    test = unlock(page("train"), "train", SECRET)
    fine(test.button("start").click().run())
    (notes,) = runs.glob("*/notes.json")
    assert json.loads(notes.read_text())["owner"] == ME


def test_what_proves_it_is_worth_nothing_to_others_nor_after_a_new_password(public, monkeypatch):
    token = unlock(page("train"), "train", SECRET).session_state["trainer"]
    assert button(page("train", trainer=token), "start") is not None
    assert button(page("train", trainer=token, person=OTHER), "start") is None
    monkeypatch.setenv("MNIST_APP_PASSWORD", "another")
    assert button(page("train", trainer=token), "start") is None


@pytest.mark.parametrize("act", [lambda run: start(read_settings(run.settings)), partial(_act, "submit")])
def test_what_is_pressed_all_the_same_trains_nothing(public, runs, act):
    """A browser can be made to press a button that the page has switched off."""
    run = a_run(ME)

    def script(act, run) -> None:
        act(run)

    test = AppTest.from_function(script, kwargs={"act": act, "run": run})
    test.session_state["person"] = ME
    assert fine(test.run()).session_state[PROBLEM].key == "error.locked"
    assert len(list(runs.glob("*/settings.json"))) == 1
    assert not list((runs / ".queue" / "waiting").glob("*"))


def test_a_visitor_changes_nothing_that_the_command_line_started(public):
    a_run("")
    test = page("train")
    assert text("run.not_yours", "en") in [each.value for each in test.caption]
    test = unlock(test, "train", SECRET)
    assert text("run.not_yours", "en") not in [each.value for each in test.caption]


def test_too_many_trainings_are_told_of(runs, monkeypatch):
    monkeypatch.setenv("MNIST_APP_TRAININGS_EACH", "1")
    test = page("train")
    fine(test.button("start").click().run())
    fine(test.button("start").click().run())
    assert "over 1, the limit for one person" in test.error[0].value
    assert len(list(runs.glob("*/settings.json"))) == 1


def test_the_page_says_what_is_taken_away(monkeypatch):
    a_run(ME)
    assert not [each for each in page("train").caption if "taken away" in each.value]
    monkeypatch.setenv("MNIST_APP_KEEP_DAYS", "30")
    monkeypatch.setenv("MNIST_APP_KEEP_MEGABYTES", "900")
    said = " ".join(each.value for each in page("train").caption)
    assert "for 30 days" in said
    assert "900 MB" in said


def test_a_sweep_counts_as_its_runs(runs, monkeypatch):
    monkeypatch.setenv("MNIST_APP_TRAININGS_ALL", "2")
    test = page("sweep")
    fine(test.button("sweep-start").click().run())
    assert "the limit for all" in test.error[0].value
    assert not list(runs.glob("*/settings.json"))


def test_a_downloaded_run_does_not_say_who_is_who():
    run = a_run(OTHER)
    with zipfile.ZipFile(io.BytesIO(run_zip(run))) as archive:
        assert OTHER.encode() not in b"".join(archive.read(name) for name in archive.namelist())
        assert f"{run.name}/settings.json" in archive.namelist()


def test_others_do_not_get_a_persons_drawings():
    run = a_run(ME)
    (run.path / "drawings").mkdir()
    (run.path / "drawings" / "0001-7.png").write_bytes(b"drawn")

    def names(is_mine: bool) -> set[str]:
        with zipfile.ZipFile(io.BytesIO(run_zip(run, is_mine))) as archive:
            return {Path(name).name for name in archive.namelist()}

    assert names(is_mine=True) - names(is_mine=False) == {"0001-7.png"}


@pytest.mark.browser
def test_a_browser_is_asked_once(tmp_path, small_npz):
    with (
        serve(
            tmp_path / "runs", MNIST_NPZ=str(small_npz), MNIST_APP_PASSWORD=SECRET, MNIST_APP_SPARE="0"
        ) as at,
        chromium() as browser,
    ):
        page = new_person(browser, f"{at}/train")
        page.get_by_label("Password", exact=True).fill("guessed")
        page.get_by_role("button", name="Unlock training").click()
        expect(page.get_by_text("This is not the password")).to_be_visible()
        page.get_by_label("Password", exact=True).fill(SECRET)
        page.get_by_role("button", name="Unlock training").click()
        expect(page.locator(".st-key-start button")).to_be_enabled()
        cookies = {each["name"]: each for each in page.context.cookies()}
        assert re.fullmatch("[0-9a-f]{64}", cookies[COOKIE]["value"])
        assert cookies[COOKIE]["sameSite"] == "Lax"
        page.reload()
        expect(page.locator(".st-key-start button")).to_be_enabled()
        other = new_person(browser, f"{at}/train")
        expect(other.get_by_label("Password", exact=True)).to_be_visible()
        expect(other.locator(".st-key-start button")).to_have_count(0)
