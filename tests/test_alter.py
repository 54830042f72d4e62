"""A digit shifted, turned, scaled and drawn with another pen: as the explorer does it in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
import pytest
from playwright.sync_api import Page

from mnist_app.numerics.alter import SPANS, Change, altered
from mnist_app.numerics.preprocess import prepare
from mnist_app.views.assets import asset
from tests.drawings import FIVE
from tests.test_explorer_numerics import HELPERS, as_floats, as_text, ink_of

ALTERED = "([image, change]) => textOf(altered(floatsOf(image), 28, change))"
EVERY_STEP = [Change(**{name: value}) for name, span in SPANS.items() for value in span.values]
SEVERAL = [
    Change(across=3, down=-2, turn=30, size=80, pen=1.75),
    Change(across=-8, down=8, turn=-45, size=150, pen=-1),
    Change(down=5, turn=-5, size=50, pen=0.25),
]


def noise() -> np.ndarray:
    """Return ink up to the border."""
    return np.random.default_rng(7).random((28, 28), np.float32)


@pytest.fixture(scope="module")
def tab(browser) -> Iterator[Page]:
    """An empty page with the script that changes a drawing."""
    page = browser.new_page()
    page.add_script_tag(content=HELPERS + asset("explorer/change.js"))
    yield page
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("image", [prepare(ink_of(FIVE)).digit, noise()], ids=["5", "noise"])
def test_every_change_is_the_browsers(image, tab):
    changes = EVERY_STEP + SEVERAL
    for change, ours in zip(changes, altered(image, changes), strict=True):
        theirs = as_floats(tab.evaluate(ALTERED, [as_text(image), asdict(change)])).reshape(28, 28)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-5, err_msg=str(change))


@pytest.mark.browser
def test_the_steps_are_those_of_the_browsers_sliders(tab):
    ours = {name: [span.low, span.high, span.step, span.rest] for name, span in SPANS.items()}
    assert tab.evaluate("SLIDERS") == ours


def test_what_changes_nothing_leaves_the_image_as_it_is():
    image = noise()
    np.testing.assert_array_equal(altered(image, [Change()])[0], image)
    for name, span in SPANS.items():
        assert asdict(Change())[name] == span.rest
        assert span.rest in span.values
        assert (span.values[0], span.values[-1]) == (span.low, span.high)


def test_a_shift_moves_every_pixel_and_what_leaves_is_gone():
    image = noise()
    (moved,) = altered(image, [Change(across=3, down=-2)])
    np.testing.assert_array_equal(moved[:-2, 3:], image[2:, :-3])
    assert not moved[-2:].any()
    assert not moved[:, :3].any()


def test_a_turn_is_clockwise_and_a_pen_adds_its_width_on_each_side():
    upper = np.zeros((28, 28), np.float32)
    upper[2:12, 13:15] = 1  # an upright stroke above the middle
    turned, thick, thin = altered(upper, [Change(turn=45), Change(pen=2), Change(pen=-1)])
    assert turned[:, 14:].sum() > 5 * turned[:, :14].sum()
    assert (np.flatnonzero(thick[6]) == np.arange(11, 17)).all()
    assert not thin.any()
