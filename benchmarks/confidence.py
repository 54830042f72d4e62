"""What a network's confidence is worth: calibration, and how much of what is no digit it refuses.

    python -m benchmarks.confidence --strokes FILE [--writers PREFIX …] [--model NAME] [--each N] [--json]

FILE has recorded digits, one a line (``mnist_app/data/recorded_strokes.py`` says how); they count only
for a network that did not learn from their writers, so ``--writers`` takes those whose names begin so.
Digits and drawings of no digit are placed anywhere on the canvas, in any size and with any pen, and read
as the app reads them; digits as a single one, as ``predict --single`` does, so that each has one answer.

The expected calibration error has 15 bins.  What is no digit comes from ``numerics/scrawls.py``, N of
each kind but "touching", which is a number.  It is caught when every part that the app finds in it is
refused ("parts": what a person sees), or when it is refused as a whole ("whole": what the network alone
can do).  That is told at the card's threshold, if it has one, and at the one that refuses 2 % of these
digits.  Behind each figure is one standard error: by drawing anew writers of recorded digits (one
writer's are alike), or test images, and that of a share for what is no digit; the threshold's own is not
in it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.canvas import on_canvas
from mnist_app.commands.load_model import load_model
from mnist_app.data.mnist import find_source, read_split
from mnist_app.data.pen_images import scrawl
from mnist_app.data.recorded_strokes import read_strokes
from mnist_app.nets.architectures import CLASSES
from mnist_app.numerics.metrics import calibration, likeness, refused
from mnist_app.numerics.scrawls import LEARNT, SCRAWLS, UNSEEN
from mnist_app.serving.evaluation import evaluate, examination
from mnist_app.serving.model_folders import DEFAULT_MODEL
from mnist_app.serving.predictor import Predictor
from mnist_app.serving.reading import read
from mnist_app.texts.user_error import UserError

REFUSED_DIGITS = 0.02  # of the recorded ones, at the threshold that is chosen here
DRAWN_ANEW = 200  # times, for a standard error
SEED = 20_260  # of the drawings of no digit

KINDS = tuple(kind for kind in SCRAWLS if kind != "touching")
GROUPS = {
    "learnt": tuple(kind for kind in KINDS if kind in LEARNT),
    "unseen": tuple(kind for kind in KINDS if kind in UNSEEN),
    "all": KINDS,
}
LIMITS = {"card": "the card's", "two_percent": "2 %"}

Figure = tuple[float, float]  # a value and its standard error
Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Answers:
    """Labels, int (count,); probabilities, float32 (count, 10); and which drawings are alike, (count,)."""

    labels: np.ndarray
    probabilities: np.ndarray
    groups: np.ndarray

    def accuracy(self, which: np.ndarray) -> float:
        """Return the share of these read right."""
        return float((self.probabilities[which].argmax(1) == self.labels[which]).mean())

    def calibration_error(self, which: np.ndarray) -> float:
        """Return the expected calibration error of these."""
        return calibration(self.labels[which], self.probabilities[which]).error

    def refused(self, below: float) -> Callable[[np.ndarray], float]:
        """Return what gives the share of some that a threshold refuses."""
        return lambda which: float(refused(self.probabilities[which], below).mean())

    def threshold(self, share: float) -> float:
        """Return the threshold that refuses at most this share."""
        return float(np.sort(likeness(self.probabilities))[int(share * len(self.labels))])

    def figure(self, of: Callable[[np.ndarray], float]) -> Figure:
        """Return something of all, and its standard error: its spread over groups drawn anew."""
        order = np.argsort(self.groups, kind="stable")
        ends = np.flatnonzero(np.diff(self.groups[order])) + 1
        groups = np.split(order, ends)
        rng = np.random.default_rng(1)
        drawn = [
            of(np.concatenate([groups[n] for n in rng.integers(len(groups), size=len(groups))]))
            for _ in range(DRAWN_ANEW)
        ]
        return of(order), float(np.std(drawn, ddof=1))


def mnist_answers(predictor: Predictor) -> Answers:
    """Return what a network answers to MNIST's test images."""
    source = find_source()
    found = evaluate(predictor, examination(source, read_split(source, "test")))
    return Answers(found.labels, found.probabilities, np.arange(len(found.labels)))


def drawn_answers(predictor: Predictor, path: Path, writers: Sequence[str]) -> Answers:
    """Return what it answers to recorded digits, of writers whose names begin as one of these.

    Raises:
        UserError: the file cannot be read.
        SystemExit: there is no such writer.
    """
    digits = [digit for digit in read_strokes(path) if digit.writer.startswith(tuple(writers))]
    if not digits:
        raise SystemExit(f"{path}: no writer's name begins with {' or '.join(writers)}")
    answers = np.full((len(digits), CLASSES), 1 / CLASSES, np.float32)  # of what is only a dot
    for n, digit in enumerate(digits):
        reading = read(on_canvas(digit.strokes, np.random.default_rng(n)), predictor, single=True)
        if reading.digits:
            answers[n] = reading.digits[0].probabilities
    _, groups = np.unique([digit.writer for digit in digits], return_inverse=True)
    return Answers(np.array([digit.label for digit in digits]), answers, groups)


def most_alike(predictor: Predictor, kind: str, count: int) -> dict[str, np.ndarray]:
    """Return how much drawings of a kind look like digits, float (count,), 0 to 1.

    "parts": the most that any of those does which the app finds in a drawing; "whole": the whole drawing.
    """
    rng = np.random.default_rng([SEED, list(SCRAWLS).index(kind)])
    found: dict[str, list[float]] = {"parts": [], "whole": []}
    for _ in range(count):
        drawing = scrawl(kind, rng)
        ink = on_canvas(drawing.strokes, rng, drawing.width)
        for way, alike in found.items():
            digits = read(ink, predictor, single=way == "whole").digits
            alike.append(max((float(likeness(digit.probabilities)) for digit in digits), default=0.0))
    return {way: np.array(alike) for way, alike in found.items()}


def caught(drawings: Sequence[dict[str, np.ndarray]], below: float) -> dict[str, Figure]:
    """Return the shares of drawings that a threshold catches, from ``most_alike`` of some kinds."""
    found = {}
    for way in ("parts", "whole"):
        alike = np.concatenate([kind[way] for kind in drawings])
        share = float((alike < below).mean())
        found[way] = share, (share * (1 - share) / len(alike)) ** 0.5
    return found


def measure(predictor: Predictor, drawn: Answers, tested: Answers, each: int) -> Row:
    """Return all figures; those in pairs have their standard error behind them."""
    of = {"test": tested, "drawings": drawn}
    limits = {"card": predictor.refuse_below} if predictor.refuse_below else {}
    limits["two_percent"] = drawn.threshold(REFUSED_DIGITS)
    alike = {kind: most_alike(predictor, kind, each) for kind in KINDS}
    groups = {**GROUPS, **{kind: (kind,) for kind in KINDS}}
    return {
        "model": predictor.name,
        "test_images": len(tested.labels),
        "drawings": len(drawn.labels),
        "writers": int(drawn.groups.max()) + 1,
        "each": each,
        "thresholds": limits,
        "accuracy": {name: one.figure(one.accuracy) for name, one in of.items()},
        "calibration_error": {name: one.figure(one.calibration_error) for name, one in of.items()},
        "refused": {
            limit: {name: one.figure(one.refused(below)) for name, one in of.items()}
            for limit, below in limits.items()
        },
        "caught": {
            group: {limit: caught([alike[kind] for kind in kinds], below) for limit, below in limits.items()}
            for group, kinds in groups.items()
        },
    }


def for_card(row: Row) -> dict[str, Any]:
    """Return what a card can hold of the figures, at its own threshold or else at the one chosen here."""
    limit, below = next(iter(row["thresholds"].items()))
    return {
        "refuse_below": below,
        "figures": {
            "accuracy_drawings": row["accuracy"]["drawings"][0],
            "ece_test": row["calibration_error"]["test"][0],
            "ece_drawings": row["calibration_error"]["drawings"][0],
            "non_digits_caught": row["caught"]["all"][limit]["parts"][0],
            "digits_refused": row["refused"][limit]["drawings"][0],
        },
    }


def show(row: Row) -> None:
    """Print the figures as two tables."""
    limits = {name: f"{below:.4f} ({LIMITS[name]})" for name, below in row["thresholds"].items()}

    def line(name: str, cells: Iterable[Figure | str]) -> None:
        shown = [cell if isinstance(cell, str) else f"{cell[0]:.2%} ± {100 * cell[1]:.2f}" for cell in cells]
        print(f"{name:<34}" + "".join(f"{cell:>20}" for cell in shown))

    line(row["model"], [f"{row['test_images']:,} test images", f"{row['drawings']:,} drawings"])
    for title in ("accuracy", "calibration_error"):
        line(title.replace("_", " "), row[title].values())
    for name, figures in row["refused"].items():
        line(f"refused below {limits[name]}", figures.values())
    print(f"The drawings are by {row['writers']} writers.\n")
    line("no digit, caught below", [cell for limit in limits.values() for cell in ("", limit)])
    line("", ["parts", "whole"] * len(limits))
    for group, found in row["caught"].items():
        told = group if group in GROUPS else f"  {group}{' (unseen)' if group in UNSEEN else ''}"
        line(told, [figure for ways in found.values() for figure in ways.values()])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--strokes", type=Path, required=True, metavar="FILE")
    parser.add_argument("--writers", nargs="+", default=[""], metavar="PREFIX")
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="NAME")
    parser.add_argument("--each", type=int, default=100, metavar="N", help="drawings of each kind")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    try:
        predictor = load_model(arguments.model)
        drawn = drawn_answers(predictor, arguments.strokes, arguments.writers)
        row = measure(predictor, drawn, mnist_answers(predictor), arguments.each)
    except UserError as error:
        raise SystemExit(f"confidence: {error}") from error
    if arguments.json:
        print(json.dumps(row | {"for_card": for_card(row)}))
    else:
        show(row)


if __name__ == "__main__":
    main()
