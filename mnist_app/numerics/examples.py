"""The tutorials' examples: small pictures and what is done with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_app.numerics.operation import CONVOLUTION, Operation

ONES = ((1.0, 1.0, 1.0),) * 3


@dataclass(frozen=True)
class Example:
    """A small picture, rows of whole numbers, and an operation on it."""

    name: str
    rows: tuple[str, ...]
    operation: Operation

    @property
    def picture(self) -> np.ndarray:
        """Return the picture, float32 (height, width)."""
        return np.array([row.split() for row in self.rows], np.float32)


POOLED = ("1 0 1 0", "0 4 2 0", "0 1 6 1", "0 0 1 0")
CROSS = ("1 0 0 0 2", "0 1 0 2 0", "0 0 1 0 0", "0 3 0 4 0", "3 0 0 0 4")  # each quarter has a sum of its own

EXAMPLES = {
    example.name: example
    for example in (
        Example(
            "convolution",
            ("1 0 1 0", "0 1 1 0", "0 0 1 1", "0 0 1 0"),
            Operation(CONVOLUTION, kernel=((1.0, 0.0), (0.0, 1.0))),
        ),
        Example("pooling", POOLED, Operation("max", pool_size=(2, 2), strides=(2, 2))),
        Example("average", POOLED, Operation("average", pool_size=(2, 2), strides=(2, 2))),
        Example("strides", CROSS, Operation(CONVOLUTION, kernel=ONES, strides=(2, 2))),
        Example("padding", CROSS, Operation(CONVOLUTION, kernel=ONES, padding="same")),
    )
}
