"""Whether a stranger's ``model.tflite`` can be run at all: tried in a process of its own.

    python -m mnist_app.serving.trial < model.tflite

LiteRT does not check all that a file says of itself: a few changed bytes make it read where
nothing is, and the process ends there and then, with the pages of everybody.  What ships and
what a worker here has exported is known to be sound; everything else is tried once.

    runs/.sound/<checksum>      an empty file: this one can be run
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

from mnist_app.serving.card import CARD, SIGNATURE
from mnist_app.serving.model_folders import PROJECT, SHIPPED, runs_folder

SOUND = ".sound"  # in the folder of the runs
SECONDS = 60.0  # a large network takes one
MOST_BYTES = 8 * 2**30  # of address space; LiteRT itself takes a tenth


def is_sound(content: bytes) -> bool:
    """Return whether a model can be run: known to be, or found to be now, in half a second."""
    digest = hashlib.sha256(content).hexdigest()
    known = runs_folder() / SOUND / digest
    if digest in _shipped() or known.exists():
        return True
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mnist_app.serving.trial"],
            input=content,
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return False
    if done.returncode == 0:
        remember(digest, runs_folder())
    return done.returncode == 0


def remember(digest: str, runs: Path) -> None:
    """Note that the model with this SHA-256 can be run, for a folder of runs."""
    with contextlib.suppress(OSError):  # a full disk: it is tried again
        (runs / SOUND).mkdir(parents=True, exist_ok=True)
        (runs / SOUND / digest).touch()


@cache
def _shipped() -> frozenset[str]:
    cards = [json.loads(card.read_text("utf-8")) for card in SHIPPED.glob(f"*/{CARD}")]
    return frozenset(card["tflite_sha256"] for card in cards)


def main() -> int:
    """Run the model on the input with one blank image and return 0; whatever is wrong ends the process."""
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter

    from mnist_app.nets.architectures import INPUT_SHAPE
    from mnist_app.serving.network import CHUNK

    with contextlib.suppress(ImportError):  # no such limits on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    interpreter = Interpreter(model_content=sys.stdin.buffer.read(), num_threads=1)
    run = interpreter.get_signature_runner(SIGNATURE)
    run.get_output_details()
    for count in (1, CHUNK):
        run(input=np.zeros((count, *INPUT_SHAPE), np.float32))
    return 0


if __name__ == "__main__":
    sys.exit(main())
