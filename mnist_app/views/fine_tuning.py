"""Fine-tuning on a person's drawings: the button, how far it is, what came of it and what it cost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from mnist_app.data.drawings import drawing_files
from mnist_app.serving.card import CARD
from mnist_app.serving.model_folders import runs_folder
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.user_error import UserError
from mnist_app.training.history import EXPORTING, History
from mnist_app.training.mistakes import (
    TRAIN_IMAGES,
    base_of,
    create_fine_tuning,
    lesson,
    newest_fine_tuning,
    origin_of,
)
from mnist_app.training.notes import Notes
from mnist_app.training.queue import ALIVE, INTERRUPTED, PAUSED, QUEUED, RunState
from mnist_app.training.run_directory import RunDirectory
from mnist_app.views.about import explained
from mnist_app.views.access import allow, show_lock
from mnist_app.views.language import t
from mnist_app.views.lesson import lesson_html
from mnist_app.views.person import person
from mnist_app.views.plain import sentence
from mnist_app.views.resources import executor, predictor, run_history
from mnist_app.views.sidebar import MODEL, ChosenModel
from mnist_app.views.training_live import show_why_waiting

REFRESH = 0.5  # seconds
_PROBLEM = "fine_tuning_problem"  # why the last one could not begin


def show_fine_tuning(drawings: Path, model: ChosenModel, close: Callable[[], None]) -> None:
    """Show the last fine-tuning on a person's drawings, and the button that begins one on a set."""
    run = newest_fine_tuning(runs_folder(), person())
    state = executor().state(run) if run is not None else None
    broken = None
    if run is not None and state is not None:
        if state.kind in ALIVE:
            st.fragment(_show_progress, run_every=REFRESH)(run, state)
            return
        if state.kind in ("failed", INTERRUPTED):
            broken = run
            st.error(_why(run_history(run)))
        else:
            _show_result(run, model, close)
    if drawing_files(drawings):
        _show_button(drawings, model, broken, is_first=run is None)


def _show_button(drawings: Path, model: ChosenModel, broken: RunDirectory | None, is_first: bool) -> None:
    if not show_lock("mistake"):
        return
    st.button(
        t("mistake.learn" if broken is None else "mistake.again"),
        icon=":material/school:",
        type="primary" if is_first or broken else "secondary",
        disabled=model.is_learning,
        help=explained(t("mistake.learn_help", images=f"{TRAIN_IMAGES:,}"), "mistake"),
        on_click=_start,
        args=(drawings, model, broken),
        key="mistake-learn",
    )
    problem: UserError | None = st.session_state.pop(_PROBLEM, None)
    if problem is not None:
        st.error(sentence(problem))
    elif model.is_learning:
        st.caption(t("mistake.still_learning"))


def _start(drawings: Path, model: ChosenModel, broken: RunDirectory | None) -> None:
    """Start the fine-tuning of a model, in place of one that failed."""
    try:
        allow()
        name = t("mistake.name", base=origin_of(model.folder), count=len(drawing_files(drawings)))
        card = predictor(model.folder, model.modified).card
        run = create_fine_tuning(runs_folder(), model.folder, card, drawings, Notes(person(), name))
    except UserError as error:
        st.session_state[_PROBLEM] = error
        return
    if broken is not None:
        shutil.rmtree(broken.path, ignore_errors=True)
    executor().submit(run)


def _show_progress(run: RunDirectory, shown: RunState) -> None:
    state = executor().state(run)
    if state.kind not in ALIVE:
        st.rerun()  # the sidebar too: there is a new model
    show_why_waiting()
    history = run_history(run)
    share = history.step / history.steps if history.steps and state.kind != QUEUED else 0.0
    st.progress(min(share, 1.0), _progress_words(history, state))
    st.button(
        t("mistake.stop"), icon=":material/stop:", on_click=_stop, args=(run, state), key="mistake-stop"
    )


def _progress_words(history: History, state: RunState) -> str:
    if state.kind == QUEUED:
        return t("run.queued", place=state.place)
    if state.kind == PAUSED:
        return t("run.paused")
    if history.status == "started":
        return t("mistake.learning", step=history.step, steps=history.steps)
    return t(f"run.{history.status}" if history.status in EXPORTING else "run.preparing")


def _stop(run: RunDirectory, state: RunState) -> None:
    """Take a run out of the queue, or end it with what it has learned so far."""
    executor().cancel(run)
    if state.kind == QUEUED and not run.stop.exists():
        shutil.rmtree(run.path, ignore_errors=True)
    st.rerun()


def _why(history: History) -> str:
    """Return why a fine-tuning failed, as a sentence."""
    return t("mistake.interrupted") if history.error is None else sentence(history.error)


def _show_result(run: RunDirectory, model: ChosenModel, close: Callable[[], None]) -> None:
    base = base_of(run)
    try:
        before, after = _predictor(base), _predictor(run.path)
        st.html(lesson_html(lesson(run, before, after), before.card, after.card))
    except UserError as error:
        st.error(sentence(error))
    with st.container(horizontal=True, gap="small"):
        if model.folder.resolve() != run.path.resolve():
            st.button(
                t("mistake.use"),
                icon=":material/check:",
                type="primary",
                on_click=_use,
                args=(run.name, close),
                key="mistake-use",
            )
        st.button(
            t("mistake.undo"),
            icon=":material/undo:",
            help=t("mistake.undo_help"),
            on_click=_undo,
            args=(run, base.name),
            key="mistake-undo",
        )


def _predictor(folder: Path) -> Predictor:
    card = folder / CARD
    return predictor(folder, card.stat().st_mtime if card.exists() else 0.0)


def _use(name: str, close: Callable[[], None]) -> None:
    st.session_state[MODEL] = name
    close()
    st.rerun()  # all of the app: the sidebar chooses the model


def _undo(run: RunDirectory, base: str) -> None:
    shutil.rmtree(run.path, ignore_errors=True)
    if st.session_state.get(MODEL) == run.name:
        st.session_state[MODEL] = base
    st.rerun()
