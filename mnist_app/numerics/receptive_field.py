"""Which part of the picture a cell of a layer is made of, through all layers back."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_app.numerics.forward import same_padding, span
from mnist_app.numerics.layer_card import LayerCard

Range = tuple[int, int]  # first and end


def receptive_field(layers: Sequence[LayerCard], cell: tuple[int, int], side: int) -> tuple[Range, Range]:
    """Return the rows and the columns of the picture that a cell of the last layer sees.

    They are not cut at the picture's edges: a field that reaches into the
    padding of any layer begins below 0 or ends beyond ``side``.

    Args:
        layers: from the first layer after the input on; each has a window
            (convolution, pooling) or works cell by cell.
        cell: row and column.
        side: the picture's height and width.
    """
    rows, columns = (_seen(layers, cell[axis], axis, side) for axis in (0, 1))
    return rows, columns


def _seen(layers: Sequence[LayerCard], place: int, axis: int, side: int) -> Range:
    first, end = place, place + 1
    lengths = [side, *(layer.output_shape[axis] for layer in layers)]
    for layer, length in zip(reversed(layers), reversed(lengths[:-1]), strict=True):
        size = layer.config.get("kernel_size") or layer.config.get("pool_size")
        if size is None:
            continue
        reach = span(size[axis], (layer.config.get("dilation_rate") or (1, 1))[axis])
        step = (layer.config.get("strides") or size)[axis]
        edge = same_padding(length, reach, step)[0] if layer.config.get("padding") == "same" else 0
        first, end = first * step - edge, (end - 1) * step - edge + reach
    return first, end
