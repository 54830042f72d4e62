"""How little some ink looks like one whole digit: by what a network says of it, and by its shape."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

# Fitted by the likelihood of the right partition, on touching pairs and single drawings of recorded digits.
LIKELY = 2.5  # weight of a probability's logarithm: tells apart what the network doubts
SURE = 0.4  # weight of its complement's: tells apart what the network is sure of
FLOOR = 0.001  # surer than this no network is believed to be
USUAL_WIDTHS = (0.90, 0.28, 0.95, 0.68, 0.74, 0.90, 0.63, 0.83, 0.70, 0.64)  # of 0 to 9, in heights
SPREADS = (0.27, 0.48)  # of their logarithms: of all digits, and of 1, which has a flag and a foot or neither
WIDE = 0.75  # for a width one spread above the usual, more by its square
LOW = 2.2  # for a height of 0 where others have 1
LOWEST = 0.6  # of the tallest digit's height; what is at least so high is not low


def doubt(probabilities: np.ndarray, width: int, height: int, tallest: float) -> float:
    """Return how much speaks against ink being one digit, from 0 up, in units of log likelihood.

    Args:
        probabilities: a network's answer, (10,).
        width: of the ink.
        height: of the ink.
        tallest: height of the tallest digit beside it, or its own.
    """
    digit = int(probabilities.argmax())
    probability = float(probabilities[digit])
    unlikely = -LIKELY * np.log(max(probability, FLOOR))
    unsure = SURE * np.log((1 - min(probability, 1.0) + FLOOR) / FLOOR)
    wide = np.log(width / height / USUAL_WIDTHS[digit]) / SPREADS[digit == 1]
    low = max(LOWEST - height / tallest, 0.0)
    return float(unlikely + unsure + WIDE * max(wide, 0.0) ** 2 + LOW * low)


def cheapest(costs: Mapping[tuple[int, int], float], count: int) -> list[tuple[int, int]]:
    """Return the spans that cover 0 to ``count`` without a gap at the least cost in all, from left to right.

    Args:
        costs: of each span that may be taken, by its first place and the place after its last.
        count: of places.

    Raises:
        ValueError: the spans do not cover all places.
    """
    best: list[tuple[float, list[tuple[int, int]]]] = [(0.0, [])]
    for end in range(1, count + 1):
        ways = [
            (best[start][0] + cost, [*best[start][1], (start, stop)])
            for (start, stop), cost in costs.items()
            if stop == end
        ]
        best.append(min(ways, default=(np.inf, [])))
    if best[count][0] == np.inf:
        raise ValueError(f"cheapest: costs must cover 0 to {count}. Received: {sorted(costs)}")
    return best[count][1]
