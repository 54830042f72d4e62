"""All networks that can read a drawing, at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import streamlit as st

from mnist_app.serving.card import CARD
from mnist_app.serving.model_folders import SHIPPED, find_models, runs_folder
from mnist_app.serving.network import Network
from mnist_app.texts.user_error import UserError
from mnist_app.training.live import learning_runs
from mnist_app.views.resources import MODELS_HELD
from mnist_app.views.sidebar import MODEL, ChosenModel, label

MOST = MODELS_HELD - 4  # at once; the rest is for those that other people draw on


@dataclass(frozen=True, eq=False)
class Reader:
    """A network and what it is called: ``name`` by the app, ``label`` on screen."""

    name: str
    label: str
    network: Network


def all_models() -> dict[str, ChosenModel]:
    """Return what can read drawings, by name: those that ship, then the runs from the newest on."""
    shelf = find_models()
    shipped = [name for name, folder in shelf.folders.items() if folder.parent == SHIPPED]
    learning = {run.name: run.path for run in learning_runs(runs_folder())}
    runs = sorted({*shelf.folders, *learning} - {*shipped}, reverse=True)
    found = {}
    for name in [*shipped, *runs]:
        folder = shelf.folders.get(name)
        if folder is None:
            found[name] = ChosenModel(name, learning[name], 0.0, is_learning=True)
            continue
        try:
            found[name] = ChosenModel(name, folder, (folder / CARD).stat().st_mtime)
        except OSError:  # deleted between two looks
            continue
    return found


def readers(names: Collection[str] | None = None) -> list[Reader]:
    """Return the networks of these names, at most ``MOST``; one that cannot be loaded is left out.

    Args:
        names: which; None: the one in use, those that ship, and the newest runs.
    """
    models = all_models()
    used = st.session_state.get(MODEL)
    wanted = sorted(models, key=lambda name: name != used) if names is None else names
    few = {*[name for name in wanted if name in models][:MOST]}
    labels = {name: label(name, models[name].is_learning) for name in models if name in few}
    often = Counter(labels.values())
    found = []
    for name, shown in labels.items():
        try:
            network = models[name].network
        except UserError:  # deleted, damaged, or without weights yet; the sidebar tells of it
            continue
        found.append(Reader(name, shown if often[shown] == 1 else f"{shown} ({name})", network))
    return found
