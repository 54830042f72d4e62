"""Accuracy where some of the images are no digits."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable("mnist_app")
class DigitAccuracy(keras.metrics.CategoricalAccuracy):  # type: ignore[misc]
    """The share of digits that are read rightly; an image whose label favours no digit does not count."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Count a batch."""
        is_digit = keras.ops.cast(keras.ops.max(y_true, axis=-1) > 0.5, "float32")
        return super().update_state(y_true, y_pred, is_digit)
