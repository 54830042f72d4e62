"""Kernels that have a name, and kernels as people type them.

As everywhere in deep learning a kernel is laid on the picture as it is written
(a cross-correlation): it is not turned round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mnist_app.numerics.operation import Kernel
from mnist_app.texts.user_error import UserError

LARGEST = 7  # rows and columns
HIGHEST = 1000  # of one value: more would be a slip of the finger
NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:/(\d+))?")
LONGEST = 12  # characters of one value

Typed = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class NamedKernel:
    """A kernel with a name: whole numbers, all divided by ``divisor``.

    ``name`` is also the end of the catalog's key of what it is called.
    """

    name: str
    weights: tuple[tuple[int, ...], ...]
    divisor: int = 1

    @property
    def values(self) -> Kernel:
        """Return the kernel's values."""
        return tuple(tuple(weight / self.divisor for weight in row) for row in self.weights)

    @property
    def typed(self) -> Typed:
        """Return the values as one would type them: 2/16, not 0.125."""
        end = "" if self.divisor == 1 else f"/{self.divisor}"
        return tuple(tuple(f"{weight}{end}" if weight else "0" for weight in row) for row in self.weights)


# Gonzalez and Woods, "Digital Image Processing", has all but emboss. "_x" answers to what changes
# from left to right, "_y" to what changes from top to bottom; a line's angle is from the horizontal.
KERNELS = {
    kernel.name: kernel
    for kernel in (
        NamedKernel("identity", ((0, 0, 0), (0, 1, 0), (0, 0, 0))),
        NamedKernel("blur", ((1, 1, 1), (1, 1, 1), (1, 1, 1)), 9),
        NamedKernel("gaussian", ((1, 2, 1), (2, 4, 2), (1, 2, 1)), 16),
        NamedKernel("sharpen", ((0, -1, 0), (-1, 5, -1), (0, -1, 0))),
        NamedKernel("emboss", ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))),
        NamedKernel("sobel_x", ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))),
        NamedKernel("sobel_y", ((-1, -2, -1), (0, 0, 0), (1, 2, 1))),
        NamedKernel("prewitt_x", ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1))),
        NamedKernel("prewitt_y", ((-1, -1, -1), (0, 0, 0), (1, 1, 1))),
        NamedKernel("laplacian", ((0, 1, 0), (1, -4, 1), (0, 1, 0))),
        NamedKernel("mean_row", ((1,) * 7,), 7),
        NamedKernel("mean_column", ((1,),) * 7, 7),
        NamedKernel("line_0", ((-1, -1, -1), (2, 2, 2), (-1, -1, -1))),
        NamedKernel("line_45", ((-1, -1, 2), (-1, 2, -1), (2, -1, -1))),
        NamedKernel("line_90", ((-1, 2, -1), (-1, 2, -1), (-1, 2, -1))),
        NamedKernel("line_135", ((2, -1, -1), (-1, 2, -1), (-1, -1, 2))),
    )
}


def read_kernel(rows: Sequence[Sequence[str]]) -> Kernel:
    """Return the values that a person typed: numbers such as -1, 0.5 or 1/9.

    Raises:
        UserError: a value is no number, or too large.
    """
    return tuple(
        tuple(_value(content, down, across) for across, content in enumerate(row, 1))
        for down, row in enumerate(rows, 1)
    )


def resized(rows: Typed, height: int, width: int) -> Typed:
    """Return typed rows cut, or filled up with zeros, to another size."""
    wider = [(*row[:width], *["0"] * (width - len(row))) for row in rows[:height]]
    return (*wider, *[("0",) * width] * (height - len(wider)))


def _value(content: str, row: int, column: int) -> float:
    written = content.strip().replace("−", "-")
    match = NUMBER.fullmatch(written) if len(written) <= LONGEST else None
    if not match or (match[2] and int(match[2]) == 0):
        raise UserError("error.kernel_number", row=row, column=column, received=written[:LONGEST])
    value = float(match[1]) / int(match[2] or 1)
    if abs(value) > HIGHEST:
        raise UserError("error.kernel_range", row=row, column=column, highest=HIGHEST, received=written)
    return value
