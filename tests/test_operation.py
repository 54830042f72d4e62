"""Convolution and pooling of one picture, held against Keras, SciPy and the tutorials' sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.signal

from mnist_app.numerics.examples import EXAMPLES
from mnist_app.numerics.operation import (
    CONVOLUTION,
    KINDS,
    PADDINGS,
    POOLS,
    Operation,
    perform,
    sides,
)
from mnist_app.numerics.picture import at_most
from mnist_app.texts.user_error import UserError

RANDOM = np.random.default_rng(5)
SHAPES = [(7, 9), (8, 8), (12, 5)]
WINDOWS = [(1, 1), (2, 2), (3, 3), (3, 2), (1, 5), (5, 5)]
# Strides and dilation, each (down, across): Keras takes one of the two larger than 1 at a time.
APART = [(1, 1), (2, 2), (3, 3), (2, 1), (1, 3), (3, 2)]
STEPS = [(pair, (1, 1)) for pair in APART] + [((1, 1), pair) for pair in APART[1:]]


def kernel_of(size: tuple[int, int]) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, RANDOM.normal(size=size).astype(np.float32).tolist()))


def picture_of(shape: tuple[int, int]) -> np.ndarray:
    return RANDOM.normal(-0.3, 1, shape).astype(np.float32)


def beginnings(length: int, span: int, stride: int, padding: str) -> range:
    """Return where windows begin in SciPy's "full" result, whose first one holds a single cell."""
    if padding == "valid":
        return range(span - 1, length, stride)
    count = math.ceil(length / stride)  # TensorFlow's rule: an odd row of padding comes after
    before = max((count - 1) * stride + span - length, 0) // 2
    return range(span - 1 - before, span - 1 - before + count * stride, stride)


def grid(*rows: str) -> list[list[float]]:
    return [[float(value) for value in row.split()] for row in rows]


# ------------------------------------------------------------- references


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("size", WINDOWS, ids=str)
def test_a_convolution_is_scipys_correlation(shape, size):
    picture, kernel = picture_of(shape), kernel_of(size)
    valid = scipy.signal.correlate2d(picture, np.array(kernel), "valid")
    found = perform(Operation(CONVOLUTION, kernel=kernel), picture)
    np.testing.assert_allclose(found, valid, rtol=0, atol=1e-5)
    strided = perform(Operation(CONVOLUTION, kernel=kernel, strides=(2, 3)), picture)
    np.testing.assert_allclose(strided, valid[::2, ::3], rtol=0, atol=1e-5)
    if all(length % 2 for length in size):  # SciPy puts the odd row of an even kernel elsewhere
        same = scipy.signal.correlate2d(picture, np.array(kernel), "same")
        found = perform(Operation(CONVOLUTION, kernel=kernel, padding="same"), picture)
        np.testing.assert_allclose(found, same, rtol=0, atol=1e-5)


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize(("strides", "dilation"), STEPS, ids=str)
def test_each_direction_has_strides_and_dilation_as_in_scipy(padding, strides, dilation):
    for shape in SHAPES:
        for size in WINDOWS:
            picture, kernel = picture_of(shape), kernel_of(size)
            spans = [d * (length - 1) + 1 for d, length in zip(dilation, size, strict=True)]
            spread = np.zeros(spans)  # the kernel with zeros between its values
            spread[:: dilation[0], :: dilation[1]] = kernel
            full = scipy.signal.correlate2d(picture, spread, "full")
            chosen = [beginnings(*side, padding) for side in zip(shape, spans, strides, strict=True)]
            operation = Operation(
                CONVOLUTION, kernel=kernel, strides=strides, dilation_rate=dilation, padding=padding
            )
            if not all(map(len, chosen)):
                with pytest.raises(UserError, match="reaches over"):
                    perform(operation, picture)
                continue
            np.testing.assert_allclose(perform(operation, picture), full[np.ix_(*chosen)], rtol=0, atol=1e-5)


@pytest.mark.tensorflow
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize(("strides", "dilation"), STEPS, ids=str)
def test_a_convolution_is_that_of_keras_ops(padding, strides, dilation):
    from keras import ops

    for shape in SHAPES:
        for size in WINDOWS:
            picture, kernel = picture_of(shape), kernel_of(size)
            operation = Operation(
                CONVOLUTION,
                kernel=kernel,
                strides=strides,
                dilation_rate=dilation,
                padding=padding,
            )
            try:
                down, across = sides(operation, shape)
            except UserError:  # the window is too large
                assert padding == "valid"
                continue
            expected = ops.conv(
                picture[None, ..., None],
                np.array(kernel, np.float32)[..., None, None],
                strides=strides,
                padding=padding,
                dilation_rate=dilation,
            )
            found = perform(operation, picture)
            assert found.dtype == np.float32
            assert found.shape == (down.count, across.count)
            np.testing.assert_allclose(found, np.asarray(expected)[0, ..., 0], rtol=0, atol=1e-5)


@pytest.mark.tensorflow
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("kind", ["max", "average"])
def test_a_pooling_is_that_of_keras_ops(kind, padding):
    from keras import ops

    pool = {"max": ops.max_pool, "average": ops.average_pool}[kind]
    for shape in SHAPES:
        for size in WINDOWS:
            for strides in ((1, 1), (2, 2), (2, 1), (1, 3), size):
                picture = picture_of(shape)
                operation = Operation(kind, pool_size=size, strides=strides, padding=padding)
                expected = pool(picture[None, ..., None], size, strides, padding)
                found = perform(operation, picture)
                np.testing.assert_allclose(found, np.asarray(expected)[0, ..., 0], rtol=0, atol=1e-5)
                assert found.shape == tuple(side.count for side in sides(operation, shape))


def test_a_global_pooling_has_one_window():
    picture = picture_of((6, 9))
    assert perform(Operation("global_max"), picture) == picture.max()
    np.testing.assert_allclose(perform(Operation("global_average"), picture), [[picture.mean()]], atol=1e-6)
    assert [side.count for side in sides(Operation("global_max"), (6, 9))] == [1, 1]


def test_relu_passes_positives_and_zeroes_the_rest():
    picture = picture_of((6, 6))
    operation = Operation(CONVOLUTION, kernel=((-1.0,),), relu=True)
    np.testing.assert_array_equal(perform(operation, picture), np.maximum(-picture, 0))


# ------------------------------------------------------------- the tutorials


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("convolution", ("2 1 1", "0 2 2", "0 1 1")),
        ("pooling", ("4 2", "1 6")),
        ("average", ("1.25 0.75", "0.25 2")),
        ("strides", ("3 5", "7 9")),
    ],
)
def test_a_tutorials_example_has_exactly_its_numbers(name, rows):
    example = EXAMPLES[name]
    np.testing.assert_array_equal(perform(example.operation, example.picture), grid(*rows))


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=lambda example: example.name)
def test_every_example_can_be_done(example):
    assert example.picture.dtype == np.float32
    down, across = sides(example.operation, example.picture.shape)
    assert perform(example.operation, example.picture).shape == (down.count, across.count)


def test_same_padding_keeps_height_and_width_with_a_row_of_zeros_on_each_side():
    example = EXAMPLES["padding"]
    for side in sides(example.operation, example.picture.shape):
        assert (side.before, side.after, side.count) == (1, 1, 5)


def test_a_stride_that_does_not_fit_leaves_cells_out():
    down, across = sides(Operation("max", pool_size=(2, 2), strides=(2, 2)), (5, 4))
    assert (down.count, down.missed) == (2, 1)
    assert (across.count, across.missed) == (2, 0)


def test_dilation_parts_the_windows_cells():
    down, _ = sides(Operation(CONVOLUTION, kernel=((1.0,) * 3,) * 3, dilation_rate=(2, 2)), (6, 6))
    assert (down.span, down.count) == (5, 2)


# ------------------------------------------------------------- what cannot be done


def test_a_window_larger_than_the_picture_is_explained():
    with pytest.raises(UserError, match=r"5 × 5 cells, but the picture has only 4 × 4"):
        perform(Operation("max", pool_size=(5, 5)), picture_of((4, 4)))
    dilated = Operation(CONVOLUTION, kernel=((1.0,) * 3,) * 3, dilation_rate=(2, 2))
    with pytest.raises(UserError, match="5 × 5 cells"):
        perform(dilated, picture_of((4, 4)))
    assert perform(Operation("max", pool_size=(5, 5), padding="same"), picture_of((4, 4))).shape == (4, 4)


def test_strides_and_dilation_together_are_refused_as_keras_refuses_them():
    operation = Operation(CONVOLUTION, kernel=((1.0,),), strides=(2, 2), dilation_rate=(2, 2))
    with pytest.raises(UserError, match="Keras"):
        perform(operation, picture_of((8, 8)))


@pytest.mark.parametrize(
    "settings", [{"kind": "median"}, {"kind": "max", "padding": "full"}, {"kind": CONVOLUTION}], ids=str
)
def test_an_impossible_operation_cannot_be_made(settings):
    with pytest.raises(ValueError, match="Received"):
        Operation(**settings)


def test_every_kind_is_a_convolution_or_a_pooling():
    assert set(KINDS) == {CONVOLUTION, *POOLS}


# ------------------------------------------------------------- pictures


@pytest.mark.parametrize(
    ("shape", "expected"), [((28, 28), (28, 28)), ((128, 64), (64, 32)), ((1000, 3), (64, 1))], ids=str
)
def test_a_large_picture_becomes_small_enough(shape, expected):
    picture = np.full(shape, 0.25, np.float32)
    reduced = at_most(picture, 64)
    assert reduced.shape == expected
    np.testing.assert_allclose(reduced, 0.25, atol=1e-6)
