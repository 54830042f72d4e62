"""What a model's filters look for: makes ``filters.npz`` anew, and says what that took.

    python -m benchmarks.filters [MODEL …] [--json]

For the models of the app, all of them where none is named: seconds, the file's
size, and how many patterns excite their filter more than any test image does.
A model that was tested on other images than are at hand is left as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np

from mnist_app.data.mnist import Split, checksum, find_source, read_split
from mnist_app.serving.card import FILTERS_FILE, KERAS_FILE, read_card
from mnist_app.serving.filters import read_filters
from mnist_app.serving.model_folders import find_models


def describe(folder: Path, test: Split) -> dict[str, object] | None:
    """Return what describing a model's filters took; None for a model without any."""
    import keras

    from mnist_app.training.filters import convolutions, write_filters

    model = keras.saving.load_model(folder / KERAS_FILE, compile=False)
    if not convolutions(model):
        return None
    start = time.perf_counter()
    write_filters(model, folder, test)
    seconds = time.perf_counter() - start
    found = read_filters(folder, read_card(folder)).layers.values()
    above = [each.reached > each.values.max(1) for each in found if each.reached is not None]
    return {
        "model": folder.name,
        "seconds": round(seconds, 2),
        "bytes": (folder / FILTERS_FILE).stat().st_size,
        "filters": sum(len(each.images) for each in found),
        "patterns": sum(map(len, above)),
        "above_every_image": int(sum(map(np.count_nonzero, above))),
    }


def main() -> None:
    """Describe, and print a line a model."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("models", nargs="*", metavar="MODEL")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    arguments = parser.parse_args()
    shelf = find_models()
    source = find_source()
    train, test = read_split(source, "train"), read_split(source, "test")
    at_hand = checksum(train, test)
    for name in arguments.models or shelf.folders:
        folder = shelf.folder(name)
        if read_card(folder).data["sha256"] != at_hand:
            print(f"{name}: tested on other images than those in {source.path}", file=sys.stderr)
            continue
        row = describe(folder, test)
        if row is None:
            continue
        if arguments.json:
            print(json.dumps(row), flush=True)
        else:
            print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
