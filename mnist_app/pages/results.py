"""The page "Results": how well a model reads the test images, and which ones it does not."""

from __future__ import annotations

from functools import partial

import streamlit as st

from mnist_app.data.mnist import Source, Split
from mnist_app.numerics.metrics import confusion_matrix
from mnist_app.serving.evaluation import Evaluation
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.user_error import UserError
from mnist_app.views.downloads import show_csv
from mnist_app.views.language import t
from mnist_app.views.plain import sentence
from mnist_app.views.resources import predictor, test_examination
from mnist_app.views.results_figures import (
    predictions_csv,
    show_calibration,
    show_classes,
    show_measured,
    show_scores,
)
from mnist_app.views.results_images import show_confusion, show_first, show_misread, show_opened
from mnist_app.views.results_progress import evaluated
from mnist_app.views.sidebar import ChosenModel, choose_model
from mnist_app.views.sources import load_test_images


def show_results(model: ChosenModel, source: Source, test: Split) -> None:
    """Show a model's results, or how far their computation is."""
    try:
        network = predictor(model.folder, model.modified)
        evaluation = evaluated(network, test_examination(source))
    except UserError as error:  # a run that was deleted meanwhile
        st.error(sentence(error))
        return
    if evaluation is not None:
        show_figures(evaluation, network, test)
        show_opened(test, network)


def show_figures(evaluation: Evaluation, network: Predictor, test: Split) -> None:
    """Show scores, confusion, digits, calibration and images, on a phone one below the other."""
    show_scores(evaluation, network.card)
    mixed, scored = st.columns(2, gap="large")
    with mixed.container(key="confusion"):
        show_confusion(evaluation, test)
    with scored:
        show_classes(confusion_matrix(evaluation.labels, evaluation.digits))
    sure, first = st.columns(2, gap="large")
    with sure:
        show_calibration(evaluation)
    with first:
        show_first(evaluation, test)
    show_measured(evaluation, network.card)
    with st.container(key="misread"):
        show_misread(evaluation, test)
    show_csv(t("results.csv_predictions"), "predictions", partial(predictions_csv, evaluation))


model = choose_model()
st.title(t("results.title"))
loaded = load_test_images()
if model is not None and loaded is not None:
    st.caption(t(f"source.from_{loaded[0].kind}"))
    if model.is_learning:
        st.info(t("results.still_learning"), icon=":material/hourglass:")
    else:
        with st.container(key="results"):
            show_results(model, *loaded)
