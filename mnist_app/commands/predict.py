"""``predict``: read pictures, or folders of pictures."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mnist_app.commands.load_model import load_model
from mnist_app.numerics.picture import read_picture
from mnist_app.serving.model_folders import DEFAULT_MODEL
from mnist_app.serving.reading import DigitReading, Reading, read
from mnist_app.texts.catalog import text
from mnist_app.texts.user_error import UserError, why

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm"}


def add_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    """Declare the command's arguments."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=text("command.paths", language))
    parser.add_argument("--single", action="store_true", help=text("command.single", language))
    parser.add_argument(
        "--model", default=DEFAULT_MODEL, metavar="NAME", help=text("command.model", language)
    )


def run(arguments: argparse.Namespace, language: str) -> None:
    """Print what the model reads in each picture.

    Raises:
        UserError: there is no such path or model.
        SystemExit: with status 2, after all pictures, if one could not be read.
    """
    predictor = load_model(arguments.model)
    failed = False
    for path in _pictures(arguments.paths):
        try:
            reading = read(_ink(path), predictor, arguments.single)
        except UserError as error:  # the other pictures are read all the same
            print(f"mnist_app: {error.message(language)}", file=sys.stderr)
            failed = True
            continue
        if arguments.json:
            print(json.dumps({"file": str(path), "digits": [_as_json(digit) for digit in reading.digits]}))
        else:
            print(f"{path}: {_sentence(reading, language)}")
    if failed:
        sys.exit(2)


def _pictures(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
            if not inside:
                raise UserError("error.folder_without_pictures", path=path)
            yield from inside
        elif path.is_file():
            yield path
        else:
            raise UserError("error.path_missing", path=path)


def _ink(path: Path) -> Any:
    try:
        return read_picture(path.read_bytes())
    except UserError as error:
        raise UserError("error.file", path=path, problem=error) from error
    except OSError as error:
        raise UserError("error.path_unreadable", path=path, reason=why(error)) from error


def _as_json(digit: DigitReading) -> dict[str, Any]:
    box = digit.box
    return {
        "digit": digit.digit,
        "probability": round(digit.probability, 6),
        "probabilities": [round(float(value), 6) for value in digit.probabilities],
        "box": [box.x, box.y, box.width, box.height],
        "is_digit": digit.is_digit,
    }


def _sentence(reading: Reading, language: str) -> str:
    if reading.status != "read":
        return text(f"reading.{reading.status}", language)
    return f"{reading.answer}   " + " ".join(_words(digit, language) for digit in reading.digits)


def _words(digit: DigitReading, language: str) -> str:
    share = f"{digit.probability:.1%}"
    if not digit.is_digit:
        return text("reading.no_digit", language, digit=digit.digit, percent=share)
    return f"{digit.digit} ({share})"
