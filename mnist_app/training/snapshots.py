"""The weights of a network at moments of its training, as files of the run.

    snapshots/00000042.npz      the weights after 42 batches, "layer/n" in Keras's order

They are what the scrubber plays and what a half-trained network reads with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_app.data.files import read_arrays
from mnist_app.training.run_directory import RunDirectory

MOST_BYTES = 128e6  # of one run's snapshots; the large networks get fewer
MOST = 60
NAME = re.compile(r"[0-9]{8,12}\.npz")


@dataclass(frozen=True)
class Snapshot:
    """One moment: after how many batches, and the file."""

    step: int
    path: Path

    def weights(self) -> dict[str, list[np.ndarray]]:
        """Return each layer's weights in Keras's order, float32.

        Raises:
            OSError: the file has been thinned out meanwhile, or cannot be read.
        """
        weights: dict[str, list[np.ndarray]] = {}
        try:
            for name, array in read_arrays(self.path).items():
                weights.setdefault(name.rpartition("/")[0], []).append(array)
        except Exception as error:
            # A damaged file makes zipfile and NumPy raise a dozen kinds of them.
            raise OSError(self.path) from error
        return weights


def snapshots(run: RunDirectory) -> list[Snapshot]:
    """Return the snapshots there are, from the first to the last."""
    found = [path for path in sorted(run.snapshots.glob("*.npz")) if NAME.fullmatch(path.name)]
    return [Snapshot(int(path.stem), path) for path in found]


def write_snapshot(run: RunDirectory, step: int, weights: Mapping[str, Sequence[np.ndarray]]) -> None:
    """Write a snapshot, whole or not at all, and thin out the earlier ones where they are too many."""
    run.snapshots.mkdir(exist_ok=True)
    path = run.snapshots / f"{step:08}.npz"
    half = path.with_name(f"part-{path.name}")
    arrays = {f"{layer}/{n}": array for layer, each in weights.items() for n, array in enumerate(each)}
    try:
        np.savez(half, **arrays)  # type: ignore[arg-type]
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)  # of no use on a full disk
    _thin_out(snapshots(run), path.stat().st_size)


def _thin_out(kept: list[Snapshot], size: int) -> None:
    """Delete snapshots until few enough are left: always the one whose neighbours are nearest.

    The first and the last stay.  Nearness is by ratio, since a network changes
    fastest at first.
    """
    while len(kept) > 3 and (len(kept) > MOST or len(kept) * size > MOST_BYTES):
        gaps = [(kept[n + 1].step + 1) / (kept[n - 1].step + 1) for n in range(1, len(kept) - 1)]
        kept.pop(1 + gaps.index(min(gaps))).path.unlink(missing_ok=True)
