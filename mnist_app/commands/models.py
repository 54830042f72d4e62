"""``models``: list the model folders."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from mnist_app.commands.measured import measured_lines
from mnist_app.serving.card import read_card
from mnist_app.serving.model_folders import find_models

INDENT = " " * 4


def add_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    """Declare the command's arguments: it has none."""


def run(arguments: argparse.Namespace, language: str) -> None:
    """Print each model with its size and accuracy, and how far it may be believed; damaged ones on stderr."""
    shelf = find_models()
    for name, folder in shelf.folders.items():
        card = read_card(folder)
        if arguments.json:
            row: dict[str, Any] = {"name": name, "folder": str(folder), "architecture": card.architecture}
            row |= {"parameters": card.parameters, "test_accuracy": card.test_accuracy}
            print(json.dumps(row | {"refuse_below": card.refuse_below, "figures": card.figures}))
        else:
            figures = f"{card.parameters:>10,} {card.test_accuracy:>8.2%}"
            print(f"{name:<32} {card.architecture:<12} {figures}  {folder}")
            for line in measured_lines(card, language):
                print(f"{INDENT}{line}")
    for problem in shelf.problems:
        print(f"mnist_app: {problem.message(language)}", file=sys.stderr)
