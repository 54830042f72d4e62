"""Whether a network keeps its answer while a digit is changed step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class KeptAnswer:
    """What a network reads along the steps of one change.

    Attributes:
        probabilities: float32 (steps, 10), what it makes of the digit after each.
        rest: the step that changes nothing.
    """

    probabilities: np.ndarray
    rest: int

    @property
    def digits(self) -> np.ndarray:
        """Return the digit read at every step, int64 (steps,)."""
        digits: np.ndarray = self.probabilities.argmax(-1)
        return digits

    @property
    def answer(self) -> int:
        """Return what the network reads in the unchanged digit."""
        return int(self.digits[self.rest])

    @property
    def shares(self) -> np.ndarray:
        """Return how probable the network finds its answer at every step, float32 (steps,)."""
        shares: np.ndarray = self.probabilities[:, self.answer]
        return shares

    @property
    def kept(self) -> tuple[int, int]:
        """Return the first and the last step around ``rest`` between which the answer never changes."""
        lost = np.flatnonzero(self.digits != self.answer)
        before, after = lost[lost < self.rest], lost[lost > self.rest]
        return (
            int(before[-1]) + 1 if len(before) else 0,
            int(after[0]) - 1 if len(after) else len(self.digits) - 1,
        )
