"""The page Compare, run without a browser or a worker."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from benchmarks.explorer import random_network
from mnist_app.serving.model_folders import DEFAULT_MODEL
from mnist_app.texts.catalog import LANGUAGES, text
from mnist_app.training import queue
from mnist_app.training.events import append_event
from mnist_app.training.notes import Notes, read_notes, write_notes
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import from_recipe
from mnist_app.training.snapshots import write_snapshot
from mnist_app.views.answers_table import Answer, answers_csv, answers_html
from mnist_app.views.compare_curves import Curve, curves_csv, overlay
from mnist_app.views.trained_rows import rows_csv, table_rows
from tests import canvas_stand_in
from tests.drawings import SEVEN, canvas_image
from tests.small_models import change_card, copy_shipped

canvas_stand_in.install()
ME = "0123456789abcdef" * 2


def t(key: str, **values: object) -> str:
    return text(key, "en", **values)


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch, small_npz) -> Path:
    """A folder of runs: a good model, a poor one of one's own, and one that failed."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("MNIST_APP_RUNS", str(folder))
    monkeypatch.setenv("MNIST_NPZ", str(small_npz))
    monkeypatch.setattr(queue.LocalProcesses, "_start", lambda self, waiting: False)
    monkeypatch.setattr(queue.LocalProcesses, "follow", lambda self: None)
    change_card(copy_shipped(folder, "good"), test_accuracy=0.9990)
    change_card(copy_shipped(folder, "poor"), test_accuracy=0.9012, seconds=12.5)
    write_notes(RunDirectory(folder / "good"), Notes(owner="f" * 32))
    write_notes(RunDirectory(folder / "poor"), Notes(owner=ME, name="My first", note="too short"))
    failed = create_run(from_recipe("mlp-512"))
    append_event(failed.events, "preparing", pid=1)
    append_event(
        failed.events, "started", images=9, validation_images=0, epochs=2, batches=1, step=0, layers=[]
    )
    append_event(
        failed.events, "epoch", step=1, epoch=1, images_per_second=9.0, loss=1.5, accuracy=0.5, val_loss=None
    )
    append_event(failed.events, "failed", key="error.loss_not_finite", values={"rate": "10"}, message="")
    return folder


def page(**state) -> AppTest:
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=60)
    for key, value in {"person": ME, **state}.items():
        test.session_state[key] = value
    test.switch_page("compare.py")
    test.run()
    assert not test.exception, test.exception[0].value
    return test


def words(test: AppTest) -> str:
    return " ".join(element.proto.body for element in test.get("html"))


# ------------------------------------------------------------- the table


def test_the_best_comes_first_and_what_has_no_accuracy_last():
    rows = table_rows()
    accuracies = [row.accuracy for row in rows if row.accuracy is not None]
    assert accuracies == sorted(accuracies, reverse=True)
    assert rows[0].name == "good"
    assert rows[-1].recipe == "mlp-512"
    assert (rows[-1].kind, rows[-1].accuracy) == ("without", None)
    kinds = {row.name: row.kind for row in rows}
    assert (kinds["poor"], kinds[DEFAULT_MODEL]) == ("trained", "ships")


def test_a_row_has_the_cards_figures_the_files_size_and_a_time_measured_here(runs):
    row = next(row for row in table_rows() if row.name == "poor")
    card = json.loads((runs / "poor" / "card.json").read_text())
    assert (row.label, row.note, row.seconds) == ("My first", "too short", 12.5)
    assert (row.parameters, row.architecture) == (card["parameters"], card["architecture"])
    assert row.megabytes == (runs / "poor" / "model.tflite").stat().st_size / 1e6
    assert 0 < row.milliseconds < 1000


def test_the_csv_has_every_row_with_full_numbers():
    rows = table_rows()
    read = list(csv.DictReader(io.StringIO(rows_csv(rows))))
    assert [row["name"] for row in read] == [row.name for row in rows]
    assert [float(row["accuracy"]) for row in read if row["accuracy"]] == [
        row.accuracy for row in rows if row.accuracy is not None
    ]
    assert read[-1]["milliseconds"] == ""


def test_the_table_on_the_page_has_the_same_order():
    test = page()
    shown = test.dataframe[0].value
    assert list(shown["label"])[:1] == ["good"]
    assert list(shown["label"]) == [row.label for row in table_rows()]
    assert shown["accuracy"][0] == pytest.approx(99.9)


def test_a_note_of_ones_own_run_can_be_written_here(runs):
    test = page(compared=["poor"], **{"compare-note": True})
    test.text_area[0].set_value("one epoch only")
    next(button for button in test.button if button.label == t("run.keep")).click().run()
    assert not test.exception
    assert read_notes(RunDirectory(runs / "poor")) == Notes(ME, "My first", "one epoch only", is_named=True)


@pytest.mark.parametrize("compared", [["good"], [DEFAULT_MODEL], ["good", "poor"], []])
def test_no_other_row_has_a_note_to_be_written(compared):
    assert not page(compared=compared, **{"compare-note": True}).text_area


# ------------------------------------------------------------- one drawing


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drawing_is_read_by_every_network(language, monkeypatch):
    monkeypatch.setattr(canvas_stand_in, "image", canvas_image(SEVEN))
    test = page(language=language)
    assert test.title[0].value == text("compare.title", language)
    assert text("compare.agree", language, digit=7) in words(test)
    for name in ("good", "My first", DEFAULT_MODEL):
        assert f">{name}</th>" in words(test)


def test_only_chosen_networks_read(monkeypatch):
    monkeypatch.setattr(canvas_stand_in, "image", canvas_image(SEVEN))
    html = words(page(compared=["poor"]))
    assert ">My first</th>" in html
    assert ">good</th>" not in html


def test_an_empty_canvas_says_what_to_do():
    assert any("Draw a digit" in info.value for info in page().info)


def test_answers_that_differ_are_counted_and_an_unsure_one_is_named():
    sure, unsure = np.full(10, 0.01), np.full(10, 0.05)
    sure[3], unsure[8], unsure[5] = 0.91, 0.4, 0.2
    html = answers_html([Answer("a", sure), Answer("<b>", unsure), Answer("c", sure)])
    assert "3: 2 of them, 8: 1 of them" in html
    assert html.count(t("compare.unsure")) == 1
    assert "5 (20.0 %)" in html
    assert "&lt;b&gt;" in html
    rows = list(csv.DictReader(io.StringIO(answers_csv([Answer("a", sure), Answer("<b>", unsure)]))))
    assert [(row["network"], row["digit"], float(row["p5"])) for row in rows] == [
        ("a", "3", 0.01),
        ("<b>", "8", 0.2),
    ]


def test_a_network_that_finds_no_digit_is_counted_and_named():
    three, eight = np.full(10, 0.01), np.full(10, 0.05)
    three[3], eight[8] = 0.91, 0.55
    html = answers_html([Answer("a", three), Answer("b", eight, is_digit=False), Answer("c", three)])
    assert f"3: 2 of them, {t('compare.votes_no_digit', count=1)}" in html
    assert html.count(">?</td>") == 1
    assert html.count(t("compare.no_digit", digit=8)) == 1
    assert t("compare.unsure") not in html
    assert t("compare.agree_no_digit") in answers_html([Answer("b", eight, is_digit=False)])
    rows = csv.DictReader(io.StringIO(answers_csv([Answer("a", three), Answer("b", eight, is_digit=False)])))
    assert [(row["digit"], row["is_digit"]) for row in rows] == [("3", "True"), ("8", "False")]


def test_a_network_that_is_still_learning_reads_too(monkeypatch):
    monkeypatch.setattr(canvas_stand_in, "image", canvas_image(SEVEN))
    network, run = random_network("mlp-512"), create_run(from_recipe("mlp-512"))
    write_snapshot(run, 4, network.all_weights)
    layers = [asdict(layer) for layer in network.layers]
    started = {"images": 9, "validation_images": 0, "epochs": 2, "batches": 9, "step": 0}
    append_event(run.events, "started", layers=layers, **started)
    assert {row.name: row.kind for row in table_rows()}[run.name] == "learning"
    shown = f">{run.name}, still learning</th>"
    assert shown in words(page())
    assert shown in words(page(compared=[run.name]))


def test_of_too_many_networks_the_best_read(monkeypatch):
    monkeypatch.setattr(canvas_stand_in, "image", canvas_image(SEVEN))
    for module in ("networks", "compare_drawing"):
        monkeypatch.setattr(f"mnist_app.views.{module}.MOST", 2)
    test = page(compared=["good", "poor", DEFAULT_MODEL])
    assert t("compare.most", most=2, count=3) in [each.value for each in test.caption]
    assert ">good</th>" in words(test)
    assert ">My first</th>" not in words(test)


# ------------------------------------------------------------- the other sections


def section(name: str, language: str = "en", **state) -> AppTest:
    return page(language=language, **{"compare-sections": text(f"compare.{name}", language)}, **state)


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_language_keeps_the_page_alive(language):
    other = text("compare.curves", "en" if language == "ko" else "ko")
    page(language=language, **{"compare-sections": other})


@pytest.mark.parametrize("language", LANGUAGES)
def test_curves_name_the_networks_that_have_none(language, runs):
    change_card(runs / "poor", history=[])
    test = section("curves", language, compared=["good", "poor"])
    assert len(test.get("plotly_chart")) == 2
    assert text("compare.without_curves", language, names="My first") in [each.value for each in test.caption]
    test = section("curves", language, compared=["poor"])
    assert test.info[0].value == text("compare.no_curves", language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["maps", "mistakes"])
def test_one_network_alone_is_not_compared(name, language):
    test = section(name, language, compared=["good"])
    assert test.info[0].value == text("compare.two_needed", language)


def test_maps_need_a_drawing_and_then_show_two_networks():
    assert section("maps").info[0].value == t("compare.draw_first")
    test = section("maps", compared=["good", "poor"], my_digit=np.eye(28, dtype=np.float32))
    assert [each.value for each in test.subheader] == ["good", "My first"]
    assert len(test.get("bidi_component")) >= 2


def test_the_second_network_is_never_the_first():
    test = section("maps", **{"compare-first": "poor", "compare-second": "poor"})
    first, second = test.selectbox(key="compare-first"), test.selectbox(key="compare-second")
    assert first.value == "poor"
    assert second.value != "poor"


# ------------------------------------------------------------- curves

CURVES = [
    Curve("a", [{"loss": 2.0, "accuracy": 0.5}, {"loss": 1.0, "accuracy": 0.7}]),
    Curve("b", [{"loss": 1.5, "accuracy": 0.6, "val_loss": 1.8, "val_accuracy": 0.55}]),
]


def test_curves_are_overlaid_by_epoch_and_name_their_network():
    lines = overlay(CURVES, "loss", ("val", "train"), t)["data"]
    assert [(line["name"], line["line"]["dash"], line["x"], line["y"]) for line in lines] == [
        ("a", "dot", [1, 2], [2.0, 1.0]),
        ("b", "solid", [1], [1.8]),
        ("b", "dot", [1], [1.5]),
    ]
    assert all(line["hovertemplate"].startswith(line["name"]) for line in lines)
    assert len({line["line"]["color"] for line in lines}) == 2


def test_one_kind_of_curve_can_be_left_out():
    lines = overlay(CURVES, "accuracy", ("val",), t)["data"]
    assert [(line["name"], line["y"]) for line in lines] == [("b", [0.55])]


def test_the_csv_of_the_curves_has_every_epoch():
    rows = list(csv.DictReader(io.StringIO(curves_csv(CURVES))))
    assert [(row["network"], row["epoch"], row["loss"], row["val_loss"]) for row in rows] == [
        ("a", "1", "2.0", ""),
        ("a", "2", "1.0", ""),
        ("b", "1", "1.5", "1.8"),
    ]
