"""What the filters of a model look for, as it was found when the model was exported.

``filters.npz`` holds the fields of ``Filters`` by name, and those of each
``LayerFilters`` as "layer/name".
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mnist_app.data.files import read_arrays, write_whole
from mnist_app.nets.architectures import CLASSES, INPUT_SHAPE
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.serving.card import FILTERS_FILE, Card
from mnist_app.texts.user_error import UserError

SHOWN = 9  # test images of a filter


@dataclass(frozen=True, eq=False)
class LayerFilters:
    """What the filters of one convolution look for.

    ``images`` (filters, up to 9) are places in ``Filters.images``, the
    strongest first; ``places`` (filters, up to 9, 2) the row and column of the
    strongest cell in the filter's map; ``values`` float32, what is there.
    ``patterns`` is uint8 (filters, height, width), 0 (paper) to 255 (ink): as
    much of the picture as the map's middle cell sees; ``reached`` float32
    (filters,), the cell's value for it.  Both are None where a network is too
    large for them.
    """

    images: np.ndarray
    places: np.ndarray
    values: np.ndarray
    patterns: np.ndarray | None = None
    reached: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Filters:
    """What the filters of a model look for.

    ``images`` uint8 (count, 28, 28), ``labels`` uint8 (count,) and ``indices``
    (count,) are the test images that any filter has among its strongest, in
    the order of the test set, of which the first ``seen`` were tried;
    ``layers`` has the convolutions by name.
    """

    tflite_sha256: str
    seen: int
    images: np.ndarray
    labels: np.ndarray
    indices: np.ndarray
    layers: Mapping[str, LayerFilters]

    def write(self, folder: Path) -> None:
        """Write ``filters.npz`` into a model folder, whole or not at all."""
        named = {name: value for name, value in vars(self).items() if name != "layers"}
        for layer, found in self.layers.items():
            named |= {f"{layer}/{name}": value for name, value in vars(found).items() if value is not None}
        content = io.BytesIO()
        np.savez_compressed(content, **named)
        write_whole(folder / FILTERS_FILE, content.getvalue())


def read_filters(folder: Path, card: Card) -> Filters:
    """Return what a model's filters look for.

    Raises:
        FileNotFoundError: the model was exported without.
        UserError: the file is damaged, or another model's.
    """
    try:
        filters = _from_arrays(read_arrays(folder / FILTERS_FILE))
        sound = _is_sound(filters, card.layers)
    except FileNotFoundError:
        raise
    except Exception as error:
        # A damaged file makes zipfile, zlib and NumPy raise a dozen kinds of them.
        raise UserError("error.filters_damaged", name=folder.name, file=FILTERS_FILE) from error
    if not sound or filters.tflite_sha256 != card.tflite_sha256:
        raise UserError("error.filters_damaged", name=folder.name, file=FILTERS_FILE)
    return filters


def _from_arrays(arrays: Mapping[str, np.ndarray]) -> Filters:
    common: dict[str, Any] = {}
    layers: dict[str, dict[str, np.ndarray]] = {}
    for key, array in arrays.items():
        layer, _, name = key.rpartition("/")
        (layers.setdefault(layer, {}) if layer else common)[name] = array
    common |= {"tflite_sha256": str(common["tflite_sha256"]), "seen": int(common["seen"])}
    return Filters(**common, layers={name: LayerFilters(**found) for name, found in layers.items()})


def _is_sound(filters: Filters, cards: Sequence[LayerCard]) -> bool:
    count = len(filters.labels)
    shapes = {card.name: card.output_shape for card in cards if card.class_name == "Conv2D"}
    return (
        filters.images.shape == (count, *INPUT_SHAPE[:2])
        and filters.images.dtype == filters.labels.dtype == np.uint8
        and filters.indices.shape == filters.labels.shape == (count,)
        and _within(filters.labels, CLASSES)
        and _within(filters.indices, filters.seen)
        and filters.layers.keys() <= shapes.keys()
        and all(_fits(found, shapes[name], count) for name, found in filters.layers.items())
    )


def _fits(found: LayerFilters, shape: tuple[int, ...], count: int) -> bool:
    """Return whether a layer's arrays fit a convolution's output shape and ``count`` images."""
    height, width, filters = shape
    best = (filters, found.images.shape[-1])
    strongest = (
        found.images.shape == found.values.shape == best
        and found.places.shape == (*best, 2)
        and 1 <= best[1] <= SHOWN
        and _within(found.images, count)
        and _within(found.places[..., 0], height)
        and _within(found.places[..., 1], width)
        and bool(np.isfinite(found.values).all())
    )
    if found.patterns is None or found.reached is None:
        return strongest and found.patterns is found.reached
    sides = found.patterns.shape[1:]
    return (
        strongest
        and found.patterns.dtype == np.uint8
        and found.reached.shape == found.patterns.shape[:1] == (filters,)
        and len(sides) == 2
        and min(sides) > 0
        and max(sides) <= max(INPUT_SHAPE)
        and bool(np.isfinite(found.reached).all())
    )


def _within(values: np.ndarray, end: int) -> bool:
    return values.dtype.kind in "iu" and bool(((values >= 0) & (values < end)).all())
