"""Mean and deviation of each class, and labels one-hot."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.numerics.class_statistics import class_statistics
from mnist_app.numerics.one_hot import one_hot


def test_a_five_is_0000010000():
    assert "".join(map(str, one_hot(5))) == "0000010000"


def test_every_digit_has_a_code_of_its_own_that_finds_it_again():
    codes = np.stack([one_hot(label) for label in range(10)])
    assert (codes.argmax(1) == np.arange(10)).all()
    assert (codes.sum(0) == 1).all()


@pytest.mark.parametrize("label", [-1, 10])
def test_there_is_no_other_digit(label):
    with pytest.raises(ValueError, match=str(label)):
        one_hot(label)


def test_statistics_done_by_hand():
    images = np.array([[[0, 255]], [[255, 255]], [[51, 0]]], np.uint8)
    found = class_statistics(images, np.array([3, 3, 1]), classes=4)
    assert found.counts.tolist() == [0, 1, 0, 2]
    np.testing.assert_allclose(found.mean[3], [[0.5, 1]])
    np.testing.assert_allclose(found.deviation[3], [[0.5, 0]])
    np.testing.assert_allclose(found.mean[1], [[0.2, 0]])
    assert not found.deviation[1].any()
    assert not found.mean[0].any()  # a class without images


def test_statistics_of_many_images_are_numpys(subset):
    train, _ = subset
    found = class_statistics(train.images, train.labels)
    for label in (0, 7):
        scaled = train.images[train.labels == label] / 255.0
        np.testing.assert_allclose(found.mean[label], scaled.mean(0), atol=1e-6)
        np.testing.assert_allclose(found.deviation[label], scaled.std(0), atol=1e-5)
