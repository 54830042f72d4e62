"""Tables of numbers, as HTML (no click, no library, and a screen reader reads them) and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from html import escape

import numpy as np

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what one begins with
BOX = "overflow:auto;max-height:{height}px;font-size:.85rem;font-variant-numeric:tabular-nums"


def html_table(
    caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], height: int = 420, texts: int = 1
) -> str:
    """Return a table that scrolls within itself.

    Args:
        caption: what it shows.
        head: the columns' names.
        rows: the cells; the first of each row names it.
        height: in pixels, at most.
        texts: how many columns are words (left) and not numbers (right).
    """

    def cell(n: int, content: str, tag: str, weight: int = 400) -> str:
        align = "left" if n < texts else "right"
        style = f"padding:1px 8px;text-align:{align};font-weight:{weight}"
        return f'<{tag} style="{style}">{escape(content)}</{tag.split()[0]}>'

    titles = "".join(cell(n, name, 'th scope="col"', 600) for n, name in enumerate(head))
    body = "".join(
        "<tr>"
        + "".join(cell(n, content, "td" if n else 'th scope="row"') for n, content in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div tabindex="0" style="{BOX.format(height=height)}"><table>'
        f'<caption style="text-align:left">{escape(caption)}</caption>'
        f"<thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def csv_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV, its columns' names first."""
    buffer = io.StringIO()
    table = csv.writer(buffer)
    table.writerow(head)
    table.writerows([csv_cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def csv_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe."""
    if not isinstance(value, str) or not value.startswith(FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def grid_table(caption: str, values: np.ndarray, write: Callable[[float], str]) -> str:
    """Return a table of a matrix, its rows and columns counted from 1, each value as ``write`` has it."""
    head = ["", *(str(n + 1) for n in range(values.shape[1]))]
    rows = [[str(n + 1), *(write(float(value)) for value in row)] for n, row in enumerate(values)]
    return html_table(caption, head, rows, texts=0)
