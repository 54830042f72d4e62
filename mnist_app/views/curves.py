"""Plotly figures of a training: loss and accuracy as it goes; nothing here knows Streamlit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mnist_app.training.events import Event
from mnist_app.training.history import History, overfits_from
from mnist_app.views import colours
from mnist_app.views.tables import csv_table

HEIGHT = 320  # pixels, the same for every chart of the page
MOST_POINTS = 400  # of one line; a screen shows no more
SMOOTHING = 0.9  # weight of what came before, once there are many points
SMOOTHED_POINTS = 12  # with fewer points than these, nothing needs smoothing
FAINT = 0.3  # opacity of the raw line behind the smoothed one

Texts = Callable[..., str]  # from a key of the catalog and values to a text
Figure = dict[str, Any]


def curves(history: History, metric: str, t: Texts, log: bool = False) -> Figure:
    """Return one metric over the epochs: training by batch, raw and smoothed, validation by epoch.

    Args:
        history: the run's.
        metric: "loss" or "accuracy".
        t: the catalog.
        log: a logarithmic axis, for the loss.
    """
    figure = _empty(history, t(f"curves.{metric}_title"), t)
    _add_lines(figure, history, metric, t, "y")
    figure["layout"]["yaxis"] = value_axis(metric, t, log)
    _add_marks(figure, history, t, at_top=metric == "loss")
    return figure


def twin_axes(history: History, t: Texts, log: bool = False) -> Figure:
    """Return loss (left axis) and accuracy (right axis) in one figure, as the tutorials draw them."""
    figure = _empty(history, t("curves.both_title"), t)
    _add_lines(figure, history, "loss", t, "y")
    _add_lines(figure, history, "accuracy", t, "y2", dash="dot")
    figure["layout"]["yaxis"] = value_axis("loss", t, log)
    figure["layout"]["yaxis2"] = {
        **value_axis("accuracy", t, log=False),
        "overlaying": "y",
        "side": "right",
        "showgrid": False,
    }
    _add_marks(figure, history, t, at_top=False)
    return figure


def empty_figure(title: str, height: int, margins: tuple[int, int, int, int]) -> Figure:
    """Return a figure without data, its title and legend at the top left.

    Args:
        title: what is seen.
        height: in pixels.
        margins: left, right, top and bottom, in pixels.
    """
    return {
        "data": [],
        "layout": {
            "title": {"text": title, "x": 0, "y": 0.98, "yanchor": "top", "font": {"size": 15}},
            "height": height,
            "margin": dict(zip("lrtb", margins, strict=True)),
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        },
    }


def _empty(history: History, title: str, t: Texts) -> Figure:
    epochs = history.started.get("epochs", 1)
    reach = max(1.0, min(epochs, 1.05 * history.step / max(history.started.get("batches", 1), 1)))
    figure = empty_figure(title, HEIGHT, (55, 15, 80, 40))
    figure["layout"] |= {
        "xaxis": epoch_axis(reach, t),
        "hovermode": "x unified",
        "uirevision": history.run.name,  # zoom stays while the lines grow
        "shapes": [],
        "annotations": [],
    }
    return figure


def epoch_axis(reach: float, t: Texts) -> Figure:
    """Return the horizontal axis, with room for so many epochs."""
    return {"title": {"text": t("curves.epochs")}, "range": [0, reach], "zeroline": False}


def value_axis(metric: str, t: Texts, log: bool) -> Figure:
    """Return the vertical axis of "loss" or "accuracy"."""
    axis = {"title": {"text": t(f"curves.{metric}")}, "type": "log" if log else "linear"}
    return axis | ({"tickformat": ".0%"} if metric == "accuracy" else {})


def _add_lines(
    figure: Figure, history: History, metric: str, t: Texts, axis: str, dash: str = "solid"
) -> None:
    batches = max(history.started.get("batches", 1), 1)
    told = [event for event in history.batches if event.get(metric) is not None]
    x = [event["step"] / batches for event in told]
    raw = [event[metric] for event in told]
    percent = metric == "accuracy"
    shown = "%{y:.2%}" if percent else "%{y:.4f}"
    name = t(f"curves.train_{metric}")

    def line(x: Sequence[float], y: Sequence[float], name: str, colour: str, **more: Any) -> None:
        figure["data"].append(
            {
                "type": "scatter",
                "x": [round(value, 3) for value in x],
                "y": list(y),
                "name": name,
                "yaxis": axis,
                "hovertemplate": f"{shown}<extra>{name}</extra>",
                "line": {"color": colour, "width": 2, "dash": dash, **more.pop("line", {})},
                "mode": "lines",
                **more,
            }
        )

    places = _thinned(len(x))
    faint = {"opacity": FAINT, "showlegend": False, "hoverinfo": "skip", "hovertemplate": None}
    smooth = smoothed(raw)
    line([x[n] for n in places], [raw[n] for n in places], name, colours.TRAINING, line={"width": 1}, **faint)
    line([x[n] for n in places], [smooth[n] for n in places], name, colours.TRAINING)
    judged = [event for event in history.epochs if event.get(f"val_{metric}") is not None]
    if judged:
        line(
            [event["epoch"] for event in judged],
            [event[f"val_{metric}"] for event in judged],
            t(f"curves.val_{metric}"),
            colours.VALIDATION,
            mode="lines+markers",
        )


def _add_marks(figure: Figure, history: History, t: Texts, at_top: bool) -> None:
    """Mark the best epoch, and from where on the training overfits, in words at the top or the bottom."""
    best, over = history.best_epoch, overfits_from(history.epochs)

    def words(epoch: float, text: str, height: float) -> None:
        middle = figure["layout"]["xaxis"]["range"][1] / 2
        figure["layout"]["annotations"].append(words_beside(epoch, text, middle, height))

    def shape(kind: str, start: float, end: float, **more: Any) -> None:
        figure["layout"]["shapes"].append(
            {
                "type": kind,
                "x0": start,
                "x1": end,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "layer": "below",
                **more,
            }
        )

    if best is not None:
        shape("line", best, best, line={"color": colours.SELECTED, "width": 1.5, "dash": "dot"})
        words(best, t("curves.best", epoch=best), 1.0 if at_top else 0.2)
    if over is not None:
        last = history.epochs[-1]["epoch"]
        shape("rect", over, last, fillcolor=colours.WRONG, opacity=0.12, line={"width": 0})
        words(over, t("curves.overfits"), 0.9 if at_top else 0.1)


def words_beside(place: float, text: str, middle: float, height: float = 1.0) -> Figure:
    """Return words beside a mark on the horizontal axis, on the side that has room.

    Args:
        place: of the mark.
        text: the words.
        middle: of the axis.
        height: of their upper edge, as a share of the chart's.
    """
    is_left = place > middle
    return {
        "x": place,
        "y": height,
        "yref": "paper",
        "text": text,
        "showarrow": False,
        "xanchor": "right" if is_left else "left",
        "yanchor": "top",
        "xshift": -4 if is_left else 4,
    }


def smoothed(values: Sequence[float]) -> list[float]:
    """Return an exponential moving average that does not begin at zero (Kingma and Ba, 2015, section 3).

    The fewer values, the less they are smoothed.
    """
    keep = min(SMOOTHING, max(0.0, 1 - SMOOTHED_POINTS / max(len(values), 1)))
    result, mean, weight = [], 0.0, 0.0
    for value in values:
        mean = keep * mean + (1 - keep) * value
        weight = keep * weight + (1 - keep)
        result.append(mean / weight)
    return result


def _thinned(count: int) -> list[int]:
    """Return which of so many points are drawn: all, or evenly spread ones with the last."""
    if count <= MOST_POINTS:
        return list(range(count))
    step = -(-count // MOST_POINTS)
    return list(range((count - 1) % step, count, step))


def as_csv(events: Sequence[Event]) -> str:
    """Return events as CSV, one column for each name that any of them has."""
    names = list(dict.fromkeys(name for event in events for name in event if name not in ("event", "time")))
    return csv_table(names, [[event.get(name, "") for name in names] for event in events])
