"""Whatever a page says comes from the catalogs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.data.mnist import Source, read_split
from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.nets.recipes import RECIPES
from mnist_app.nets.summary import summary
from mnist_app.numerics.kernels import KERNELS
from mnist_app.numerics.operation import PADDINGS
from mnist_app.pages.registry import PAGES
from mnist_app.serving.evaluation import Evaluation, evaluate, examination, keep
from mnist_app.serving.model_folders import SHIPPED
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.catalog import CHOOSE_LANGUAGE, LANGUAGES, text
from mnist_app.training.events import append_event
from mnist_app.training.run_directory import create_run
from mnist_app.training.settings import MONITORS, from_recipe
from mnist_app.views.layer_maps import Selection
from mnist_app.views.layers import INPUT
from tests import canvas_stand_in
from tests.drawings import LETTER_E, SEVEN, canvas_image
from tests.pseudo_language import WORD, foreign_words, spoken

canvas_stand_in.install()

from mnist_app.views.data_map import METHODS  # noqa: E402
from mnist_app.views.lab_kernel import OWN  # noqa: E402
from mnist_app.views.lessons.registry import LESSONS  # noqa: E402  (it imports the canvas)
from mnist_app.views.resources import evaluations  # noqa: E402
from mnist_app.views.training_probe import MY_DIGIT  # noqa: E402
from mnist_app.views.training_settings import OPTIMIZER_NAMES  # noqa: E402

# Names that are the same in every language.
NAMES = {
    *(CHOOSE_LANGUAGE, *LANGUAGES.values(), *ARCHITECTURES, *RECIPES, *LESSONS, *KERNELS, *PADDINGS),
    *(*OPTIMIZER_NAMES.values(), *METHODS.values(), *MONITORS, INPUT, OWN, "ReLU", "CPU", "GPU", "ms", "MB"),
    *(layer.name for name in ARCHITECTURES for layer in summary(name)),
}
KNOWN = {word for name in NAMES for word in WORD.findall(name)}

# Pages as they are at first, and with what opens on them.
OPENED: list[tuple[str, dict[str, object]]] = [
    *((page.name, {}) for page in PAGES),
    ("draw", {"opened": Selection("conv_1", 3), "downloads": True, "canvas-settings": True}),
    ("draw", {"opened": "mistakes", "mistake-files": True}),
    ("draw", {"source": "test"}),
    ("draw", {"source": "upload"}),
    ("explore", {"explain-box": True, "keeps": True, "keeps-numbers": True, "explain_table": "occlusion"}),
    ("lab", {"lab_source": "draw", "lab_second": True, "lab-table": True, "lab-gallery-table": True}),
    *(("data", {"data_section": name}) for name in ("overview", "classes", "neighbours", "map")),
    ("data", {"data_section": "augmentation", "data_method": "tsne"}),
    ("learn", {"glossary": True, "lesson-draw": True}),
    ("train", {"recipe": "convnet-128-plus"}),
]


@pytest.fixture
def runs(monkeypatch, small_npz, tmp_path) -> Path:
    """A run that failed; evaluations of two models with mistakes in them, kept on disk."""
    monkeypatch.setenv("MNIST_NPZ", str(small_npz))
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(canvas_stand_in, "image", canvas_image(SEVEN))
    run = create_run(from_recipe("mlp-512"))
    started = {"images": 500, "validation_images": 50, "epochs": 4, "batches": 8, "step": 0, "layers": []}
    append_event(run.events, "started", **started)
    metrics = {"loss": 1.0, "accuracy": 0.5, "val_loss": 2.0, "val_accuracy": 0.4}
    for kind in ("batch", "epoch"):
        append_event(run.events, kind, step=8, epoch=1, images_per_second=900.0, seconds=1.0, **metrics)
    append_event(run.events, "checkpoint", epoch=1, monitor="val_loss", previous=3.0, value=2.0)
    append_event(run.events, "failed", key="error.loss_not_finite", values={"rate": "10"}, message="")
    return tmp_path / "runs"


@pytest.fixture
def evaluated(runs, small_npz) -> None:
    source = Source("file", small_npz)
    evaluations.clear()
    for shift, name in enumerate(("convnet-80", "deep-cnn"), 1):
        predictor = Predictor(SHIPPED / name)
        found = evaluate(predictor, examination(source, read_split(source, "test")))
        answers = found.probabilities.copy()
        answers[:: 3 * shift] = np.roll(answers[:: 3 * shift], shift, axis=1)
        keep(
            predictor.card,
            Evaluation(found.labels, answers, found.seconds, found.source, found.fingerprint),
        )


@pytest.fixture
def no_words(runs, monkeypatch) -> Iterator[None]:
    with spoken(monkeypatch):
        yield


def foreign(page: str, asked: dict[str, str] | None = None, **state: object) -> set[str]:
    """Return the words on a page that are neither from the catalogs nor names."""
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=60)
    for key, value in state.items():
        test.session_state[key] = value
    for key, value in (asked or {}).items():
        test.query_params[key] = value
    script = next(each.script for each in PAGES if each.name == page)
    test.switch_page(script.name).run()
    assert not test.exception, test.exception[0].value
    return foreign_words(test) - KNOWN


# ------------------------------------------------------------- pages


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("page", "state"), OPENED, ids=[f"{page}-{list(state)}" for page, state in OPENED])
def test_a_page_says_nothing_that_is_not_in_the_catalogs(page, state, language, no_words):
    assert foreign(page, language=language, **state) == set()


@pytest.mark.parametrize("section", ["drawing", "curves", "maps", "mistakes"])
def test_a_comparison_says_nothing_that_is_not_in_the_catalogs(section, evaluated, no_words):
    digit = np.zeros((28, 28), np.float32)
    digit[4:24, 12:16] = 1
    name = text(f"compare.{section}", "en")
    assert foreign("compare", **{"compare-sections": name, MY_DIGIT: digit}) == set()


def test_results_say_nothing_that_is_not_in_the_catalogs(evaluated, no_words):
    assert foreign("results", results_opened=3, results_cell=(2, 2), results_order="hardest") == set()


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_says_nothing_that_is_not_in_the_catalogs(lesson, no_words):
    assert foreign("learn", {"lesson": lesson, "about": "seed"}) == set()


@pytest.mark.parametrize("image", [None, canvas_image([[(9, 9), (10, 10)]]), canvas_image(LETTER_E)])
def test_hints_are_in_the_catalogs(image, no_words, monkeypatch):
    monkeypatch.setattr(canvas_stand_in, "image", image)
    assert foreign("draw") == foreign("explore", **{"explain-box": True, "keeps": True}) == set()


def test_a_word_from_elsewhere_would_be_found(no_words, monkeypatch):
    monkeypatch.setattr("mnist_app.views.answer.t", lambda key, **values: "A word from elsewhere")
    assert foreign("draw") == {"word", "from", "elsewhere"}
