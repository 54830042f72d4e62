"""The page "Learn" and its lessons, run without a browser."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.data.mnist import Source, read_split
from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.numerics.picture import ink_of_canvas
from mnist_app.numerics.preprocess import prepare
from mnist_app.pages.registry import PAGES
from mnist_app.serving import model_folders
from mnist_app.serving.card import read_card
from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED
from mnist_app.texts.catalog import LANGUAGES, text
from mnist_app.views.lessons import shapes
from mnist_app.views.lessons.formula import tex, words
from mnist_app.views.training_probe import MY_DIGIT
from tests import canvas_stand_in
from tests.drawings import LETTER_E, canvas_image

canvas_stand_in.install()

from mnist_app.views.lessons.registry import LESSONS  # noqa: E402  (it imports the canvas)


@pytest.fixture(autouse=True)
def images(monkeypatch, small_npz, tmp_path) -> np.ndarray:
    """The 200 test images that the lessons find; a thousand training images would take longer."""
    monkeypatch.setenv("MNIST_NPZ", str(small_npz))
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(canvas_stand_in, "image", None)
    return read_split(Source("file", small_npz), "test").images / np.float32(255)


def page(lesson: str = "", **state) -> AppTest:
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=60)
    for key, value in state.items():
        test.session_state[key] = value
    if lesson:
        test.query_params["lesson"] = lesson
    test.switch_page("learn.py")
    return fine(test.run())


def fine(test: AppTest) -> AppTest:
    assert not test.exception, test.exception[0].value
    return test


def outcome(test: AppTest) -> bool | None:
    """Return whether the question came out as expected, as the page says it."""
    said = [element.proto.body for element in test.get("html") if "data-expected" in element.proto.body]
    assert len(said) <= 1
    return 'data-expected="true"' in said[0] if said else None


def sent(test: AppTest, key: str) -> dict:
    """Return what a component was given as JSON."""
    components = [element.proto for element in test.get("bidi_component")]
    return json.loads(next(each.bytes for each in components if key in each.id))


def path(test: AppTest) -> dict:
    return sent(test, "lesson-path")


def values(test: AppTest) -> list[int]:
    return sent(test, "lesson-sheet")["values"]


def said(test: AppTest) -> str:
    return " ".join(element.proto.body for element in test.get("html"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_asks_what_one_choice_answers(lesson, language, images):
    test = page(lesson, language=language, **{MY_DIGIT: images[3]})
    assert test.header[0].value.endswith(text(f"lesson_{lesson}.title", language))
    assert not test.error
    assert not test.warning
    assert test.get("latex") or any("$" in each.value for each in test.markdown)
    (question,) = test.radio
    assert 2 <= len(question.options) <= 4
    assert len(set(question.options)) == len(question.options)
    assert outcome(test) is None
    assert lesson not in path(test)["answered"]
    outcomes = [outcome(fine(question.set_value(n).run())) for n in range(len(question.options))]
    assert sorted(outcomes) == [*[False] * (len(outcomes) - 1), True]
    assert path(test)["answered"] == {lesson: True}  # once as expected, it stays so


def test_without_a_drawing_a_test_image_is_worked_on(images):
    test = page("image")
    assert text("learn.test", "en") in said(test)
    assert values(test) == np.rint(images[0] * 255).astype(int).ravel().tolist()
    test = page("image", **{MY_DIGIT: images[5]})
    assert text("learn.mine", "en") in said(test)
    assert values(test) == np.rint(images[5] * 255).astype(int).ravel().tolist()


def test_a_drawing_is_called_what_the_learner_says(images):
    test = page("image", **{MY_DIGIT: images[0]})
    test.pills[0].set_value(4).run()
    assert sent(fine(test), "lesson-sheet")["oneHot"] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0]


def test_a_question_in_other_words_is_not_answered_yet():
    test = page("scaling")
    test.radio[0].set_value(0).run()
    assert outcome(fine(test)) is not None
    test.select_slider(key="lesson-scaling-rate").set_value(0.01).run()
    assert outcome(fine(test)) is None


def test_the_lesson_in_the_address_is_shown_and_an_unknown_one_is_named():
    assert text("lesson_pooling.title", "en") in page("pooling").header[0].value
    test = page("nothing")
    assert "lesson in the link is left out" in test.warning[0].value
    assert "`nothing`" in test.warning[0].value
    assert text("lesson_image.title", "en") in test.header[0].value


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("model", ["mlp-256x3", "cnn-32-64"])
def test_every_lesson_works_with_another_network_or_takes_the_default_one(lesson, model):
    test = page(lesson, model=model)
    assert not test.error
    test.radio[0].set_value(0).run()
    assert outcome(fine(test)) is not None
    assert ("cnn-32-64 reads" in said(test)) == (model == "cnn-32-64")


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_page_to_go_on_exists_for_every_lesson(lesson):
    assert LESSONS[lesson].page in {page.name for page in PAGES}


def test_a_drawing_that_is_misread_comes_first(images):
    test = page("misread", **{MY_DIGIT: images[0]})
    test.pills[0].set_value(3).run()
    first = sent(fine(test), "lesson-hard-gallery")["items"][0]
    assert (first["index"], first["right"]) == (-1, False)
    assert first["caption"].startswith("3 →")
    assert text("lesson_misread.still", "en", digit=0) in test.radio[0].options
    assert text("lesson_misread.label", "en", digit=3) in test.radio[0].options


def test_a_shifted_digit_is_kept_by_the_convolutional_network_alone(images):
    test = page("dense", **{MY_DIGIT: images[0]})
    test.radio[0].set_value(1).run()
    assert outcome(fine(test)) is True
    answered = said(test).partition("data-expected")[2]
    assert DEFAULT_MODEL in answered
    assert "mlp-512" in answered


@pytest.mark.parametrize("lesson", ["scaling", "sets", "misread"])
def test_the_lessons_work_without_a_network(lesson, no_network):
    test = page(lesson)
    test.radio[0].set_value(0).run()
    assert outcome(fine(test)) is not None
    assert not test.error


def test_a_digit_that_the_network_refuses_is_told_as_such(images):
    letter = prepare(ink_of_canvas(canvas_image(LETTER_E))).digit
    assert "it does not look like a digit" in said(page("relu", **{MY_DIGIT: letter}))


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_can_be_learned_on_what_is_no_digit(lesson, images):
    test = page(lesson, **{MY_DIGIT: prepare(ink_of_canvas(canvas_image(LETTER_E))).digit})
    test.radio[0].set_value(0).run()
    assert outcome(fine(test)) is not None


def test_without_the_dense_network_its_lesson_says_so(monkeypatch, tmp_path):
    shelf = tmp_path / "models"
    shelf.mkdir()
    (shelf / DEFAULT_MODEL).symlink_to(SHIPPED / DEFAULT_MODEL)
    monkeypatch.setattr(model_folders, "SHIPPED", shelf)
    test = page("dense")
    assert "mlp-512" in test.error[0].value
    assert path(test)["chosen"] == "dense"  # the way to the others stays


def test_texts_and_numbers_are_tex():
    assert words("conv_1: 50 %") == r"\text{conv\_1: 50 \%}"
    assert [tex(value) for value in (2.0, -0.5, 0.00012, 1234567.0)] == [
        "2",
        "-0.500",
        r"0.00012",
        r"1.23\cdot 10^{6}",
    ]
    assert tex(1.234e-6) == r"1.23\cdot 10^{-6}"


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_only_one_of_the_layers_to_choose_from_has_most_parameters(name):
    layers = read_card(SHIPPED / name).layers
    learner = SimpleNamespace(network=SimpleNamespace(layers=layers))
    counts = [card.parameters for card in shapes._largest(learner)]
    assert max(counts) == max(layer.parameters for layer in layers)
    assert len(set(counts)) == len(counts)
