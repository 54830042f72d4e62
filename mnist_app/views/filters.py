"""What a network's filters look for, on its way to the explorer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from mnist_app.nets.architectures import INPUT_SHAPE
from mnist_app.serving.card import FILTERS_FILE, read_card
from mnist_app.serving.filters import Filters, LayerFilters, read_filters
from mnist_app.texts.catalog import catalog
from mnist_app.texts.user_error import UserError
from mnist_app.views.language import language, t
from mnist_app.views.packed import packed
from mnist_app.views.served_files import address, served
from mnist_app.views.sidebar import ChosenModel

HELD = 12  # models whose filters are kept as files
# The texts in explorer/filters.js, by their key in "filters"; {fields} are filled there.
WORDS = (
    "title", "paper", "ink", "loading", "unreachable", "left_out",
    "pattern", "pattern_alt", "pattern_says", "no_pattern",
    "image", "image_caption", "images_say", "none",
    "head_index", "head_label", "head_row", "head_column", "head_value", "head_seen",
)  # fmt: skip


def filters_header(model: ChosenModel) -> dict[str, object]:
    """Return the texts, and where a model's filters are fetched from ("url") or why not ("problem")."""
    texts = catalog(language())
    return {"words": {word: texts[f"filters.{word}"] for word in WORDS}, **_source(model)}


def pack_filters(filters: Filters) -> bytes:
    """Return filters in one piece of bytes, as ``packed`` makes it.

    The values are all test images, then each layer's patterns, as uint8;
    ``best`` has [image, row, column, value] for each of a filter's images.
    """
    layers: dict[str, dict[str, object]] = {}
    arrays, offset = [filters.images], filters.images.size
    for name, found in filters.layers.items():
        layers[name] = {"best": _best(found)}
        if found.patterns is not None and found.reached is not None:
            layers[name] |= {
                "size": found.patterns.shape[1:],
                "offset": offset,
                "reached": found.reached.tolist(),
            }
            arrays.append(found.patterns)
            offset += found.patterns.size
    header = {
        "seen": filters.seen,
        "side": INPUT_SHAPE[:2],
        "labels": filters.labels.tolist(),
        "indices": filters.indices.tolist(),
        "layers": layers,
    }
    return packed(header, arrays, np.uint8)


def _best(found: LayerFilters) -> list[list[list[float]]]:
    places = np.moveaxis(found.places, -1, 0).tolist()
    numbers = zip(found.images.tolist(), *places, found.values.tolist(), strict=True)
    return [[list(image) for image in zip(*of_filter, strict=True)] for of_filter in numbers]


def _source(model: ChosenModel) -> dict[str, str]:
    if model.is_learning:
        return {"problem": t("filters.learning")}
    path = model.folder / FILTERS_FILE
    try:
        return {"url": address(_file(model.folder, model.modified, path.stat().st_mtime))}
    except FileNotFoundError:
        return {"problem": t("filters.missing")}
    except UserError as error:
        return {"problem": error.message(language())}


@st.cache_resource(max_entries=HELD, show_spinner=False)
def _file(folder: Path, *modified: float) -> Path:
    """Return the file for the browser; ``modified`` tells a new card, and new filters, from old ones."""
    del modified
    return served(pack_filters(read_filters(folder, read_card(folder))))
