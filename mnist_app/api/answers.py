"""What the interface takes and what it answers, as its description (OpenAPI) has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, Field

from mnist_app.nets.architectures import CLASSES
from mnist_app.numerics.metrics import refused
from mnist_app.numerics.preprocess import SIDE, Box

WHITE = 255
MOST_IMAGES = 64  # in one request
DECIMALS = 6

Pixel = Annotated[float, Field(ge=0, le=WHITE)]
Row = Annotated[list[Pixel], Field(min_length=SIDE, max_length=SIDE)]
Image = Annotated[list[Row], Field(min_length=SIDE, max_length=SIDE)]


class Images(BaseModel):
    """Images as MNIST has them: they are read as they are, without preparation."""

    images: Annotated[list[Image], Field(min_length=1, max_length=MOST_IMAGES)] = Field(
        description="28 rows of 28 numbers each, from 0 (paper) to 255 (ink)"
    )


class Digit(BaseModel):
    """One digit, and what the network made of it."""

    digit: int = Field(description="the likeliest digit", ge=0, lt=CLASSES)
    probability: float = Field(description="how probable it is", ge=0, le=1)
    probabilities: list[float] = Field(description="of the digits 0 to 9; their sum is 1")
    is_digit: bool = Field(description="false: it looks like no digit at all")
    box: list[int] | None = Field(
        description="x, y, width, height in the picture, whose longer side is 1,024 pixels at most; "
        "null for a 28 × 28 image"
    )
    maps: dict[str, Any] | None = Field(
        default=None, description="the output of each layer that was asked for, as nested lists"
    )


class Reading(BaseModel):
    """What was read in one image."""

    name: str = Field(description="of the file, or the place of the image in the request, from 0")
    status: str = Field(description='"read", "blank" (no ink) or "dot" (a tap of the pen)')
    answer: str = Field(description='the digits from left to right, "?" for what looks like none')
    digits: list[Digit]


class Answer(BaseModel):
    """What a network read."""

    model: str
    readings: list[Reading] = Field(description="one for each image, in their order")


class Layer(BaseModel):
    """A layer, by the name under which its output can be asked for."""

    name: str
    class_name: str
    output_shape: list[int]


class Model(BaseModel):
    """A network that reads."""

    name: str
    architecture: str
    parameters: int
    test_accuracy: float = Field(description="the share of MNIST's test images that it reads right")
    refuse_below: float = Field(
        description="what its two likeliest digits need together to be taken for a digit; 0: nothing"
    )
    default: bool
    layers: list[Layer]


class Problem(BaseModel):
    """What was wrong, as RFC 9457 has it."""

    title: str
    status: int
    detail: str = Field(description="one sentence: what was wrong, and what to do")


def digit_of(
    activations: dict[str, np.ndarray], refuse_below: float, box: Box | None, layers: Sequence[str]
) -> Digit:
    """Return a digit as the interface tells it.

    Args:
        activations: every layer's output by name, the probabilities last.
        refuse_below: the network's threshold, 0 to 1.
        box: where the digit stands in the picture.
        layers: whose outputs to tell.
    """
    probabilities = next(reversed(activations.values()))
    return Digit(
        digit=int(probabilities.argmax()),
        probability=round(float(probabilities.max()), DECIMALS),
        probabilities=[round(float(value), DECIMALS) for value in probabilities],
        is_digit=not refused(probabilities, refuse_below),
        box=[box.x, box.y, box.width, box.height] if box else None,
        maps={name: activations[name].astype(float).round(DECIMALS).tolist() for name in layers} or None,
    )
