"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SHARED_MNIST = PROJECT.parent / "shared" / "data" / "mnist.npz"

# The full set where it lies beside the project; else whatever the app itself finds.
if "MNIST_NPZ" not in os.environ and SHARED_MNIST.is_file():
    os.environ["MNIST_NPZ"] = str(SHARED_MNIST)
