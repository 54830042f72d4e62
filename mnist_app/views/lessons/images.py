"""MNIST's images, for the lessons that need them beside the learner's digit."""

from __future__ import annotations

from mnist_app.data.mnist import Source, Split
from mnist_app.texts.user_error import UserError
from mnist_app.views.sources import load_images


def lesson_images(part: str) -> tuple[Source, Split]:
    """Return where MNIST comes from, and its "train" or "test" images.

    Raises:
        UserError: there are none; the reason is on the page already.
    """
    loaded = load_images(part)
    if loaded is None:
        raise UserError("error.lesson_images")
    return loaded
