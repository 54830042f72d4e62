"""What the network reads: the digit, the second guess, the ten probabilities."""

from __future__ import annotations

from html import escape

import streamlit as st

from mnist_app.serving.reading import DigitReading, Reading
from mnist_app.views import colours
from mnist_app.views.language import t
from mnist_app.views.numbers import probability

QUIET = "opacity:.75;font-size:.9rem"


def show_prediction(reading: Reading, chosen: int) -> None:
    """Show the number read, how sure the network is, and its second guess."""
    st.html(prediction_html(reading, chosen))


def show_probabilities(digit: DigitReading | None) -> None:
    """Show the ten probabilities as bars with their numbers; empty bars for None."""
    st.html(probabilities_html(digit))


def chosen_digit(reading: Reading) -> int:
    """Return which digit of the number is looked at, counted from 0."""
    place = int(st.session_state.get("place") or 0)
    return place if place < len(reading.digits) else 0


def show_choice(reading: Reading) -> None:
    """Show which digit of a number is looked at, where there are several."""
    if len(reading.digits) < 2:
        return
    if st.session_state.get("place", 0) not in range(len(reading.digits)):
        st.session_state["place"] = 0
    st.segmented_control(
        t("draw.place"),
        range(len(reading.digits)),
        format_func=lambda place: str(reading.digits[place].digit),
        default=0,
        required=True,
        key="place",
    )


def prediction_html(reading: Reading, chosen: int) -> str:
    """Return the number read, how sure the network is, and its second guess."""
    return f'<div role="status" style="line-height:1.35">{_prediction(reading, chosen)}</div>'


def probabilities_html(digit: DigitReading | None) -> str:
    """Return the ten probabilities as bars with their numbers.

    A table that is its own bar chart: the numbers need no click, a screen
    reader reads them, and it is on the screen sooner than a chart library
    (benchmarks/bars.py).
    """
    rows = "".join(_row(label, digit) for label in range(10))
    caption = f'<caption style="text-align:left;{QUIET}">{escape(t("answer.probabilities"))}</caption>'
    return f'<table style="width:100%;border-collapse:collapse">{caption}<tbody>{rows}</tbody></table>'


def _prediction(reading: Reading, chosen: int) -> str:
    if not reading.digits:
        hint = t(f"answer.hint_{reading.status}")
        status = t(f"reading.{reading.status}")
        return f'<div style="font-size:1.25rem">{status}</div><div style="{QUIET}">{hint}</div>'
    digit = reading.digits[chosen]
    size = 6 if len(reading.number) == 1 else max(2.2, 7 / len(reading.number))
    number = f'<div style="font-size:{size:.1f}rem;font-weight:650;line-height:1.1">{reading.number}</div>'
    lines = [t("answer.probability", percent=probability(digit.probability))]
    if len(reading.digits) > 1:
        lines = [t("answer.digit_probability", digit=digit.digit, percent=probability(digit.probability))]
    second = float(digit.probabilities[digit.second])
    lines.append(t("answer.second", digit=digit.second, percent=probability(second)))
    if not all(digit.sure for digit in reading.digits):
        unsure = [str(digit.digit) for digit in reading.digits if not digit.sure]
        lines.append(f"<b>{t('answer.unsure', digits=', '.join(unsure))}</b>")
    # Line ends, lest the text without its tags runs number and percentage together.
    return "\n".join([number, *(f'<div style="{QUIET}">{line}</div>' for line in lines)])


def _row(label: int, digit: DigitReading | None) -> str:
    share = 0.0 if digit is None else float(digit.probabilities[label])
    best = digit is not None and digit.digit == label
    weight = "font-weight:650" if best else "opacity:.85"
    colour = colours.ANSWER if best else "currentColor;opacity:.35"
    bar = f'<div style="height:.8rem;border-radius:2px;width:{100 * share:.2f}%;background:{colour}"></div>'
    number = "" if digit is None else probability(share)
    right = "width:5rem;text-align:right;padding:0;font-variant-numeric:tabular-nums"
    return (
        f'<tr style="{weight};line-height:1.3"><th scope="row" style="width:1.4rem;text-align:left;'
        f'font-weight:inherit;padding:0">{label}</th><td style="padding:0">{bar}</td>'
        f'<td style="{right}">{number}</td></tr>'
    )
