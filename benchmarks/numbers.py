"""How many whole numbers are read right, made from recorded pen strokes.

    python -m benchmarks.numbers --strokes FILE [--count 500] [--model NAME] [--json] [--errors PICTURE]

Numbers of two to six digits on the app's wide canvas, each by one writer of the
file: as many with no two digits touching as with one pair that does.  For both,
by the number of digits: the share read right, ± one standard error, and whether
the others were parted wrongly or parted right and a digit misread.  In the same
run, what connected parts alone would give: nothing is cut, and nothing weighed.
``data/recorded_strokes.py`` says what a file holds, ``drawn_numbers.py`` how
people are taken to write numbers.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.drawn_numbers import FEWEST, MOST, DrawnNumber, by_writer, draw_number
from mnist_app.data.recorded_strokes import read_strokes
from mnist_app.numerics.preprocess import Box, prepare
from mnist_app.numerics.segment import find_digits
from mnist_app.serving.model_folders import DEFAULT_MODEL, find_models
from mnist_app.serving.network import Network
from mnist_app.serving.predictor import Predictor
from mnist_app.serving.reading import read
from mnist_app.texts.user_error import UserError

GOALS = {"apart": 0.95, "touching": 0.85}  # of whole numbers
SAME = 0.5  # a part is a digit's if they share this much of the box around both
CELL, COLUMNS, SHOWN = (140, 70), 10, 150  # the contact sheet: pixels, numbers


@dataclass(frozen=True)
class Outcome:
    """What became of one number: read and its parts, by us and by connected parts alone."""

    number: DrawnNumber
    read: str
    parted: bool
    plainly_read: str
    plainly_parted: bool


def outcome(number: DrawnNumber, network: Network) -> Outcome:
    """Return what a network reads in a number."""
    reading = read(number.ink, network)
    plain = find_digits(number.ink)
    digits = network.predict(np.stack([prepare(part).digit for part, _ in plain])).probabilities.argmax(1)
    return Outcome(
        number,
        reading.number,
        _same([digit.box for digit in reading.digits], number.boxes),
        "".join(map(str, digits)),
        _same([box for _, box in plain], number.boxes),
    )


def _same(found: Sequence[Box], drawn: Sequence[Box]) -> bool:
    """Return whether the boxes are those of the digits drawn."""
    return len(found) == len(drawn) and all(_shared(*pair) >= SAME for pair in zip(found, drawn, strict=True))


def _shared(a: Box, b: Box) -> float:
    """Return which share of the area that two boxes cover both of them cover."""
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    both = max(width, 0) * max(height, 0)
    return both / (a.width * a.height + b.width * b.height - both)


def table(outcomes: dict[str, list[Outcome]]) -> Iterator[dict[str, object]]:
    """Yield a row for each case and number of digits, and one for all of the case."""
    for case, all_of_it in outcomes.items():
        for digits in (*range(FEWEST, MOST + 1), None):
            row = [each for each in all_of_it if digits in (len(each.number.digits), None)]
            if row:
                yield {"case": case, "digits": digits, **_figures(row)}


def _figures(outcomes: list[Outcome]) -> dict[str, object]:
    count = len(outcomes)
    right = sum(each.read == each.number.digits for each in outcomes)
    parted = sum(each.parted for each in outcomes)
    plain = sum(each.plainly_read == each.number.digits for each in outcomes)
    misread = sum(each.parted and each.read != each.number.digits for each in outcomes)
    share = right / count
    return {
        "numbers": count,
        "right": round(share, 4),
        "standard_error": round((share * (1 - share) / count) ** 0.5, 4),
        "parted_wrongly": round(1 - parted / count, 4),
        "misread": round(misread / count, 4),
        "plain_right": round(plain / count, 4),
        "plain_parted_wrongly": round(sum(not each.plainly_parted for each in outcomes) / count, 4),
        "wrong_times_plain": round((count - right) / (count - plain), 3) if plain < count else None,
    }


def sheet(wrong: list[Outcome]) -> Image.Image:
    """Return the numbers that were misread, each with what it is and what was read."""
    width, height = CELL
    page = Image.new("L", (COLUMNS * width, -(-len(wrong) // COLUMNS) * height))
    for n, each in enumerate(wrong):
        cell = Image.fromarray(np.rint(each.number.ink * 255).astype(np.uint8)).resize(CELL)
        title = f"{each.number.digits}>{each.read}{'' if each.parted else ' |'}"
        ImageDraw.Draw(cell).text((2, 0), title, fill=255)
        page.paste(cell, (n % COLUMNS * width, n // COLUMNS * height))
    return page


def show(rows: Iterator[dict[str, object]]) -> None:
    """Print the table."""
    titles = (
        "",
        "digits",
        "numbers",
        "right",
        "parted wrongly",
        "misread",
        "plain: right",
        "wrong, plain = 1",
    )
    widths = (10, 8, 9, 18, 16, 10, 14, 18)
    print("".join(title.rjust(width) for title, width in zip(titles, widths, strict=True)))
    for row in rows:
        cells = (
            str(row["case"]),
            str(row["digits"] or "all"),
            str(row["numbers"]),
            f"{row['right']:.1%} ± {row['standard_error']:.1%}",
            f"{row['parted_wrongly']:.1%}",
            f"{row['misread']:.1%}",
            f"{row['plain_right']:.1%}",
            "–" if row["wrong_times_plain"] is None else f"{row['wrong_times_plain']:.2f}",
        )
        print("".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)))
        if row["digits"] is None:
            goal = GOALS[str(row["case"])]
            print(f"{'met' if float(str(row['right'])) >= goal else 'not met'}: {goal:.0%}\n")


def main() -> None:
    """Draw, read and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--strokes", type=Path, required=True, metavar="FILE", help="recorded digits")
    parser.add_argument("--count", type=int, default=500, help="of numbers of either kind (500)")
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="NAME", help=f"({DEFAULT_MODEL})")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--errors", type=Path, metavar="PICTURE", help="save the misread ones here")
    arguments = parser.parse_args()
    if arguments.count < 1:
        parser.error(f"at least one number. Received: {arguments.count}")
    try:
        writers = by_writer(read_strokes(arguments.strokes))
        network = Predictor(find_models().folder(arguments.model))
    except UserError as error:
        parser.error(error.message("en"))
    seeds = range(arguments.count)
    outcomes = {
        case: [outcome(draw_number(writers, seed, case == "touching"), network) for seed in seeds]
        for case in GOALS
    }
    if arguments.json:
        for row in table(outcomes):
            print(json.dumps(row))
    else:
        show(table(outcomes))
    if arguments.errors:
        wrong = [each for case in outcomes.values() for each in case if each.read != each.number.digits]
        if wrong:
            sheet(wrong[:SHOWN]).save(arguments.errors)


if __name__ == "__main__":
    main()
