"""What the network reads: the digit, the second guess, the ten probabilities."""

from __future__ import annotations

from html import escape

import streamlit as st

from mnist_app.serving.reading import DigitReading, Reading
from mnist_app.views import colours
from mnist_app.views.about import about_html
from mnist_app.views.language import t
from mnist_app.views.numbers import percent, probability

PLACE = "place"  # in the session: which digit of a number is looked at, from 0
QUIET = "opacity:.75;font-size:.9rem"
NO_DIGIT = "font-size:1.4rem;font-weight:650;line-height:1.25;margin-bottom:.4rem"


def show_prediction(reading: Reading, chosen: int) -> None:
    """Show the number read, how sure the network is, and its second guess; have it said aloud.

    An element that is made anew at every stroke is not announced by itself: for
    assist/announcer.js it has the words, and what tells it from the next one in
    the same words.
    """
    exact = " ".join(f"{digit.probabilities.min():.9g}" for digit in reading.digits)
    spoken = escape(said(reading, chosen))
    st.html(f'<div data-said="{spoken}" data-exact="{exact}">{prediction_html(reading, chosen)}</div>')


def show_probabilities(digit: DigitReading | None) -> None:
    """Show the ten probabilities as bars with their numbers; empty bars for None."""
    st.html(probabilities_html(digit))


def chosen_digit(reading: Reading) -> int:
    """Return which digit of the number is looked at, counted from 0."""
    place = int(st.session_state.get(PLACE) or 0)
    return place if place < len(reading.digits) else 0


def show_choice(reading: Reading) -> None:
    """Show which digit of a number is looked at, where there are several."""
    if len(reading.digits) < 2:
        return
    if st.session_state.get(PLACE, 0) not in range(len(reading.digits)):
        st.session_state[PLACE] = 0
    st.segmented_control(
        t("draw.place"),
        range(len(reading.digits)),
        format_func=lambda place: reading.digits[place].symbol,
        default=0,
        required=True,
        key=PLACE,
    )


def prediction_html(reading: Reading, chosen: int) -> str:
    """Return the number read, how sure the network is, and its second guess."""
    return f'<div style="line-height:1.35">{_prediction(reading, chosen)}</div>'


def said(reading: Reading, chosen: int) -> str:
    """Return the answer as it is said aloud: the number, how sure the network is, what it doubts."""
    if not reading.digits:
        return t(f"reading.{reading.status}")
    answer = reading.answer if reading.has_digit else t("answer.no_digit")
    return ". ".join([answer, _of_digit(reading, chosen)[0], *_doubts(reading)])


def probabilities_html(digit: DigitReading | None) -> str:
    """Return the ten probabilities as bars with their numbers.

    A table that is its own bar chart: the numbers need no click, a screen
    reader reads them, and it is on the screen sooner than a chart library
    (benchmarks/bars.py).
    """
    rows = "".join(_row(label, digit) for label in range(10))
    title = t("answer.probabilities")
    if digit is not None and digit.refuse_below:
        title = t("answer.probabilities_limit", limit=percent(digit.refuse_below))
    title = f"{escape(title)} {about_html('probabilities')}"
    caption = f'<caption style="text-align:left;{QUIET}">{title}</caption>'
    return f'<table style="width:100%;border-collapse:collapse">{caption}<tbody>{rows}</tbody></table>'


def _prediction(reading: Reading, chosen: int) -> str:
    if not reading.digits:
        hint = t(f"answer.hint_{reading.status}")
        status = t(f"reading.{reading.status}")
        return f'<div style="font-size:1.25rem">{status}</div><div style="{QUIET}">{hint}</div>'
    doubts = _doubts(reading)
    if reading.has_digit:
        doubts = [f"<b>{words}</b>" for words in doubts]
    lines = [*_of_digit(reading, chosen), *doubts]
    # Line ends, lest the text without its tags runs number and percentage together.
    return "\n".join([_headline(reading), *(f'<div style="{QUIET}">{line}</div>' for line in lines)])


def _headline(reading: Reading) -> str:
    if not reading.has_digit:
        return f'<div style="{NO_DIGIT}">{t("answer.no_digit")}</div>'
    size = 6 if len(reading.digits) == 1 else max(2.2, 7 / len(reading.digits))
    return f'<div style="font-size:{size:.1f}rem;font-weight:650;line-height:1.1">{reading.answer}</div>'


def _of_digit(reading: Reading, chosen: int) -> list[str]:
    """Return how probable the network finds the chosen digit, and its second guess."""
    digit = reading.digits[chosen]
    shares = {"digit": digit.digit, "percent": probability(digit.probability)}
    if not digit.is_digit:
        first = t("answer.closest", **shares)
    elif len(reading.digits) > 1:
        first = t("answer.digit_probability", **shares)
    else:
        first = t("answer.probability", **shares)
    second = float(digit.probabilities[digit.second])
    return [first, t("answer.second", digit=digit.second, percent=probability(second))]


def _doubts(reading: Reading) -> list[str]:
    """Return which digits the network is not sure of, and which parts look like none."""
    if not reading.has_digit:
        return [t("answer.hint_no_digit")]
    found = []
    unsure = [digit.symbol for digit in reading.digits if digit.is_digit and not digit.sure]
    if unsure:
        found.append(t("answer.unsure", digits=", ".join(unsure)))
    parts = [str(place) for place, digit in enumerate(reading.digits, start=1) if not digit.is_digit]
    if parts:
        found.append(t("answer.no_digit_parts", parts=", ".join(parts), count=len(reading.digits)))
    return found


def _row(label: int, digit: DigitReading | None) -> str:
    share = 0.0 if digit is None else float(digit.probabilities[label])
    best = digit is not None and digit.digit == label
    weight = "font-weight:650" if best else "opacity:.85"
    is_answer = best and digit is not None and digit.is_digit
    colour = colours.ANSWER if is_answer else "currentColor;opacity:.35"
    bar = f'<div style="height:.8rem;border-radius:2px;width:{100 * share:.2f}%;background:{colour}"></div>'
    number = "" if digit is None else probability(share)
    right = "width:5rem;text-align:right;padding:0;font-variant-numeric:tabular-nums"
    return (
        f'<tr style="{weight};line-height:1.3"><th scope="row" style="width:1.4rem;text-align:left;'
        f'font-weight:inherit;padding:0">{label}</th><td style="padding:0">{bar}</td>'
        f'<td style="{right}">{number}</td></tr>'
    )
