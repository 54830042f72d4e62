"""Layers of two networks that can be set against each other."""

from __future__ import annotations

from itertools import product

import pytest

from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.nets.summary import summary
from mnist_app.numerics.layer_pairs import layer_pairs


def named(first: str, second: str) -> list[tuple[str, str]]:
    return [(one.name, other.name) for one, other in layer_pairs(summary(first), summary(second))]


def test_layers_of_a_kind_are_paired_in_order():
    assert named("convnet-64", "convnet-128") == [
        ("conv_1", "conv_1"),
        ("pool_1", "pool_1"),
        ("conv_2", "conv_2"),
        ("pool_2", "pool_2"),
        ("conv_3", "conv_3"),
        ("logits", "logits"),
        ("softmax", "softmax"),
    ]


def test_the_layers_that_answer_are_paired_wherever_they_stand():
    assert named("mlp-512", "convnet-128") == [("logits", "logits"), ("softmax", "softmax")]
    assert named("mlp-256x3", "deep-cnn") == [
        ("dense_1", "dense_1"),
        ("logits", "logits"),
        ("softmax", "softmax"),
    ]


@pytest.mark.parametrize(("first", "second"), [*product(ARCHITECTURES, repeat=2)])
def test_pairs_are_of_one_kind_and_the_same_from_either_side(first, second):
    pairs = layer_pairs(summary(first), summary(second))
    assert all(one.class_name == other.class_name for one, other in pairs)
    assert {one.class_name for one, _ in pairs}.isdisjoint({"Dropout", "Flatten"})
    back = layer_pairs(summary(second), summary(first))
    assert {(one.name, other.name) for one, other in pairs} == {(other.name, one.name) for one, other in back}
    assert len(pairs) >= 2


def test_networks_without_a_common_kind_have_no_pairs():
    assert layer_pairs(summary("mlp-512")[:1], summary("convnet-128")[:2]) == []
