"""Training images turned, scaled, shifted and drawn with another pen."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from mnist_app.numerics.augment import Augmentation, augment

EVERYTHING = Augmentation(rotation=30, zoom=0.2, shift=0.1, thickness=0.8, slant=0.3, bend=0.7)
KINDS = [
    Augmentation(rotation=30),
    Augmentation(zoom=0.3),
    Augmentation(shift=0.2),
    Augmentation(thickness=1),
    Augmentation(slant=0.4),
    Augmentation(bend=1),
]


class Chosen:
    """Stands in for a random generator: each draw is the next share of what it may be at most."""

    def __init__(
        self,
        rotation: float = 0,
        zoom: float = 0,
        down: float = 0,
        across: float = 0,
        thickness: float = 0,
        slant: float = 0,
        bend: float = 0,
    ) -> None:
        self._shares = iter((rotation, zoom, down, across, thickness, slant))
        self._bend = bend

    def uniform(self, low: float, high: float, size: tuple[int, ...]) -> np.ndarray:
        assert low == -high
        return np.full(size, high * next(self._shares))

    def standard_normal(self, size: tuple[int, ...], kind: type) -> np.ndarray:
        return np.full(size, self._bend, kind)


def noise(count: int = 4, height: int = 28, width: int = 28) -> np.ndarray:
    """Return images with ink up to their borders."""
    return np.random.default_rng(5).random((count, height, width), np.float32)


def blob(height: int = 28, width: int = 28) -> np.ndarray:
    """Return a soft round dot in the middle: all of it stays inside when moved a little."""
    rows, columns = np.mgrid[:height, :width] - np.array([(height - 1) / 2, (width - 1) / 2])[:, None, None]
    return np.exp(-(rows**2 + columns**2) / 8).astype(np.float32)[np.newaxis]


def bar(width: int) -> np.ndarray:
    """Return an upright stroke so many pixels wide."""
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 4:24, 10 : 10 + width] = 1
    return image


def same_as(expected: np.ndarray, found: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


# ------------------------------------------------------------- chance


def test_nothing_asked_for_leaves_images_as_they_are():
    images = noise()
    assert not Augmentation()
    np.testing.assert_array_equal(augment(images, Augmentation(), np.random.default_rng(1)), images)


@pytest.mark.parametrize("augmentation", [*KINDS, EVERYTHING], ids=str)
def test_no_chance_leaves_images_as_they_are(augmentation):
    images = noise(3, 28, 20)
    assert augmentation
    same_as(images, augment(images, augmentation, Chosen()))


@pytest.mark.parametrize("augmentation", [*KINDS, EVERYTHING], ids=str)
def test_the_same_chance_gives_the_same_images_and_another_others(augmentation):
    images = noise()
    first, again, other = (augment(images, augmentation, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


@pytest.mark.parametrize("augmentation", [*KINDS, EVERYTHING], ids=str)
def test_every_image_is_changed_by_itself(augmentation):
    images = np.repeat(noise(1), 5, axis=0)
    found = augment(images, augmentation, np.random.default_rng(1))
    for one in range(5):
        for other in range(one):
            assert np.abs(found[one] - found[other]).max() > 0.001


@pytest.mark.parametrize("augmentation", [*KINDS, EVERYTHING, Augmentation(180, 0.5, 0.5, 1)], ids=str)
@pytest.mark.parametrize("images", [noise(50), np.ones((50, 28, 28), np.float32)], ids=["noise", "ink"])
def test_values_stay_between_0_and_1_and_the_originals_as_they_are(augmentation, images):
    before = images.copy()
    found = augment(images, augmentation, np.random.default_rng(1))
    assert (found.shape, found.dtype) == (images.shape, np.float32)
    assert found.min() >= 0
    assert found.max() <= 1
    np.testing.assert_array_equal(images, before)


# ------------------------------------------------------------- against SciPy


@pytest.mark.parametrize("angle", [-90, -30, 7.5, 45, 90, 180])
@pytest.mark.parametrize("size", [(28, 28), (20, 28)], ids=str)
def test_a_rotation_is_scipys(angle, size):
    images = noise(3, *size)
    found = augment(images, Augmentation(rotation=abs(angle)), Chosen(rotation=np.sign(angle)))
    for image, turned in zip(images, found, strict=True):
        same_as(ndimage.rotate(image, -angle, reshape=False, order=1, mode="grid-constant"), turned)


@pytest.mark.parametrize("scale", [0.6, 0.9, 1.25, 1.5])
def test_a_zoom_is_scipys(scale):
    images = noise(3)
    found = augment(images, Augmentation(zoom=abs(scale - 1)), Chosen(zoom=np.sign(scale - 1)))
    middle = np.array([13.5, 13.5])
    for image, zoomed in zip(images, found, strict=True):
        expected = ndimage.affine_transform(
            image, np.eye(2) / scale, middle - middle / scale, order=1, mode="grid-constant"
        )
        same_as(expected, zoomed)


@pytest.mark.parametrize(("down", "across"), [(1, 0), (0, -1), (0.3, 0.9), (-1, 1)])
def test_a_shift_is_scipys(down, across):
    images = noise(3, 28, 20)
    found = augment(images, Augmentation(shift=0.5), Chosen(down=down, across=across))
    for image, shifted in zip(images, found, strict=True):
        same_as(ndimage.shift(image, (14 * down, 10 * across), order=1, mode="grid-constant"), shifted)


def test_a_turned_scaled_and_shifted_image_is_scipys():
    (image,) = images = noise(1)
    (found,) = augment(
        images,
        Augmentation(rotation=40, zoom=0.2, shift=0.1),
        Chosen(rotation=1, zoom=1, down=1, across=-0.5),
    )
    angle, middle = np.deg2rad(40), np.array([13.5, 13.5])
    back = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / 1.2
    offset = middle - back @ (middle + np.array([2.8, -1.4]))  # turned about the middle, then shifted
    same_as(ndimage.affine_transform(image, back, offset, order=1, mode="grid-constant"), found)


@pytest.mark.parametrize("slant", [0.1, 0.4, -0.3])
def test_a_slant_is_scipys(slant):
    images = noise(3, 28, 20)
    found = augment(images, Augmentation(slant=abs(slant)), Chosen(slant=np.sign(slant)))
    back, middle = np.array([[1, 0], [slant, 1]]), np.array([13.5, 9.5])
    for image, slanted in zip(images, found, strict=True):
        expected = ndimage.affine_transform(
            image, back, middle - back @ middle, order=1, mode="grid-constant"
        )
        same_as(expected, slanted)


# ------------------------------------------------------------- what a person sees


def test_a_shift_moves_the_centre_of_mass_as_far():
    (found,) = augment(blob(), Augmentation(shift=0.1), Chosen(down=1, across=-0.5))
    moved = np.array(ndimage.center_of_mass(found)) - 13.5
    np.testing.assert_allclose(moved, [2.8, -1.4], atol=0.01)


def test_no_image_is_shifted_farther_than_asked_for_and_all_ways_are_taken():
    found = augment(np.repeat(blob(), 200, axis=0), Augmentation(shift=0.1), np.random.default_rng(1))
    moved = np.array([ndimage.center_of_mass(image) for image in found]) - 13.5
    assert np.abs(moved).max() <= 2.8 + 0.01
    assert (moved.max(0) > 2.5).all()
    assert (moved.min(0) < -2.5).all()
    assert abs(np.corrcoef(moved.T)[0, 1]) < 0.3  # down and across by themselves


def test_a_slant_moves_the_top_to_the_right_and_the_foot_to_the_left():
    (found,) = augment(bar(4), Augmentation(slant=0.3), Chosen(slant=1))
    top, foot = (ndimage.center_of_mass(found[row : row + 1])[1] for row in (6, 21))
    assert top - foot == pytest.approx(0.3 * 15, abs=0.05)


def test_a_bend_moves_places_by_as_much_as_asked_for_and_neighbours_alike():
    columns = np.tile(np.arange(28, dtype=np.float32) / 27, (400, 28, 1))  # ink tells where it comes from
    found = 27 * augment(columns, Augmentation(bend=0.8), np.random.default_rng(1))
    moved = (found - 27 * columns)[:, 4:24, 4:24]  # the border has nothing beside it
    assert moved.std() == pytest.approx(0.8, rel=0.15)
    assert np.abs(np.diff(moved, axis=2)).mean() < 0.25
    assert abs(moved.mean()) < 0.05


def test_a_zoom_changes_the_area_by_its_square():
    for share, scale in ((1, 1.25), (-1, 0.75)):
        found = augment(blob(), Augmentation(zoom=0.25), Chosen(zoom=share))
        assert found.sum() == pytest.approx(blob().sum() * scale**2, rel=0.02)
        np.testing.assert_allclose(ndimage.center_of_mass(found[0]), 13.5, atol=0.01)


@pytest.mark.parametrize(("share", "width"), [(1, 6), (-1, 2), (0.5, 5), (-0.5, 3)])
def test_a_pen_is_at_most_a_pixel_wider_or_narrower_on_each_side(share, width):
    found = augment(bar(4), Augmentation(thickness=1), Chosen(thickness=share))
    np.testing.assert_allclose(found[0, 14].sum(), width, atol=1e-5)  # in the middle of the stroke


@pytest.mark.parametrize("make", [lambda: noise(1), blob, lambda: bar(3)], ids=["noise", "blob", "bar"])
def test_a_thicker_pen_only_adds_ink_and_a_thinner_one_only_takes(make):
    image = make()
    thick, thin = (augment(image, Augmentation(thickness=0.6), Chosen(thickness=share)) for share in (1, -1))
    assert (thick >= image).all()
    assert (thin <= image).all()
    assert thick.sum() > image.sum() * 1.05
    assert thin.sum() < image.sum() * 0.95
