"""What networks read in one image, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

import numpy as np

from mnist_app.serving.reading import SURE
from mnist_app.views import colours
from mnist_app.views.language import t
from mnist_app.views.numbers import probability
from mnist_app.views.tables import csv_table

CELL = "padding:1px 10px 1px 0"
QUIET = "opacity:.75;font-size:.85rem"
HEADS = {"network": 1, "reads": 1, "sure": 2, "second": 1}  # and how many columns each stands above


def answers_html(labels: Sequence[str], answers: Sequence[np.ndarray]) -> str:
    """Return a table of what networks read, and above it whether they agree.

    Args:
        labels: what the networks are called.
        answers: ten probabilities of each.
    """
    digits = Counter(int(each.argmax()) for each in answers)
    told = ", ".join(t("compare.votes", digit=digit, count=count) for digit, count in digits.most_common())
    agree = t("compare.agree", digit=digits.most_common(1)[0][0]) if len(digits) == 1 else told
    head = "".join(
        f'<th scope="col" colspan="{columns}" style="{CELL};text-align:left;font-weight:400;'
        f'white-space:nowrap;{QUIET}">{escape(t(f"compare.{name}"))}</th>'
        for name, columns in HEADS.items()
    )
    rows = "".join(_row(label, each) for label, each in zip(labels, answers, strict=True))
    return (
        f'<div role="status" style="font-size:1.1rem;margin-bottom:4px">{escape(agree)}</div>'
        '<div tabindex="0" style="overflow-x:auto;font-variant-numeric:tabular-nums">'
        f'<table style="width:100%;border-collapse:collapse"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def answers_csv(labels: Sequence[str], answers: Sequence[np.ndarray]) -> str:
    """Return the same as CSV: a row for each network with its ten probabilities."""
    rows = [
        [label, each.argmax(), *(f"{share:.6f}" for share in each)]
        for label, each in zip(labels, answers, strict=True)
    ]
    return csv_table(["network", "digit", *(f"p{digit}" for digit in range(len(answers[0])))], rows)


def _row(label: str, probabilities: np.ndarray) -> str:
    second, first = (int(place) for place in probabilities.argsort()[-2:])
    share = float(probabilities[first])
    colour = colours.ANSWER if share >= SURE else colours.UNSELECTED
    bar = f'<div style="height:.8rem;border-radius:2px;width:{100 * share:.1f}%;background:{colour}"></div>'
    told = probability(share) + ("" if share >= SURE else f"<br>{escape(t('compare.unsure'))}")
    return (
        f'<tr><th scope="row" style="text-align:left;font-weight:400;{CELL}">{escape(label)}</th>'
        f'<td style="{CELL};font-weight:650;font-size:1.2rem">{first}</td>'
        f'<td style="{CELL};width:28%;min-width:3rem">{bar}</td>'
        f'<td style="{CELL};white-space:nowrap;{QUIET}">{told}</td>'
        f'<td style="{CELL};white-space:nowrap;{QUIET}">'
        f"{second} ({probability(float(probabilities[second]))})</td></tr>"
    )
