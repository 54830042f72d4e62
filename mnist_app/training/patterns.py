"""Patterns that excite the filters of a network: activation maximisation.

Gradient ascent on the pixels (Erhan, Bengio, Courville and Vincent 2009,
"Visualizing higher-layer features of a deep network"), kept readable by what
Yosinski et al. 2015 ("Understanding neural networks through deep
visualization") call regularisation: slopes are blurred, the picture jitters,
and pixels that hardly matter are drawn to paper, all of it less and less.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mnist_app.nets.architectures import INPUT_SHAPE
from mnist_app.nets.summary import multiplications
from mnist_app.numerics.receptive_field import receptive_field
from mnist_app.training.export import layer_cards

STEPS = 60
NOISE = 0.5  # of ink at most, to start with
RATE = 2.0  # of the first step: how far the pixel with the steepest slope moves
PAPER = 0.15  # of the steepest slope, at first: a pixel that does less for the filter becomes paper
BLUR = 0.9  # how much of a slope is its neighbours', at first
SMALL = 5  # pixels: a smaller field is readable as it is
JITTER = 8  # one pixel either way for so many pixels of the field
STILL = 0.25  # of the steps, the last ones, do not jitter
MOST_WORK = 1.5e11  # multiply-adds for a layer; larger ones get no patterns
GRADIENT_WORK = 3  # passes that a pass with its slopes is worth

WITH_A_WINDOW = ("Conv2D", "MaxPooling2D", "AveragePooling2D")
CELL_BY_CELL = ("BatchNormalization", "Dropout", "Activation", "ReLU")


def exciting_patterns(model: keras.Model, layer: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """Return a pattern for each filter of a convolution, and the value that it reaches.

    The patterns are uint8 (filters, height, width), 0 (paper) to 255 (ink), as
    much of the picture as the middle cell of a map sees; the values, float32
    (filters,), are that cell's.  None for a layer that takes too long.
    """
    part, (row, column) = _middle_cell(model, layer)
    if GRADIENT_WORK * STEPS * layer.filters * multiplications(layer_cards(part)) > MOST_WORK:
        return None

    def excitement(images: tf.Tensor) -> tf.Tensor:
        """Return what each image is to its own filter, (filters,)."""
        return tf.linalg.diag_part(part(images, training=False)[:, row, column])

    patterns = np.rint(255 * _ascend(excitement, (layer.filters, *part.input_shape[1:]))).astype(np.uint8)
    reached = layer.activation(excitement(patterns / np.float32(255)))
    return patterns[..., 0], np.asarray(reached)


def _ascend(excitement: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return images (count, height, width, 1) from 0 to 1 that excite, found step by step from noise."""
    side = min(shape[1:3])
    is_small = side <= SMALL
    rng = np.random.default_rng(1)
    left = np.linspace(1, 1 / STEPS, STEPS, dtype=np.float32)  # falls to 0
    reach = np.where(left > STILL, side // JITTER, 0)[:, np.newaxis]
    shifts = tf.constant(rng.integers(-reach, reach + 1, (STEPS, 2)), tf.int32)
    rates, paper, blur = (tf.constant(each) for each in (RATE * left, PAPER * left, BLUR * left))

    @tf.function  # type: ignore[untyped-decorator]
    def ascend(images: tf.Tensor) -> tf.Tensor:
        for step in tf.range(STEPS):
            moved = tf.roll(images, shifts[step], [1, 2])
            with tf.GradientTape() as tape:
                tape.watch(moved)
                excited = excitement(moved)
            slopes = tf.roll(tape.gradient(excited, moved), -shifts[step], [1, 2])
            if not is_small:
                slopes += blur[step] * (_blurred(slopes) - slopes)
            slopes /= tf.reduce_max(tf.abs(slopes), (1, 2, 3), keepdims=True) + keras.config.epsilon()
            if not is_small:
                slopes -= paper[step]
            images = tf.clip_by_value(images + rates[step] * slopes, 0, 1)
        return images

    return np.asarray(ascend(rng.uniform(0, NOISE, shape).astype(np.float32)))


def _blurred(images: tf.Tensor) -> tf.Tensor:
    row = np.array([1, 2, 1], np.float32) / 4
    kernel = np.outer(row, row)[..., np.newaxis, np.newaxis]
    return tf.nn.conv2d(tf.pad(images, [(0, 0), (1, 1), (1, 1), (0, 0)], "SYMMETRIC"), kernel, 1, "VALID")


def _middle_cell(model: keras.Model, layer: Any) -> tuple[keras.Model, tuple[int, int]]:
    """Return a network that computes the middle cell of a layer's maps, and where the cell stands in its own.

    The layer's activation is left out: where a ReLU is at 0 there is no slope
    to follow.  Where it can, the network takes no more of the picture than the
    cell sees, which saves most of the work.
    """
    row, column = layer.output.shape[1] // 2, layer.output.shape[2] // 2
    chain = [each for each in model.layers if not isinstance(each, keras.layers.InputLayer)]
    chain = chain[: chain.index(layer) + 1]
    sides = _seen(model, len(chain), (row, column))
    if sides is None:
        last = _copy(layer, activation="linear")
        part = keras.Model(model.inputs[0], last(layer.input))
        last.set_weights(layer.get_weights())
        return part, (row, column)
    copies = [_copy(each, padding="valid") for each in chain[:-1]]
    copies.append(_copy(layer, padding="valid", activation="linear"))
    part = keras.Sequential([keras.Input((*sides, 1)), *copies])
    for copy, each in zip(copies, chain, strict=True):
        copy.set_weights(each.get_weights())
    return part, (0, 0)


def _seen(model: keras.Model, count: int, cell: tuple[int, int]) -> tuple[int, int] | None:
    """Return height and width of what a cell of a model's first layers sees; None where that is not known.

    Nor is it where the cell sees padding: it would see more without it.
    """
    cards = layer_cards(model)[:count]
    is_known = all(card.class_name in (*WITH_A_WINDOW, *CELL_BY_CELL) for card in cards)
    if not is_known or not isinstance(model, keras.Sequential):  # any other may branch
        return None
    ranges = receptive_field(cards, cell, INPUT_SHAPE[0])
    if any(first < 0 or end > INPUT_SHAPE[0] for first, end in ranges):
        return None
    (top, bottom), (left, right) = ranges
    return bottom - top, right - left


def _copy(layer: Any, **changes: str) -> Any:
    """Return a new layer like another but for settings that it has; its weights are to come."""
    config = layer.get_config()
    config.update((name, value) for name, value in changes.items() if name in config)
    return type(layer).from_config(config)
