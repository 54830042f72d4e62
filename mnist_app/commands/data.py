"""``data``: say where MNIST comes from, and what is in it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from mnist_app.data.mnist import MNIST_SHA256, Progress, checksum, find_source, read_split
from mnist_app.texts.catalog import text


def add_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--data", type=Path, metavar="FILE", help=text("command.data_file", language))


def run(arguments: argparse.Namespace, language: str) -> None:
    """Print source, counts and checksum.

    Raises:
        UserError: the data is missing or damaged.
    """
    source = find_source(arguments.data, download_bar(language))
    train, test = read_split(source, "train"), read_split(source, "test")
    digest = checksum(train, test)
    counts = {
        name: np.bincount(split.labels, minlength=10).tolist()
        for name, split in (("train", train), ("test", test))
    }
    if arguments.json:
        row = {"source": source.kind, "path": str(source.path), "train": len(train), "test": len(test)}
        print(json.dumps(row | {"classes": counts, "sha256": digest, "original": digest == MNIST_SHA256}))
        return
    print(text(f"data.source_{source.kind}", language, path=source.path))
    print(text("data.counts", language, train=f"{len(train):,}", test=f"{len(test):,}"))
    for name, values in counts.items():
        print(
            f"{text(f'data.{name}', language):<12}"
            + " ".join(f"{digit}:{n:,}" for digit, n in enumerate(values))
        )
    print(f"SHA-256 {digest}")
    print(text("data.original" if digest == MNIST_SHA256 else "data.other", language))


def download_bar(language: str) -> Progress:
    """Return a function that draws a download's progress on a terminal."""

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty():
            line = text("data.fetching_download", language, share=f"{done / max(total, 1):.0%}")
            print(f"\r{line}", end="\n" if done == total else "", file=sys.stderr)

    return show
