"""Every chart, setting and legend of the app has an (i), and every (i) a paragraph that it opens."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.numerics.operation import Operation
from mnist_app.texts.catalog import LANGUAGES, catalog, text
from mnist_app.training.settings import Settings
from mnist_app.views.about import GLOSSARY, SUBJECTS
from tests import canvas_stand_in
from tests.conftest import PROJECT

canvas_stand_in.install()

from mnist_app.views.lessons.registry import LESSONS  # noqa: E402  (it imports the canvas)

APP = PROJECT / "mnist_app"
# A lesson is the paragraph itself.
MODULES = sorted({*APP.glob("pages/*.py"), *APP.glob("views/*.py")} - {APP / "pages" / "learn.py"})
LINKS = {"about", "explained", "show_about", "about_html", "about_link"}
WIDGETS = {
    *("checkbox", "multiselect", "number_input", "pills", "radio", "segmented_control"),
    *("select_slider", "selectbox", "slider", "text_input", "toggle"),
}
# What says by itself what it is: a choice of what to look at, a name, a place in a list.
CLEAR = {
    *("draw.place", "source.label", "source.part", "source.index", "source.example"),
    *("explain.digit", "canvas.tool", "canvas.pen_width", "canvas.wide", "prepare.switches"),
    *("details.table", "lab.second", "lab.apart", "lab.step", "lab.layer", "data.set"),
    *("data.digit", "data.jump", "data.method", "data.size", "data.query", "data.compare_by"),
    *("data.layer", "results.order", "compare.kinds", "compare.group", "sweep.sweep", "run.run"),
    *("run.name", "run.note", "train.run", "data.section", "lab.operation", "CHOOSE_LANGUAGE"),
    *("curves.view", "probe.source", "probe.moment", "present.label", "share.hide", "share.present"),
    "access.password",
}
# What draws a chart, a legend or a picture that has one.
SHOWN = {
    *("plotly_chart", "layer_maps", "legend_html", "_legend", "walk", "kernel_editor", "kernel_gallery"),
    *("confusion_table", "digit_gallery", "image_sheet", "show_explorer", "live_run"),
}
ELSEWHERE = {
    "show_explorer": "explorer.py",  # links inside it
    "show_heat_map": "map_details.py",
}


@cache
def calls(path: Path) -> list[tuple[str, ast.Call]]:
    """Return the calls in a module, each with the function's name."""
    found = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return [(getattr(call.func, "attr", getattr(call.func, "id", "")), call) for call in found]


def links(path: Path) -> Iterator[ast.expr]:
    """Yield the subjects that a module links to."""
    for name, call in calls(path):
        if name in LINKS:
            yield from call.args[1 if name == "explained" else 0 :]
        elif name == "heading_words":
            yield call.args[2]


# ------------------------------------------------------------- subjects and paragraphs


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_has_a_paragraph_in_every_language(subject, language):
    paragraph = SUBJECTS[subject]
    if paragraph in GLOSSARY:
        title, words = (f"about.{paragraph}", f"about.{paragraph}_words")
    else:
        assert paragraph in LESSONS
        title, words = (f"lesson_{paragraph}.title", f"lesson_{paragraph}.words")
    assert catalog(language)[title]
    assert len(catalog(language)[words]) > 40


def test_no_entry_of_the_glossary_is_there_for_nothing():
    assert set(GLOSSARY) - set(SUBJECTS.values()) == set()
    assert set(GLOSSARY) & set(LESSONS) == set()


def test_every_subject_is_linked_to_and_every_link_has_a_subject():
    arguments = [argument for path in MODULES for argument in links(path)]
    literal = {argument.value for argument in arguments if isinstance(argument, ast.Constant)}
    assert literal <= set(SUBJECTS)
    named = {field.name for field in (*fields(Settings), *fields(Operation))}
    named |= {"pool_rows", "pool_columns", "data-classes"}
    words = {
        node.value
        for path in MODULES
        if path.name != "about.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(SUBJECTS) - literal - named - words == set()


# ------------------------------------------------------------- settings


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_setting_has_an_i(path):
    without = []
    for name, call in calls(path):
        if name not in WIDGETS or not isinstance(call.func, ast.Attribute):
            continue
        told = next((keyword.value for keyword in call.keywords if keyword.arg == "help"), None)
        linked = {getattr(node, "id", "") for node in ast.walk(told)} if told is not None else set()
        keys = {
            str(getattr(node, "value", getattr(node, "id", None)))
            for node in ast.walk(call.args[0])
            if isinstance(node, ast.Constant | ast.Name)
        }
        if not linked & {*LINKS, "_help", "told"} and not keys & CLEAR:
            without.append((name, call.lineno, keys))
    assert without == []


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_every_setting_of_a_training_is_a_subject(name):
    # Those that have no widget: files, and what a fine-tuning starts from.
    assert name in SUBJECTS or name in ("loss", "data", "base", "drawings", "recorded")


# ------------------------------------------------------------- charts and legends


SHOWING = sorted({(path, name) for path in MODULES for name, _ in calls(path) if name in SHOWN})


@pytest.mark.parametrize(("path", "shown"), SHOWING, ids=[f"{path.stem}-{shown}" for path, shown in SHOWING])
def test_every_chart_and_every_legend_has_an_i(path, shown):
    place = path.with_name(ELSEWHERE[shown]) if shown in ELSEWHERE else path
    place = place if place.exists() else APP / "views" / place.name
    assert list(links(place))


def test_every_component_is_a_subject():
    registered = {
        call.args[0].value
        for path in APP.glob("views/**/*.py")
        for name, call in calls(path)
        if name == "component" and call.args
    }
    assert len(registered) > 8
    # The lessons themselves, and what shows nothing of a network.
    assert registered - set(SUBJECTS) <= {"lesson_path", "remember_person", "reconnected", "share", "assist"}


# ------------------------------------------------------------- the page that opens


def opened(language: str, **asked: str) -> AppTest:
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=60)
    test.session_state["language"] = language
    for name, value in asked.items():
        test.query_params[name] = value
    test.switch_page("learn.py").run()
    assert not test.exception
    return test


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_opens_its_paragraph_and_the_lesson_stays(language):
    test = opened(language, about="momentum", lesson="dropout")
    assert test.subheader[0].value == text("about.momentum", language)
    assert text("about.momentum_words", language) in [each.value for each in test.markdown]
    assert test.header[0].value.endswith(text("lesson_dropout.title", language))
    test.button[-1].click().run()  # another lesson: the paragraph makes way
    assert not test.exception
    assert text("about.momentum_words", language) not in [each.value for each in test.markdown]


def test_an_unknown_paragraph_is_left_out():
    test = opened("en", about="quantum")
    assert "quantum" in test.warning[0].value
    assert test.header[0].value
    assert not test.subheader


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_paragraphs_stand_in_the_glossary(language):
    test = opened(language, about="seed")
    assert text("about.title", language) in [each.label for each in test.expander]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_of_a_setting_ends_with_its_link(language):
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=60)
    test.session_state["language"] = language
    test.switch_page("train.py").run()
    assert not test.exception
    told = next(each.help for each in test.number_input if each.key == "setting_epochs")
    assert told.startswith(text("setting.epochs_help", language))
    assert f"[ⓘ {text('about.epochs', language)}](learn?" in told
    asked = parse_qs(urlparse(told.rpartition("(")[2].rstrip(")")).query)
    assert asked == {"about": ["epochs"], "lang": [language]}
