"""What a sweep shall vary, as widgets that say at once what cannot be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from mnist_app.data.mnist import Source
from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.nets.recipes import RECIPES
from mnist_app.serving.model_folders import runs_folder
from mnist_app.texts.duration import duration
from mnist_app.texts.user_error import UserError
from mnist_app.training.estimate import estimate
from mnist_app.training.schedules import SCHEDULES
from mnist_app.training.settings import OPTIMIZERS, Settings, from_dict, from_recipe
from mnist_app.training.sweeps import (
    GRID,
    METHODS,
    RANDOM,
    VARIED,
    Dimension,
    count_runs,
    parse_dimension,
)
from mnist_app.views.about import about, explained
from mnist_app.views.language import language, t
from mnist_app.views.plain import sentence
from mnist_app.views.resources import train_count
from mnist_app.views.training_settings import DEFAULT_RECIPE, OPTIMIZER_NAMES

CHOICES: dict[str, tuple[str, ...]] = {
    "optimizer": tuple(OPTIMIZERS),
    "architecture": tuple(ARCHITECTURES),
    "schedule": tuple(SCHEDULES),
}
# What stands in the fields at first: values that are worth a look.
EXAMPLES = {
    "learning_rate": "0.0003, 0.001, 0.003, 0.01",
    "optimizer": ["sgd", "adam"],
    "batch_size": "32, 128, 512",
    "architecture": ["mlp-512", "convnet-128"],
    "schedule": ["constant", "one_cycle"],
    "dropout": "0, 0.25, 0.5",
    "epochs": "1, 3",
    "momentum": "0, 0.9",
    "rotation": "0, 10, 20",
    "zoom": "0, 0.1, 0.2",
    "shift": "0, 0.05, 0.1",
    "thickness": "0, 0.5",
    "train_images": "1000, 5000, 20000",
    "seed": "1, 2, 3",
}
WIDTH = 190  # pixels of one widget
RANDOM_RUNS = 8
EPOCHS = 3
IMAGES = 10_000
STOP_SAVES = 0.7  # of the time that all runs would take: half of them end early, at about half of their way


@dataclass(frozen=True)
class Asked:
    """What a person asks for."""

    base: Settings
    dimensions: tuple[Dimension, ...]
    method: str
    count: int
    stops: bool


def choose_sweep(source: Source, test_images: int) -> Asked | None:
    """Show the widgets and return what was asked for; None while it cannot be."""
    with st.container(horizontal=True, vertical_alignment="top"):
        recipe = _select("recipe", tuple(RECIPES), DEFAULT_RECIPE)
        epochs = _count("epochs", EPOCHS)
        images = _count("train_images", min(IMAGES, train_count(source)))
    chosen = st.multiselect(
        t("sweep.varies"),
        VARIED,
        ["learning_rate", "optimizer"],
        format_func=lambda name: t(f"setting.{name}"),
        key="sweep-varies",
        placeholder=t("app.choose"),
        help=explained(t("sweep.varies_help"), "search"),
        persist_state="session",
    )
    with st.container(horizontal=True, vertical_alignment="top", key="sweep-values"):
        given = {name: _values(name) for name in chosen}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = st.segmented_control(
            t("sweep.method"),
            METHODS,
            format_func=lambda name: t(f"sweep.{name}"),
            default=GRID,
            required=True,
            key="sweep-method",
            help=explained(t("sweep.method_help"), "search"),
            persist_state="session",
        )
        count = int(_count("count", RANDOM_RUNS) or 0) if method == RANDOM else 0
        stops = st.toggle(
            t("sweep.stops"),
            True,
            key="sweep-stops",
            help=explained(t("sweep.stops_help"), "search"),
            persist_state="session",
        )
    try:
        changes = {"epochs": epochs, "train_images": images, "validation": "train", "patience": 0}
        base = from_recipe(recipe, **{**changes, "restore_best_weights": False})
        dimensions = tuple(_dimension(name, values) for name, values in given.items())
        number = count_runs(dimensions, str(method), count)
        for dimension in dimensions:
            for value in dimension.values:
                from_dict({**base.as_dict(), dimension.name: value})
    except UserError as error:
        named = {"name": t(f"setting.{error.values['name']}")} if "name" in error.values else {}
        st.error(sentence(UserError(error.key, **{**error.values, **named})))
        return None
    seconds = _seconds(base, dimensions, number, train_count(source), test_images)
    time = duration(seconds * (STOP_SAVES if stops else 1), language())
    st.caption(t("sweep.takes", number=number, time=time) + " " + t("sweep.judged"))
    return Asked(base, dimensions, str(method), count, stops)


def _dimension(name: str, values: Any) -> Dimension:
    if name in CHOICES:
        return parse_dimension(name, ", ".join(values))
    return parse_dimension(name, values)


def _values(name: str) -> Any:
    """Show the field with a setting's values and return what stands in it."""
    key, label = f"sweep-{name}", t(f"setting.{name}")
    if name in CHOICES:
        names = OPTIMIZER_NAMES if name == "optimizer" else {}
        with st.container(width=2 * WIDTH):
            return st.multiselect(
                label,
                CHOICES[name],
                EXAMPLES[name],
                format_func=lambda value: names.get(value, value),
                key=key,
                help=about(name),
                placeholder=t("app.choose"),
                persist_state="session",
            )
    return st.text_input(
        label,
        str(EXAMPLES[name]),
        key=key,
        help=explained(t("sweep.values_help"), name),
        width=WIDTH + 40,
        persist_state="session",
    )


def _select(name: str, options: tuple[str, ...], first: str) -> str:
    return str(
        st.selectbox(
            t(f"setting.{name}"),
            options,
            options.index(first),
            key=f"sweep-{name}-base",
            help=about(name),
            width=WIDTH,
            persist_state="session",
        )
    )


def _count(name: str, first: int) -> int | None:
    value = st.number_input(
        t("sweep.count") if name == "count" else t(f"setting.{name}"),
        1,
        None,
        first,
        key=f"sweep-{name}-base",
        help=about("search" if name == "count" else name),
        width=WIDTH,
        persist_state="session",
    )
    return None if value is None else int(value)


def _seconds(
    base: Settings, dimensions: tuple[Dimension, ...], number: int, train_images: int, test_images: int
) -> float:
    """Return about how long so many runs take: those of every network alike."""
    networks = next((each.values for each in dimensions if each.name == "architecture"), (base.architecture,))
    each = [
        estimate(
            replace(base, architecture=name, recipe=""), train_images, test_images, runs_folder()
        ).seconds
        for name in networks
    ]
    return number * sum(each) / len(each)
