"""A sweep as a Plotly figure: what runs were given and what they reached; nothing here knows Streamlit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from mnist_app.training.sweeps import LOGARITHMIC
from mnist_app.views import colours

HEIGHT = 380  # pixels
FEW = 6  # values, of which each is written at its axis
Texts = Callable[..., str]


def parallel_coordinates(
    given: Sequence[dict[str, Any]], reached: Sequence[float], t: Texts, dark: bool
) -> dict[str, Any]:
    """Return parallel coordinates: a line a run, an axis a setting, the last axis what came of it.

    Args:
        given: the values of the settings that vary, run by run.
        reached: each run's best validation accuracy, 0 to 1, run by run.
        t: the catalog.
        dark: colours for a dark page.
    """
    names = list(given[0])
    dimensions = [_axis(name, [values[name] for values in given], t) for name in names]
    percent = [100 * value for value in reached]
    dimensions.append({"label": t("sweep.axis_reached"), "values": percent})
    stops = colours.sequential(dark)[2:]  # the first ones are too near to the paper for a thin line
    return {
        "data": [
            {
                "type": "parcoords",
                "labelfont": {"size": 13},
                "tickfont": {"size": 12},
                "dimensions": dimensions,
                "line": {
                    "color": percent,
                    "colorscale": [(n / (len(stops) - 1), stop) for n, stop in enumerate(stops)],
                },
            }
        ],
        "layout": {
            "title": {"text": t("sweep.chart"), "x": 0, "y": 0.98, "yanchor": "top", "font": {"size": 15}},
            "height": HEIGHT,
            "margin": {"l": 60, "r": 60, "t": 100, "b": 30},
        },
    }


def _axis(name: str, values: list[Any], t: Texts) -> dict[str, Any]:
    label = t(f"setting.{name}")
    known = list(dict.fromkeys(values))
    if not all(isinstance(value, int | float) for value in known):
        places = list(range(len(known)))
        texts = [t("setting.as_it_is") if value is None else str(value) for value in known]
        axis = {"values": [known.index(value) for value in values], "tickvals": places, "ticktext": texts}
        return {"label": label, "range": [-0.1, len(known) - 0.9], **axis}
    if name in LOGARITHMIC:
        powers = range(_power(min(known)), 1 + _power(max(known)))
        shown = sorted(known) if len(known) <= FEW else [10.0**power for power in powers]
        logarithms = [math.log10(value) for value in values]
        return {
            "label": label,
            "values": logarithms,
            "tickvals": [math.log10(tick) for tick in shown],
            "ticktext": [f"{tick:g}" for tick in shown],
        }
    return {"label": label, "values": values} | ({"tickvals": sorted(known)} if len(known) <= FEW else {})


def _power(value: float) -> int:
    return math.ceil(math.log10(value) - 1e-9)
