"""The settings of a training, as widgets that say at once what cannot be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from importlib.util import find_spec
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.nets.recipes import RECIPES
from mnist_app.texts.user_error import UserError
from mnist_app.training.schedules import SCHEDULES
from mnist_app.training.settings import MONITORS, OPTIMIZERS, VALIDATION, Settings, from_dict, from_recipe
from mnist_app.views.about import explained
from mnist_app.views.augmentation import show_augmented
from mnist_app.views.language import language, t
from mnist_app.views.plain import sentence

RECIPE = "recipe"  # in the session
DEFAULT_RECIPE = "convnet-128"
WIDTH = 190  # pixels of one widget
TABS = ("network", "optimizer", "judging", "augmentation", "more")
OPTIMIZER_NAMES = {"sgd": "SGD", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}
EMPTY = {
    "train_images": "setting.all",
    "dropout": "setting.as_it_is",
    "weight_decay": "setting.by_default",
}  # what no number means
# Steps and formats of the numbers; what each may be stands in settings.LIMITS.
STEPS: dict[str, float] = {
    "learning_rate": 0.0001,
    "momentum": 0.1,
    "weight_decay": 0.005,
    "ema_momentum": 0.01,
    "label_smoothing": 0.01,
    "validation_split": 0.05,
    "dropout": 0.05,
    "rotation": 5.0,
    "zoom": 0.05,
    "shift": 0.05,
    "thickness": 0.1,
    "slant": 0.05,
    "bend": 0.1,
    "fade": 0.1,
    "crop": 0.1,
    "pen_digits": 0.25,
    "non_digits": 0.05,
    "number_parts": 0.05,
}
AUGMENTATION = ("rotation", "slant", "zoom", "shift", "thickness", "bend")
NOT_HERE = ("recipe", "loss", "data", "base", "drawings", "recorded")  # settings without a widget
EDITED = tuple(field.name for field in fields(Settings) if field.name not in NOT_HERE)


def choose_settings(probe: np.ndarray | None) -> Settings | None:
    """Show the widgets and return the settings; None while one of them cannot be.

    Args:
        probe: the image that shows the augmentation, float32 (28, 28), 0 to 1.
    """
    begin_settings()
    tabs = st.tabs([t(f"train.{tab}") for tab in TABS])
    values: dict[str, Any] = {}
    with tabs[0], _row():
        with st.container(width=WIDTH):
            st.selectbox(
                t("setting.recipe"),
                list(RECIPES),
                key=RECIPE,
                on_change=_take,
                help=explained(t("setting.recipe_help"), "recipe"),
                persist_state="session",
            )
        values["architecture"] = _choice("architecture", tuple(ARCHITECTURES))
        values |= {name: _number(name) for name in ("epochs", "train_images")}
    with tabs[1], _row():
        values |= _optimizer()
    with tabs[2]:
        values |= _judging()
    with tabs[3]:
        with _row():
            values |= {name: _number(name) for name in (*AUGMENTATION, "fade")}
        st.caption(t("train.no_flip"))
        with _row():
            values |= {name: _number(name) for name in ("pen_digits", "non_digits", "number_parts")}
        augmentation = st.container()
    with tabs[4], _row():
        values |= {name: _number(name) for name in ("dropout", "label_smoothing", "crop", "seed")}
        values |= {name: _toggle(name) for name in ("batch_normalization", "mixed_precision", "calibrate")}
        values["tensorboard"] = _tensorboard()
    try:
        settings = _named(Settings(**values))
    except UserError as error:
        name = error.values.get("name")
        named = {"name": t(f"setting.{name}")} if name else {}
        st.error(sentence(UserError(error.key, **{**error.values, **named})))
        return None
    if probe is not None and settings.augmentation:
        with augmentation:
            show_augmented(probe, settings.augmentation)
    return settings


def begin_settings() -> None:
    """Put the first recipe's settings into the widgets, unless they have some."""
    if setting_key("epochs") not in st.session_state:
        take_recipe(DEFAULT_RECIPE)


def take_recipe(name: str) -> None:
    """Choose a recipe and put its settings into the widgets."""
    st.session_state[RECIPE] = name
    _take()


def _row() -> DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="top")


def _tensorboard() -> bool:
    installed = find_spec("tensorboard") is not None
    chosen = st.toggle(
        t("setting.tensorboard"),
        key=setting_key("tensorboard"),
        disabled=not installed,
        help=explained(
            t("setting.tensorboard_help" if installed else "setting.tensorboard_missing"), "tensorboard"
        ),
        persist_state="session",
    )
    return chosen and installed


def _optimizer() -> dict[str, Any]:
    values: dict[str, Any] = {
        "optimizer": _choice(
            "optimizer", tuple(OPTIMIZERS), OPTIMIZER_NAMES.__getitem__, on_change=_take_rate
        ),
        "learning_rate": _number("learning_rate"),
        "schedule": _choice("schedule", tuple(SCHEDULES), lambda name: t(f"schedule.{name}")),
        "batch_size": _number("batch_size"),
        "ema_momentum": _number("ema_momentum"),
    }
    if values["optimizer"] == "sgd":
        values["momentum"] = _number("momentum")
    if values["optimizer"] == "adamw":
        values["weight_decay"] = _number("weight_decay")
    return values


def _judging() -> dict[str, Any]:
    values: dict[str, Any] = {}
    with _row():
        values["validation"] = _choice("validation", VALIDATION, lambda name: t(f"validation.{name}"))
        if values["validation"] == "train":
            values["validation_split"] = _number("validation_split")
        if values["validation"] != "none":
            values["patience"] = _number("patience")
            values["monitor"] = _choice("monitor", MONITORS)
    if values["validation"] != "none":
        values["restore_best_weights"] = _toggle("restore_best_weights")
    if values["validation"] == "test":
        st.warning(t("train.on_test_images"), icon=":material/warning:")
    return values


def setting_key(name: str) -> str:
    """Return where the session has a setting."""
    return f"setting_{name}"


def _take() -> None:
    """Put the recipe's settings into the widgets."""
    settings = from_recipe(st.session_state[RECIPE])
    for name in EDITED:
        st.session_state[setting_key(name)] = getattr(settings, name)
    st.session_state[setting_key("learning_rate")] = settings.rate


def _take_rate() -> None:
    """Put the optimizer's own learning rate into its widget."""
    st.session_state[setting_key("learning_rate")] = OPTIMIZERS[st.session_state[setting_key("optimizer")]]


def _named(settings: Settings) -> Settings:
    """Return the settings as the recipe's own, where they are those of the recipe."""
    recipe = from_recipe(st.session_state[RECIPE])
    explicit = replace(recipe, learning_rate=recipe.rate, loss=settings.loss, recipe="")
    return recipe if explicit == settings else settings


def _choice(name: str, options: Sequence[str], label: Callable[[str], str] = str, **more: Any) -> str:
    return str(
        st.selectbox(
            t(f"setting.{name}"),
            options,
            format_func=label,
            key=setting_key(name),
            help=_help(name),
            persist_state="session",
            width=WIDTH,
            **more,
        )
    )


def _help(name: str) -> str:
    return explained(t(f"setting.{name}_help"), name)


def _toggle(name: str) -> bool:
    return st.toggle(t(f"setting.{name}"), key=setting_key(name), help=_help(name), persist_state="session")


def _number(name: str) -> float | int | None:
    """Show a number's widget, and below it what is wrong with the number; return it."""
    step = STEPS.get(name, 1)
    with st.container(width=WIDTH, gap="xsmall"):
        value: float | int | None = st.number_input(
            t(f"setting.{name}"),
            key=setting_key(name),
            value=None if name in EMPTY else "min",
            step=step,
            format="%g" if isinstance(step, float) else None,
            placeholder=t(EMPTY.get(name, "setting.all")),
            help=_help(name),
            persist_state="session",
        )
        try:
            from_dict({name: value})
        except UserError as error:
            values = {**error.values, "name": t(f"setting.{name}")}
            st.caption(f":red[{UserError(error.key, **values).message(language())}]")
    return value
