"""The curves of several trainings in one chart; nothing here knows Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from mnist_app.training.history import METRICS
from mnist_app.views import colours
from mnist_app.views.curves import HEIGHT, Figure, Texts, empty_figure, epoch_axis, value_axis
from mnist_app.views.plain import plotly
from mnist_app.views.tables import csv_table

DASHES = {"val": "solid", "train": "dot"}
MARKS = {"circle": "●", "square": "■", "diamond": "◆"}  # Plotly's name, and what the legend shows
PREFIX = {"val": "val_", "train": ""}  # of a metric's name


@dataclass(frozen=True)
class Curve:
    """What a training is called, and the metrics of each of its epochs from the first on."""

    label: str
    epochs: Sequence[Mapping[str, Any]]


def overlay(runs: Sequence[Curve], metric: str, kinds: Sequence[str], t: Texts, log: bool = False) -> Figure:
    """Return one metric of several trainings over the epochs, a colour for each of them.

    Args:
        runs: the trainings.
        metric: "loss" or "accuracy".
        kinds: "val" (a solid line), "train" (a dotted one) or both.
        t: the catalog.
        log: a logarithmic axis, for the loss.
    """
    reach = 1.05 * max((len(run.epochs) for run in runs), default=1)
    figure = empty_figure(t(f"compare.{metric}_title"), HEIGHT, (55, 15, 40, 40))
    figure["layout"] |= {
        "xaxis": epoch_axis(reach, t),
        "yaxis": value_axis(metric, t, log),
        "hovermode": "closest",
        "showlegend": False,
    }
    for place, run in enumerate(runs):
        for kind in kinds:
            points = [
                (number, epoch[PREFIX[kind] + metric])
                for number, epoch in enumerate(run.epochs, start=1)
                if epoch.get(PREFIX[kind] + metric) is not None
            ]
            if points:
                figure["data"].append(_line(run, place, metric, kind, points, t))
    return figure


def legend_html(runs: Sequence[Curve]) -> str:
    """Return which colour and mark is whose, once for all charts of these trainings."""
    items = ""
    for place, run in enumerate(runs):
        colour, mark = _look(place)
        sign = f'<span style="color:{colour}">{MARKS[mark]}</span>'
        items += f'<span style="white-space:nowrap">{sign} {escape(run.label)}</span>'
    return f'<div style="display:flex;flex-wrap:wrap;gap:2px 16px;font-size:.85rem">{items}</div>'


def _look(place: int) -> tuple[str, str]:
    """Return a training's colour and mark: where the colours are used up, the marks change."""
    row, column = divmod(place, len(colours.SERIES))
    return colours.SERIES[column], list(MARKS)[row % len(MARKS)]


def _line(
    run: Curve, place: int, metric: str, kind: str, points: Sequence[tuple[int, float]], t: Texts
) -> Figure:
    colour, mark = _look(place)
    label = plotly(run.label)
    value = "%{y:.2%}" if metric == "accuracy" else "%{y:.4f}"
    name = t(f"curves.{kind}_{metric}")
    return {
        "type": "scatter",
        "x": [number for number, _ in points],
        "y": [value for _, value in points],
        "name": label,
        "mode": "lines+markers",
        "marker": {"size": 5, "symbol": mark},
        "line": {"color": colour, "width": 1.5, "dash": DASHES[kind]},
        "hovertemplate": f"{label}<br>{name} {value}<br>{t('curves.epoch')} %{{x}}<extra></extra>",
    }


def curves_csv(runs: Sequence[Curve]) -> str:
    """Return a CSV with one row for each epoch of each training."""
    rows = [
        [run.label, number, *(epoch.get(name) for name in METRICS)]
        for run in runs
        for number, epoch in enumerate(run.epochs, start=1)
    ]
    return csv_table(["network", "epoch", *METRICS], rows)
