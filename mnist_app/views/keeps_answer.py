"""Who keeps the answer: one drawing changed step by step, read by every network."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

import numpy as np
import streamlit as st

from mnist_app.numerics.alter import SPANS, Change, Span, altered
from mnist_app.numerics.kept_answer import KeptAnswer
from mnist_app.views import colours
from mnist_app.views.about import explained
from mnist_app.views.downloads import show_csv
from mnist_app.views.language import t
from mnist_app.views.networks import Reader, readers
from mnist_app.views.numbers import probability
from mnist_app.views.pictures import picture
from mnist_app.views.tables import csv_table, html_table

KEY = "keeps-answer"
UNITS = {"across": "pixels", "down": "pixels", "turn": "degrees", "size": "percent", "pen": "pixels"}
SIDE = 28  # pixels of an altered drawing on screen
CELL = 32  # pixels
QUIET = "opacity:.75;font-size:.85rem"
LEGEND_STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, eq=False)
class Sweep:
    """One change over its span, and what every network reads on the way.

    ``values`` are the steps, ``images`` float32 (steps, 28, 28), ``kept`` what
    the networks with these labels do.
    """

    change: str
    values: tuple[float, ...]
    images: np.ndarray
    labels: tuple[str, ...]
    kept: tuple[KeptAnswer, ...]


# Choosing another change runs this alone; a stroke runs it with the page's own fragment.
@st.fragment
def show_keeps_answer(image: np.ndarray | None, names: Collection[str] | None = None) -> None:
    """Show which networks keep their answer while a drawing is changed, once that is opened.

    Args:
        image: float32 (28, 28), what the networks see; None: nothing is drawn yet.
        names: of the networks; None: as ``readers`` has them.
    """
    with st.container(key=KEY), st.expander(t("keeps.title"), on_change="rerun", key="keeps") as box:
        if not box.open:
            return
        if image is None:
            st.info(t("keeps.empty"), icon=":material/draw:")
            return
        change = st.segmented_control(
            t("keeps.change"),
            list(SPANS),
            format_func=lambda name: t(f"keeps.{name}"),
            default="across",
            required=True,
            key="keeps-change",
            persist_state="session",
            help=explained(t("keeps.help"), "keeps"),
        )
        made = sweep(str(change), image, readers(names))
        st.html(sweep_html(made, dark=st.context.theme.type == "dark"))
        st.html("".join(f"<div>{escape(sentence)}</div>" for sentence in sentences(made)))
        _show_numbers(made)


def sweep(change: str, image: np.ndarray, networks: Sequence[Reader]) -> Sweep:
    """Return what every network reads along one change, all steps in one batch.

    Args:
        change: a key of ``SPANS``.
        image: float32 (28, 28), 0 to 1.
        networks: who reads.
    """
    span: Span = SPANS[change]
    images = altered(image, [Change(**{change: value}) for value in span.values])
    rest = span.values.index(span.rest)
    kept = [KeptAnswer(reader.network.predict(images).probabilities, rest) for reader in networks]
    return Sweep(change, span.values, images, tuple(reader.label for reader in networks), tuple(kept))


def step_words(change: str, value: float) -> str:
    """Return a step with its unit: −3 px."""
    return t(f"keeps.{UNITS[change]}", value=_number(value))


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def sentences(made: Sweep) -> list[str]:
    """Return over which range networks keep their answer, the widest range first.

    Networks of one range share a sentence; their answers stand behind their
    names where not all have the same.
    """
    told = len({one.answer for one in made.kept}) > 1
    ranges: dict[tuple[int, int], list[str]] = {}
    for label, one in zip(made.labels, made.kept, strict=True):
        ranges.setdefault(one.kept, []).append(f"{label} ({one.answer})" if told else label)
    widest = sorted(ranges, key=lambda kept: kept[0] - kept[1])
    return [_sentence(made, *kept, ", ".join(ranges[kept])) for kept in widest]


def _sentence(made: Sweep, first: int, last: int, names: str) -> str:
    if (first, last) == (0, len(made.values) - 1):
        return t("keeps.all", names=names)
    if first == last:
        return t("keeps.none", names=names)
    low, high = (step_words(made.change, made.values[n]) for n in (first, last))
    return t("keeps.range", low=low, high=high, names=names)


def sweep_html(made: Sweep, dark: bool) -> str:
    """Return the altered drawings in a row, below them a row for each network: the digit it
    reads at every step, on the colour of how probable it finds its answer to the unchanged one.
    """
    words = [step_words(made.change, value) for value in made.values]
    rest = made.values.index(SPANS[made.change].rest)
    name = t(f"keeps.{made.change}")
    cell = f"padding:1px;min-width:{CELL}px;text-align:center"
    pictures = "".join(
        f'<td style="{cell}">{picture(image, SIDE, f"{name}: {step}")}</td>'
        for image, step in zip(made.images, words, strict=True)
    )
    steps = "".join(
        f'<th scope="col" style="{cell};font-weight:{650 if n == rest else 400}">{_number(value)}</th>'
        for n, value in enumerate(made.values)
    )
    rows = "".join(_row(label, one, words, dark) for label, one in zip(made.labels, made.kept, strict=True))
    head = 'style="text-align:left;padding-right:10px;font-weight:400;min-width:6.5rem"'
    unit = t(f"keeps.{UNITS[made.change]}", value="").strip()
    return (
        '<div tabindex="0" style="overflow-x:auto;font-size:.85rem;font-variant-numeric:tabular-nums">'
        f'<table style="border-collapse:separate;border-spacing:1px">'
        f'<caption style="text-align:left;{QUIET}">{escape(t("keeps.caption"))}</caption>'
        f"<thead><tr><td></td>{pictures}</tr>"
        f"<tr><th {head}>{escape(name)} ({unit})</th>{steps}</tr></thead><tbody>{rows}</tbody></table></div>"
        f"{_legend(dark)}"
    )


def _row(label: str, one: KeptAnswer, words: Sequence[str], dark: bool) -> str:
    stops = colours.sequential(dark)
    cells = []
    for digit, share, step in zip(one.digits, one.shares, words, strict=True):
        colour = colours.between(stops, float(share))
        style = f"text-align:center;padding:3px 0;background:{colour};color:{colours.text_on(colour)}"
        if digit != one.answer:
            style += f";font-weight:650;box-shadow:inset 0 0 0 2px {colours.WRONG}"
        told = t("keeps.cell", step=step, digit=digit, answer=one.answer, share=probability(float(share)))
        cells.append(f'<td style="{style}" title="{escape(told)}">{digit}</td>')
    head = 'scope="row" style="text-align:left;font-weight:400;padding-right:10px"'
    return f"<tr><th {head}>{escape(label)}</th>{''.join(cells)}</tr>"


def _legend(dark: bool) -> str:
    stops = ", ".join(colours.sequential(dark))
    numbers = "".join(f"<span>{share:.0%}</span>" for share in LEGEND_STEPS)
    lost = f"box-shadow:inset 0 0 0 2px {colours.WRONG};padding:1px 8px;font-weight:650;margin-right:6px"
    key = f'<span style="{lost}">8</span>\n<span style="{QUIET}">{escape(t("keeps.lost"))}</span>'
    return (
        '<div style="font-size:.85rem;display:flex;flex-wrap:wrap;gap:4px 20px;align-items:end;margin:6px 0">'
        f'<div style="width:340px;max-width:100%"><div style="{QUIET}">{escape(t("keeps.legend"))}</div>'
        f'<div style="height:8px;border-radius:2px;background:linear-gradient(90deg, {stops})"></div>'
        f'<div style="display:flex;justify-content:space-between;{QUIET}">{numbers}</div></div>'
        f"<div>{key}</div></div>"
    )


def _show_numbers(made: Sweep) -> None:
    with st.popover(
        t("keeps.numbers"), icon=":material/table:", on_change="rerun", key="keeps-numbers"
    ) as box:
        if not box.open:
            return
        head = [t(f"keeps.{made.change}"), *made.labels]
        rows = [
            [step_words(made.change, value), *(_read(one, n) for one in made.kept)]
            for n, value in enumerate(made.values)
        ]
        st.html(html_table(t("keeps.table"), head, rows))
        show_csv(t("keeps.csv"), "kept-answers", partial(sweep_csv, made))


def _read(one: KeptAnswer, step: int) -> str:
    return f"{one.digits[step]} ({probability(float(one.shares[step]))})"


def sweep_csv(made: Sweep) -> str:
    """Return a CSV with one row for each network and step: what is read, and the ten probabilities."""
    head = ["network", made.change, "answer", "digit", *(f"p{label}" for label in range(10))]
    rows = [
        [label, f"{value:g}", one.answer, digit, *(f"{share:.6f}" for share in probabilities)]
        for label, one in zip(made.labels, made.kept, strict=True)
        for value, digit, probabilities in zip(made.values, one.digits, one.probabilities, strict=True)
    ]
    return csv_table(head, rows)
