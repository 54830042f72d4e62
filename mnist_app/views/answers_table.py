"""What networks read in one image, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from mnist_app.numerics.metrics import refused
from mnist_app.serving.network import Network
from mnist_app.serving.reading import SURE
from mnist_app.views import colours
from mnist_app.views.language import t
from mnist_app.views.numbers import probability
from mnist_app.views.tables import csv_table

CELL = "padding:1px 10px 1px 0"
QUIET = "opacity:.75;font-size:.85rem"
HEADS = {"network": 1, "reads": 1, "sure": 2, "second": 1}  # and how many columns each stands above


@dataclass(frozen=True, eq=False)
class Answer:
    """What one network makes of an image.

    ``label`` is what the network is called, ``probabilities`` float32 (10,);
    ``is_digit`` whether the image looks like any digit to it.
    """

    label: str
    probabilities: np.ndarray
    is_digit: bool = True

    @property
    def digit(self) -> int:
        """Return the likeliest digit."""
        return int(self.probabilities.argmax())


def answer(label: str, network: Network, image: np.ndarray) -> Answer:
    """Return what a network of that label makes of an image, float32 (28, 28)."""
    probabilities = network.predict(image).probabilities[0]
    return Answer(label, probabilities, not refused(probabilities, network.refuse_below))


def answers_html(answers: Sequence[Answer]) -> str:
    """Return a table of what networks read, and above it whether they agree."""
    votes = Counter(each.digit if each.is_digit else None for each in answers)
    told = [_votes(digit, count) for digit, count in votes.most_common()]
    agree = _all(next(iter(votes))) if len(votes) == 1 else ", ".join(told)
    head = "".join(
        f'<th scope="col" colspan="{columns}" style="{CELL};text-align:left;font-weight:400;'
        f'white-space:nowrap;{QUIET}">{escape(t(f"compare.{name}"))}</th>'
        for name, columns in HEADS.items()
    )
    rows = "".join(_row(each) for each in answers)
    return (
        f'<div data-said="{escape(agree)}" style="font-size:1.1rem;margin-bottom:4px">{escape(agree)}</div>'
        '<div tabindex="0" style="overflow-x:auto;font-variant-numeric:tabular-nums">'
        f'<table style="width:100%;border-collapse:collapse"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def answers_csv(answers: Sequence[Answer]) -> str:
    """Return the same as CSV: a row for each network with its ten probabilities."""
    head = ["network", "digit", "is_digit", *(f"p{digit}" for digit in range(10))]
    rows = [
        [each.label, each.digit, each.is_digit, *(f"{share:.6f}" for share in each.probabilities)]
        for each in answers
    ]
    return csv_table(head, rows)


def _votes(digit: int | None, count: int) -> str:
    if digit is None:
        return t("compare.votes_no_digit", count=count)
    return t("compare.votes", digit=digit, count=count)


def _all(digit: int | None) -> str:
    return t("compare.agree_no_digit") if digit is None else t("compare.agree", digit=digit)


def _row(each: Answer) -> str:
    second, first = (int(place) for place in each.probabilities.argsort()[-2:])
    share = float(each.probabilities[first])
    is_sure = each.is_digit and share >= SURE
    colour = colours.ANSWER if is_sure else colours.UNSELECTED
    bar = f'<div style="height:.8rem;border-radius:2px;width:{100 * share:.1f}%;background:{colour}"></div>'
    doubt = "" if is_sure else t("compare.unsure" if each.is_digit else "compare.no_digit", digit=first)
    told = probability(share) + (f"<br>{escape(doubt)}" if doubt else "")
    return (
        f'<tr><th scope="row" style="text-align:left;font-weight:400;{CELL}">{escape(each.label)}</th>'
        f'<td style="{CELL};font-weight:650;font-size:1.2rem">{first if each.is_digit else "?"}</td>'
        f'<td style="{CELL};width:28%;min-width:3rem">{bar}</td>'
        f'<td style="{CELL};white-space:nowrap;{QUIET}">{told}</td>'
        f'<td style="{CELL};white-space:nowrap;{QUIET}">'
        f"{second} ({probability(float(each.probabilities[second]))})</td></tr>"
    )
