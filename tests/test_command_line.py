"""The command line, as a person calls it: ``python -m mnist_app …``."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist_app.__main__ import COMMANDS
from mnist_app.data.mnist import MNIST_SHA256
from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.serving.model_folders import DEFAULT_MODEL
from mnist_app.texts.catalog import LANGUAGES, TERMINAL, text
from tests.conftest import PROJECT
from tests.drawings import FIVE, LETTER_E, ONE, SEVEN, THREE, canvas_image
from tests.small_models import TUTORIALS, change_card, copy_shipped

HANGUL = re.compile("[가-힣]")


def plain_environment() -> dict[str, str]:
    """Return the environment without what changes a program's language or its output's buffer."""
    changing = {*TERMINAL, "PYTHONUNBUFFERED"}
    return {name: value for name, value in os.environ.items() if name not in changing}


@pytest.fixture
def mnist_app(tmp_path):
    """Return the command as a function; its runs lie in a folder of the test."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mnist_app", *map(str, arguments)],
            cwd=PROJECT,
            env=plain_environment()
            | {"LANG": "C.UTF-8", "MNIST_APP_RUNS": str(tmp_path / "runs")}
            | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )

    return run


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    """A folder of five pictures and a file that is none."""
    folder = tmp_path_factory.mktemp("pictures")
    drawings = {"a7.png": SEVEN, "b3.PNG": THREE, "c-dot.png": [[(140, 140), (141, 140)]], "d-blank.png": []}
    for name, strokes in drawings.items():
        image = canvas_image(strokes) if strokes else np.zeros((280, 280), np.uint8)
        Image.fromarray(image).save(folder / name)
    both = np.concatenate([canvas_image(ONE), canvas_image(FIVE)], 1)
    Image.fromarray(255 - both[..., 0]).save(folder / "e15.jpg")
    (folder / "notes.txt").write_text("not a picture, and not named like one")
    return folder


def lines_of(done: subprocess.CompletedProcess[str]) -> list[dict]:
    """Return the JSON lines of a command that went well and said nothing else."""

    def refuse(word: str):
        raise AssertionError(f"{word} is no JSON")

    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line, parse_constant=refuse) for line in done.stdout.splitlines()]


def fails(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Check that a command ended with status 2 and one line, which holds the words."""
    assert done.returncode == 2
    assert done.stderr.endswith("\n")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith(("mnist_app: ", "python -m mnist_app"))
    for word in words:
        assert word in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


# ------------------------------------------------------------- predict


def test_pictures_in_a_folder_are_read_as_json_lines(mnist_app, pictures):
    rows = lines_of(mnist_app("predict", pictures, "--json"))
    assert [Path(row["file"]).name for row in rows] == [
        *("a7.png", "b3.PNG", "c-dot.png", "d-blank.png", "e15.jpg")
    ]
    assert ["".join(str(digit["digit"]) for digit in row["digits"]) for row in rows] == [
        "7",
        "3",
        "",
        "",
        "15",
    ]
    for row in rows:
        assert list(row) == ["file", "digits"]
        for digit in row["digits"]:
            assert list(digit) == ["digit", "probability", "probabilities", "box", "is_digit"]
            assert digit["is_digit"] is True
            assert len(digit["probabilities"]) == 10
            assert sum(digit["probabilities"]) == pytest.approx(1, abs=1e-4)
            assert digit["probability"] == max(digit["probabilities"])
            assert digit["probabilities"].index(digit["probability"]) == digit["digit"]
            x, y, width, height = digit["box"]
            assert 0 <= x < x + width <= 560
            assert 0 <= y < y + height <= 280
    one, five = rows[-1]["digits"]
    assert one["box"][0] + one["box"][2] < 280 <= five["box"][0]


def test_a_picture_is_read_as_a_sentence(mnist_app, pictures):
    done = mnist_app("predict", pictures / "a7.png", pictures / "d-blank.png", pictures / "c-dot.png")
    assert (done.returncode, done.stderr) == (0, "")
    seven, blank, dot = done.stdout.splitlines()
    assert re.fullmatch(rf"{re.escape(str(pictures / 'a7.png'))}: 7   7 \(\d+\.\d%\)", seven)
    assert blank.endswith(": Nothing drawn yet")
    assert dot.endswith(": Only a dot")


@pytest.fixture
def lenient(tmp_path) -> str:
    """The name of a model that takes everything for a digit, and of which nothing was measured."""
    folder = copy_shipped(tmp_path / "runs", "lenient")
    change_card(folder, refuse_below=0.0, figures={})
    return folder.name


@pytest.fixture
def strict(tmp_path) -> str:
    """The name of a model that calls digits only what has 99.8 % for two of them; its card has figures."""
    folder = copy_shipped(tmp_path / "runs", "strict")
    change_card(folder, refuse_below=0.998, figures={"ece_drawings": 0.0123, "temperature": 0.6})
    return folder.name


def test_what_looks_like_no_digit_is_said_and_its_closest_digit_still_told(
    mnist_app, strict, lenient, tmp_path
):
    letter = canvas_image(LETTER_E)
    Image.fromarray(letter).save(tmp_path / "letter.png")
    both = np.concatenate([letter, canvas_image(THREE)], 1)
    Image.fromarray(both).save(tmp_path / "letter3.png")
    files = (tmp_path / "letter.png", tmp_path / "letter3.png")
    usual = lines_of(mnist_app("predict", *files, "--json", "--model", lenient))
    found = lines_of(mnist_app("predict", *files, "--json", "--model", strict))
    told = [[digit.pop("is_digit") for digit in row["digits"]] for row in found]
    assert told == [[False], [False, True]]
    assert [[digit.pop("is_digit") for digit in row["digits"]] for row in usual] == [[True], [True, True]]
    assert found == usual  # all else is as it was
    closest = found[0]["digits"][0]
    one, two = mnist_app("predict", *files, "--model", strict).stdout.splitlines()
    words = text("reading.no_digit", "en", digit=closest["digit"], percent=f"{closest['probability']:.1%}")
    assert one.endswith(f": ?   {words}")
    assert f": ?3   {words} 3 (" in two
    assert HANGUL.search(mnist_app("predict", files[0], "--model", strict, LANG="ko_KR.UTF-8").stdout)


def test_a_picture_with_a_single_digit_is_read_as_one(mnist_app, pictures):
    (row,) = lines_of(mnist_app("predict", pictures / "e15.jpg", "--json", "--single"))
    assert len(row["digits"]) == 1


def test_a_model_is_chosen_by_its_name(mnist_app, pictures, tmp_path):
    copy_shipped(tmp_path / "runs", "mine")
    first, second = (
        lines_of(mnist_app("predict", pictures / "a7.png", "--json", "--model", name))
        for name in ("mine", DEFAULT_MODEL)
    )
    assert first == second


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_whoever_stops_reading_the_output_gets_no_complaint(unbuffered, pictures):
    process = subprocess.Popen(
        [sys.executable, "-m", "mnist_app", "predict", str(pictures)],
        cwd=PROJECT,
        env=plain_environment() | {"PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()  # as head does when it has seen enough
    error = process.stderr.read()
    process.stderr.close()
    assert (process.wait(60), error) == (0, b"")


def test_a_path_that_does_not_exist_is_named(mnist_app, tmp_path):
    fails(mnist_app("predict", tmp_path / "gone.png"), "There is no file or folder", "gone.png")


def test_a_folder_without_pictures_is_named(mnist_app, tmp_path):
    (tmp_path / "empty").mkdir()
    fails(mnist_app("predict", tmp_path / "empty", "--json"), "no pictures in the folder", "empty")


def test_a_folder_that_is_named_like_a_picture_is_no_picture(mnist_app, tmp_path):
    (tmp_path / "album" / "odd.png").mkdir(parents=True)
    fails(mnist_app("predict", tmp_path / "album"), "odd.png")


@pytest.mark.parametrize(
    ("name", "words"),
    [("text.png", "not a picture"), ("empty.png", "not a picture"), ("cut.png", "damaged or incomplete")],
)
def test_a_bad_picture_is_named(name, words, mnist_app, pictures, tmp_path):
    contents = {
        "text.png": b"no picture",
        "empty.png": b"",
        "cut.png": (pictures / "a7.png").read_bytes()[:-400],
    }
    (tmp_path / name).write_bytes(contents[name])
    fails(mnist_app("predict", tmp_path / name, "--json"), name, words)


def test_the_pictures_beside_a_bad_one_are_read_all_the_same(mnist_app, pictures, tmp_path):
    for name in ("a7.png", "b3.PNG"):
        (tmp_path / name).write_bytes((pictures / name).read_bytes())
    (tmp_path / "a8.png").write_bytes(b"no picture")
    done = mnist_app("predict", tmp_path, "--json")
    fails(done, "a8.png", "not a picture")
    assert [json.loads(line)["digits"][0]["digit"] for line in done.stdout.splitlines()] == [7, 3]


@pytest.mark.parametrize("name", ["lenet", "../convnet-80", ""])
def test_a_bad_model_name_is_answered_with_the_known_ones(name, mnist_app, pictures):
    done = mnist_app("predict", pictures / "a7.png", "--model", name)
    fails(done, f"no model called “{name}”", DEFAULT_MODEL)


def test_a_damaged_model_is_named(mnist_app, pictures, tmp_path):
    (copy_shipped(tmp_path / "runs", "broken") / "model.tflite").write_bytes(b"no model")
    fails(mnist_app("predict", pictures / "a7.png", "--model", "broken"), "“broken” is damaged")


# ------------------------------------------------------------- models, data, evaluate


def test_models_are_listed_and_damaged_ones_named(mnist_app, tmp_path):
    copy_shipped(tmp_path / "runs", "mine")
    rows = lines_of(mnist_app("models", "--json"))
    names = [row["name"] for row in rows]
    assert names == [DEFAULT_MODEL, *sorted(set(ARCHITECTURES) - {DEFAULT_MODEL}), "mine"]
    assert list(rows[0]) == [
        *("name", "folder", "architecture", "parameters", "test_accuracy", "refuse_below", "figures")
    ]
    assert rows[0]["parameters"] == 210_634
    assert rows[0]["test_accuracy"] >= 0.994
    (tutorials,) = (row for row in rows if row["name"] == TUTORIALS)
    assert (tutorials["parameters"], tutorials["refuse_below"]) == (104_202, 0.0)
    assert tutorials["test_accuracy"] >= 0.991
    assert Path(rows[-1]["folder"]) == tmp_path / "runs" / "mine"
    (copy_shipped(tmp_path / "runs", "broken") / "card.json").write_text("{")
    done = mnist_app("models")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines() if not line.startswith(" ")] == names
    (problem,) = done.stderr.splitlines()
    assert "“broken” is damaged" in problem


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_card_says_of_its_confidence_is_listed_below_the_model(language, mnist_app, strict):
    lines = mnist_app("models", LANG=f"{language}.UTF-8").stdout.splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith(strict))
    figures = {"refuse_below": "99.80%", "temperature": "0.60", "ece_drawings": "1.23%"}
    for line, (name, value) in zip(lines[place + 1 :], figures.items(), strict=True):
        assert line.startswith(f"    {text(f'measured.{name}', language)}: {value}. ")
        assert line.endswith(text(f"measured.{name}_help", language))


def test_data_says_where_mnist_comes_from_with_counts_and_checksum(mnist_app, small_npz):
    (row,) = lines_of(mnist_app("data", "--json", "--data", small_npz))
    assert row == {
        "source": "file",
        "path": str(small_npz),
        "train": 500,
        "test": 200,
        "classes": {"train": [50] * 10, "test": [20] * 10},
        "sha256": row["sha256"],
        "original": False,
    }
    assert re.fullmatch("[0-9a-f]{64}", row["sha256"])
    done = mnist_app("data", MNIST_NPZ=str(small_npz))
    assert done.returncode == 0
    for words in (str(small_npz), "500 training images, 200 test images", row["sha256"], "not the original"):
        assert words in done.stdout


def test_the_original_data_is_called_original(mnist_app, full_mnist):
    (row,) = lines_of(mnist_app("data", "--json"))
    assert (row["train"], row["test"]) == (60_000, 10_000)
    assert (row["original"], row["sha256"]) == (True, MNIST_SHA256)


def test_a_model_is_evaluated_on_the_test_images(mnist_app, small_npz):
    (row,) = lines_of(mnist_app("evaluate", "--json", "--data", small_npz, "--model", TUTORIALS))
    assert (row["model"], row["source"], row["images"]) == (TUTORIALS, "file", 200)
    assert row["test_accuracy"] == row["right"] / 200 > 0.95
    assert 0 < row["test_loss"] < 0.5
    low, high = row["interval_95"]
    assert low < row["test_accuracy"] < high
    assert sum(map(sum, row["confusion"])) == sum(row["support"]) == 200
    assert sum(counts[digit] for digit, counts in enumerate(row["confusion"])) == row["right"]
    assert [len(row[name]) for name in ("precision", "recall", "f1")] == [10, 10, 10]
    assert row["recall"][3] == row["confusion"][3][3] / 20
    assert 0 <= row["calibration_error"] < 0.1
    done = mnist_app("evaluate", "--data", small_npz, "--model", TUTORIALS)
    first, accuracy, *others = done.stdout.splitlines()
    assert "small.npz" in first
    assert accuracy.startswith(f"{row['right']} of 200 test images right")
    assert f"{low:.2%} – {high:.2%}" in others[0]
    assert others[-7].startswith(f"3: precision {row['precision'][3]:.2%}, recall {row['recall'][3]:.2%}")


def test_without_a_name_the_default_model_is_evaluated(mnist_app, small_npz, predictor):
    (row,) = lines_of(mnist_app("evaluate", "--json", "--data", small_npz))
    assert (row["model"], row["refuse_below"]) == (DEFAULT_MODEL, predictor.card.refuse_below)
    assert row["figures"] == predictor.card.figures
    assert row["test_accuracy"] > 0.97
    assert row["refused"] < 10


def test_how_many_test_images_a_model_refuses_is_told(mnist_app, small_npz, strict, lenient):
    (usual,) = lines_of(mnist_app("evaluate", "--json", "--data", small_npz, "--model", lenient))
    assert (usual["refuse_below"], usual["refused"]) == (0.0, 0)
    (row,) = lines_of(mnist_app("evaluate", "--json", "--data", small_npz, "--model", strict))
    assert (row["refuse_below"], row["figures"]) == (0.998, {"ece_drawings": 0.0123, "temperature": 0.6})
    assert 0 < row["refused"] < 20
    assert {name: row[name] for name in ("right", "calibration_error")} == {
        name: usual[name] for name in ("right", "calibration_error")
    }
    told = mnist_app("evaluate", "--data", small_npz, "--model", strict).stdout
    assert f"{row['refused']} of 200 test images, {row['refused'] / 200:.2%}" in told
    assert "Temperature: 0.60. " in told


def test_a_digit_that_the_images_do_not_have_has_no_recall(mnist_app, small_npz, tmp_path):
    with np.load(small_npz) as arrays:
        sevens = {name: array[arrays[f"y_{name[2:]}"] == 7] for name, array in arrays.items()}
    np.savez(tmp_path / "sevens.npz", **sevens)
    (row,) = lines_of(mnist_app("evaluate", "--json", "--data", tmp_path / "sevens.npz"))
    assert (row["images"], row["support"][7]) == (20, 20)
    assert (row["recall"][3], row["recall"][7]) == (None, row["test_accuracy"])
    assert "3: precision" in mnist_app("evaluate", "--data", tmp_path / "sevens.npz").stdout


@pytest.mark.parametrize("command", ["data", "evaluate"])
def test_bad_data_is_named(command, mnist_app, tmp_path):
    fails(mnist_app(command, "--data", tmp_path / "gone.npz"), "no file", "gone.npz")
    (tmp_path / "bad.npz").write_text("no data")
    fails(mnist_app(command, MNIST_NPZ=str(tmp_path / "bad.npz")), "bad.npz is damaged")


# ------------------------------------------------------------- train


def test_training_leaves_a_model_that_the_other_commands_use(mnist_app, small_npz, tmp_path, pictures):
    out = tmp_path / "runs" / "small"
    done = mnist_app(
        *("train", "--json", "--recipe", "mlp-512", "--epochs", 1, "--data", small_npz, "--out", out),
        *("--set", "train_images=300", "--set", "batch_size = 30"),
    )
    events = lines_of(done)
    kinds = [event["event"] for event in events if event["event"] != "batch"]
    assert kinds == [
        *("preparing", "started", "epoch", "checkpoint"),
        *("fitted", "evaluating", "evaluated", "finished"),
    ]
    assert events[1]["images"] == 300
    assert {"model.keras", "model.tflite", "card.json"} <= {path.name for path in out.iterdir()}

    rows = lines_of(mnist_app("models", "--json"))
    assert rows[-1]["name"] == "small"
    assert rows[-1]["test_accuracy"] == next(e for e in events if e["event"] == "evaluated")["test_accuracy"]
    (row,) = lines_of(mnist_app("evaluate", "--model", "small", "--data", small_npz, "--json"))
    assert row["test_accuracy"] == pytest.approx(rows[-1]["test_accuracy"], abs=1e-6)
    assert len(lines_of(mnist_app("predict", pictures, "--model", "small", "--json"))) == 5


def test_training_shows_its_progress_and_says_why_it_fails(mnist_app, tmp_path):
    (tmp_path / "bad.npz").write_text("no data")
    done = mnist_app("train", "--data", tmp_path / "bad.npz", "--out", tmp_path / "out")
    fails(done, "bad.npz is damaged")
    assert done.stdout.startswith("Loading TensorFlow")
    assert json.loads((tmp_path / "out" / "events.jsonl").read_text().splitlines()[-1])["event"] == "failed"


def test_training_does_not_start_in_a_folder_that_holds_something(mnist_app, small_npz, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    fails(mnist_app("train", "--data", small_npz, "--out", tmp_path / "mine"), "mine is not empty")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--recipe", "lenet"], "no recipe called “lenet”"),
        (["--epochs", "many"], "setting epochs"),
        (["--epochs", "0"], "setting epochs must lie between 1 and 1000"),
        (["--set", "batch_size"], "--set takes name=value"),
        (["--set", "colour=red"], "no setting called “colour”"),
        (["--set", "learning_rate=nan"], "setting learning_rate"),
        (["--set", "optimizer=adamax"], "setting optimizer must be one of sgd"),
        (["--set", "validation=none", "--set", "patience=3"], "validation images"),
        (["--data", "gone.npz"], "no file gone.npz"),
        (["--set", "data=gone.npz"], "no file gone.npz"),
    ],
    ids=" ".join,
)
def test_a_training_that_cannot_be_is_refused_at_once(arguments, words, mnist_app, tmp_path):
    fails(mnist_app("train", "--out", tmp_path / "out", *arguments), words)
    assert not (tmp_path / "out").exists()


# ------------------------------------------------------------- the command itself


@pytest.mark.parametrize("language", ["C.UTF-8", "ko_KR.UTF-8"])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_has_help_in_every_language(command, language, mnist_app):
    done = mnist_app(*filter(None, [command]), "--help", LANG=language)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--help" in done.stdout
    if language == "C.UTF-8":
        assert not HANGUL.search(done.stdout)
    else:  # nothing but names is left in English
        assert not re.search("[a-z]{2,} [a-z]{2,}", done.stdout.partition("\n\n")[2])


def test_the_help_says_what_its_language_is_chosen_by(mnist_app):
    assert "MNIST_APP_LANG" in mnist_app("--help").stdout
    assert "MNIST_APP_LANG" in mnist_app("--help", MNIST_APP_LANG="ko").stdout


@pytest.mark.parametrize("arguments", [[], ["paint"], ["predict"], ["models", "--colour"]], ids=str)
def test_a_call_that_cannot_be_understood_is_answered_in_one_line(arguments, mnist_app):
    fails(mnist_app(*arguments))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["paint"], "'paint' 대신"),
        (["predict"], "인자가 빠졌습니다: PATH"),
        (["models", "--colour"], "알 수 없는 인자: --colour"),
        (["train", "--epochs"], "--epochs: 값을 하나"),
        (["models", "--json=3"], "값을 받지 않는 옵션"),
    ],
    ids=" ".join,
)
def test_a_call_that_cannot_be_understood_is_answered_in_korean(arguments, words, mnist_app):
    done = mnist_app(*arguments, MNIST_APP_LANG="ko")
    fails(done, words)
    assert not re.search("[a-z]{2,} [a-z]{2,}", done.stderr.partition(": ")[2])


def test_everything_is_said_in_the_terminals_language(mnist_app, pictures, tmp_path):
    korean = {"LANG": "ko_KR.UTF-8"}
    done = mnist_app("predict", pictures / "d-blank.png", **korean)
    assert done.stdout.endswith(": 아직 그린 것이 없습니다\n")
    done = mnist_app("predict", tmp_path / "gone.png", **korean)
    fails(done, "파일이나 폴더가 없습니다")
    (tmp_path / "text.png").write_text("no picture")
    done = mnist_app("predict", tmp_path / "text.png", **korean)
    fails(done, "그림 파일이 아닙니다")
    assert not re.search("[A-Za-z]{3,} [a-z]{2,} ", done.stderr.split("text.png: ")[1])  # no English within
    # LC_ALL goes before LANG, as everywhere.
    assert (
        "Nothing drawn yet"
        in mnist_app("predict", pictures / "d-blank.png", **korean, LC_ALL="C.UTF-8").stdout
    )
