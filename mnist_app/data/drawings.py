"""A person's own labelled drawings: a folder of 28×28 pictures, the label in each name.

0001-7.png      the first drawing, a 7
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from mnist_app.data.mnist import Split
from mnist_app.texts.user_error import UserError, why

SIDE = 28
MOST = 500  # drawings in one set
NAME = re.compile(r"([0-9]+)-([0-9])\.png")
LABELS_FILE = "labels.csv"
MOST_BYTES = 20_000  # of one picture: 28×28 pixels take less than 1,000


def drawing_files(folder: Path) -> list[Path]:
    """Return the pictures of a set, the oldest first."""
    files = [path for path in folder.glob("*.png") if NAME.fullmatch(path.name)]
    return sorted(files, key=lambda path: (_number(path), path.name))


def add_drawing(folder: Path, digit: np.ndarray, label: int) -> Path:
    """Add a drawing to a set and return its file.

    Args:
        folder: the set; made if need be.
        digit: float32 (28, 28), 0 to 1, as the network sees it.
        label: which digit it is.

    Raises:
        UserError: the set is full, or it cannot be written.
    """
    picture = io.BytesIO()
    Image.fromarray(np.rint(digit * 255).astype(np.uint8)).save(picture, "PNG")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = drawing_files(folder)
        if len(files) >= MOST:
            raise UserError("error.drawings_full", most=MOST)
        return _add(folder, _number(files[-1]) + 1 if files else 1, label, picture.getvalue())
    except OSError as error:
        raise UserError("error.folder_not_writable", path=folder.name, reason=why(error)) from error


def _add(folder: Path, number: int, label: int, content: bytes) -> Path:
    """Write a drawing, whole or not at all, under the first free number and return its file.

    A person may draw in two windows at the same moment: a number belongs to who made its
    half-written file, unless it turns out to be taken already.

    Raises:
        OSError: it cannot be written.
    """
    while True:
        half = folder / f"{number:04}.part"
        try:
            with half.open("xb") as file:
                if not any(folder.glob(f"{number:04}-*.png")):
                    file.write(content)
                    file.close()
                    return half.replace(folder / f"{number:04}-{label}.png")
        except FileExistsError:  # somebody else's, or left by a process that was killed
            number += 1
            continue
        except OSError:
            half.unlink(missing_ok=True)  # of no use on a full disk
            raise
        half.unlink(missing_ok=True)
        number += 1


def read_drawings(folder: Path) -> Split:
    """Return the drawings of a set with their labels.

    Raises:
        UserError: there is none, or one cannot be read.
    """
    files = drawing_files(folder)
    if not files:
        raise UserError("error.drawings_none")
    try:
        images = [np.asarray(Image.open(path).convert("L").resize((SIDE, SIDE))) for path in files]
    except Exception as error:  # Pillow raises half a dozen kinds of them
        raise UserError("error.drawings_damaged", path=folder) from error
    return Split(np.stack(images), np.array([label_of(path) for path in files], np.uint8))


def label_of(path: Path) -> int:
    """Return the label in a picture's name."""
    found = NAME.fullmatch(path.name)
    assert found is not None
    return int(found[2])


def _number(path: Path) -> int:
    return int(path.name.partition("-")[0])


def to_zip(folder: Path) -> bytes:
    """Return a set as a zip of its pictures and a table of their labels."""
    content = io.BytesIO()
    # A clock that was wrong leaves dates that a zip cannot hold.
    with zipfile.ZipFile(content, "w", strict_timestamps=False) as archive:
        files = drawing_files(folder)
        for path in files:
            archive.write(path, path.name)
        rows = "".join(f"{path.name},{label_of(path)}\n" for path in files)
        archive.writestr(LABELS_FILE, f"file,label\n{rows}")
    return content.getvalue()


def from_zip(folder: Path, content: bytes) -> int:
    """Add the drawings of a zip, as ``to_zip`` makes it, to a set and return how many.

    Nothing is added unless all can be.

    Raises:
        UserError: it is no such zip, there would be too many, or they cannot be written.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = sorted(
                (entry for entry in archive.infolist() if NAME.fullmatch(Path(entry.filename).name)),
                key=lambda entry: entry.filename,
            )
            if len(drawing_files(folder)) + len(entries) > MOST:
                raise UserError("error.drawings_full", most=MOST)
            if any(entry.file_size > MOST_BYTES for entry in entries):
                raise ValueError(entries)
            digits = [(_digit(archive.read(entry)), entry.filename) for entry in entries]
    except UserError:
        raise
    except Exception as error:
        # A damaged file makes zipfile, zlib and Pillow raise a dozen kinds of them.
        raise UserError("error.drawings_zip") from error
    if not digits:
        raise UserError("error.drawings_zip")
    added: list[Path] = []
    try:
        for digit, name in digits:
            added.append(add_drawing(folder, digit / np.float32(255), label_of(Path(name))))
    except UserError:  # the disk is full, or somebody else has filled the set
        for path in added:
            path.unlink(missing_ok=True)
        raise
    return len(digits)


def _digit(content: bytes) -> np.ndarray:
    """Return the pixels of a stranger's PNG, uint8 (28, 28); a large one is not even unpacked."""
    with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
        if picture.size != (SIDE, SIDE):
            raise ValueError(picture.size)
        return np.asarray(picture.convert("L"))
