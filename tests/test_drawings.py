"""A person's own labelled drawings: a folder, a zip, and a part of the training images."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist_app.data import drawings as module
from mnist_app.data.drawings import (
    LABELS_FILE,
    MOST,
    MOST_BYTES,
    add_drawing,
    drawing_files,
    from_zip,
    read_drawings,
    to_zip,
)
from mnist_app.data.mnist import Split
from mnist_app.data.splits import DRAWINGS_SHARE, mixed
from mnist_app.texts.user_error import UserError


def refused(key: str, function, *arguments) -> None:
    with pytest.raises(UserError) as caught:
        function(*arguments)
    assert caught.value.key == key


def pixels(number: int) -> np.ndarray:
    """Return a drawing of its own for each number, uint8 (28, 28)."""
    return np.random.default_rng(number).integers(0, 256, (28, 28), np.uint8)


def filled(folder: Path, labels: str) -> Path:
    for number, label in enumerate(labels):
        add_drawing(folder, pixels(number) / np.float32(255), int(label))
    return folder


def picture(size: tuple[int, int] = (28, 28), kind: str = "PNG", mode: str = "L") -> bytes:
    content = io.BytesIO()
    Image.new(mode, size).save(content, kind)
    return content.getvalue()


def zipped(entries: list[tuple[str, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return content.getvalue()


def everything_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# ------------------------------------------------------------- the folder


def test_drawings_come_back_with_their_labels_in_their_order(tmp_path):
    folder = filled(tmp_path / "new" / "set", "7312907")
    found = read_drawings(folder)
    assert (found.images.dtype, found.labels.dtype) == (np.uint8, np.uint8)
    assert found.labels.tolist() == [7, 3, 1, 2, 9, 0, 7]
    np.testing.assert_array_equal(found.images, [pixels(number) for number in range(7)])


def test_a_drawing_is_a_picture_with_its_label_in_the_name(tmp_path):
    path = add_drawing(tmp_path, pixels(1) / np.float32(255), 4)
    assert path == tmp_path / "0001-4.png"
    assert everything_below(tmp_path) == ["0001-4.png"]
    with Image.open(path) as image:
        assert (image.format, image.size, image.mode) == ("PNG", (28, 28), "L")


def test_a_drawing_never_takes_anothers_place(tmp_path):
    filled(tmp_path, "123")
    (tmp_path / "0002-2.png").unlink()
    assert add_drawing(tmp_path, pixels(9) / np.float32(255), 5).name == "0004-5.png"
    for name in ("9999-5.png", "10000-5.png"):  # in the order of numbers, not of letters
        (tmp_path / name).write_bytes(picture())
    assert add_drawing(tmp_path, pixels(9) / np.float32(255), 5).name == "10001-5.png"
    assert [path.name for path in drawing_files(tmp_path)][-3:] == [
        "9999-5.png",
        "10000-5.png",
        "10001-5.png",
    ]


def test_other_files_are_no_drawings(tmp_path):
    filled(tmp_path, "3")
    for name in ("0002-3.part", "notes.png", "0003-12.png", "0004-x.png", "0005-3.png.png", LABELS_FILE):
        (tmp_path / name).write_bytes(b"?")
    assert [path.name for path in drawing_files(tmp_path)] == ["0001-3.png"]
    assert len(read_drawings(tmp_path)) == 1


@pytest.mark.parametrize("name", ["empty", "missing"])
def test_an_empty_set_cannot_be_read(tmp_path, name):
    (tmp_path / "empty").mkdir()
    assert drawing_files(tmp_path / name) == []
    refused("error.drawings_none", read_drawings, tmp_path / name)


def broken_chunk() -> bytes:
    """Return a PNG whose pixels end in the middle of their chunk, where no other one begins."""
    whole = picture()
    return whole.replace(b"\x00\x10IDAT", b"\x00\x04IDAT")


def short_header() -> bytes:
    """Return a PNG whose header has no room for its size."""
    return picture().replace(b"\x0dIHDR", b"\x04IHDR")


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", picture()[:50], broken_chunk(), short_header()],
    ids=["empty", "text", "cut", "broken chunk", "short header"],
)
def test_a_damaged_drawing_is_noticed(tmp_path, content):
    filled(tmp_path, "12")
    (tmp_path / "0002-2.png").write_bytes(content)
    refused("error.drawings_damaged", read_drawings, tmp_path)


def test_a_full_set_takes_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST", 3)
    filled(tmp_path, "123")
    refused("error.drawings_full", add_drawing, tmp_path, np.zeros((28, 28), np.float32), 4)
    assert len(drawing_files(tmp_path)) == 3


# ------------------------------------------------------------- the zip


def test_a_set_comes_through_a_zip_unchanged(tmp_path):
    labels = "73129074450"  # more than nine
    here = filled(tmp_path / "here", labels)
    assert from_zip(tmp_path / "there", to_zip(here)) == len(labels)
    one, other = read_drawings(here), read_drawings(tmp_path / "there")
    np.testing.assert_array_equal(other.images, one.images)
    np.testing.assert_array_equal(other.labels, one.labels)


def test_a_zip_has_a_table_of_the_labels(tmp_path):
    with zipfile.ZipFile(io.BytesIO(to_zip(filled(tmp_path, "83")))) as archive:
        assert archive.namelist() == ["0001-8.png", "0002-3.png", LABELS_FILE]
        rows = list(csv.reader(archive.read(LABELS_FILE).decode().splitlines()))
    assert rows == [["file", "label"], ["0001-8.png", "8"], ["0002-3.png", "3"]]


def test_a_zip_is_added_to_what_is_there(tmp_path):
    here = filled(tmp_path / "here", "12")
    there = filled(tmp_path / "there", "3")
    assert from_zip(there, to_zip(here)) == 2
    assert read_drawings(there).labels.tolist() == [3, 1, 2]
    assert [path.name for path in drawing_files(there)] == ["0001-3.png", "0002-1.png", "0003-2.png"]


def test_drawings_in_a_folder_of_the_zip_and_in_colour_are_taken(tmp_path):
    content = zipped([("my set/", b""), ("my set/0001-6.png", picture(mode="RGB")), ("my set/notes", b"?")])
    assert from_zip(tmp_path, content) == 1
    assert read_drawings(tmp_path).labels.tolist() == [6]


@pytest.mark.parametrize(
    "name",
    [
        "../../0001-3.png",
        "/0001-3.png",
        "/tmp/0001-3.png",
        "a/../../../0001-3.png",
        "..\\..\\0001-3.png",
        "C:\\0001-3.png",
        "C:/0001-3.png",
    ],
)
def test_a_name_that_leads_elsewhere_leads_nowhere(tmp_path, name):
    folder = tmp_path / "some" / "deep" / "set"
    content = zipped([(name, picture()), ("0001-5.png", picture())])
    taken = from_zip(folder, content)
    assert everything_below(tmp_path) == [f"some/deep/set/{path.name}" for path in drawing_files(folder)]
    assert len(drawing_files(folder)) == taken
    assert 5 in read_drawings(folder).labels
    assert not Path("/0001-3.png").exists()
    assert not Path("/tmp/0001-3.png").exists()


def bad_deflate() -> bytes:
    """Return a zip whose compressed bytes cannot be unpacked."""
    content = bytearray(zipped([("0001-3.png", picture())]))
    begin = content.index(b"0001-3.png") + len("0001-3.png")
    content[begin : begin + 8] = b"\xff" * 8
    return bytes(content)


def vast_png() -> bytes:
    """Return a PNG of a few bytes that claims to have 100,000 × 100,000 pixels."""
    whole = picture()
    header = b"IHDR" + struct.pack(">II", 100_000, 100_000) + whole[24:29]
    return whole[:12] + header + struct.pack(">I", zlib.crc32(header)) + whole[33:]


def lying_about_its_size() -> bytes:
    """Return a zip bomb whose directory claims 100 bytes for a million."""
    content = bytearray(zipped([("0001-3.png", bytes(1_000_000))]))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.rindex(mark) + offset
        content[place : place + 4] = struct.pack("<I", 100)
    return bytes(content)


GOOD = ("0001-5.png", picture())
BAD_ZIPS = {
    "empty": b"",
    "text": b"no zip at all",
    "cut": zipped([GOOD])[:-30],
    "a zip of nothing": zipped([]),
    "a zip of something else": zipped([("notes.txt", b"?"), ("0001-33.png", picture())]),
    "too small a picture": zipped([GOOD, ("0002-3.png", picture((27, 28)))]),
    "too large a picture": zipped([GOOD, ("0002-3.png", picture((280, 280)))]),
    "a picture that claims to be vast": zipped([GOOD, ("0002-3.png", vast_png())]),
    "no picture": zipped([GOOD, ("0002-3.png", b"no picture")]),
    "an empty picture": zipped([GOOD, ("0002-3.png", b"")]),
    "a cut picture": zipped([GOOD, ("0002-3.png", picture()[:50])]),
    "a broken picture": zipped([GOOD, ("0002-3.png", broken_chunk())]),
    "a picture without its size": zipped([GOOD, ("0002-3.png", short_header())]),
    "a picture of another kind": zipped([GOOD, ("0002-3.png", picture(kind="GIF"))]),
    "a folder with a drawing's name": zipped([GOOD, ("0002-3.png/", b"")]),
    "a zip bomb": zipped([GOOD, ("0002-3.png", bytes(50_000_000))]),
    "a byte too many": zipped([GOOD, ("0002-3.png", picture().ljust(MOST_BYTES + 1, b"\0"))]),
    "a zip bomb that lies": lying_about_its_size(),
    "damaged bytes": bad_deflate(),
}


@pytest.mark.parametrize("name", BAD_ZIPS)
def test_a_bad_zip_adds_nothing(tmp_path, name):
    filled(tmp_path / "set", "1")
    refused("error.drawings_zip", from_zip, tmp_path / "set", BAD_ZIPS[name])
    assert everything_below(tmp_path) == ["set/0001-1.png"]


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")
def test_a_good_picture_of_the_most_bytes_is_taken(tmp_path):
    assert from_zip(tmp_path, zipped([("0001-3.png", picture().ljust(MOST_BYTES, b"\0"))])) == 1


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    def unpack(*_: object) -> bytes:
        raise AssertionError("unpacked")

    content = zipped([("0001-3.png", bytes(50_000_000))])
    monkeypatch.setattr(zipfile.ZipFile, "read", unpack)
    with pytest.raises(UserError) as caught:
        from_zip(tmp_path, content)
    assert isinstance(caught.value.__cause__, ValueError)  # of its size


def test_a_zip_of_too_many_adds_nothing(tmp_path):
    filled(tmp_path / "set", "1")
    drawing = picture()
    content = zipped([(f"{number:04}-3.png", drawing) for number in range(MOST)])
    refused("error.drawings_full", from_zip, tmp_path / "set", content)
    assert everything_below(tmp_path) == ["set/0001-1.png"]
    assert from_zip(tmp_path / "other", content) == MOST


# ------------------------------------------------------------- among the training images


def split(count: int, value: int) -> Split:
    """Return images that are told by their first pixel, with labels that belong to them."""
    images = np.full((count, 28, 28), value, np.uint8)
    images[:, 0, 0] = np.arange(count) % 256
    return Split(images, (np.arange(count) % 10).astype(np.uint8))


@pytest.mark.parametrize(("images", "drawings"), [(54_000, 500), (4_000, 7), (800, 30), (400, 100)])
def test_drawings_are_their_share_of_what_a_network_sees(images, drawings):
    found = mixed(split(images, 1), split(drawings, 2))
    mine = found.images[:, 1, 1] == 2
    # Each is there as often as any other, so the share is met to half a round.
    assert abs(mine.sum() - DRAWINGS_SHARE / (1 - DRAWINGS_SHARE) * images) <= drawings / 2
    assert mine.mean() == pytest.approx(DRAWINGS_SHARE, abs=0.02)
    times = np.unique(np.bincount(found.images[mine][:, 0, 0], minlength=min(drawings, 256)))
    assert mine.sum() % drawings == 0
    if drawings <= 256:
        assert times.tolist() == [mine.sum() // drawings]


def test_every_image_keeps_its_label_and_its_type():
    train, own = split(100, 1), split(7, 2)
    found = mixed(train, own)
    assert len(found) > 107  # each drawing more than once
    assert (found.images.dtype, found.labels.dtype) == (np.uint8, np.uint8)
    assert len(found.images) == len(found)
    np.testing.assert_array_equal(found.images[:100], train.images)
    np.testing.assert_array_equal(found.labels, found.images[:, 0, 0] % 10)


def test_more_drawings_than_their_share_are_each_there_once():
    found = mixed(split(10, 1), split(300, 2))
    assert len(found) == 310
