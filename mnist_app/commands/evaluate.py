"""``evaluate``: how well a model reads the test images, in the runtime that serves."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

from mnist_app.commands.data import download_bar
from mnist_app.commands.load_model import load_model
from mnist_app.commands.measured import measured_lines
from mnist_app.data.mnist import find_source, read_split
from mnist_app.numerics.metrics import calibration, class_scores, confusion_matrix, cross_entropy, refused
from mnist_app.numerics.statistics import wilson_interval
from mnist_app.serving.card import Card
from mnist_app.serving.evaluation import Evaluation, evaluate, examination, keep
from mnist_app.serving.model_folders import DEFAULT_MODEL
from mnist_app.texts.catalog import text

DECIMALS = 6


def add_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--model", default=DEFAULT_MODEL, metavar="NAME", help=text("command.model", language)
    )
    parser.add_argument("--data", type=Path, metavar="FILE", help=text("command.data_file", language))


def run(arguments: argparse.Namespace, language: str) -> None:
    """Print accuracy, loss, calibration, refusals and each digit's scores on the test images.

    Raises:
        UserError: there is no such model, or the data is missing or damaged.
    """
    predictor = load_model(arguments.model)
    source = find_source(arguments.data, download_bar(language))
    asked = examination(source, read_split(source, "test"))
    evaluation = evaluate(predictor, asked)
    keep(predictor.card, evaluation)  # for the page
    figures = _figures(evaluation, predictor.card)
    if arguments.json:
        print(json.dumps({"model": predictor.name, **figures}))
        return
    print(text(f"data.source_{source.kind}", language, path=source.path))
    print("\n".join([*_sentences(figures, language), *measured_lines(predictor.card, language)]))


def _figures(evaluation: Evaluation, card: Card) -> dict[str, Any]:
    labels, count = evaluation.labels, len(evaluation.labels)
    confusion = confusion_matrix(labels, evaluation.digits)
    scores = class_scores(confusion)
    return {
        "source": evaluation.source,
        "images": count,
        "right": evaluation.right,
        "test_accuracy": evaluation.accuracy,
        "test_loss": round(cross_entropy(labels, evaluation.probabilities), DECIMALS),
        "interval_95": [round(end, DECIMALS) for end in wilson_interval(evaluation.right, count)],
        "calibration_error": round(calibration(labels, evaluation.probabilities).error, DECIMALS),
        "refuse_below": card.refuse_below,
        "refused": int(refused(evaluation.probabilities, card.refuse_below).sum()),
        "precision": [_number(value) for value in scores.precision],
        "recall": [_number(value) for value in scores.recall],
        "f1": [_number(value) for value in scores.f1],
        "support": scores.support.tolist(),
        "confusion": confusion.tolist(),
        "seconds": round(evaluation.seconds, 3),
        "figures": card.figures,
    }


def _sentences(figures: dict[str, Any], language: str) -> list[str]:
    low, high = figures["interval_95"]
    share = _share(figures["refused"] / figures["images"])
    counts = {name: f"{figures[name]:,}" for name in ("right", "images", "refused")}
    accuracy, loss = _share(figures["test_accuracy"]), f"{figures['test_loss']:.4f}"
    return [
        text("command.evaluated", language, **counts, accuracy=accuracy, loss=loss),
        text("command.interval", language, low=_share(low), high=_share(high)),
        text("command.calibration", language, error=_share(figures["calibration_error"])),
        text("command.refused", language, **counts, share=share),
        *(
            text(
                "command.class",
                language,
                digit=digit,
                images=f"{figures['support'][digit]:,}",
                **{name: _share(figures[name][digit]) for name in ("precision", "recall", "f1")},
            )
            for digit in range(len(figures["support"]))
        ),
    ]


def _number(value: float) -> float | None:
    """Return what JSON can hold: it knows no NaN."""
    return None if math.isnan(value) else round(float(value), DECIMALS)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2%}"
