"""What the browser needs to read a drawing by itself, while the pen still moves.

The scripts in ``explorer/`` do what ``numerics/preprocess.py``, ``segment.py``
and ``forward.py`` do; their numbers come from there and stand nowhere twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from mnist_app.nets.summary import multiplications
from mnist_app.numerics import preprocess, segment
from mnist_app.numerics.forward import ACTIVATIONS, FORWARD
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.serving.network import Network
from mnist_app.views.assets import asset
from mnist_app.views.packed import packed

SCRIPTS = ("packed.js", "explorer/prepare.js", "explorer/forward.js")

# Multiply-adds of a pass. Measured in Chromium on two cores (benchmarks/explorer.py):
# 12 million (cnn-32-64, the most of all that ship) take 4 ms, 7 ms where no input is
# 0. By that, so many would take 8 to 16 ms of the 33 ms that a frame has.
LIVE_LIMIT = 25_000_000

PREPARATION = ("INK", "SIDE", "BOX", "CENTRE", "MASS_DIGITS", "DOT_LONG", "DOT_ROUND", "DOT_FILL")
SEGMENTS = ("SPECK", "MOST_PARTS", "OVERLAP", "SMALL", "NEAR", "SOFT_EDGE")


def script() -> str:
    """Return the scripts, to be joined with others into one module."""
    return asset(*SCRIPTS)


def preparation_constants() -> dict[str, float]:
    """Return the numbers that decide how a drawing becomes digits, by their names in Python."""
    return {
        **{name: getattr(preprocess, name) for name in PREPARATION},
        **{name: getattr(segment, name) for name in SEGMENTS},
    }


def is_live(layers: Sequence[LayerCard]) -> bool:
    """Return whether the browser can run a network while a person draws."""
    known = all(
        layer.class_name in FORWARD and layer.config.get("activation", "linear") in ACTIVATIONS
        for layer in layers
    )
    return known and multiplications(layers) <= LIVE_LIMIT


def pack_network(network: Network) -> bytes:
    """Return a network's layers and weights in one piece of bytes, as ``packed`` makes it."""
    layers, arrays, offset = [], [], 0
    for card in network.layers:
        described = []
        for weight in network.weights(card.name):
            described.append({"shape": weight.shape, "offset": offset})
            arrays.append(weight)
            offset += weight.size
        layers.append(
            {
                "name": card.name,
                "className": card.class_name,
                "outputShape": card.output_shape,
                "config": card.config,
                "weights": described,
            }
        )
    return packed({"layers": layers, "multiplyAdds": multiplications(network.layers)}, arrays)
