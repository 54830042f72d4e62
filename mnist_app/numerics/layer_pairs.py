"""Which layer of one network stands for which of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mnist_app.numerics.layer_card import LayerCard

CHANGE_NOTHING = ("Dropout", "Flatten")  # when a network predicts
LAST = 0  # the number of the last dense layer


def layer_pairs(first: Sequence[LayerCard], second: Sequence[LayerCard]) -> list[tuple[LayerCard, LayerCard]]:
    """Return the layers of two networks that can be compared, in the order of the first one.

    The n-th layer of a kind (Keras's class) belongs to the n-th of that kind in
    the other network; the last dense layers, whose units are the ten digits,
    belong to each other wherever they stand.  A layer without a counterpart is
    left out, and so is one that changes nothing when it predicts.
    """
    theirs = _numbered(second)
    return [(card, theirs[place]) for place, card in _numbered(first).items() if place in theirs]


def _numbered(cards: Sequence[LayerCard]) -> dict[tuple[str, int], LayerCard]:
    """Return layers by their kind and their number among those of the kind, from 1."""
    dense = [card for card in cards if card.class_name == "Dense"]
    counts: Counter[str] = Counter()
    numbered = {}
    for card in cards:
        kind = card.class_name
        if kind in CHANGE_NOTHING:
            continue
        if card in dense[-1:]:
            numbered[kind, LAST] = card
        else:
            counts[kind] += 1
            numbered[kind, counts[kind]] = card
    return numbered
