"""The models on the shelf, and what is wrong with the others."""

from __future__ import annotations

import dataclasses
import math
import shutil
from pathlib import Path

import pytest

from mnist_app.serving import model_folders
from mnist_app.serving.card import CARD, KERAS_FILE, TFLITE_FILE, read_card
from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED, find_models, open_folder, runs_folder
from mnist_app.texts.user_error import UserError
from tests.small_models import change_card, copy_shipped


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def only(folder: Path, *names: str) -> None:
    for path in folder.iterdir():
        if path.name not in names:
            path.unlink()


def half_written(folder: Path) -> None:
    only(folder, TFLITE_FILE, CARD)
    (folder / TFLITE_FILE).rename(folder / f"{TFLITE_FILE}.part")
    (folder / CARD).rename(folder / f"{CARD}.part")


# What can be wrong with a model folder, and the file that is blamed.
DAMAGES = {
    "no-card": (lambda folder: (folder / CARD).unlink(), "incomplete", CARD),
    "empty-card": (lambda folder: (folder / CARD).write_text(""), "damaged", CARD),
    "bad-json": (lambda folder: (folder / CARD).write_text("{"), "damaged", CARD),
    "a-list": (lambda folder: (folder / CARD).write_text("[1, 2]"), "damaged", CARD),
    "a-number": (lambda folder: (folder / CARD).write_text("7"), "damaged", CARD),
    "binary-card": (lambda folder: (folder / CARD).write_bytes(b"\xff\xfe"), "damaged", CARD),
    "card-is-a-folder": (lambda folder: [(folder / CARD).unlink(), (folder / CARD).mkdir()], "damaged", CARD),
    "cut-card": (lambda folder: cut(folder / CARD), "damaged", CARD),
    "no-layers": (lambda folder: change_card(folder, layers=...), "damaged", CARD),
    "layers-null": (lambda folder: change_card(folder, layers=None), "damaged", CARD),
    "layer-without-shape": (lambda folder: change_card(folder, layers=[{"name": "x"}]), "damaged", CARD),
    "no-accuracy": (lambda folder: change_card(folder, test_accuracy=...), "damaged", CARD),
    "accuracy-null": (lambda folder: change_card(folder, test_accuracy=None), "damaged", CARD),
    "accuracy-text": (lambda folder: change_card(folder, test_accuracy="good"), "damaged", CARD),
    "parameters-text": (lambda folder: change_card(folder, parameters="many"), "damaged", CARD),
    "no-counts": (lambda folder: change_card(folder, data={}), "damaged", CARD),
    "unknown-key": (lambda folder: change_card(folder, colour="red"), "damaged", CARD),
    "threshold-text": (lambda folder: change_card(folder, refuse_below="high"), "damaged", CARD),
    "threshold-above-1": (lambda folder: change_card(folder, refuse_below=1.5), "damaged", CARD),
    "figures-null": (lambda folder: change_card(folder, figures=None), "damaged", CARD),
    "figure-text": (lambda folder: change_card(folder, figures={"ece_test": "low"}), "damaged", CARD),
    "figure-nan": (lambda folder: change_card(folder, figures={"digits_refused": math.nan}), "damaged", CARD),
    "temperature-0": (lambda folder: change_card(folder, figures={"temperature": 0}), "damaged", CARD),
    "no-checksum": (lambda folder: change_card(folder, tflite_sha256=...), "damaged", CARD),
    "no-tflite": (lambda folder: (folder / TFLITE_FILE).unlink(), "incomplete", TFLITE_FILE),
    "cut-tflite": (lambda folder: cut(folder / TFLITE_FILE), "damaged", TFLITE_FILE),
    "empty-tflite": (lambda folder: (folder / TFLITE_FILE).write_bytes(b""), "damaged", TFLITE_FILE),
    "flipped-tflite": (lambda folder: flip(folder / TFLITE_FILE), "damaged", TFLITE_FILE),
    "another-checksum": (lambda folder: change_card(folder, tflite_sha256="0" * 64), "damaged", TFLITE_FILE),
    "only-keras": (lambda folder: only(folder, KERAS_FILE), "incomplete", CARD),
    "half-written": (half_written, "incomplete", CARD),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_model_is_named_and_left_out_and_the_good_one_stays(name, tmp_path):
    damage, verdict, file = DAMAGES[name]
    copy_shipped(tmp_path, "good")
    damage(copy_shipped(tmp_path, name))
    shelf = find_models([tmp_path])
    assert list(shelf.folders) == ["good"]
    (problem,) = shelf.problems
    for language, words in (("en", (name, verdict, file)), ("ko", (name, file))):
        assert all(word in problem.message(language) for word in words)
    with pytest.raises(UserError, match=f"“{name}” is {verdict}"):
        shelf.folder(name)
    assert shelf.folder("good") == tmp_path / "good"


def test_a_run_that_still_trains_is_neither_a_model_nor_a_problem(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    for file in ("settings.json", "events.jsonl", "checkpoint.keras", "best.keras", "log.txt", "stop"):
        (run / file).write_text("{}")
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("no folder")
    shelf = find_models([tmp_path])
    assert (shelf.folders, shelf.problems) == ({}, ())


def test_a_finished_run_is_a_model_whatever_else_lies_in_its_folder(tmp_path):
    run = copy_shipped(tmp_path, "run")
    (run / "checkpoint.part.keras").write_text("left over")
    assert list(find_models([tmp_path]).folders) == ["run"]


def test_the_default_model_comes_first_and_the_others_by_name(tmp_path):
    for name in ("zero", DEFAULT_MODEL, "alpha"):
        copy_shipped(tmp_path, name)
    assert list(find_models([tmp_path]).folders) == [DEFAULT_MODEL, "alpha", "zero"]


def test_the_first_place_goes_before_the_second(tmp_path):
    for place in ("shipped", "runs"):
        copy_shipped(tmp_path / place, "same")
    shelf = find_models([tmp_path / "shipped", tmp_path / "runs"])
    assert shelf.folders == {"same": tmp_path / "shipped" / "same"}


def test_a_good_model_stands_in_for_a_damaged_one_of_its_name(tmp_path):
    cut(copy_shipped(tmp_path / "shipped", "same") / TFLITE_FILE)
    good = copy_shipped(tmp_path / "runs", "same")
    shelf = find_models([tmp_path / "shipped", tmp_path / "runs"])
    assert shelf.folder("same") == good
    assert len(shelf.problems) == 1


def test_a_model_is_read_again_only_after_it_has_changed(tmp_path, monkeypatch):
    folder, opened = copy_shipped(tmp_path, "model"), []
    monkeypatch.setattr(model_folders, "open_folder", lambda each: opened.append(each) or open_folder(each))
    for _ in range(3):
        assert list(find_models([tmp_path]).folders) == ["model"]
    assert opened == [folder]
    flip(folder / TFLITE_FILE)
    for _ in range(2):
        assert find_models([tmp_path]).folders == {}
    shutil.copy(SHIPPED / DEFAULT_MODEL / TFLITE_FILE, folder)
    assert list(find_models([tmp_path]).folders) == ["model"]


def test_a_place_that_does_not_exist_is_empty(tmp_path):
    assert find_models([tmp_path / "nowhere"]).folders == {}


def test_the_shipped_model_and_those_trained_here_are_found(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path))
    assert runs_folder() == tmp_path
    copy_shipped(tmp_path, "mine")
    shelf = find_models()
    shipped = {folder.name: folder for folder in SHIPPED.iterdir()}
    assert shelf.folders == shipped | {"mine": tmp_path / "mine"}
    assert shelf.problems == ()


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../good",
        "good/",
        "good/../good",
        "/etc",
        "GOOD",
        "nothing",
        "good\x00",
        "{name}",
        "\ud800",
    ],
    ids=ascii,
)
def test_a_name_that_is_on_no_shelf_is_unknown(name, tmp_path):
    copy_shipped(tmp_path / "shelf", "good")
    with pytest.raises(UserError, match=r"no model called .* Known: good\."):
        find_models([tmp_path / "shelf"]).folder(name)


def test_an_empty_shelf_says_that_it_knows_none(tmp_path):
    with pytest.raises(UserError, match=r"Known: -\."):
        find_models([tmp_path]).folder("any")


def test_a_card_comes_back_from_its_file_as_it_was(tmp_path):
    card = read_card(SHIPPED / DEFAULT_MODEL)
    card.write(tmp_path)
    assert read_card(tmp_path) == card
    assert [path.name for path in tmp_path.iterdir()] == [CARD]


def test_a_threshold_and_figures_come_back_and_an_older_card_has_none(tmp_path):
    figures = {"ece_test": 0.0041, "temperature": 0.62, "drawings": 9041, "ece_drawings": 0.013}
    card = dataclasses.replace(read_card(SHIPPED / DEFAULT_MODEL), refuse_below=0.81, figures=figures)
    card.write(tmp_path)
    found = read_card(tmp_path)
    assert found == card
    assert list(found.measured.items()) == [
        ("refuse_below", 0.81),
        ("temperature", 0.62),
        ("ece_test", 0.0041),
        ("ece_drawings", 0.013),
    ]
    change_card(tmp_path, refuse_below=..., figures=...)
    older = read_card(tmp_path)
    assert (older.refuse_below, older.figures, older.measured) == (0.0, {}, {})


def test_opening_a_folder_gives_the_card_and_the_model_that_belong_together():
    card, content = open_folder(SHIPPED / DEFAULT_MODEL)
    assert card == read_card(SHIPPED / DEFAULT_MODEL)
    assert content == (SHIPPED / DEFAULT_MODEL / TFLITE_FILE).read_bytes()
