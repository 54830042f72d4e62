"""How far a measured share may be from the true one."""

from __future__ import annotations

from math import sqrt

Z_95 = 1.959964  # of the normal distribution, 95 % of it within


def wilson_interval(hits: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, 0 to 1, when ``hits`` of ``count`` were counted.

    Wilson's score interval (1927): right near 0 and 1 too, where the usual
    one leaves the scale.

    Raises:
        ValueError: nothing was counted, or more hits than there were.
    """
    if not 0 <= hits <= count or not count:
        raise ValueError(f"wilson_interval: 0 <= hits <= count, count above 0. Received: {hits}, {count}")
    share, weight = hits / count, Z_95**2 / count
    middle = (share + weight / 2) / (1 + weight)
    reach = sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    return max(0.0, middle - reach), min(1.0, middle + reach)
