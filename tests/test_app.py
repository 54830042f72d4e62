"""The app's scripts, run without a browser."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.pages.registry import PAGES
from mnist_app.texts.catalog import LANGUAGES, text
from tests import canvas_stand_in
from tests.drawings import LETTER_E, SEVEN, canvas_image
from tests.small_models import TUTORIALS, change_card, copy_shipped

canvas_stand_in.install()


@pytest.fixture
def drawn(monkeypatch):
    """Put an image on the canvas of the app under test."""

    def put(image: np.ndarray | None) -> None:
        monkeypatch.setattr(canvas_stand_in, "image", image)

    return put


def app(**state) -> AppTest:
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=30)
    for key, value in state.items():
        test.session_state[key] = value
    return test


def texts(test: AppTest) -> str:
    return " ".join(element.proto.body for element in test.get("html"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_runs_in_every_language(page, language, drawn):
    drawn(canvas_image(SEVEN))
    test = app(language=language)
    test.switch_page(page.script.name).run()
    assert not test.exception
    assert test.title[0].value == text(page.title, language)


def test_an_empty_canvas_says_what_to_do(drawn):
    drawn(None)
    test = app().run()
    assert "Nothing drawn yet" in texts(test)
    assert "Draw a digit" in test.info[0].value


def test_a_drawing_is_read(drawn):
    drawn(canvas_image(SEVEN))
    test = app().run()
    assert not test.exception
    assert ">7</div>" in texts(test)


def test_a_dot_is_named_a_dot(drawn):
    drawn(canvas_image([[(100, 100), (101, 101)]]))
    test = app().run()
    assert "Only a dot" in texts(test)


@pytest.fixture
def strict(tmp_path, monkeypatch) -> str:
    """The name of a model that takes for a digit only what has 99 % for two digits."""
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path))
    change_card(copy_shipped(tmp_path, "strict"), refuse_below=0.99)
    return "strict"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_does_not_look_like_a_digit_and_its_maps_stay(language, drawn, strict):
    drawn(canvas_image(LETTER_E))
    test = app(model=strict, language=language).run()
    assert not test.exception
    words = texts(test)
    assert f">{text('answer.no_digit', language)}</div>" in words
    assert text("answer.hint_no_digit", language) in words
    assert text("answer.probabilities_limit", language, limit="99.0 %") in words
    no_digit = text("compare.no_digit", language, digit="|").partition("|")[0]
    assert words.count(no_digit) == 4  # nor with another preparation
    assert test.button(key="mistake")
    assert not test.info  # which would stand in place of the maps
    assert text("answer.no_digit", language) in texts(app(language=language).run())
    tutorials = app(language=language, model=TUTORIALS).run()
    assert text("answer.no_digit", language) not in texts(tutorials)


def test_a_number_with_a_part_that_is_no_digit_says_which_part(drawn, strict):
    drawn(np.concatenate([canvas_image(SEVEN), canvas_image(LETTER_E)], 1))
    test = app(model=strict).run()
    assert ">7?</div>" in texts(test)
    assert text("answer.no_digit_parts", "en", parts="2", count=2) in texts(test)
    assert text("answer.unsure", "en", digits="7") not in texts(test)
    assert "Closest digit" not in texts(test)
    test.segmented_control(key="place").set_value(1).run()
    assert not test.exception
    assert "Closest digit" in texts(test)


def test_two_letters_are_no_digits_at_all(drawn, strict):
    drawn(np.concatenate([canvas_image(LETTER_E)] * 2, 1))
    test = app(model=strict).run()
    assert f">{text('answer.no_digit', 'en')}</div>" in texts(test)
    assert ">??</div>" not in texts(test)


def test_switching_a_step_off_changes_what_the_network_sees(drawn):
    drawn(canvas_image([[(x + 90, y + 90) for x, y in stroke] for stroke in SEVEN]))
    test = app().run()
    before = texts(test)
    test.pills(key="steps").set_value(["crop", "scale"]).run()
    assert not test.exception
    assert texts(test) != before


def test_a_test_image_is_shown_with_its_label_and_its_source(drawn):
    drawn(None)
    test = app(source="test", test_index=3).run()
    assert not test.exception
    assert any("label" in caption.value for caption in test.caption)


def test_without_a_network_the_test_images_are_named_a_subset(drawn, no_network):
    drawn(None)
    test = app(source="test").run()
    assert not test.exception
    assert any("5,000-image subset: offline" in caption.value for caption in test.caption)


def test_a_missing_data_file_is_a_sentence(drawn, tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_NPZ", str(tmp_path / "nowhere.npz"))
    drawn(None)
    test = app(source="test").run()
    assert not test.exception
    assert "nowhere.npz" in test.error[0].value


def test_a_damaged_model_is_named_and_the_others_work(drawn, tmp_path, monkeypatch):
    broken = tmp_path / "broken-run"
    broken.mkdir()
    (broken / "card.json").write_text("{")
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path))
    drawn(canvas_image(SEVEN))
    test = app().run()
    assert not test.exception
    assert "broken-run" in test.warning[0].value
    assert ">7</div>" in texts(test)
