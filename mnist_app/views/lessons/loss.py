"""Softmax and cross-entropy, against squared error."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.numerics.forward import softmax
from mnist_app.numerics.one_hot import one_hot
from mnist_app.views.language import t
from mnist_app.views.lessons.chart import Line, show_line_chart
from mnist_app.views.lessons.formula import show_formula, tex
from mnist_app.views.lessons.label import choose_label
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.numbers import probability, three_digits
from mnist_app.views.tables import html_table

SHARES = np.linspace(0.01, 1, 100)  # of probability, for the curves
LEAST = 1e-7  # of a probability: below, float32 has nothing left
LIMITS = (1.0, 3.0)  # between the choices, in nats


def show(learner: Learner) -> None:
    """Show the way from logits to probabilities to the loss, and both losses as curves."""
    label = choose_label(learner)
    logits = _logits(learner)
    shares = softmax(logits)
    head = [t("data.digit"), "z", "e^z", t("lesson_loss.share")]
    rows = [
        [str(digit), three_digits(float(z)), f"{np.exp(float(z)):.4g}", probability(float(p))]
        for digit, (z, p) in enumerate(zip(logits, shares, strict=True))
    ]
    st.html(html_table(t("lesson_loss.table"), head, rows))
    share = float(max(shares[label], LEAST))
    lines = [
        Line(t("lesson_loss.cross_entropy"), (-np.log(SHARES)).tolist()),
        Line(t("lesson_loss.squared"), ((1 - SHARES) ** 2).tolist()),
    ]
    axes = (t("lesson_loss.axis", label=label), t("curves.loss"))
    mark = (share, t("lesson_loss.here", percent=probability(share)))
    show_line_chart(t("lesson_loss.chart"), axes, SHARES.round(2).tolist(), lines, "lesson-loss-chart", mark)
    powers = np.exp(logits.astype(np.float64))
    power, whole = float(powers[label]), float(powers.sum())
    squared = float(((shares - one_hot(label)) ** 2).sum())
    fraction = rf"\frac{{e^{{z_{label}}}}}{{\sum_k e^{{z_k}}}} = \frac{{{tex(power)}}}{{{tex(whole)}}}"
    vanishing = tex(-2 * share * (1 - share) ** 2)
    show_formula(
        [
            rf"p_{label} &= {fraction} = {tex(share)}",
            rf"-\ln p_{label} &= {tex(float(-np.log(share)))}",
            rf"\textstyle\sum_k (p_k - y_k)^2 &= {tex(squared)}",
            rf"\frac{{\partial (-\ln p)}}{{\partial z}} = p - 1 &= {tex(share - 1)}",
            rf"\frac{{\partial (1 - p)^2}}{{\partial z}} = -2\,p\,(1 - p)^2 &= {vanishing}",
        ]
    )


def ask(learner: Learner) -> Question:
    """Ask for the loss if the label were the network's second guess."""
    second = int(learner.probabilities.argsort()[-2])

    def answer() -> Answer:
        share = float(max(learner.probabilities[second], LEAST))
        loss = float(-np.log(share))
        squared = float(((learner.probabilities - one_hot(second)) ** 2).sum())
        told = t(
            "lesson_loss.told",
            digit=second,
            percent=probability(share),
            loss=three_digits(loss),
            squared=three_digits(squared),
        )
        return Answer(sum(loss > limit for limit in LIMITS), told)

    low, high = LIMITS
    choices = tuple(
        t(f"lesson_loss.{name}", low=f"{low:g}", high=f"{high:g}") for name in ("below", "between", "above")
    )
    return Question(t("lesson_loss.ask", read=learner.read, digit=second), choices, answer)


def _logits(learner: Learner) -> np.ndarray:
    """Return what the softmax is given, float32 (10,); without a layer of its own, the logarithms."""
    *_, before, last = learner.network.layers
    if last.class_name == "Softmax" and before.output_shape == last.output_shape:
        return learner.activations[before.name]
    logits: np.ndarray = np.log(np.maximum(learner.probabilities, LEAST))
    return logits
