"""What strangers send: pictures, zips, names, models, runs, requests, and two people at the same thing.

Each row of a table is an attack; what must come of it is one sentence or a refusal, the process lives
on, and nothing is written but where it belongs.  Attacks on one thing alone stand with its own tests
(``test_drawings.py``: zips; ``test_links.py``; ``test_faults.py``: models with code; ``test_mnist.py``).
"""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import json
import os
import shutil
import socket
import stat
import struct
import threading
import time
import urllib.request
import zipfile
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_app.api import service as service_module
from mnist_app.api.answers import MOST_IMAGES
from mnist_app.api.service import service
from mnist_app.data.drawings import add_drawing, drawing_files, from_zip, read_drawings, to_zip
from mnist_app.data.files import MOST_JSON, is_name, write_whole
from mnist_app.numerics.picture import MAX_PIXELS, read_picture
from mnist_app.serving.card import CARD, KERAS_FILE, TFLITE_FILE, read_card
from mnist_app.serving.model_folders import SHIPPED, find_models
from mnist_app.serving.predictor import Predictor
from mnist_app.serving.trial import is_sound
from mnist_app.serving.weights import read_weights
from mnist_app.texts.catalog import LANGUAGES, text
from mnist_app.texts.user_error import UserError
from mnist_app.training import queue
from mnist_app.training.events import LONGEST_LINE, append_event, read_events
from mnist_app.training.history import read_history
from mnist_app.training.notes import LONGEST_NAME, Notes, read_notes, write_notes
from mnist_app.training.queue import LocalProcesses
from mnist_app.training.run_directory import RunDirectory, all_runs, create_run
from mnist_app.training.settings import from_recipe
from mnist_app.training.snapshots import snapshots, write_snapshot
from mnist_app.training.sweeps import FOLDER as SWEEPS
from mnist_app.training.sweeps import find_sweeps
from tests import canvas_stand_in
from tests.small_models import change_card, copy_shipped

canvas_stand_in.install()

from mnist_app.views.compare_curves import Curve, curves_csv, overlay  # noqa: E402 (they import the canvas)
from mnist_app.views.lessons.formula import words  # noqa: E402
from mnist_app.views.plain import WORD_JOINER, markdown  # noqa: E402
from mnist_app.views.tables import csv_table, html_table  # noqa: E402
from mnist_app.views.training_result import import_name, run_zip  # noqa: E402

CRASHER = (1_629_152, "ffffffff")  # found by changing bytes of the model at random
ME, YOU = "0123456789abcdef" * 2, "f" * 32
LONG, DEEP = "a" * 5000, "[" * 100_000


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch, small_npz) -> Path:
    """An empty folder of runs; a worker that is asked for never comes."""
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("MNIST_NPZ", str(small_npz))
    monkeypatch.setattr(queue.LocalProcesses, "_start", lambda self, waiting: False)
    monkeypatch.setattr(queue.LocalProcesses, "follow", lambda self: None)
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


def everything_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def refused(key: str, function, *arguments) -> None:
    """Assert that a call is refused with one sentence, in every language."""
    with pytest.raises(UserError) as caught:
        function(*arguments)
    assert caught.value.key == key
    for language in LANGUAGES:
        assert "\n" not in caught.value.message(language)


# ------------------------------------------------------------- pictures


def saved(image: Image.Image, kind: str, **options) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """Return a PNG of some bytes that claims a size."""
    whole = saved(Image.new("L", (28, 28)), "PNG")
    header = b"IHDR" + struct.pack(">II", width, height) + whole[24:29]
    return whole[:12] + header + struct.pack(">I", zlib.crc32(header)) + whole[33:]


def webp_of_size(width: int, height: int) -> bytes:
    """Return an animated WebP of 90 bytes that claims a size."""
    small = saved(Image.new("RGB", (4, 4)), "WEBP", lossless=True)[12:]

    def three(value: int) -> bytes:
        return struct.pack("<I", value)[:3]

    frame = three(0) * 2 + three(3) * 2 + three(1) + b"\0" + small
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\2\0\0\0" + three(width - 1) + three(height - 1)
    body += b"ANIM" + struct.pack("<I", 6) + bytes(6) + b"ANMF" + struct.pack("<I", len(frame)) + frame
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_of_size(side: int) -> bytes:
    content = bytearray(saved(Image.new("L", (16, 16), 128), "JPEG"))
    place = content.index(b"\xff\xc0") + 5
    content[place : place + 4] = struct.pack(">HH", side, side)
    return bytes(content)


def gif_of_size(side: int) -> bytes:
    whole = saved(Image.new("P", (4, 4)), "GIF")
    return whole[:6] + struct.pack("<HH", side, side) + whole[10:]


BOMBS = {
    "png": png_of_size(60_000, 60_000),
    "png, one row": png_of_size(2**31 - 1, 1),
    "png, just too many": png_of_size(8_001, 8_000),
    "jpeg": jpeg_of_size(65_500),
    "webp": webp_of_size(16_383, 16_383),
    "webp, 2⁴⁸ pixels": webp_of_size(2**24, 2**24),
    "gif": gif_of_size(65_535),
    "ppm": b"P6 100000 100000 255\n",
    "bmp": saved(Image.new("L", (8, 8)), "BMP").replace(
        struct.pack("<ii", 8, 8), struct.pack("<ii", 90_000, 90_000)
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_picture_that_claims_to_be_vast_is_refused_and_never_decoded(name, monkeypatch):
    def decode(*_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(Image.Image, "load", decode)
    monkeypatch.setattr("mnist_app.numerics.picture._grey_and_alpha", decode)
    with pytest.raises(UserError) as caught:
        read_picture(BOMBS[name])
    assert caught.value.key in {"error.picture_too_large", "error.picture_bomb"}


def text_bomb() -> bytes:
    """Return a PNG with a megabyte of remarks packed into a thousandth of that, a hundred times."""
    whole = saved(Image.new("L", (28, 28), 255), "PNG")
    body = b"zTXtx\0\0" + zlib.compress(bytes(900_000), 9)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return whole[:33] + chunk * 100 + whole[33:]


def floats(value: float) -> bytes:
    """Return a TIFF of floats, some of which are ``value``."""
    grey = np.ones((40, 40), np.float32)
    grey[10:30, 19:22] = value
    return saved(Image.fromarray(grey), "TIFF")


FRAMES = [Image.new("L", (50, 50), n % 256) for n in range(400)]
# What is small or strange, and has to be read or refused.
STRANGE = {
    "4,000 frames": saved(FRAMES[0], "GIF", save_all=True, append_images=FRAMES[1:] * 10, optimize=False),
    "frames of webp": saved(FRAMES[0], "WEBP", save_all=True, append_images=FRAMES[1:50]),
    "remarks": text_bomb(),
    "packed 1,000 to 1": saved(Image.new("1", (8000, 7900)), "PNG"),
    "not a number": floats(np.nan),
    "infinite": floats(np.inf),
    "minus infinity": floats(-np.inf),
    "beyond float": floats(3.4e38),
    "all not a number": saved(Image.fromarray(np.full((9, 9), np.nan, np.float32)), "TIFF"),
    "a float map of ones in every bit": b"Pf 20 20 -1.0\n" + b"\xff" * 1600,
    "below zero": saved(Image.fromarray(np.full((20, 20), -5, np.int32)), "TIFF"),
    "exif without end": b"\xff\xd8\xff\xe1\xff\xff" + b"Exif\0\0MM\0*\0\0\0\x08" + b"\xff" * 100,
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_picture_is_ink_or_a_sentence(name):
    try:
        ink = read_picture(STRANGE[name])
    except UserError as error:
        assert error.key in {"error.picture_damaged", "error.not_a_picture"}
    else:
        assert ink.dtype == np.float32
        assert np.isfinite(ink).all()
        assert 0 <= ink.min() <= ink.max() <= 1


def test_pictures_of_one_request_have_together_no_more_pixels_than_one_may_have(monkeypatch):
    def decode(*_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(service_module, "read_picture", decode)
    files = [("images", (f"{n}.webp", webp_of_size(8_000, 7_900))) for n in range(MOST_IMAGES)]
    with TestClient(service()) as client:
        reply = client.post("/api/predict", files=files)  # of some kilobytes: a minute and a half of decoding
    assert reply.status_code == 413
    assert reply.json()["detail"] == text("api.too_many_pixels", "en", most=MAX_PIXELS // 10**6)


# ------------------------------------------------------------- zips of drawings


def digit_png() -> bytes:
    return saved(Image.new("L", (28, 28), 7), "PNG")


def entry(name: str, mode: int = 0, flags: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr, info.flag_bits = mode << 16, flags
    return info


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, inside in entries:
            archive.writestr(name, inside)
    return content.getvalue()


def encrypted() -> bytes:
    content = bytearray(zipped(("0001-3.png", digit_png())))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.rindex(mark) + offset] |= 1
    return bytes(content)


ZIPS = {
    "a link": (zipped((entry("0001-3.png", stat.S_IFLNK | 0o777), b"/etc/passwd")), None),
    "the same name twice": (
        zipped((entry("0001-3.png"), digit_png()), (entry("./0001-3.png"), digit_png())),
        2,
    ),
    "digits of another script": (zipped(("٣-3.png", digit_png()), ("1-３.png", digit_png())), None),
    "a password": (encrypted(), None),
    "10,000 members that are none": (
        zipped(("1-3.png", digit_png()), *((f"{n}/{'a' * 40}", b"") for n in range(10_000))),
        1,
    ),
    "a device": (zipped((entry("0001-3.png", stat.S_IFCHR | 0o666), digit_png())), 1),
    "a program before it": (b"#!/bin/sh\n" * 50 + zipped(("0001-3.png", digit_png())), 1),
    "a number without end": (zipped((f"{'9' * 250}-3.png", digit_png())), 1),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ZIPS)
def test_a_strangers_zip_is_taken_in_as_drawings_or_not_at_all(name, tmp_path):
    content, count = ZIPS[name]
    before = everything_below(tmp_path)
    if count is None:
        refused("error.drawings_zip", from_zip, tmp_path / "set", content)
        assert everything_below(tmp_path) == before
        return
    assert from_zip(tmp_path / "set", content) == count
    expected = {f"set/{number:04}-3.png" for number in range(1, count + 1)}
    assert everything_below(tmp_path) - before == expected
    assert not any((tmp_path / name).is_symlink() for name in expected)


def test_a_set_that_the_disk_has_no_room_for_is_a_sentence_and_none_of_it_stays(tmp_path, monkeypatch):
    add_drawing(tmp_path / "set", np.ones((28, 28), np.float32), 1)
    real, room = Path.open, iter([True, True, False])

    def opened(path: Path, *arguments: object, **options: object):
        if path.suffix == ".part" and not next(room):
            path.touch()  # its name fits, its content does not
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", opened)
    content = zipped(*((f"{n}-3.png", digit_png()) for n in range(3)))
    refused("error.folder_not_writable", from_zip, tmp_path / "set", content)
    monkeypatch.undo()
    assert [path.name for path in (tmp_path / "set").iterdir()] == ["0001-1.png"]


def test_a_person_who_draws_in_many_windows_at_once_loses_no_drawing(tmp_path):
    def draw(label: int) -> None:
        for _ in range(12):
            add_drawing(tmp_path, np.full((28, 28), label / 10, np.float32), label)

    threads = [threading.Thread(target=draw, args=(label,)) for label in (3, 3, 3, 7, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [int(path.name[:4]) for path in drawing_files(tmp_path)]
    assert (len(numbers), len(set(numbers))) == (60, 60)
    assert np.bincount(read_drawings(tmp_path).labels).tolist() == [0, 0, 0, 36, 0, 0, 0, 24]
    assert not list(tmp_path.glob("*.part"))


def test_a_half_drawing_of_a_process_that_was_killed_takes_no_place_from_the_next(tmp_path):
    (tmp_path / "0001.part").write_bytes(b"half")
    assert add_drawing(tmp_path, np.ones((28, 28), np.float32), 4).name == "0002-4.png"


# ------------------------------------------------------------- names

NAMES = {
    "ordinary": ("20260101-120000-convnet-80 (2)", True),
    "Korean": ("20260101-실험 – été", True),
    "up": ("..", False),
    "here": (".", False),
    "nothing": ("", False),
    "above": ("../x", False),
    "deep above": ("a/../../x", False),
    "absolute": ("/etc/passwd", False),
    "drive": ("C:\\x", False),
    "NUL": ("a\0b", False),
    "lines": ("a\nb", False),
    "half a character": ("a\udcff", False),
    "turned around": ("a\u202egnp.exe", False),
    "nothing to be seen": ("a\u200bb", False),
    "long": ("a" * 256, False),
    "long in bytes": ("가" * 86, False),
}


@pytest.mark.parametrize("name", NAMES)
def test_only_a_name_is_a_name(name):
    given, expected = NAMES[name]
    assert is_name(given) == expected


ASKED = {
    "above": "../models",
    "above, twice": "../../etc/passwd",
    "absolute": "/etc/passwd",
    "long": LONG,
    "percent": "%2e%2e/x",
    "percent twice": "%252e%252e%252fx",
    "NUL": "convnet-80\0",
    "lines": "a\r\nX-Y: x",
    "a look-alike": "сonvnet-80",
    "wide": "ｃｏｎｖｎｅｔ-80",
    "upper": "CONVNET-80",
    "a blank": "convnet-80 ",
    "reserved": "con",
    "a script": "<script>alert(1)</script>",
    "a template": "{self.__init__}",
    "dots": ".",
}


@pytest.mark.parametrize("name", ASKED)
def test_a_model_that_is_asked_for_by_a_strange_name_is_unknown(name, runs):
    refused("error.unknown_model", find_models().folder, ASKED[name])
    with TestClient(service()) as client:
        reply = client.post(
            "/api/predict",
            params={"model": ASKED[name]},
            content=digit_png(),
            headers={"content-type": "image/png"},
        )
    assert reply.status_code == 404
    assert reply.json()["status"] == 404
    assert set(reply.headers) <= {"content-length", "content-type"}
    assert everything_below(runs) == set()


UPLOADED = {
    "my net.keras": "my net.keras",
    "내 모델.keras": "내 모델.keras",
    "../../x.keras": "_.._x.keras",
    "..\\x.keras": "_x.keras",
    ".keras": "model.keras",
    "..": "model.keras",
    "": "model.keras",
    "a\0b.keras": "a_b.keras",
    "C:\\con.keras": "C__con.keras",
    f"{LONG}.keras": f"{'a' * 80}.keras",
    "<img src=x>.keras": "_img src_x_.keras",
    "x.h5": "x.h5.keras",
}


@pytest.mark.parametrize("name", UPLOADED)
def test_an_uploaded_model_gets_a_name_that_stays_in_its_folder(name):
    assert import_name(name) == UPLOADED[name]
    assert is_name(import_name(name))


def test_a_folder_whose_name_cannot_be_shown_is_named_and_breaks_no_page(runs):
    bad = os.fsdecode(b"\xb3\xd7\xc6\xae")  # as old programs unpack a zip with Korean names
    copy_shipped(runs, "good")
    shutil.copytree(runs / "good", runs / bad)
    shutil.copytree(runs / "good", runs / "turned \u202e around")
    for folder in runs.iterdir():
        (folder / "settings.json").write_text("{}")
    shelf = find_models([runs])
    assert list(shelf.folders) == ["good"]
    assert [problem.key for problem in shelf.problems] == ["error.folder_name"] * 2
    "".join(problem.message("ko") for problem in shelf.problems).encode()
    assert [run.name for run in all_runs(runs)] == ["good"]


# ------------------------------------------------------------- scripts and markup in what people type

MARKUP = '<img src=x onerror="window.ran=1"><b>b</b> [l](javascript:alert(1)) ![](//x/y.png) **b** $x^2$ %{x}'


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("plain, it's 50 % (ok): a/b - c.", "plain, it's 50 % (ok): a/b - c."),
        ("convnet-80_plus, val_loss", "convnet-80_plus, val_loss"),
        ("<b>", r"\<b\>"),
        ("[x](javascript:1)", rf"\[x\](javascript:{WORD_JOINER}1)"),
        ("**b** `c` ~~d~~ _e_", r"\*\*b\*\* \`c\` \~\~d\~\~ \_e\_"),
        ("$x$ a|b &lt; \\", r"\$x\$ a\|b \&lt; " + "\\\\"),
        (":red[x] :material/home:", rf":{WORD_JOINER}red\[x\] :{WORD_JOINER}material/home:"),
        ("# title", f"{WORD_JOINER}# title"),
        ("- item\n\n1. two", f"{WORD_JOINER}- item 1. two"),
        ("https://x.y", f"https:{WORD_JOINER}//x.y"),
    ],
)
def test_what_is_typed_is_no_markdown(typed, shown):
    assert markdown(typed) == shown


def test_what_is_typed_is_no_html_in_tables_and_charts():
    assert "<img" not in html_table(MARKUP, [MARKUP], [[MARKUP]])
    figure = overlay(
        [Curve(MARKUP, [{"val_loss": 1.0, "loss": 1.0}])], "loss", ("val",), lambda key, **_: key
    )
    (line,) = figure["data"]
    for shown in (line["name"], line["hovertemplate"].split("<br>")[0]):
        assert "<" not in shown
        assert "%{" not in shown


def test_what_is_typed_is_no_tex():
    assert words(r"a}\href{javascript:1}{b}^2~") == r"\text{a\}/href\{javascript:1\}\{b\}2-}"


def test_no_cell_of_a_csv_is_a_formula():
    typed = ["=cmd|'/c calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "-0.5", "plain", -0.5, None]
    found = list(csv.reader(io.StringIO(csv_table(["name"], [[value] for value in typed]), newline="")))
    assert [row[0] if row else "" for row in found[1:]] == [
        *("'=cmd|'/c calc'!A0", "'+1+1", "'-1+1", "'@SUM(A1)", "'\t=1", "-0.5", "plain", "-0.5", ""),
    ]
    assert "\r\n'=1+1," in curves_csv([Curve("=1+1", [{"loss": 1.0}])])


def test_a_name_and_a_note_are_cut_when_they_are_read_too(runs):
    run = create_run(from_recipe("mlp-512"))
    run.notes.write_text(json.dumps({"owner": ME, "name": LONG, "note": LONG * 9}))
    notes = read_notes(run)
    assert (len(notes.name), len(notes.note)) == (LONGEST_NAME, 2000)


# ------------------------------------------------------------- models of strangers


def test_a_model_that_would_end_the_process_is_a_sentence(tmp_path, runs):
    """Four bytes of a real model say another number; LiteRT believes them (SIGSEGV)."""
    import hashlib

    place, value = CRASHER
    content = bytearray((SHIPPED / "mlp-512" / TFLITE_FILE).read_bytes())
    content[place : place + 4] = bytes.fromhex(value)
    folder = Path(shutil.copytree(SHIPPED / "mlp-512", runs / "theirs"))
    (folder / TFLITE_FILE).write_bytes(content)
    change_card(folder, tflite_sha256=hashlib.sha256(content).hexdigest())
    refused("error.model_damaged", Predictor, folder)
    assert not list((runs / ".sound").glob("*")) if (runs / ".sound").exists() else True


def test_a_model_is_tried_once_and_what_ships_never(runs, monkeypatch):
    content = (SHIPPED / "mlp-512" / TFLITE_FILE).read_bytes()
    other = content + b"\0" * 16  # another file, as sound
    assert is_sound(other)
    monkeypatch.setattr("subprocess.run", lambda *_, **__: 1 / 0)
    assert is_sound(other)
    assert is_sound(content)


@pytest.mark.parametrize("content", [b"", b"TFL3", os.urandom(3000), b"\x18\0\0\0TFL3" + bytes(500)])
def test_garbage_is_no_model(content):
    assert not is_sound(content)


def weights_with(make) -> bytes:
    """Return a ``.keras`` file whose first weights are what ``make`` puts into the HDF5 file."""
    import h5py

    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        group = file.create_group("layers/dense/vars")
        group.attrs["name"] = "dense_1"
        make(group)
    return zipped(("model.weights.h5", content.getvalue()))


def outside(group) -> None:
    group.create_dataset("0", (16,), "u1", external=[("/etc/hostname", 0, 16)])


def linked(group) -> None:
    import h5py

    group["0"] = h5py.ExternalLink("/etc/hostname", "/")


def virtual(group) -> None:
    import h5py

    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("/tmp/other.h5", "x", (4,))
    group.create_virtual_dataset("0", layout)


def vast(group) -> None:
    group.create_dataset("0", (2_000_000_000,), "f4", chunks=(1_000_000,), compression="gzip")


WEIGHTS = {
    "of another file": weights_with(outside),
    "a link": weights_with(linked),
    "virtual": weights_with(virtual),
    "8 GB of nothing": weights_with(vast),
    "no zip": b"x",
    "no such member": zipped(("x", b"")),
    "a password": encrypted(),
    "no HDF5": zipped(("model.weights.h5", b"x")),
    "strange names": weights_with(lambda group: group.create_dataset("x", (1,), "f4")),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_come_from_the_file_itself_or_not_at_all(name, tmp_path):
    (tmp_path / KERAS_FILE).write_bytes(WEIGHTS[name])
    refused("error.model_damaged", read_weights, tmp_path, "dense_1")


def save_h5_with_code(path: Path) -> None:
    import keras

    layers = [
        keras.Input((28, 28, 1)),
        keras.layers.Flatten(),
        keras.layers.Lambda(lambda values: values * 2),
    ]
    keras.Sequential([*layers, keras.layers.Dense(10, activation="softmax")]).save(path)


def save_with_a_strange_name(path: Path) -> None:
    import keras

    name = "<img src=x onerror=alert(1)>"
    layers = [
        keras.Input((28, 28, 1)),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax", name=name),
    ]
    keras.Sequential(layers).save(path)


FOREIGN = {
    "HDF5 with code": ("theirs.h5", save_h5_with_code, "error.import_unreadable"),
    "markup for a layer's name": ("theirs.keras", save_with_a_strange_name, "error.import_layers"),
    "a zip bomb": (
        "theirs.keras",
        lambda path: path.write_bytes(bomb("config.json")),
        "error.import_unreadable",
    ),
    "a member that leads elsewhere": (
        "theirs.keras",
        lambda path: path.write_bytes(zipped(("../../config.json", b"{}"), ("config.json", b"{}"))),
        "error.import_unreadable",
    ),
}
OUR_WORDS = ("HDF5 with code", "markup for a layer's name")  # refused for a reason in the reader's language


def bomb(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, bytes(300_000_000))
    return content.getvalue()


@pytest.mark.tensorflow
@pytest.mark.filterwarnings("ignore:You are saving a model", "ignore:The structure of `inputs`")
@pytest.mark.parametrize("name", FOREIGN)
def test_a_strangers_model_is_refused_by_the_worker_with_its_sentence(name, tmp_path, small_npz):
    from mnist_app.training.settings import Settings
    from mnist_app.training.worker import work

    file, save, key = FOREIGN[name]
    save(tmp_path / file)
    before = everything_below(tmp_path)
    settings = Settings(
        architecture="", base=str(tmp_path / file), epochs=0, validation="none", data=str(small_npz)
    )
    run = create_run(settings, tmp_path / "run")
    assert work(run) == 2
    error = read_history(run).error
    assert error is not None
    assert error.key == key
    assert "\n" not in str(error)
    reason = error.values["reason"]
    assert not isinstance(reason, UserError) or reason.message("ko") in error.message("ko")
    assert isinstance(reason, UserError) == (name in OUR_WORDS)
    assert not {name for name in everything_below(tmp_path) - before if not name.startswith("run/")}


# ------------------------------------------------------------- runs of strangers

STARTED = {"images": 9, "validation_images": 0, "epochs": 2, "batches": 9, "step": 0, "layers": []}
LINES = {
    "no object": b"[]",
    "no kind": b'{"time": 1}',
    "a list for a kind": b'{"event": [], "time": 1}',
    "nothing of what it promises": b'{"event": "epoch", "time": 1}',
    "no batches": json.dumps({"event": "started", "time": 1, **STARTED, "batches": 0}).encode(),
    "words for numbers": json.dumps({"event": "started", "time": 1, **STARTED, "epochs": "two"}).encode(),
    "a number without end": json.dumps({"event": "started", "time": 1, **STARTED, "step": 10**40}).encode(),
    "not a number": b'{"event": "epoch", "time": 1, "epoch": 1, "step": 9, "images_per_second": NaN}',
    "4,000 digits": b'{"event": "batch", "time": 1, "step": ' + b"9" * 4000 + b', "images_per_second": 1}',
    "100,000 lists in each other": DEEP.encode(),
    "a strange measure": b'{"event": "checkpoint", "time": 1, "epoch": 1, "monitor": "<b>", "previous": 1, '
    b'"value": 1}',
    "half a character": b'{"event": "failed", "time": 1, "key": "\\ud800", "values": {}}',
    "a line of two megabytes": b"x" * (2 * LONGEST_LINE),
    "no UTF-8": b"\xff\xfe{}",
}


@pytest.mark.parametrize("name", LINES)
def test_an_event_that_no_worker_writes_is_left_out_and_harms_no_other(name, runs):
    run = create_run(from_recipe("mlp-512"))
    append_event(run.events, "preparing", pid=1)
    with run.events.open("ab") as file:
        file.write(LINES[name] + b"\n")
    append_event(run.events, "started", **STARTED)
    events, offset = read_events(run.events)
    assert [event["event"] for event in events] == ["preparing", "started"]
    assert offset == run.events.stat().st_size
    assert read_history(run).steps == 18


def within_each_other(errors: int) -> dict[str, Any]:
    told: dict[str, Any] = {"key": "error.nothing", "values": {}}
    for _ in range(errors):
        told = {"key": "error.import_layers", "values": {"name": "a", "reason": told}}
    return told


@pytest.mark.parametrize(
    "failure",
    [
        {"key": "error.nothing", "values": {}},
        {"key": "app.title", "values": []},
        {"key": [], "values": {"key": 1}},
        {"key": "error.import_layers", "values": {"name": "a", "reason": {"key": "error.nothing"}}},
        {"key": "error.import_layers", "values": {"name": "a", "reason": within_each_other(400)}},
    ],
)
def test_a_failure_that_no_worker_tells_is_a_sentence_all_the_same(failure, runs):
    run = create_run(from_recipe("mlp-512"))
    append_event(run.events, "failed", **failure)
    error = read_history(run).error
    assert error is not None
    assert str(error)


LAYER = {"name": "a", "class_name": "Dense", "output_shape": [10], "parameters": 1}
CARDS = {
    "no accuracy": {"test_accuracy": float("nan")},
    "infinite": {"seconds": float("inf")},
    "words": {"seconds": "long"},
    "a number for a date": {"created": 5},
    "a list for settings": {"settings": []},
    "a vast number": {"parameters": 10**4000},
    "a truth": {"epochs": True},
    "a list for data": {"data": []},
    "no images": {"data": {"test_images": -1, "source": "file"}},
    "epochs of words": {"history": ["x"]},
    "epochs without end": {"history": [{"loss": float("inf")}]},
    "layers of words": {"layers": "conv"},
    "a layer that is markup": {
        "layers": [{"name": "<b>", "class_name": "Dense", "output_shape": [10], "parameters": 1}]
    },
    "a shape of words": {
        "layers": [{"name": "a", "class_name": "Dense", "output_shape": "xx", "parameters": 1}]
    },
    "a setting of words": {"layers": [LAYER | {"config": {"kernel_size": ["3", 3]}}]},
    "another field": {"__class__": "x"},
}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_that_no_worker_writes_is_a_damaged_one(name, runs):
    folder = copy_shipped(runs, "theirs")
    card = json.loads((folder / CARD).read_text()) | CARDS[name]
    (folder / CARD).write_text(json.dumps(card))
    with pytest.raises((ValueError, TypeError, KeyError)):
        read_card(folder)
    shelf = find_models([runs])
    assert (list(shelf.folders), [problem.key for problem in shelf.problems]) == ([], ["error.model_damaged"])


@pytest.mark.parametrize(
    "content", [DEEP, "[]", '"x"', "{" * 9, '{"layers": "\\ud800"}', " " * (MOST_JSON + 1), "null"]
)
def test_what_is_no_card_at_all_is_a_damaged_one(content, runs):
    folder = copy_shipped(runs, "theirs")
    (folder / CARD).write_text(content)
    assert [problem.key for problem in find_models([runs]).problems] == ["error.model_damaged"]


def test_a_card_that_says_other_shapes_than_the_model_has_is_refused(runs):
    folder = copy_shipped(runs, "theirs")
    card = json.loads((folder / CARD).read_text())
    card["layers"][0]["output_shape"][0] += 1
    (folder / CARD).write_text(json.dumps(card))
    refused("error.model_mismatch", Predictor, folder)


def test_arrays_that_are_programs_or_bombs_are_no_weights(runs):
    run = create_run(from_recipe("mlp-512"))
    write_snapshot(run, 8, {"dense": [np.zeros(3, np.float32)]})
    (ran, good) = (runs / "ran", run.snapshots / "00000008.npz")

    class Planted:
        def __reduce__(self):
            return Path.touch, (ran,)

    np.savez(run.snapshots / "00000009.npz", **{"dense/0": np.array([Planted()])})
    (run.snapshots / "00000010.npz").write_bytes(bomb("dense/0.npy") + b"")
    with zipfile.ZipFile(run.snapshots / "00000011.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dense/0.npy", bytes(600_000_000))
    for stray in ("1 copy.npz", "9.npz", "٣.npz", "00000012.npz.part"):
        shutil.copy(good, run.snapshots / stray)
    found = snapshots(run)
    assert [each.step for each in found] == [8, 9, 10, 11]
    assert found[0].weights()["dense"][0].tolist() == [0, 0, 0]
    for each in found[1:]:
        with pytest.raises(OSError):
            each.weights()
    assert not ran.exists()


SOUND_SWEEP = {
    "id": "one",
    "method": "grid",
    "stops": True,
    "base": {},
    "runs": ["a"],
    "owner": "",
    "created": 1.0,
    "space": [{"learning_rate": 0.1}],
}
SWEEP_LIES = {
    "runs above": {"runs": ["../../elsewhere"]},
    "an absolute run": {"runs": ["/etc"]},
    "runs of numbers": {"runs": [5]},
    "more runs than values": {"runs": ["a", "b"]},
    "nothing": {"runs": [], "space": []},
    "a date of words": {"created": "today"},
    "a name of its own": {"id": "../x"},
    "a setting of words": {"space": [{"learning_rate": "<b>"}]},
    "no such setting": {"space": [{"data": "/etc/passwd"}]},
    "another field": {"x": 1},
}


@pytest.mark.parametrize("name", [*SWEEP_LIES, ""])
def test_a_sweep_that_lies_is_left_out(name, runs):
    file = runs / SWEEPS / "one" / "sweep.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(SOUND_SWEEP | SWEEP_LIES.get(name, {})))
    assert len(find_sweeps(runs)) == (not name)


def test_a_run_that_names_a_sweep_elsewhere_writes_nothing_there(runs, tmp_path):
    from mnist_app.training.sweeps import LINK, Rule

    run = create_run(from_recipe("mlp-512"))
    (tmp_path / "elsewhere").mkdir()
    (run.path / LINK).write_text(json.dumps({"sweep": "../../elsewhere", "trial": 0, "stops": True}))
    Rule(run)
    assert not list((tmp_path / "elsewhere").iterdir())


def app(page: str, **state) -> AppTest:
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=60)
    for key, value in {"person": ME, **state}.items():
        test.session_state[key] = value
    test.switch_page(f"{page}.py")
    return fine(test.run())


def fine(test: AppTest) -> AppTest:
    assert not test.exception, test.exception[0].value
    return test


def hostile_runs(runs: Path) -> None:
    """Put a run among the runs for every line and card of the tables, with markup wherever one can type."""
    for number, line in enumerate(LINES.values()):
        run = create_run(from_recipe("mlp-512"))
        write_notes(run, Notes(ME if number % 2 else YOU, MARKUP, MARKUP))
        append_event(run.events, "started", **{**STARTED, "layers": [LAYER]})
        with run.events.open("ab") as file:
            file.write(line + b"\n")
        metrics = {"loss": 1.0, "accuracy": 0.5, "val_loss": 1.0, "val_accuracy": 0.5}
        append_event(run.events, "epoch", step=9, epoch=1, images_per_second=0.0, **metrics)
        write_snapshot(run, 9, {"a": [np.zeros((3, 3), np.float32)]})  # which do not fit
    for number, changes in enumerate(CARDS.values()):
        folder = copy_shipped(runs, f"theirs-{number}")
        (folder / "settings.json").write_text(DEEP)
        (folder / "notes.json").write_text('{"name": "\\ud800"}')
        (folder / CARD).write_text(json.dumps(json.loads((folder / CARD).read_text()) | changes))
    (runs / ".speeds.json").write_text('{"mlp-512/128": [], "x": 0}')


@pytest.mark.parametrize("page", ["train", "compare", "draw", "sweep", "results"])
def test_every_page_opens_among_the_runs_of_strangers(page, runs):
    hostile_runs(runs)
    test = app(page)
    shown = [*test.markdown, *test.caption, *test.error, *test.warning, *test.info]
    assert not [element.value for element in shown if "<img src=x" in element.value]
    html = "".join(element.proto.body for element in test.get("html"))
    assert "<img src=x" not in html


def test_a_note_is_shown_as_text(runs):
    run = create_run(from_recipe("mlp-512"))
    write_notes(run, Notes(YOU, "theirs", MARKUP))
    test = app("train")
    assert [element.value for element in test.text] == [MARKUP]


# ------------------------------------------------------------- two people over one run


def a_run(*kinds: str, owner: str = ME) -> RunDirectory:
    run = create_run(from_recipe("mlp-512"))
    write_notes(run, Notes(owner=owner))
    for kind in kinds:
        append_event(run.events, kind, **(STARTED if kind == "started" else {"step": 0}))
    return run


@pytest.mark.parametrize("button", ["run-resume", "run-stop", "run-rerun"])
def test_a_run_that_was_deleted_while_it_was_shown_is_told_of(button, runs):
    run = a_run("preparing", "started", "paused")
    run.pause.touch()
    test = app("train")
    shutil.rmtree(run.path)
    fine(test.button(key=button).click().run())
    assert text("run.gone", "en") in [error.value for error in test.error]
    assert not run.path.exists()
    assert not [path for path in runs.rglob("*") if run.name in path.name]


def test_a_run_that_was_taken_up_again_while_it_was_shown_is_not_deleted(runs, monkeypatch):
    from mnist_app.views import training_result

    run = a_run("preparing", "started", "stopped")
    LocalProcesses(runs, spare=False).submit(run)  # by somebody else: it waits for its turn
    state: dict[str, object] = {}
    monkeypatch.setattr(training_result.st, "session_state", state)
    training_result._delete(run)
    assert run.settings.exists()
    problem = state[training_result.PROBLEM]
    assert isinstance(problem, UserError)
    assert problem.key == "run.at_work"


def test_stop_resume_and_delete_at_the_same_moment_leave_a_run_or_none(runs):
    processes = LocalProcesses(runs, spare=False)

    def act(what) -> None:
        with contextlib.suppress(OSError):
            what()

    for _ in range(20):
        run = a_run("preparing", "started", "stopped")
        acts = (
            lambda: processes.submit(run),  # noqa: B023 (all are done before the next)
            lambda: processes.cancel(run),  # noqa: B023
            lambda: shutil.rmtree(run.path, ignore_errors=True),  # noqa: B023
            lambda: write_notes(run, Notes(ME, "x", "y")),  # noqa: B023
        )
        threads = [threading.Thread(target=act, args=(what,)) for what in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        processes.tick()
        assert processes.state(run).kind in {"queued", "stopped", "interrupted", "running"}
        assert run.name not in {each.name for each in all_runs(runs)} or read_history(run).steps in {0, 18}


def test_one_file_that_many_write_at_once_is_one_of_theirs(tmp_path):
    failures = []

    def write(letter: str) -> None:
        try:
            for _ in range(30):
                write_whole(tmp_path / "notes.json", letter * 5000)
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    content = (tmp_path / "notes.json").read_text()
    assert (len(content), len(set(content))) == (5000, 1)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["notes.json"]


def test_what_anybody_may_download_of_a_run_does_not_say_whose_it_is(runs, tmp_path):
    run = a_run("preparing", owner=YOU)
    (tmp_path / "secret").write_text("of the server")
    (run.path / "link").symlink_to(tmp_path / "secret")
    (run.path / "gone").symlink_to(tmp_path / "nothing")
    os.utime(run.settings, (0, 0))  # a date that no zip can hold: the clock of the machine was wrong
    with zipfile.ZipFile(io.BytesIO(run_zip(run))) as archive:
        names = {Path(name).name for name in archive.namelist()}
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert names == {"settings.json", "events.jsonl"}
    assert YOU.encode() not in content


# ------------------------------------------------------------- uploads that break off


def half_sent(address: str, head: str, sent: bytes) -> None:
    """Open a connection, send the beginning of a request and go away."""
    place = urlsplit(address)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as connection:
        connection.sendall(f"{head}Host: {place.netloc}\r\n\r\n".encode() + sent)
        time.sleep(0.05)


def test_uploads_that_break_off_cost_nobody_anything(tmp_path):
    from tests.browser import serve

    with serve(tmp_path / "served") as address:
        for path in ("/api/predict", "/_stcore/upload_file/x/y"):
            for length in ("1000000", "99999999999999", "-5", "x"):
                for kind in ("image/png", "multipart/form-data; boundary=x", "application/json"):
                    head = f"{'POST' if 'api' in path else 'PUT'} {path} HTTP/1.1\r\n"
                    head += f"Content-Type: {kind}\r\nContent-Length: {length}\r\n"
                    half_sent(address, head, b"--x\r\nContent-Disposition: form-data; na")
        half_sent(address, "POST /api/predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", b"fffffffff\r\nx")
        request = urllib.request.Request(f"{address}/api/predict", digit_png(), {"content-type": "image/png"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            assert reply.status == 200
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=60) as reply:
            assert reply.read() == b"ok"


# ------------------------------------------------------------- a clock that jumps


def test_a_clock_that_is_set_back_lets_nobody_jump_the_queue(runs, monkeypatch):
    now = time.time_ns()
    names = []
    processes = LocalProcesses(runs, spare=False)
    for hours in (0, -5, 3, -900_000 // 3600, 1):
        monkeypatch.setattr(time, "time_ns", lambda hours=hours: now + hours * 3600 * 10**9)
        run = create_run(from_recipe("mlp-512"))
        processes.submit(run)
        names.append(run.name)
    assert [processes.state(RunDirectory(runs / name)).place for name in names] == [1, 2, 3, 4, 5]


def test_a_claim_from_the_future_holds_no_place(runs):
    """A worker died; then the clock was set back by a day: the queue goes on."""
    run = a_run("preparing", "started")
    claimed = runs / ".queue" / "running" / run.name
    claimed.parent.mkdir(parents=True)
    claimed.touch()
    tomorrow = time.time() + 86_400
    os.utime(claimed, (tomorrow, tomorrow))
    processes = LocalProcesses(runs, spare=False)
    assert processes.state(run).kind == "interrupted"
    processes.tick()
    assert not claimed.exists()


def test_drawings_of_1970_and_2200_leave_as_a_zip(tmp_path):
    for moment in (0, 7_258_118_400):
        path = add_drawing(tmp_path, np.ones((28, 28), np.float32), 1)
        os.utime(path, (moment, moment))
    assert from_zip(tmp_path / "other", to_zip(tmp_path)) == 2


def test_the_time_left_does_not_heed_the_clock(runs, monkeypatch):
    from mnist_app.commands.train import _Follower

    run = create_run(from_recipe("mlp-512"))
    follower = _Follower(run, "en", as_json=False)
    append_event(run.events, "started", data="file", **STARTED)
    follower.look()
    monkeypatch.setattr(time, "time", lambda: 4e9)
    assert follower._time_left(1.0) in {
        text("command.time_left", "en", time=f"{seconds} s") for seconds in range(60)
    }
