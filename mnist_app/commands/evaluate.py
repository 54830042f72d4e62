"""``evaluate``: how well a model reads the test images, in the runtime that serves."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from mnist_app.commands.data import download_bar
from mnist_app.commands.load_model import load_model
from mnist_app.data.mnist import find_source, read_split
from mnist_app.serving.model_folders import DEFAULT_MODEL
from mnist_app.texts.catalog import text


def add_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--model", default=DEFAULT_MODEL, metavar="NAME", help=text("command.model", language)
    )
    parser.add_argument("--data", type=Path, metavar="FILE", help=text("command.data_file", language))


def run(arguments: argparse.Namespace, language: str) -> None:
    """Print loss and accuracy on the test images.

    Raises:
        UserError: there is no such model, or the data is missing or damaged.
    """
    predictor = load_model(arguments.model)
    source = find_source(arguments.data, download_bar(language))
    test = read_split(source, "test")
    probabilities = predictor.probabilities(test.inputs())
    of_label = probabilities[np.arange(len(test)), test.labels]
    loss = float(-np.log(np.maximum(of_label, 1e-7)).mean())
    right = int((probabilities.argmax(1) == test.labels).sum())
    row = {
        "model": predictor.name,
        "source": source.kind,
        "images": len(test),
        "right": right,
        "test_accuracy": right / len(test),
        "test_loss": round(loss, 6),
    }
    if arguments.json:
        print(json.dumps(row))
    else:
        print(text(f"data.source_{source.kind}", language, path=source.path))
        counts = {"right": f"{right:,}", "images": f"{len(test):,}"}
        print(
            text(
                "command.evaluated",
                language,
                **counts,
                accuracy=f"{right / len(test):.2%}",
                loss=f"{loss:.4f}",
            )
        )
