"""Convolution and pooling of one picture, with every number that a person may want to see.

The arithmetic itself is the forward pass's (``numerics/forward.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_app.numerics.forward import (
    ACTIVATIONS,
    average_pooling,
    conv2d,
    max_pooling,
    same_padding,
    span,
)
from mnist_app.texts.user_error import UserError

Kernel = tuple[tuple[float, ...], ...]
Pair = tuple[int, int]  # of rows, of columns

CONVOLUTION = "convolution"
POOLS = {
    "max": max_pooling,
    "average": average_pooling,
    "global_max": max_pooling,
    "global_average": average_pooling,
}
KINDS = (CONVOLUTION, *POOLS)
PADDINGS = ("valid", "same")


@dataclass(frozen=True)
class Operation:
    """One operation on one picture, in Keras's words.

    ``kernel`` belongs to a convolution, ``pool_size`` to a pooling that is not
    global.  A global pooling has one window, the whole picture.
    """

    kind: str
    kernel: Kernel = ()
    pool_size: Pair = (2, 2)
    strides: Pair = (1, 1)
    dilation_rate: Pair = (1, 1)
    padding: str = "valid"
    relu: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"`kind` must be one of {KINDS}. Received: {self.kind!r}")
        if self.padding not in PADDINGS:
            raise ValueError(f"`padding` must be one of {PADDINGS}. Received: {self.padding!r}")
        if self.kind == CONVOLUTION and (not self.kernel or len({len(row) for row in self.kernel}) != 1):
            raise ValueError(f"`kernel` must have rows of equal length. Received: {self.kernel}")

    @property
    def is_global(self) -> bool:
        """Return whether one window covers the whole picture."""
        return self.kind.startswith("global")


@dataclass(frozen=True)
class Side:
    """How windows lie along one side of a picture, in cells.

    ``before`` and ``after`` are padding, ``span`` is what a window reaches
    over, dilation included.
    """

    length: int
    size: int
    dilation: int
    stride: int
    before: int
    after: int

    @property
    def span(self) -> int:
        """Return how many cells a window reaches over."""
        return span(self.size, self.dilation)

    @property
    def count(self) -> int:
        """Return how many windows fit, which is the output's size."""
        return (self.length + self.before + self.after - self.span) // self.stride + 1

    @property
    def missed(self) -> int:
        """Return how many cells at the end lie under no window because the next stride does not fit."""
        return self.length + self.before + self.after - self.span - (self.count - 1) * self.stride


def sides(operation: Operation, shape: Pair) -> tuple[Side, Side]:
    """Return how windows lie down and across a picture of this shape.

    Raises:
        UserError: the operation cannot be done on such a picture.
    """
    if max(operation.strides) > 1 and max(operation.dilation_rate) > 1:
        raise UserError("error.strides_and_dilation")  # Keras refuses it too
    if operation.is_global:
        return Side(shape[0], shape[0], 1, 1, 0, 0), Side(shape[1], shape[1], 1, 1, 0, 0)
    down, across = (_side(operation, shape[axis], axis) for axis in (0, 1))
    if down.count < 1 or across.count < 1:
        raise UserError(
            "error.window_too_large",
            rows=down.span,
            columns=across.span,
            height=shape[0],
            width=shape[1],
        )
    return down, across


def perform(operation: Operation, picture: np.ndarray) -> np.ndarray:
    """Return what the operation makes of a picture: float32 (rows, columns).

    Args:
        operation: what is done.
        picture: float32 (height, width), any range.

    Raises:
        UserError: the operation cannot be done on such a picture.
    """
    height, width = picture.shape
    sides(operation, (height, width))
    batch = np.asarray(picture, np.float32)[np.newaxis, ..., np.newaxis]
    config = {
        "strides": operation.strides,
        "padding": operation.padding,
        "pool_size": operation.pool_size,
    }
    if operation.kind == CONVOLUTION:
        kernel = np.array(operation.kernel, np.float32)[..., np.newaxis, np.newaxis]
        result = conv2d(batch, {**config, "dilation_rate": operation.dilation_rate}, [kernel])
    else:
        if operation.is_global:
            config = {"pool_size": (height, width)}
        result = POOLS[operation.kind](batch, config, ())
    values: np.ndarray = result[0, ..., 0]
    return ACTIVATIONS["relu"](values) if operation.relu else values


def _side(operation: Operation, length: int, axis: int) -> Side:
    is_convolution = operation.kind == CONVOLUTION
    kernel_size = (len(operation.kernel), len(operation.kernel[0])) if is_convolution else operation.pool_size
    size, stride = kernel_size[axis], operation.strides[axis]
    dilation = operation.dilation_rate[axis] if is_convolution else 1
    edges = (0, 0)
    if operation.padding == "same":
        edges = same_padding(length, span(size, dilation), stride)
    return Side(length, size, dilation, stride, *edges)
