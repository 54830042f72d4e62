"""Line charts of the lessons, with their numbers a click away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from mnist_app.views import colours
from mnist_app.views.charts import CONFIG
from mnist_app.views.curves import Figure, empty_figure, words_beside
from mnist_app.views.language import t
from mnist_app.views.numbers import three_digits
from mnist_app.views.tables import html_table

HEIGHT = 300  # pixels
FEW = 20  # places that each have a tick
DASHES = ("solid", "dash", "dot")  # a colour alone would not tell the lines apart


@dataclass(frozen=True)
class Line:
    """A line: its name and its values, one for each of the chart's places."""

    name: str
    values: Sequence[float]


def line_chart(
    title: str,
    axes: tuple[str, str],
    places: Sequence[float],
    lines: Sequence[Line],
    mark: tuple[float, str] | None = None,
) -> Figure:
    """Return lines over common places.

    Args:
        title: what is seen.
        axes: the names of both axes.
        places: of the values on the horizontal axis.
        lines: three at most.
        mark: a place that stands out, and what it is called.
    """
    figure = empty_figure(title, HEIGHT, (55, 15, 75, 45))
    figure["layout"] |= {
        "xaxis": {"title": {"text": axes[0]}, "zeroline": False, **_ticks(places)},
        "yaxis": {"title": {"text": axes[1]}, "zeroline": False},
        "hovermode": "x unified",
        "showlegend": True,
    }
    for line, colour, dash in zip(lines, colours.SERIES, DASHES, strict=False):
        figure["data"].append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": list(places),
                "y": [float(value) for value in line.values],
                "name": line.name,
                "line": {"color": colour, "dash": dash, "width": 2},
                "hovertemplate": f"%{{y:.3g}}<extra>{line.name}</extra>",
            }
        )
    if mark is not None:
        words = words_beside(*mark, middle=(min(places) + max(places)) / 2)
        figure["layout"] |= {"shapes": [_line_at(mark[0])], "annotations": [words]}
    return figure


def show_line_chart(
    title: str,
    axes: tuple[str, str],
    places: Sequence[float],
    lines: Sequence[Line],
    key: str,
    mark: tuple[float, str] | None = None,
) -> None:
    """Show ``line_chart``; in words, what each line begins and ends with."""
    ends = ", ".join(
        t(
            "learn.line_ends",
            name=line.name,
            first=three_digits(float(line.values[0])),
            last=three_digits(float(line.values[-1])),
        )
        for line in lines
    )
    figure = line_chart(title, axes, places, lines, mark)
    st.plotly_chart(figure, key=key, alt=f"{title}: {ends}", config=CONFIG)
    with st.expander(t("details.table"), on_change="rerun", key=f"{key}-table") as table:
        if table.open:
            rows = [
                [f"{place:g}", *(three_digits(float(line.values[n])) for line in lines)]
                for n, place in enumerate(places)
            ]
            st.html(html_table(title, [axes[0], *(line.name for line in lines)], rows))


def _ticks(places: Sequence[float]) -> Figure:
    """Return what keeps whole numbers whole where there are few of them."""
    is_few = len(places) <= FEW and all(place == int(place) for place in places)
    return {"dtick": 1} if is_few else {}


def _line_at(place: float) -> Figure:
    line = {"color": colours.SELECTED, "width": 2}
    return {"type": "line", "x0": place, "x1": place, "y0": 0, "y1": 1, "yref": "paper", "line": line}
