"""What a person can take away: a reading's picture, activations, probabilities; a figure's numbers."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from mnist_app.serving.reading import DigitReading, Reading
from mnist_app.views.language import t
from mnist_app.views.pictures import png
from mnist_app.views.tables import csv_table


def show_downloads(reading: Reading, chosen: int) -> None:
    """Show the three downloads of a reading; each file is made when it is asked for."""
    popover = st.popover(t("download.label"), icon=":material/download:", key="downloads", on_change="rerun")
    if not popover.open:
        return
    if not reading.digits:
        popover.caption(t("draw.empty"))
        return
    digit = reading.digits[chosen]
    files = (
        ("picture", "digit.png", "image/png", partial(png, digit.preparation.digit)),
        ("activations", "activations.npz", "application/zip", partial(activations_npz, digit)),
        ("probabilities", "probabilities.csv", "text/csv", partial(probabilities_csv, reading)),
    )
    with popover:
        for name, file_name, mime, make in files:
            st.download_button(
                t(f"download.{name}"), make, file_name, mime, key=f"download-{name}", on_click="ignore"
            )


def show_csv(label: str, name: str, make: Callable[[], str]) -> None:
    """Show the button that takes away the numbers behind a figure."""
    st.download_button(
        label,
        make,
        f"{name}.csv",
        "text/csv",
        icon=":material/download:",
        type="tertiary",
        key=f"csv-{name}",
        on_click="ignore",
    )


def activations_npz(digit: DigitReading) -> bytes:
    """Return an ``.npz`` of the prepared digit as "input" and every layer's output by name."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, input=digit.preparation.digit, **digit.activations)  # type: ignore[arg-type]
    return buffer.getvalue()


def probabilities_csv(reading: Reading) -> str:
    """Return a CSV with one row for each digit: place, digit read, whether it is one, ten probabilities."""
    rows = (
        [place, digit.digit, digit.is_digit, *(f"{value:.6f}" for value in digit.probabilities)]
        for place, digit in enumerate(reading.digits, start=1)
    )
    return csv_table(["place", "digit", "is_digit", *(f"p{label}" for label in range(10))], rows)
