"""What a cell sees, held against what changes it."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.numerics.forward import forward
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.numerics.receptive_field import receptive_field

SIDE = 14
THREE, TWO, ONE = (3, 3), (2, 2), (1, 1)

NETWORKS = {
    "one convolution": [("Conv2D", {"kernel_size": THREE, "strides": ONE})],
    "pooled": [("Conv2D", {"kernel_size": THREE, "strides": ONE}), ("AveragePooling2D", {"pool_size": TWO})],
    "padded": [("Conv2D", {"kernel_size": THREE, "strides": ONE, "padding": "same"})] * 2,
    "padded with steps": [("Conv2D", {"kernel_size": THREE, "strides": TWO, "padding": "same"})] * 2,
    "dilated": [("Conv2D", {"kernel_size": (2, 3), "strides": ONE, "dilation_rate": (3, 2)})],
    "dilated and padded": [
        ("Conv2D", {"kernel_size": THREE, "strides": ONE, "dilation_rate": TWO, "padding": "same"}),
        ("ReLU", {}),
        ("AveragePooling2D", {"pool_size": (2, 3), "strides": (2, 1)}),
    ],
}


def network(kinds):
    """Return cards and weights of a chain of layers in which every input counts."""
    cards, weights, values = [], {}, np.ones((1, SIDE, SIDE, 1), np.float32)
    for n, (kind, config) in enumerate(kinds):
        name = f"layer_{n}"
        if kind == "Conv2D":
            weights[name] = [np.ones((*config["kernel_size"], 1, 1), np.float32)]
        values = forward([LayerCard(name, kind, (), 0, config)], weights, values)[name]
        cards.append(LayerCard(name, kind, values.shape[1:], 0, config))
    return cards, weights


@pytest.mark.parametrize("kinds", NETWORKS.values(), ids=NETWORKS.keys())
def test_a_field_is_bounded_by_the_pixels_that_change_the_cell(kinds):
    cards, weights = network(kinds)
    dots = np.eye(SIDE * SIDE, dtype=np.float32).reshape(-1, SIDE, SIDE, 1)
    answers = forward(cards, weights, dots)[cards[-1].name][..., 0]  # (pixels, rows, columns)
    for cell in np.ndindex(answers.shape[1:]):
        rows, columns = np.divmod(np.flatnonzero(answers[:, *cell]), SIDE)
        (top, bottom), (left, right) = receptive_field(cards, cell, SIDE)
        seen = [(max(first, 0), min(end, SIDE)) for first, end in ((top, bottom), (left, right))]
        if "dilation_rate" in cards[0].config:  # the outermost cells may lie in the padding, those inside not
            assert seen[0][0] <= rows.min() and rows.max() < seen[0][1]
            assert seen[1][0] <= columns.min() and columns.max() < seen[1][1]
        else:
            assert seen == [(rows.min(), rows.max() + 1), (columns.min(), columns.max() + 1)]


def test_a_field_reaches_into_the_padding():
    cards, _ = network(NETWORKS["padded"])
    assert receptive_field(cards, (0, 13), SIDE) == ((-2, 3), (11, 16))


def test_the_field_of_a_pooled_cell_by_hand():
    cards, _ = network(NETWORKS["pooled"])
    assert receptive_field(cards, (0, 2), SIDE) == ((0, 4), (4, 8))
