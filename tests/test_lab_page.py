"""The page "Lab", run without a browser."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.numerics.examples import EXAMPLES
from mnist_app.numerics.kernels import KERNELS
from mnist_app.numerics.operation import KINDS, Operation
from mnist_app.numerics.picture import ink_of_canvas
from mnist_app.numerics.preprocess import prepare
from mnist_app.serving.card import KERAS_FILE
from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED
from mnist_app.texts.catalog import text
from mnist_app.views.kernel_editor import BRUSHES
from mnist_app.views.kernel_gallery import Response
from mnist_app.views.kernel_gallery import pack as pack_gallery
from mnist_app.views.lab_kernel import LEARNED
from mnist_app.views.training_probe import MY_DIGIT
from mnist_app.views.walk import WORDS, pack
from tests import canvas_stand_in
from tests.drawings import ONE, SEVEN, canvas_image

canvas_stand_in.install()


def lab(**state) -> AppTest:
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=30)
    for key, value in state.items():
        test.session_state[key] = value
    test.switch_page("lab.py").run()
    assert not test.exception
    return test


def texts(test: AppTest) -> str:
    return " ".join(element.proto.body for element in test.get("html"))


def test_the_page_begins_with_the_tutorials_convolution():
    test = lab()
    assert "⌊(4 + 0 + 0 − 2) ÷ 1⌋ + 1 = 3" in texts(test)
    assert texts(test).count("Window 1 of 9") == 1


def test_five_by_five_with_a_stride_of_2_has_four_windows():
    test = lab()
    test.pills(key="lab_example").set_value("strides").run()
    assert not test.exception
    assert "⌊(5 + 0 + 0 − 3) ÷ 2⌋ + 1 = 2" in texts(test)
    assert "Window 4 of 4" in texts(test)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_operation_has_its_settings(kind):
    test = lab()
    test.selectbox(key="lab1_kind").set_value(kind).run()
    assert not test.exception
    assert not test.error


@pytest.mark.parametrize("name", [*KERNELS, LEARNED])
def test_every_kernel_can_be_picked(name):
    test = lab(lab_source="test")
    test.selectbox(key="lab1_kernel").set_value(name).run()
    assert not test.exception
    assert not test.error


def test_settings_outlast_another_kind_and_another_page():
    test = lab()
    test.selectbox(key="lab1_kernel").set_value("blur").run()
    test.segmented_control(key="lab1_padding").set_value("same").run()
    test.toggle(key="lab1_relu").set_value(True).run()
    test.selectbox(key="lab1_kind").set_value("global_max").run()
    test.switch_page("train.py").run()
    test.switch_page("lab.py").run()
    assert not test.exception
    test.selectbox(key="lab1_kind").set_value("convolution").run()
    assert not test.exception
    assert test.selectbox(key="lab1_kernel").value == "blur"
    assert test.segmented_control(key="lab1_padding").value == "same"
    assert test.toggle(key="lab1_relu").value is True


def test_two_operations_follow_each_other():
    test = lab()
    test.toggle(key="lab_second").set_value(True).run()
    assert not test.exception
    test.segmented_control(key="lab_step").set_value(1).run()
    assert not test.exception
    assert "⌊(3 + 0 + 0 − 2) ÷ 2⌋ + 1 = 1" in texts(test)
    assert "rows: 1, columns: 1" in texts(test)  # the stride does not fit


def test_what_cannot_be_done_is_a_sentence():
    test = lab()
    test.number_input(key="lab1_strides").set_value(2).run()
    test.number_input(key="lab1_dilation_rate").set_value(2).run()
    assert not test.exception
    assert test.error[0].value == "Operation 1: " + text("error.strides_and_dilation", "en")
    test.number_input(key="lab1_strides").set_value(1).run()
    test.number_input(key="lab1_dilation_rate").set_value(8).run()
    assert "9 × 9" in test.error[0].value
    test.number_input(key="lab1_dilation_rate").set_value(2).run()
    assert not test.error
    assert "2 × (2 − 1) + 1 = 3" in texts(test)


def test_a_kernel_that_holds_no_number_is_a_sentence():
    test = lab()
    test.session_state["lab1_typed"] = (("1", "x"), ("0", "1"))
    test.run()
    assert not test.exception
    assert "Row 1, column 2" in test.error[0].value
    assert test.number_input(key="lab1_strides").value == 1  # the other settings stay
    assert test.toggle(key="lab_second").value is False


def test_a_kernel_grows_and_shrinks():
    test = lab()
    test.number_input(key="lab1_rows").set_value(7).run()
    assert not test.exception
    assert len(test.session_state["lab1_typed"]) == 7
    assert test.error  # 7 rows do not fit on 4
    test.number_input(key="lab1_rows").set_value(1).run()
    assert test.session_state["lab1_typed"] == (("1", "0"),)
    assert not test.error


def test_without_a_drawing_the_page_says_to_draw(monkeypatch):
    monkeypatch.setattr(canvas_stand_in, "image", None)
    test = lab(lab_source="draw")
    assert test.info[0].value == text("lab.draw_first", "en")
    assert test.selectbox(key="lab1_kind").value == "convolution"  # the settings are there already


def test_a_drawing_is_worked_on_as_the_digit_or_as_a_whole(monkeypatch):
    image = canvas_image(SEVEN)
    monkeypatch.setattr(canvas_stand_in, "image", image)
    test = lab(lab_source="draw")
    assert not test.info
    assert "⌊(28 + 0 + 0 − 2) ÷ 1⌋ + 1 = 27" in texts(test)
    np.testing.assert_array_equal(test.session_state[MY_DIGIT], prepare(ink_of_canvas(image)).digit)
    test.segmented_control(key="lab_part").set_value("whole").run()
    assert not test.exception
    assert "⌊(56 + 0 + 0 − 2) ÷ 1⌋ + 1 = 55" in texts(test)


def test_each_of_several_digits_can_be_worked_on(monkeypatch):
    parts = [[(x / 2, y) for x, y in SEVEN[0]], [(x / 2 + 140, y) for x, y in ONE[0]]]
    monkeypatch.setattr(canvas_stand_in, "image", canvas_image(parts))
    test = lab(lab_source="draw")
    seven = test.session_state[MY_DIGIT]
    test.segmented_control(key="lab_part").set_value(1).run()
    assert not test.exception
    assert not np.array_equal(test.session_state[MY_DIGIT], seven)
    monkeypatch.setattr(canvas_stand_in, "image", canvas_image(SEVEN))
    test.run()  # the second digit is gone
    assert not test.exception
    assert test.segmented_control(key="lab_part").value == 0


def test_each_direction_has_strides_of_its_own():
    test = lab()
    test.number_input(key="lab1_strides").set_value(2).run()
    test.toggle(key="lab1_apart").set_value(True).run()
    assert not test.exception
    assert test.number_input(key="lab1_strides_across").value == 2  # it begins with both directions' own
    test.number_input(key="lab1_strides_across").set_value(1).run()
    assert "Height: ⌊(4 + 0 + 0 − 2) ÷ 2⌋ + 1 = 2" in texts(test)
    assert "Width: ⌊(4 + 0 + 0 − 2) ÷ 1⌋ + 1 = 3" in texts(test)
    test.number_input(key="lab1_dilation_rate_across").set_value(3).run()
    assert "cannot both be larger than 1" in test.error[0].value
    test.toggle(key="lab1_apart").set_value(False).run()
    assert not test.error
    assert "Height and width: ⌊(4 + 0 + 0 − 2) ÷ 2⌋ + 1 = 2" in texts(test)


def test_a_pooling_too_has_strides_for_each_direction():
    test = lab()
    test.pills(key="lab_example").set_value("pooling").run()
    test.toggle(key="lab1_apart").set_value(True).run()
    test.number_input(key="lab1_strides_across").set_value(1).run()
    assert not test.exception
    assert "Width: ⌊(4 + 0 + 0 − 2) ÷ 1⌋ + 1 = 3" in texts(test)


def test_where_padding_same_comes_from_is_said_with_the_numbers():
    test = lab()
    test.pills(key="lab_example").set_value("strides").run()
    test.segmented_control(key="lab1_padding").set_value("same").run()
    assert "max(0, (⌈5 ÷ 2⌉ − 1) × 2 + 3 − 5) = 2: 1 before, 1 after" in texts(test)
    assert "⌊(5 + 1 + 1 − 3) ÷ 2⌋ + 1 = 3" in texts(test)


def test_a_second_operation_that_cannot_be_done_leaves_the_first_one():
    test = lab()
    test.toggle(key="lab_second").set_value(True).run()
    test.number_input(key="lab2_pool_rows").set_value(9).run()
    assert not test.exception
    assert test.error[0].value.startswith("Operation 2: The window reaches over 9 × 2 cells")
    assert "⌊(4 + 0 + 0 − 2) ÷ 1⌋ + 1 = 3" in texts(test)


def test_the_gallerys_numbers_are_a_table():
    test = lab(**{"lab-gallery-table": True})
    rows = texts(test).partition("Its weights, row by row")[2]
    assert "Sobel, vertical edges" in rows
    assert "−1 0 1 / −2 0 2 / −1 0 1" in rows
    assert rows.count("<tr>") == 1 + len(KERNELS) + 32


def test_the_gallery_gets_every_response_with_its_kernel():
    picture = EXAMPLES["convolution"].picture
    sent = pack_gallery([Response("own", "Your own", ((1.0, 0.0), (0.0, 1.0)), picture)], "own", "en")
    length = int.from_bytes(sent[:4], "little")
    header = json.loads(sent[4 : 4 + length])
    assert (header["chosen"], header["kernels"]) == ("own", [[[1, 0], [0, 1]]])
    assert [layer["title"] for layer in header["layers"]] == ["Your own"]
    np.testing.assert_array_equal(np.frombuffer(sent[4 + length :], "<f4").reshape(4, 4), picture)


def test_a_test_image_can_be_taken():
    test = lab(lab_source="test", test_index=2)
    assert any("label" in caption.value for caption in test.caption)
    assert "= 27" in texts(test)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_walk_gets_its_numbers_and_its_words(language):
    example = EXAMPLES["convolution"]
    sent = json.loads(pack(example.picture, example.operation, language))
    assert sent["output"] == [[2, 1, 1], [0, 2, 2], [0, 1, 1]]
    assert sent["kernel"] == [[1, 0], [0, 1]]
    assert set(sent["words"]) == set(WORDS)
    assert sent["words"]["play"] == text("walk.play", language)
    pooled = json.loads(pack(example.picture, Operation("global_average"), language))
    assert (pooled["kind"], pooled["kernel"], pooled["down"]["size"]) == ("average", None, 4)


def test_the_brushes_are_numbers_that_can_be_typed():
    assert [float(brush) for brush in BRUSHES] == [-1, 0, 1, 2]


def test_a_network_whose_weights_are_gone_leaves_the_rest_of_the_lab(tmp_path, monkeypatch):
    copy = tmp_path / "damaged"
    shutil.copytree(SHIPPED / DEFAULT_MODEL, copy)
    (copy / KERAS_FILE).write_bytes(b"not a zip")
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path))
    test = lab(model="damaged")
    assert any("damaged" in warning.value for warning in test.warning)
    assert "⌊(4 + 0 + 0 − 2) ÷ 1⌋ + 1 = 3" in texts(test)
    assert LEARNED not in test.selectbox(key="lab1_kernel").options
