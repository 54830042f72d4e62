"""The batches of a training: which images they have, and how far these are changed."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

from mnist_app.data.mnist import Split
from mnist_app.training.settings import LOSSES, Settings

EPOCHS = 4


def changes(fade: float) -> list[float]:
    """Return how far the images of each epoch are from what they were."""
    from mnist_app.training.batches import batches

    noise = scipy.ndimage.gaussian_filter(np.random.default_rng(0).normal(0, 1, (10, 28, 28)), (0, 3, 3))
    images = (255 * (noise > 0)).astype(np.uint8)
    settings = Settings(
        epochs=EPOCHS, batch_size=10, validation="none", loss=LOSSES[1], rotation=20.0, bend=1.0, fade=fade
    )
    found = batches(Split(images, np.arange(10, dtype=np.uint8)), settings, first_epoch=0)
    return [
        float(np.abs(inputs.numpy()[..., 0] - images[labels.numpy()] / 255).mean())
        for inputs, labels in found
    ]


def test_without_a_fade_all_epochs_change_the_images_alike():
    found = changes(0.0)
    assert len(found) == EPOCHS
    assert min(found) > 0.8 * max(found)


@pytest.mark.parametrize(("fade", "share"), [(0.5, 0.5), (1.0, 0.25)])
def test_a_fade_dwindles_over_its_share_of_the_training(fade, share):
    found = changes(fade)
    assert found[0] == changes(0.0)[0]
    assert found[2] > found[3]
    assert found[3] < (share + 0.3) * found[0]
    assert (found[1] == changes(0.0)[1]) is (fade == 0.5)


def test_no_thread_tunes_the_batches_for_whose_sleep_the_end_of_a_training_would_wait():
    from mnist_app.training.batches import batches

    split = Split(np.zeros((10, 28, 28), np.uint8), np.zeros(10, np.uint8))
    found = batches(split, Settings(validation="none"), first_epoch=0)
    assert found.options().autotune.enabled is False
