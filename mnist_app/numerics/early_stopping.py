"""When a training stops early."""

from __future__ import annotations

from collections.abc import Sequence


def stops_after(losses: Sequence[float], patience: int) -> int:
    """Return the epoch, counted from 1, after which a training stops; the last one where it does not.

    It stops when so many epochs in a row have not been better than the best one,
    as ``keras.callbacks.EarlyStopping`` counts them.

    Args:
        losses: the validation loss after each epoch, one of them at least.
        patience: epochs, 1 at least.
    """
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(losses, start=1):
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited >= patience:
            return epoch
    return len(losses)
