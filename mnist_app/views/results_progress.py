"""An evaluation of a model, or how far it is."""

from __future__ import annotations

import streamlit as st

from mnist_app.serving.evaluation import Evaluation, Examination
from mnist_app.serving.evaluations import Job
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.duration import duration
from mnist_app.views.language import language, t
from mnist_app.views.plain import sentence
from mnist_app.views.resources import evaluations

LOOK_SECONDS = 0.5


def evaluated(predictor: Predictor, asked: Examination) -> Evaluation | None:
    """Return how a model reads the test images; None, and its progress is shown, before that is known."""
    job = evaluations().job(predictor, asked)
    if job.evaluation is not None:
        return job.evaluation
    if job.is_over:
        if job.error is not None:
            st.error(sentence(job.error))
        else:
            st.info(t("results.stopped"), icon=":material/stop_circle:")
        st.button(
            t("results.again"),
            icon=":material/play_arrow:",
            on_click=evaluations().again,
            args=(predictor, asked),
            key="results-again",
        )
    else:
        st.fragment(_follow, run_every=LOOK_SECONDS)(job)
    return None


def _follow(job: Job) -> None:
    """Show how far an evaluation is; the page runs again when it is over."""
    if job.is_over:
        st.rerun()
    left = job.seconds_left
    st.progress(
        job.done / job.images,
        t("results.progress", done=f"{job.done:,}", images=f"{job.images:,}")
        if left is None
        else t(
            "results.progress_left",
            done=f"{job.done:,}",
            images=f"{job.images:,}",
            time=duration(left, language()),
        ),
    )
    st.button(t("results.stop"), icon=":material/stop:", on_click=job.stop, key="results-stop")
