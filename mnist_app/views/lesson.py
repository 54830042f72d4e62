"""What a fine-tuning came to: a drawing read before and after, and the cost on the test images."""

from __future__ import annotations

import numpy as np

from mnist_app.serving.card import Card
from mnist_app.training.mistakes import Lesson
from mnist_app.views import colours
from mnist_app.views.language import t
from mnist_app.views.numbers import percent, probability
from mnist_app.views.pictures import picture

SIDE = 56  # pixels: 28 × 2
QUIET = "opacity:.75;font-size:.85rem"


def lesson_html(lesson: Lesson, before: Card, after: Card) -> str:
    """Return a drawing's answers before and after, how many are right, and what it cost."""
    shown = lesson.example
    label = int(lesson.drawings.labels[shown])
    image = lesson.drawings.images[shown] / np.float32(255)
    row = "display:flex;align-items:center;gap:14px;font-variant-numeric:tabular-nums"
    lines = [] if len(lesson.drawings) == 1 else [_drawings_right(lesson)]
    told = "".join(f'<div style="{QUIET}">{line}</div>' for line in [*lines, cost(before, after)])
    return (
        f'<div style="{row}">{picture(image, SIDE, t("mistake.drawing_alt", label=label))}'
        f"{_answer(t('mistake.before'), lesson.before[shown], label)}"
        f'<div style="{QUIET}" aria-hidden="true">→</div>'
        f"{_answer(t('mistake.after'), lesson.after[shown], label)}</div>"
        f'<div style="margin-top:8px;font-variant-numeric:tabular-nums">{told}</div>'
    )


def cost(before: Card, after: Card) -> str:
    """Return, as a sentence, how many test images are read right before and after."""
    images = int(after.data["test_images"])
    if before.data.get("sha256") != after.data["sha256"]:
        return t("mistake.cost_unknown", after=percent(after.test_accuracy), images=f"{images:,}")
    points = 100 * (after.test_accuracy - before.test_accuracy)
    return t(
        "mistake.cost",
        before=f"{round(before.test_accuracy * images):,}",
        after=f"{round(after.test_accuracy * images):,}",
        images=f"{images:,}",
        points=f"{points:+.2f}".replace("-", "−"),
    )


def _answer(title: str, probabilities: np.ndarray, label: int) -> str:
    digit = int(probabilities.argmax())
    colour = colours.RIGHT if digit == label else colours.WRONG
    sure = probability(float(probabilities.max()))
    return (
        f'<div style="line-height:1.25"><div style="{QUIET}">{title}</div>'
        f'<span style="font-size:1.6rem;font-weight:650;color:{colour}">{digit}</span> '
        f'<span style="{QUIET}">{sure}</span></div>'
    )


def _drawings_right(lesson: Lesson) -> str:
    return t(
        "mistake.set_right",
        before=lesson.right_before,
        after=lesson.right_after,
        count=len(lesson.drawings),
    )
