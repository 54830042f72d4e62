"""Maps by t-SNE, computed in the background: begun, watched and stopped here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from mnist_app.serving.model_folders import runs_folder
from mnist_app.serving.tsne_jobs import DONE, FAILED, RUNNING, WAITING, JobState, TsneJobs
from mnist_app.texts.duration import duration
from mnist_app.views.language import language, t

FOLDER = ".maps"  # among the runs
REFRESH = 1.0  # seconds
UNDER_WAY = (RUNNING, WAITING)


def show_tsne(spaces: Mapping[str, np.ndarray]) -> None:
    """Show how far the maps of points are, and the buttons that begin and stop them.

    Args:
        spaces: the points of each map, float32 (count, values), by the map's name.
    """
    jobs = _jobs()
    keys = {name: jobs.key(points) for name, points in spaces.items()}
    kinds = [jobs.state(key).kind for key in keys.values()]
    if any(kind in UNDER_WAY for kind in kinds):
        st.fragment(_watch, run_every=REFRESH)(keys, kinds)
        return
    if FAILED in kinds:
        st.error(t("data.tsne_failed"))
    if any(kind != DONE for kind in kinds):
        st.button(
            t("data.tsne_start"),
            icon=":material/play_arrow:",
            type="primary",
            on_click=_start,
            args=(list(spaces.values()),),
            key="tsne-start",
        )


def tsne_map(points: np.ndarray) -> np.ndarray | None:
    """Return the map of points, float32 (count, 2); None before it is done."""
    jobs = _jobs()
    return jobs.result(jobs.key(points))


def _watch(keys: Mapping[str, str], shown: Sequence[str]) -> None:
    jobs = _jobs()
    states = {name: jobs.state(key) for name, key in keys.items()}
    if [state.kind for state in states.values()] != list(shown):
        st.rerun()  # the maps too
    for name, state in states.items():
        if state.kind in UNDER_WAY:
            st.progress(state.share, f"{name}: {_words(state)}")
    st.button(
        t("data.tsne_stop"),
        icon=":material/stop:",
        on_click=_stop,
        args=(list(keys.values()),),
        key="tsne-stop",
    )


def _words(state: JobState) -> str:
    if state.kind == WAITING:
        return t("data.tsne_waiting")
    if state.seconds_left is None:
        return t("data.tsne_begins")
    return t("data.tsne_left", time=duration(state.seconds_left, language()))


def _start(all_points: Sequence[np.ndarray]) -> None:
    for points in all_points:
        if tsne_map(points) is None:
            _jobs().start(points)


def _stop(keys: Sequence[str]) -> None:
    for key in keys:
        _jobs().stop(key)


def _jobs() -> TsneJobs:
    return _jobs_of(runs_folder() / FOLDER)


@st.cache_resource(show_spinner=False)
def _jobs_of(folder: Path) -> TsneJobs:
    return TsneJobs(folder)
