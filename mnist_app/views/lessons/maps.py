"""Response maps: what each filter of the first layer finds in the drawing."""

from __future__ import annotations

from math import prod

import numpy as np

from mnist_app.nets.architectures import INPUT_SHAPE
from mnist_app.views.language import t
from mnist_app.views.layer_maps import Layer, Selection, layer_maps
from mnist_app.views.layers import layer_words
from mnist_app.views.lessons.formula import show_formula, tex, words
from mnist_app.views.lessons.layers import before_activation, choose_filter, first
from mnist_app.views.lessons.lesson import Answer, Learner, Question
from mnist_app.views.numbers import shape, three_digits

FLAT = 1e-4  # of the drawing's strongest answer: less is rounding


def show(learner: Learner) -> None:
    """Show all kernels and all maps of the first convolution, and one filter's strongest sum."""
    card, _ = first(learner.network, "Conv2D")
    kernel, *bias = learner.network.weights(card.name)
    maps = learner.activations[card.name]
    count = maps.shape[-1]
    chosen = choose_filter(count)
    kernels = kernel[:, :, 0, :]
    layers = [
        Layer("w", t("lesson_maps.kernels"), shape(kernel.shape[:2]), kernels, signed=True),
        Layer(card.name, t("lesson_maps.maps"), shape(maps.shape), maps, signed=False),
    ]
    layer_maps(layers, "layer", layer_words(), Selection(card.name, chosen), "lesson-maps")
    sums = before_activation(learner, card)[..., chosen]
    row, column = np.unravel_index(sums.argmax(), sums.shape)
    size = shape(kernel.shape[:3]).replace("×", r"\times")
    constant = float(bias[0][chosen]) if bias else 0.0
    one = float(sums[row, column])
    place = t("lesson_maps.strongest", number=chosen + 1, row=row + 1, column=column + 1)
    show_formula(
        [
            rf"&({size} + 1)\times {count} = {(prod(kernel.shape[:3]) + 1) * count:,}"
            rf"\ {words(t('lesson_maps.parameters'))}",
            rf"&{words(place)}",
            rf"&\textstyle\sum w\,x + b = {tex(one - constant)} + ({tex(constant)}) = {tex(one)}",
        ]
    )


def ask(learner: Learner) -> Question:
    """Ask what the maps of blank paper look like."""

    def answer() -> Answer:
        card, _ = first(learner.network, "Conv2D")
        blank = np.zeros(INPUT_SHAPE[:2], np.float32)
        maps = learner.network.predict(blank).activations[card.name][0]
        drawn = float(learner.activations[card.name].max())
        spread = float((maps.max((0, 1)) - maps.min((0, 1))).max())
        told = t(
            "lesson_maps.told",
            alive=int((maps.max((0, 1)) > 0).sum()),
            count=maps.shape[-1],
            most=three_digits(float(maps.max())),
            drawn=three_digits(drawn),
        )
        if spread > FLAT * drawn:
            return Answer(2, told)
        return Answer(1 if maps.any() else 0, told)

    choices = tuple(t(f"lesson_maps.{name}") for name in ("zero", "flat", "edges"))
    return Question(t("lesson_maps.ask"), choices, answer)
