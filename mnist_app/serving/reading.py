"""Reading a drawing: from its ink to digits with their probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from mnist_app.numerics.metrics import refused
from mnist_app.numerics.preprocess import ALL_STEPS, Box, Preparation, Steps, ink_box, is_dot, prepare
from mnist_app.numerics.segment import Part
from mnist_app.serving.network import Network
from mnist_app.serving.parting import tell_apart

SURE = 0.7  # below it, the network is wrong too often to be believed


@dataclass(frozen=True)
class DigitReading:
    """One digit: how it was prepared and what the network made of it.

    ``probabilities`` is float32 (10,); ``activations`` has every layer's
    output by name, without the batch axis; ``box`` is where the digit stands
    in the drawing; ``refuse_below`` is the network's threshold, 0 to 1;
    ``is_cut`` says that it touched another digit and was cut off it.
    """

    box: Box
    preparation: Preparation
    activations: dict[str, np.ndarray]
    refuse_below: float = 0.0
    is_cut: bool = False

    @property
    def probabilities(self) -> np.ndarray:
        """Return the class probabilities, float32 (10,)."""
        return next(reversed(self.activations.values()))

    @property
    def digit(self) -> int:
        """Return the digit read."""
        return int(self.probabilities.argmax())

    @property
    def second(self) -> int:
        """Return the second guess."""
        return int(self.probabilities.argsort()[-2])

    @property
    def probability(self) -> float:
        """Return how probable the network finds the digit, 0 to 1."""
        return float(self.probabilities.max())

    @property
    def is_digit(self) -> bool:
        """Return whether it looks like any digit at all to the network."""
        return not refused(self.probabilities, self.refuse_below)

    @property
    def symbol(self) -> str:
        """Return the digit read, "?" for what is none."""
        return str(self.digit) if self.is_digit else "?"

    @property
    def sure(self) -> bool:
        """Return whether the network may be believed."""
        return self.probability >= SURE


@dataclass(frozen=True)
class Reading:
    """What was read: ``status`` is "read", "blank" (no ink) or "dot" (a tap of the pen)."""

    status: str
    digits: tuple[DigitReading, ...] = ()

    @property
    def number(self) -> str:
        """Return the digits from left to right, "" for none; what looks like none is its closest digit."""
        return "".join(str(digit.digit) for digit in self.digits)

    @property
    def answer(self) -> str:
        """Return what the network answers: the digits from left to right, "?" for what looks like none."""
        return "".join(digit.symbol for digit in self.digits)

    @property
    def has_digit(self) -> bool:
        """Return whether any part of the drawing looks like a digit."""
        return any(digit.is_digit for digit in self.digits)


def read(ink: np.ndarray, network: Network, single: bool = False, steps: Steps = ALL_STEPS) -> Reading:
    """Return what a network reads in a drawing.

    Args:
        ink: float32 (height, width), 0 to 1.
        network: what reads.
        single: the drawing holds one digit, whatever its parts look like.
        steps: how each digit is prepared.
    """
    box = ink_box(ink)
    if box is None:
        return Reading("blank")
    if is_dot(ink):
        return Reading("dot")
    # Without the crop the place on the canvas counts, so there is only one digit.
    if single or not steps.crop:
        return Reading("read", tuple(_answers(network, steps, [(ink, box)])))
    told = tell_apart(ink, partial(_answers, network, ALL_STEPS))
    digits = [digit for digit, _ in told]
    if steps != ALL_STEPS:  # parts are told apart by what a network makes of digits as it has learned them
        digits = _answers(network, steps, [(digit.preparation.drawing, digit.box) for digit in digits])
    return Reading(
        "read", tuple(replace(digit, is_cut=is_cut) for digit, (_, is_cut) in zip(digits, told, strict=True))
    )


def _answers(network: Network, steps: Steps, parts: Sequence[Part]) -> list[DigitReading]:
    """Return what a network makes of each part by itself."""
    prepared = [prepare(ink, steps) for ink, _ in parts]
    prediction = network.predict(np.stack([preparation.digit for preparation in prepared]))
    return [
        DigitReading(
            box,
            preparation,
            {name: values[n] for name, values in prediction.activations.items()},
            network.refuse_below,
        )
        for n, ((_, box), preparation) in enumerate(zip(parts, prepared, strict=True))
    ]
