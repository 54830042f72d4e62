"""Figures of a model's results, in the form that Plotly takes; nothing here knows Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mnist_app.numerics.metrics import Calibration, class_scores
from mnist_app.numerics.statistics import wilson_interval
from mnist_app.views import colours
from mnist_app.views.curves import Figure, Texts, empty_figure

HEIGHT = 340  # pixels, the same for every chart of the page
MARGINS = (60, 10, 70, 40)  # left, right, top, bottom
APART = 0.13  # precision stands so far left of its digit, recall right of it
COUNTS = 0.26  # share of the calibration chart's height below, for the counts


def class_chart(confusion: np.ndarray, t: Texts) -> Figure:
    """Return precision and recall of each digit with their 95 % intervals.

    Args:
        confusion: int (10, 10), labels in rows.
        t: the catalog.
    """
    right, scores = confusion.diagonal(), class_scores(confusion)
    digits = np.arange(len(right))
    figure = empty_figure(t("results.classes"), HEIGHT, MARGINS)
    figure["layout"]["xaxis"] = {
        "title": {"text": t("results.digit")},
        "dtick": 1,
        "zeroline": False,
        "showgrid": False,
    }
    figure["layout"]["yaxis"] = {"title": {"text": t("results.share")}, "tickformat": ".1%"}
    figure["data"] = [
        _points(
            digits + offset,
            values,
            (right, of),
            colour,
            name=t(f"results.{name}"),
            customdata=digits.tolist(),
            hovertemplate=f"{t('results.digit')} %{{customdata}}: %{{y:.2%}}",
            marker={"symbol": symbol, "size": 9, "color": colour},
        )
        for name, values, of, offset, colour, symbol in (
            ("precision", scores.precision, confusion.sum(0), -APART, colours.PRECISION, "circle"),
            ("recall", scores.recall, confusion.sum(1), APART, colours.RECALL, "diamond"),
        )
    ]
    return figure


def calibration_chart(found: Calibration, t: Texts) -> Figure:
    """Return the share read right over the confidence, with 95 % intervals, above how many images there are.

    Args:
        found: the bins of the confidence.
        t: the catalog.
    """
    filled = found.counts > 0
    figure = empty_figure(t("results.calibration"), HEIGHT, MARGINS)
    figure["layout"]["xaxis"] = {
        "title": {"text": t("results.confidence")},
        "range": [0, 1.02],
        "tickformat": ".0%",
        "anchor": "y2",
    }
    figure["layout"]["yaxis"] = {
        "title": {"text": t("results.share_right")},
        "domain": [COUNTS + 0.06, 1],
        "range": [-0.02, 1.04],
        "tickformat": ".0%",
    }
    figure["layout"]["yaxis2"] = {
        "title": {"text": t("results.images")},
        "domain": [0, COUNTS],
        "type": "log",
        "dtick": 2,
    }
    middles = (found.edges[:-1] + found.edges[1:]) / 2
    figure["data"] = [
        {
            "type": "scatter",
            "x": [0, 1],
            "y": [0, 1],
            "mode": "lines",
            "name": t("results.as_sure_as_right"),
            "line": {"color": colours.UNSELECTED, "width": 1, "dash": "dash"},
            "hoverinfo": "skip",
        },
        _points(
            found.confidence[filled],
            found.accuracy[filled],
            (found.hits[filled], found.counts[filled]),
            colours.RIGHT,
            name=t("results.share_right"),
            mode="lines+markers",
            hovertemplate="%{x:.1%} → %{y:.1%}",
            marker={"size": 8, "color": colours.RIGHT},
        ),
        {
            "type": "bar",
            "x": middles.tolist(),
            "y": found.counts.tolist(),
            "yaxis": "y2",
            "name": t("results.images"),
            "showlegend": False,
            "marker": {"color": colours.UNSELECTED},
            "hovertemplate": "%{y:,}",
        },
    ]
    return figure


def _points(
    x: np.ndarray, y: np.ndarray, hits_of: tuple[np.ndarray, np.ndarray], colour: str, **more: Any
) -> dict[str, Any]:
    """Return shares as points with their 95 % intervals; what is no number has no point."""
    ends = [
        wilson_interval(int(hits), int(of)) if of else (0.0, 1.0) for hits, of in zip(*hits_of, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x.tolist(),
        "y": [_or_none(value) for value in y],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": _distances(y, [high for _, high in ends], 1),
            "arrayminus": _distances(y, [low for low, _ in ends], -1),
            "color": colour,
            "thickness": 1.5,
            "width": 3,
        },
        "line": {"color": colour, "width": 2},
        **more,
    }


def _distances(values: np.ndarray, ends: Sequence[float], sign: int) -> list[float | None]:
    return [_or_none(sign * (end - value)) for value, end in zip(values, ends, strict=True)]


def _or_none(value: float) -> float | None:
    """Return what JSON can hold: it knows no NaN."""
    return None if np.isnan(value) else float(value)
