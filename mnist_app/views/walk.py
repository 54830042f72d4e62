"""An operation played window by window, as a component of the page.

The browser gets the numbers once and needs no server after that: playing,
jumping and guessing happen in walk/*.js.
"""

from __future__ import annotations

import json

import numpy as np
import streamlit as st

from mnist_app.numerics.operation import CONVOLUTION, Operation, Side, perform, sides
from mnist_app.texts.catalog import catalog
from mnist_app.views import colours
from mnist_app.views.assets import asset, script
from mnist_app.views.language import language
from mnist_app.views.layer_maps import scales

# The texts that the component writes or speaks, by key; {fields} may stand in any order.
WORDS = (
    "restart",
    "back",
    "play",
    "pause",
    "step",
    "guess",  # names the switch
    "question",  # asks for the next value
    "answer",  # names the field
    "check",
    "next",
    "right",
    "wrong",  # {given}
    "number",  # said of an answer that is none
    "score",  # {right}, {asked}
    "place",  # {number}, {count}, {row}, {column}
    "start",  # what to do while nothing is shown yet
    "input",  # {shape}
    "output",  # {shape}
    "window",
    "kernel",
    "padding",  # said of the cells around the picture
    "keys",  # what the keys do
    "many",  # stands for more values than can be written: {count}
    "sum",  # the same for all of them added up
    "low_high",  # {low}, {high}
)

SCRIPTS = ("shades", "grid", "windows", "question", "course", "walk")


def walk(picture: np.ndarray, operation: Operation, key: str) -> None:
    """Show an operation on a picture, window by window.

    Args:
        picture: float32 (height, width), any range.
        operation: what is done; it must be possible on this picture.
        key: the component's key.
    """
    _COMPONENT(key=key, data=pack(picture, operation, language()))


def pack(picture: np.ndarray, operation: Operation, language: str) -> bytes:
    """Return everything the browser needs, as JSON.

    As bytes, because of a dict Streamlit asks whether it is a data frame, and
    imports pandas for the question.
    """
    down, across = sides(operation, (picture.shape[0], picture.shape[1]))
    texts = catalog(language)
    return json.dumps(
        {
            "kind": operation.kind if operation.kind == CONVOLUTION else operation.kind.split("_")[-1],
            "input": _rows(picture),
            "output": _rows(perform(operation, picture)),
            "kernel": operation.kernel or None,
            "relu": operation.relu,
            "down": _side(down),
            "across": _side(across),
            "words": {word: texts[f"walk.{word}"] for word in WORDS},
            "colours": {**scales(), "right": colours.RIGHT, "wrong": colours.WRONG},
        },
        ensure_ascii=False,
    ).encode()


def _rows(values: np.ndarray) -> list[list[float]]:
    # Four decimals less than float32 has digits: 0.1 arrives as 0.1 and not as 0.10000000149.
    return [[round(float(value), 6) for value in row] for row in values]


def _side(side: Side) -> dict[str, int]:
    return {
        "size": side.size,
        "stride": side.stride,
        "dilation": side.dilation,
        "before": side.before,
        "after": side.after,
    }


# The scripts are one module, as in layer_maps.py, whose numbers and colours they share.
_COMPONENT = st.components.v2.component(
    "walk",
    js=script("layer_maps/values.js", *(f"walk/{name}.js" for name in SCRIPTS)),
    css=asset("walk/walk.css"),
    isolate_styles=False,
)
