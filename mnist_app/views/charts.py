"""Plotly figures; nothing here knows Streamlit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnist_app.views import colours
from mnist_app.views.numbers import three_digits

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 380  # pixels, the same for every chart of a page
# Of Plotly, the same for every chart of the app. On a touch screen its buttons never
# go away: more than these would hide the title.
CONFIG = {"displaylogo": False, "modeBarButtons": [["resetScale2d", "toImage"]]}


def heat_map(
    values: np.ndarray, title: str, row: str, column: str, value: str, signed: bool, dark: bool
) -> go.Figure:
    """Return a heat map of a matrix with its values on hover.

    Args:
        values: (height, width); rows and columns are counted from 1 on the axes.
        title: what is seen.
        row: name of the vertical axis.
        column: name of the horizontal axis.
        value: name of the colour scale.
        signed: colours diverge from zero.
        dark: colours for a dark page.
    """
    import plotly.graph_objects as go  # only when a chart is asked for: start-up stays quick

    peak = float(np.abs(values).max()) or 1.0
    stops = colours.scale(signed, dark)
    height, width = values.shape
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=list(range(1, width + 1)),
            y=list(range(1, height + 1)),
            zmin=-peak if signed else 0,
            zmax=peak,
            colorscale=[(n / (len(stops) - 1), stop) for n, stop in enumerate(stops)],
            colorbar={"title": {"text": value}, "thickness": 12},
            text=[[three_digits(float(cell)) for cell in line] for line in values],
            hovertemplate=f"{row} %{{y}}, {column} %{{x}}<br>{value} %{{text}}<extra></extra>",
            xgap=1,
            ygap=1,
        )
    )
    figure.update_layout(title=title, height=HEIGHT, margin={"l": 50, "r": 10, "t": 50, "b": 45})
    figure.update_xaxes(title=column, constrain="domain", showgrid=False, zeroline=False)
    figure.update_yaxes(
        title=row, autorange="reversed", scaleanchor="x", constrain="domain", showgrid=False, zeroline=False
    )
    return figure
