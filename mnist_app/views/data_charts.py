"""Plotly figures of the data: counts of each digit, and maps; nothing here knows Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mnist_app.views import colours
from mnist_app.views.curves import Figure, Texts, empty_figure

HEIGHT = 320  # pixels of the chart of counts
MAP_HEIGHT = 500  # pixels of a map
GLYPH = 11  # pixels of a digit on a map
SETS = {"train": colours.TRAINING, "validation": colours.VALIDATION, "test": colours.TEST}


@dataclass(frozen=True)
class Mark:
    """A point of a map that is made to stand out: where, and what it is called."""

    x: float
    y: float
    name: str


def class_counts(counts: Mapping[str, Sequence[int]], t: Texts) -> Figure:
    """Return bars of how many images of each digit there are in each set.

    Args:
        counts: for each key of ``SETS``, ten numbers.
        t: the catalog.
    """
    digits = list(range(10))
    bars = [
        {
            "type": "bar",
            "x": digits,
            "y": list(values),
            "name": t(f"data.{name}"),
            "marker": {"color": SETS[name]},
            "hovertemplate": f"%{{x}}: %{{y:,}}<extra>{t(f'data.{name}')}</extra>",
        }
        for name, values in counts.items()
    ]
    figure = empty_figure(t("data.counts_title"), HEIGHT, (60, 10, 70, 45))
    figure["data"] = bars
    figure["layout"] |= {
        "barmode": "group",
        "bargap": 0.25,
        "xaxis": {"title": {"text": t("data.digit")}, "dtick": 1, "fixedrange": True},
        "yaxis": {"title": {"text": t("data.images")}, "fixedrange": True},
    }
    return figure


def image_map(
    places: np.ndarray,
    labels: np.ndarray,
    numbers: Sequence[int],
    part: str,
    title: str,
    axes: tuple[str, str],
    marks: Sequence[Mark],
    t: Texts,
) -> Figure:
    """Return a map on which every image is its digit, in the digit's colour.

    Args:
        places: float (count, 2).
        labels: (count,), 0 to 9.
        numbers: which image each point is; its custom data.
        part: "train" or "test": what the images are numbered in.
        title: what is seen.
        axes: the names of both axes.
        marks: what stands out.
        t: the catalog.
    """
    traces = []
    for digit in range(10):
        of_digit = np.flatnonzero(labels == digit).tolist()
        colour = colours.DIGITS[digit]
        name = t(f"source.{part}_alt", index="%{customdata[0]}", label=digit)
        traces.append(
            {
                "type": "scattergl",
                "mode": "text",
                "name": str(digit),
                "x": places[of_digit, 0].round(3).tolist(),
                "y": places[of_digit, 1].round(3).tolist(),
                "text": [str(digit)] * len(of_digit),
                "textfont": {"color": colour, "size": GLYPH},
                "selected": {"textfont": {"color": colour}},
                "unselected": {"textfont": {"color": colour}},  # the rest is not dimmed
                "customdata": [[numbers[n]] for n in of_digit],
                "hovertemplate": name + "<extra></extra>",
            }
        )
    figure = empty_figure(title, MAP_HEIGHT, (45, 10, 40, 45))
    figure["data"] = traces
    figure["layout"] |= {
        "showlegend": False,  # every point is its own legend
        "xaxis": {"title": {"text": axes[0]}, "zeroline": False},
        "yaxis": {"title": {"text": axes[1]}, "zeroline": False, "scaleanchor": "x"},
        "dragmode": "pan",
        "uirevision": title,  # zoom stays while another image is chosen
        "annotations": [_marked(mark) for mark in marks],
    }
    return figure


def _marked(mark: Mark) -> Figure:
    """Return an arrow with a name: above the points, which hide every other kind of mark."""
    return {
        "x": mark.x,
        "y": mark.y,
        "text": mark.name,
        "font": {"color": "#000000"},
        "bgcolor": colours.SELECTED,
        "arrowcolor": colours.SELECTED,
        "arrowwidth": 2,
        "ax": 0,
        "ay": -36,
    }
