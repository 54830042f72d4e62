"""The page "Train": settings, a run as it goes, what its network sees, and what it came to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from mnist_app.data.mnist import Split
from mnist_app.serving.model_folders import runs_folder
from mnist_app.texts.user_error import UserError
from mnist_app.training.cleaning import keep_from_environment
from mnist_app.training.notes import read_notes
from mnist_app.training.queue import ALIVE, RunState
from mnist_app.training.run_directory import RunDirectory, all_runs
from mnist_app.views.access import ask_to_start, owns
from mnist_app.views.language import t
from mnist_app.views.person import remember_person
from mnist_app.views.plain import sentence
from mnist_app.views.resources import executor, train_count
from mnist_app.views.sources import load_test_images
from mnist_app.views.training_live import show_controls, show_curve_options, show_live, show_why_waiting
from mnist_app.views.training_probe import probe_digit, show_probe
from mnist_app.views.training_result import (
    choose_run,
    show_draw_on_it,
    show_import,
    show_keeping,
    show_problem,
    show_result,
    start,
)
from mnist_app.views.training_settings import choose_settings
from mnist_app.views.training_summary import show_summary

DRAW = Path(__file__).with_name("draw.py")


def show_run(run: RunDirectory, probe: np.ndarray | None, test: Split | None) -> None:
    """Show a run: what it does, its curves, its network, its end."""
    state = executor().state(run)
    notes = read_notes(run)
    is_mine = owns(notes)
    if notes.note:
        st.text(notes.note)
    with st.container(horizontal=True):
        show_controls(run, state, is_mine)
        show_draw_on_it(run, state, DRAW)
    show_result(run)
    show_curve_options(run, state)
    watch(run, state, probe, test)
    show_keeping(run, state, is_mine)


# What is new in a training that goes on runs this again and nothing else of the page.
@st.fragment
def watch(run: RunDirectory, shown: RunState, probe: np.ndarray | None, test: Split | None) -> None:
    """Show what a run does and what its network sees."""
    state = executor().state(run)
    if state.kind != shown.kind:
        st.rerun()
    live = st.container(gap="small")
    seen = st.expander(t("probe.title"), expanded=True, on_change="rerun", key="probe-box")
    with live:
        show_live(run, state, watches_moments=bool(seen.open))
    if seen.open:
        with seen:
            show_probe(run, probe, test)


remember_person()
st.title(t("train.title"))
loaded = load_test_images()
test = loaded[1] if loaded else None
runs = all_runs(runs_folder())
busy = bool(runs) and executor().state(runs[0]).kind in ALIVE
probe = probe_digit(test)
if not busy:  # else it stands where the run is watched
    show_why_waiting()
with st.expander(t("train.new"), expanded=not busy, icon=":material/tune:"):
    settings = choose_settings(probe)
    if settings is not None and loaded is not None:
        source, test_images = loaded
        try:
            show_summary(settings, train_count(source), len(test_images))
        except UserError as error:  # the training images are damaged
            st.error(sentence(error))
    asked = ask_to_start("train", t("train.start"), "start", settings is not None)
    if asked and settings is not None:
        start(settings)
        st.rerun()
show_problem()
with st.container(horizontal=True, vertical_alignment="bottom"):
    run = choose_run(runs)
    show_import()
if run is not None:
    keep = keep_from_environment()
    if keep.days:
        st.caption(t("train.keeps_days", days=keep.days))
    if keep.megabytes:
        st.caption(t("train.keeps_megabytes", size=keep.megabytes))
    show_run(run, probe, test)
