"""ReLU: what is negative becomes zero."""

from __future__ import annotations

import numpy as np

from mnist_app.views.language import t
from mnist_app.views.layer_maps import Layer, layer_maps
from mnist_app.views.layers import layer_words
from mnist_app.views.lessons.formula import show_formula, tex
from mnist_app.views.lessons.layers import before_activation, choose_filter, first
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.lessons.question import quarter, quarters
from mnist_app.views.numbers import percent, shape


def show(learner: Learner) -> None:
    """Show one map before and after ReLU, and its lowest and highest value on their way."""
    card, _ = first(learner.network, "Conv2D")
    sums = before_activation(learner, card)
    chosen = choose_filter(sums.shape[-1])
    one = sums[..., [chosen]]
    size = shape(one.shape[:2])
    name = f"{card.name}, {t('maps.map', number=chosen + 1)}"
    layers = [
        Layer(name, t("lesson_relu.before"), size, one, signed=True),
        Layer(f"ReLU({name})", t("lesson_relu.after"), size, np.maximum(one, 0), signed=False),
    ]
    layer_maps(layers, "map", layer_words(), None, "lesson-relu")
    ends = (float(one.min()), float(one.max()))
    show_formula(
        [
            r"\mathrm{ReLU}(z) &= \max(0, z)",
            *(rf"\max(0, {tex(value)}) &= {tex(max(0.0, value))}" for value in ends),
        ]
    )


def ask(learner: Learner) -> Question:
    """Ask how much of the layer becomes zero."""
    card, _ = first(learner.network, "Conv2D")

    def answer() -> Answer:
        sums = before_activation(learner, card)
        zeroed = int((sums <= 0).sum())
        told = t(
            "lesson_relu.told",
            zeroed=f"{zeroed:,}",
            count=f"{sums.size:,}",
            share=percent(zeroed / sums.size),
        )
        return Answer(quarter(zeroed / sums.size), told)

    count = card.output_shape[-1]
    return Question(t("lesson_relu.ask", layer=card.name, count=count), quarters(), answer)
