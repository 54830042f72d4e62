"""The pieces of a link to the page "Train": the recipe, the settings that differ from it, and the run."""

from __future__ import annotations

import streamlit as st

from mnist_app.nets.recipes import RECIPES
from mnist_app.serving.model_folders import runs_folder
from mnist_app.texts.user_error import UserError
from mnist_app.training.run_directory import all_runs
from mnist_app.training.settings import from_dict, from_recipe
from mnist_app.views.language import t
from mnist_app.views.links.piece import Piece, choice, one_of, quoted
from mnist_app.views.training_result import RUN
from mnist_app.views.training_settings import EDITED, RECIPE, begin_settings, setting_key, take_recipe

NOTHING = "none"  # where a setting may be empty
NOT_SHARED = ("tensorboard",)  # what is installed differs from machine to machine


def _take_recipe(text: str) -> None:
    take_recipe(one_of(text, RECIPES))


def _setting(name: str) -> Piece:
    key = setting_key(name)

    def tell() -> str | None:
        recipe = from_recipe(st.session_state.get(RECIPE) or next(iter(RECIPES)))
        own = recipe.rate if name == "learning_rate" else getattr(recipe, name)
        value = st.session_state.get(key, own)
        return None if value == own else NOTHING if value is None else str(value)

    def take(text: str) -> None:
        try:
            value = getattr(from_dict({name: text}), name)
            if value is None and name == "learning_rate":  # its widget is never empty
                raise UserError("error.setting_type", name=name, kind="float", received=text)
        except UserError as error:
            named = {"name": t(f"setting.{name}"), "received": quoted(text)}
            given = {each: named.get(each, value) for each, value in error.values.items()}
            raise UserError(error.key, **given) from error
        begin_settings()
        st.session_state[key] = value

    return Piece(f"set-{name}", tell, take)


TRAINING = (
    Piece("recipe", lambda: st.session_state.get(RECIPE), _take_recipe),
    *(_setting(name) for name in EDITED if name not in NOT_SHARED),
    choice("run", RUN, lambda: [run.name for run in all_runs(runs_folder())]),
)
