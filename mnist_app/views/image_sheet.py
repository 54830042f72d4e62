"""One image as a picture and as its numbers, with its label one-hot, as a component of the page."""

from __future__ import annotations

import json

import numpy as np
import streamlit as st

from mnist_app.numerics.one_hot import one_hot
from mnist_app.texts.catalog import catalog
from mnist_app.views import colours
from mnist_app.views.assets import asset, script
from mnist_app.views.language import language

# The texts that the component writes or speaks, by key; {fields} may stand in any order.
WORDS = (
    "bytes",  # names the numbers as they are stored
    "scaled",  # names the numbers as a network takes them
    "paper",  # what 0 is
    "ink",  # what 255 is
    "cell",  # one pixel: {row}, {column}, {value}, {scaled}
    "invite",  # what to do while nothing is pointed at
    "matrix",  # names the numbers for a screen reader
    "label",  # names the label: {label}
    "one_hot",  # names its code: {code}
)


def image_sheet(image: np.ndarray, label: int, alt: str, key: str) -> None:
    """Show an image beside its numbers, 0 to 255 or 0 to 1, and its label one-hot.

    Args:
        image: uint8 (28, 28), 0 (paper) to 255 (ink).
        label: 0 to 9.
        alt: what the picture shows.
        key: the component's key.
    """
    texts = catalog(language())
    content = {
        "values": image.reshape(-1).tolist(),
        "label": label,
        "oneHot": one_hot(label).tolist(),
        "alt": alt,
        "words": {word: texts[f"sheet.{word}"] for word in WORDS},
        "selected": colours.SELECTED,
    }
    data = json.dumps(content, ensure_ascii=False).encode()  # as bytes: see walk.py
    _COMPONENT(key=key, data=data)


_COMPONENT = st.components.v2.component(
    "image_sheet",
    js=script("layer_maps/values.js", "segmented.js", "image_sheet/sheet.js"),
    css=asset("segmented.css", "image_sheet/sheet.css"),
    isolate_styles=False,
)
