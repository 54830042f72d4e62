"""Named kernels, and kernels as people type them."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.numerics.kernels import KERNELS, LARGEST, read_kernel, resized
from mnist_app.numerics.operation import CONVOLUTION, Operation, perform
from mnist_app.texts.catalog import catalog
from mnist_app.texts.user_error import UserError

# An even picture stays as bright.
SUM_ONE = {"identity", "blur", "gaussian", "sharpen", "emboss", "mean_row", "mean_column"}


@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_keeps_the_registrys_contract(name):
    kernel = KERNELS[name]
    values = np.array(kernel.values)
    assert kernel.name == name
    assert values.ndim == 2
    assert max(values.shape) <= LARGEST
    assert all(length % 2 for length in values.shape)  # it has a centre
    assert values.sum() == pytest.approx(1 if name in SUM_ONE else 0)
    np.testing.assert_allclose(read_kernel(kernel.typed), values)
    assert f"kernel.{name}" in catalog("en")


def test_a_line_detector_answers_most_to_its_own_line():
    lines = {
        "line_0": np.eye(5)[[2]].T @ np.ones((1, 5)),
        "line_90": np.ones((5, 1)) @ np.eye(5)[[2]],
        "line_45": np.eye(5)[::-1],
        "line_135": np.eye(5),
    }
    for name, line in lines.items():
        peaks = {
            other: perform(Operation(CONVOLUTION, kernel=KERNELS[other].values), line.astype(np.float32))[
                1, 1
            ]
            for other in lines
        }
        assert max(peaks, key=peaks.get) == name


def test_a_mean_along_a_row_blurs_in_that_direction_only():
    dot = np.zeros((9, 9), np.float32)
    dot[4, 4] = 7
    for name, line in {"mean_row": np.s_[4, 1:8], "mean_column": np.s_[1:8, 4]}.items():
        blurred = perform(Operation(CONVOLUTION, kernel=KERNELS[name].values, padding="same"), dot)
        np.testing.assert_allclose(blurred[line], 1, atol=1e-6)
        assert np.count_nonzero(blurred) == 7


def test_sobel_x_answers_to_a_change_from_left_to_right():
    edge = np.repeat([[0, 0, 1, 1]], 4, axis=0).astype(np.float32)
    for name in ("sobel", "prewitt"):
        assert perform(Operation(CONVOLUTION, kernel=KERNELS[f"{name}_x"].values), edge).min() > 0
        assert not perform(Operation(CONVOLUTION, kernel=KERNELS[f"{name}_y"].values), edge).any()
        assert perform(Operation(CONVOLUTION, kernel=KERNELS[f"{name}_y"].values), edge.T).min() > 0


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1", 1),
        ("-1", -1),
        ("−2", -2),
        (" 0.5 ", 0.5),
        (".5", 0.5),
        ("1/4", 0.25),
        ("-1/8", -0.125),
        ("+3.", 3),
    ],
)
def test_a_number_is_read_as_it_is_typed(typed, value):
    assert read_kernel([[typed]]) == ((value,),)


@pytest.mark.parametrize("typed", ["", "x", "1/0", "1e9", "nan", "--1", "1 2", "0x1", "1/", "9" * 40])
def test_what_is_no_number_is_named_with_its_place(typed):
    with pytest.raises(UserError, match=r"Row 1, column 2"):
        read_kernel([["0", typed]])


def test_a_value_can_be_too_large():
    with pytest.raises(UserError, match="too large"):
        read_kernel([["1001"]])


def test_another_size_keeps_what_fits():
    assert resized((("1", "2"), ("3", "4")), 1, 3) == (("1", "2", "0"),)
    assert resized((("1", "2"), ("3", "4")), 3, 1) == (("1",), ("3",), ("0",))
