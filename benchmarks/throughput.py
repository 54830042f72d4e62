"""Images per second of our training step against PyTorch's: same network, batch and threads.

    pip install torch
    python -m benchmarks.throughput [--recipe convnet-128] [--batches 300] [--threads 2] [--rounds 5] [--json]

Both learn from MNIST in memory, without augmentation, in turn in the same run,
each in a process of its own; the first batches, which compile, do not count.
Ours is ``training/learner.py``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from math import sqrt
from statistics import mean, stdev

from benchmarks.server import PROJECT

WAYS = {"ours": "benchmarks.our_step", "PyTorch": "benchmarks.torch_step"}


def rate(module: str, recipe: str, batches: int, threads: int) -> float:
    """Return the images per second of one way."""
    command = [sys.executable, "-m", module, recipe, str(batches), str(threads)]
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--recipe", default="convnet-128")
    parser.add_argument("--batches", type=int, default=300)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    for number in range(arguments.rounds):
        for way in WAYS if number % 2 else reversed(WAYS):  # a machine that slows down slows both
            rates[way].append(rate(WAYS[way], arguments.recipe, arguments.batches, arguments.threads))
    ours, theirs = rates.values()
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    error = stdev(ratios) / sqrt(len(ratios)) if len(ratios) > 1 else float("nan")
    if arguments.json:
        print(json.dumps({"recipe": arguments.recipe, **rates, "ratio": mean(ratios), "error": error}))
        return
    print(f"{arguments.recipe}, {arguments.threads} threads, images per second, mean of {arguments.rounds}:")
    for way, each in rates.items():
        print(f"{way:>10} {mean(each):10,.0f}")
    print(f"{'ratio':>10} {mean(ratios):10.3f} ± {error:.3f}")


if __name__ == "__main__":
    main()
