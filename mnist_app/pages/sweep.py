"""The page "Sweep": the same training with many settings, and which of them serve."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from mnist_app.serving.model_folders import runs_folder
from mnist_app.texts.user_error import UserError
from mnist_app.training.notes import Notes, write_notes
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.sweeps import count_runs, create_sweep
from mnist_app.views.access import allow, ask_to_start
from mnist_app.views.language import t
from mnist_app.views.person import person, remember_person
from mnist_app.views.plain import sentence
from mnist_app.views.resources import executor
from mnist_app.views.sources import load_test_images
from mnist_app.views.sweep_results import STARTED, choose_started, show_sweep
from mnist_app.views.sweep_settings import Asked, choose_sweep

TRAIN, DRAW = (Path(__file__).with_name(name) for name in ("train.py", "draw.py"))


def start(asked: Asked) -> bool:
    """Draw the settings, put all runs into the queue, choose the sweep, and return whether that could be."""
    try:
        allow(count_runs(asked.dimensions, asked.method, asked.count))
        sweep = create_sweep(
            asked.base, asked.dimensions, asked.method, asked.count, asked.stops, person(), runs_folder()
        )
    except UserError as error:  # two settings that do not go together, a full disk
        st.error(sentence(error))
        return False
    for name in sweep.runs:
        run = RunDirectory(runs_folder() / name)
        write_notes(run, Notes(owner=person()))
        executor().submit(run)
    st.session_state[STARTED] = sweep.id
    return True


remember_person()
st.title(t("sweep.title"))
st.caption(t("sweep.about"))
with st.container(key="sweep"):
    new = st.container()
    sweep = choose_started()
    busy = sweep is not None and show_sweep(sweep, TRAIN, DRAW)
with new, st.expander(t("sweep.new"), expanded=not busy, icon=":material/tune:"):
    loaded = load_test_images()
    asked = choose_sweep(loaded[0], len(loaded[1])) if loaded is not None else None
    pressed = ask_to_start("sweep", t("sweep.start"), "sweep-start", asked is not None)
    if pressed and asked is not None and start(asked):
        st.rerun()
