"""What two networks read differently, in words and as lists of images."""

from __future__ import annotations

from html import escape

import numpy as np

from mnist_app.numerics.metrics import McNemar
from mnist_app.serving.evaluation import Evaluation
from mnist_app.views.language import t
from mnist_app.views.tables import csv_table

CHANCE = 0.05  # a p-value below it is called more than chance
SMALLEST_P = 0.001  # of those that are written out
GROUPS = ("only_first", "only_second", "neither")


def verdict_html(result: McNemar, neither: int, first: str, second: str) -> str:
    """Return in words what each of two networks reads alone, and whether that is more than chance."""
    counts = [
        t("compare.reads_alone", name=first, other=second, count=f"{result.only_first:,}"),
        t("compare.reads_alone", name=second, other=first, count=f"{result.only_second:,}"),
        t("compare.neither_reads", count=f"{neither:,}"),
    ]
    lines = "".join(f"<div>{escape(line)}</div>" for line in counts)
    return f'{lines}<div style="font-weight:650;margin-top:4px">{escape(verdict(result))}</div>'


def verdict(result: McNemar) -> str:
    """Return in one sentence whether two networks differ by more than chance."""
    difference = abs(result.only_first - result.only_second)
    if not result.only_first + result.only_second:
        return t("compare.same")
    p_value = "p < 0.001" if result.p_value < SMALLEST_P else f"p = {result.p_value:.3f}"
    key = "compare.more_than_chance" if result.p_value < CHANCE else "compare.maybe_chance"
    return t(key, difference=f"{difference:,}", p=p_value)


def groups(first: Evaluation, second: Evaluation) -> dict[str, np.ndarray]:
    """Return the images that only one of two networks reads, and those that neither does.

    By the names of ``GROUPS``, indices int64; the image that a network is
    surest of although it is wrong comes first.
    """
    masks = (first.hits & ~second.hits, ~first.hits & second.hits, ~first.hits & ~second.hits)
    surest = np.maximum(
        np.where(first.hits, 0, first.probabilities.max(1)),
        np.where(second.hits, 0, second.probabilities.max(1)),
    )
    found = {}
    for name, mask in zip(GROUPS, masks, strict=True):
        inside = np.flatnonzero(mask)
        found[name] = inside[np.argsort(-surest[inside], kind="stable")]
    return found


def mistakes_csv(first: Evaluation, second: Evaluation) -> str:
    """Return a CSV of all images that at least one of two networks misreads."""
    rows = [
        [name, index, first.labels[index], first.digits[index], second.digits[index]]
        for name, images in groups(first, second).items()
        for index in images
    ]
    return csv_table(["read_by", "index", "label", "first", "second"], rows)
