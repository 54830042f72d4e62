"""The lessons in the order in which they are learned: one row, one lesson."""

from __future__ import annotations

from mnist_app.views.lessons import (
    augmentation,
    convolution,
    dense,
    dropout,
    hierarchy,
    image,
    loss,
    maps,
    misread,
    optimizers,
    overfitting,
    padding,
    pooling,
    relu,
    scaling,
    sets,
    shapes,
    stopping,
    strides,
)
from mnist_app.views.lessons.lesson import Lesson

LESSONS = {
    lesson.key: lesson
    for lesson in (
        Lesson("image", image.show, image.ask, "data"),
        Lesson("scaling", scaling.show, scaling.ask, "train"),
        Lesson("convolution", convolution.show, convolution.ask, "lab"),
        Lesson("maps", maps.show, maps.ask, "explore"),
        Lesson("relu", relu.show, relu.ask, "lab"),
        Lesson("pooling", pooling.show, pooling.ask, "lab"),
        Lesson("padding", padding.show, padding.ask, "lab"),
        Lesson("strides", strides.show, strides.ask, "lab"),
        Lesson("shapes", shapes.show, shapes.ask, "explore"),
        Lesson("loss", loss.show, loss.ask, "explore"),
        Lesson("dense", dense.show, dense.ask, "compare"),
        Lesson("hierarchy", hierarchy.show, hierarchy.ask, "explore"),
        Lesson("sets", sets.show, sets.ask, "data"),
        Lesson("overfitting", overfitting.show, overfitting.ask, "compare"),
        Lesson("dropout", dropout.show, dropout.ask, "train"),
        Lesson("stopping", stopping.show, stopping.ask, "train"),
        Lesson("augmentation", augmentation.show, augmentation.ask, "data"),
        Lesson("optimizers", optimizers.show, optimizers.ask, "sweep"),
        Lesson("misread", misread.show, misread.ask, "results"),
    )
}
