"""Links: each piece goes out and comes back, and whatever is wrong is named and left out."""

from __future__ import annotations

import numpy as np
import pytest
import streamlit as st
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from mnist_app.numerics.packed_strokes import PenStroke, pack_strokes
from mnist_app.pages.registry import PAGES
from mnist_app.serving.model_folders import DEFAULT_MODEL
from mnist_app.texts.catalog import LANGUAGES, text
from mnist_app.texts.user_error import UserError
from tests import canvas_stand_in
from tests.drawings import SEVEN
from tests.small_models import TUTORIALS

canvas_stand_in.install()

from mnist_app.views.hiding import HIDABLE  # noqa: E402  (it imports the canvas)
from mnist_app.views.layer_maps import LINKED  # noqa: E402
from mnist_app.views.links.drawing import pack_digit, unpack_digit  # noqa: E402
from mnist_app.views.links.registry import ALWAYS, DATA_SECTIONS, ON_PAGES, PIECES  # noqa: E402

DIGIT = np.random.default_rng(1).random((28, 28)).astype(np.float32) * (np.arange(28) > 20)
STROKES = pack_strokes([PenStroke(tuple(SEVEN[0]), 18), PenStroke(((3.5, 4.25),), 24, erases=True)])
DRAW, TEST = {"source": "draw"}, {"source": "test"}
IN_LAB = {"lab_source": "draw"}
CONVOLVES = {"lab1_kind": "conv", "lab2_kind": "conv"}

APART = {"lab1_apart": True, "lab2_apart": True, "lab_second": True}
POOLS = {"lab1_kind": "max", "lab2_kind": "max", "lab_second": True}
CONVOLVES = {"lab1_kind": "convolution", "lab2_kind": "convolution", "lab_second": True}
OWN = CONVOLVES | {"lab1_kernel": "own", "lab2_kernel": "own"}
LEARNED = CONVOLVES | {"lab1_kernel": "learned", "lab2_kernel": "learned"}

# For each piece: what a link may say, what it may not, and what else the session has.
ROWS: dict[str, tuple[list[str], list[str], dict[str, object]]] = {
    "about": (["momentum"], ["quantum", ""], {}),
    "lang": (["en", "ko"], ["de", "", "EN"], {}),
    "model": ([TUTORIALS, DEFAULT_MODEL], ["", "../models", "no-such-net", "convnet-80 "], {}),
    "hide": (["sidebar", "tools.probabilities"], ["everything", "tools.tools.x", "."], {}),
    "present": (["1"], ["2", "yes", "-1"], {}),
    "source": (["test"], ["upload", "lab", ""], {}),
    "image": (
        ["test.9999", "train.59999", "test.0"],
        ["test.10000", "train.-1", "test", "7", "test.1e3"],
        TEST,
    ),
    "steps": (["crop.scale", "none"], ["crop.shear", "crop,scale", ""], {}),
    "place": (["2"], ["0", "42", "1.5", "one", "９"], {}),
    "scale": (["map", "network"], ["world", ""], {}),
    "wide": (["1"], ["true", "x"], DRAW | IN_LAB),
    "strokes": ([STROKES], ["A", STROKES[:-3], STROKES + "AAAA", "a b"], DRAW | IN_LAB),
    "map": (["conv_2.5", "pool_1.32"], ["conv_2", "conv_2.49", "conv_99.1", "logits.11", "conv_2.0"], {}),
    "cell": (
        ["conv_2.5.7.9", "input.1.28.28", "softmax.10.1.1"],
        ["conv_2.5.15.1", "conv_2.5.7", "5.7.9"],
        {},
    ),
    "filters": (
        ["conv_1.3.0", "conv_1.3.150*conv_2.5.0"],
        ["conv_1.3.201", "conv_1.33.0", "conv_1", "**"],
        {},
    ),
    "changes": (["turn.15", "across.-3*pen.-2"], ["turn.90", "flip.1", "turn", "turn.1.5"], {}),
    "zoom": (["150"], ["99", "401", "inf"], {}),
    "lab-source": (["draw", "test", "example"], ["upload", "camera"], {}),
    "example": (["pooling"], ["nothing"], {}),
    "part-of": (["2", "whole", "grey"], ["0", "half"], {}),
    "second": (["1"], ["2"], {}),
    "step": (["2"], ["0", "3"], {}),
    "lesson": (["padding"], ["none", "<b>"], {}),
    "recipe": (["convnet-64"], ["convnet", ""], {}),
    "run": ([], ["20200101-000000", "../x"], {}),
    "digit": (
        [pack_digit(DIGIT)],
        ["A", pack_digit(DIGIT)[:-9], pack_digit(DIGIT * 2), pack_digit(DIGIT * np.nan)],
        {},
    ),
    "section": ([*DATA_SECTIONS[1:]], ["all"], {}),
    "data-image": (["train.5"], ["validation.1", "train.60000"], {}),
    "sweep": ([], ["1", "../.."], {}),
    "compared": ([f"{TUTORIALS}*{DEFAULT_MODEL}"], ["a*b", "*"], {}),
    "one": ([TUTORIALS], ["x"], {}),
    "other": ([DEFAULT_MODEL], ["x"], {}),
    **{
        f"op{number}-{name}": row
        for number in (1, 2)
        for name, row in {
            "kind": (["max", "convolution"], ["min", ""], APART),
            "kernel": (["sobel_x", "own", "learned"], ["sobel", "x" * 5000], CONVOLVES),
            "typed": (["1_0_-1*1/9_.5_2", "7"], ["1_x", "1_2*3", "1*" * 9, "![](//a)", "", "9999"], OWN),
            "learned": (
                ["conv_1.32.1", "conv_2.1.24"],
                ["conv_1.33.1", "conv_1.1.2", "conv_1", "pool_1.1.1"],
                LEARNED,
            ),
            "apart": (["1"], ["on"], APART),
            "strides": (["16"], ["0", "17"], APART),
            "strides_across": (["2"], ["0", "17"], APART),
            "dilation_rate": (["8"], ["9"], APART),
            "dilation_rate_across": (["8"], ["9"], APART),
            "pool_rows": (["56"], ["57"], POOLS),
            "pool_columns": (["3"], ["-3"], POOLS),
            "padding": (["same"], ["full"], APART),
            "relu": (["1"], ["yes"], CONVOLVES),
        }.items()
    },
    **{
        f"set-{name}": (good, bad, {})
        for name, (good, bad) in {
            "architecture": (["cnn-5x5"], ["cnn", ""]),
            "optimizer": (["sgd"], ["SGD"]),
            "schedule": (["one_cycle"], ["two"]),
            "validation": (["test"], ["all"]),
            "monitor": (["val_accuracy"], ["loss"]),
            **dict.fromkeys(("weight_decay", "dropout"), (["0.25"], ["2", "nan", "-1"])),
            "train_images": (["500"], ["9", "5.5"]),
            "learning_rate": (["0.5"], ["none", "11", "0", "`x`"]),
            **dict.fromkeys(("momentum", "validation_split", "ema_momentum"), (["0.25"], ["1.5", "x"])),
            **dict.fromkeys(("label_smoothing", "zoom", "shift"), (["0.25"], ["0.75", "inf", "none"])),
            **dict.fromkeys(
                ("thickness", "slant", "bend", "fade", "crop", "pen_digits", "non_digits", "number_parts"),
                (["0.5"], ["11", ""]),
            ),
            "rotation": (["30.0"], ["200"]),
            **dict.fromkeys(("batch_size", "epochs"), (["7"], ["0", "9" * 5000, "1.5"])),
            "patience": (["3"], ["-1"]),
            "seed": (["12345", "4294967295"], ["4294967296", "-1", "x"]),
            **dict.fromkeys(
                ("batch_normalization", "mixed_precision", "calibrate", "restore_best_weights"),
                (["True"], ["2", "on"]),
            ),
        }.items()
    },
}
EXAMPLES = 25  # of links put together at random, half a second each
GOOD = [(name, text) for name, (good, _, _) in ROWS.items() for text in good]
BAD = [(name, text) for name, (_, bad, _) in ROWS.items() for text in bad]


@pytest.fixture(autouse=True)
def session(monkeypatch) -> dict[str, object]:
    """A session of its own, in place of Streamlit's."""
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


def test_every_piece_has_its_row():
    assert set(ROWS) == set(PIECES)
    assert set(ON_PAGES) == {page.name for page in PAGES}
    for pieces in ON_PAGES.values():
        names = [piece.name for piece in (*ALWAYS, *pieces)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(("name", "said"), GOOD, ids=str)
def test_a_good_value_goes_in_and_comes_out(name, said, session):
    piece = PIECES[name]
    piece.take(said)
    session.update(ROWS[name][2])
    # What the explorer keeps in the browser, the browser tells.
    assert piece.tell() == (None if name in session.get(LINKED, {}) else said)


@pytest.mark.parametrize(("name", "said"), BAD, ids=lambda value: str(value)[:20])
def test_a_bad_value_is_a_sentence_and_changes_nothing(name, said, session):
    session.update(ROWS[name][2])
    with pytest.raises(UserError) as error:
        PIECES[name].take(said)
    for language in LANGUAGES:
        assert len(error.value.message(language)) < 700
    told = PIECES[name].tell()
    assert told is None or told != said


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=some.sampled_from(sorted(PIECES)),
    said=some.text(max_size=60)
    | some.from_regex(r"[a-z_0-9]{1,9}([.*_][a-z_0-9-]{1,9}){0,5}", fullmatch=True),
)
def test_any_text_is_taken_or_a_user_error(name, said, session):
    session.clear()
    try:
        PIECES[name].take(said)
    except UserError as error:
        assert error.message("ko")
        assert "\n" not in error.message("en")


def test_a_digit_loses_nothing():
    assert unpack_digit(pack_digit(DIGIT)).tobytes() == DIGIT.tobytes()
    assert unpack_digit(pack_digit(DIGIT)).dtype == np.float32


# ------------------------------------------------------------- in the app


@pytest.fixture
def whole_app(monkeypatch):
    """Return what opens a page by a link."""
    monkeypatch.undo()  # a session of Streamlit's own

    def opened(page: str, in_language: str = "en", **pieces: str) -> AppTest:
        test = AppTest.from_file("../mnist_app/pages/router.py", default_timeout=30)
        test.session_state["language"] = in_language
        test.query_params.update(pieces)
        script = next(each.script for each in PAGES if each.name == page)
        return test.switch_page(script.name).run()

    return opened


def good_link(page: str) -> dict[str, str]:
    return {piece.name: ROWS[piece.name][0][0] for piece in (*ALWAYS, *ON_PAGES[page]) if ROWS[piece.name][0]}


@pytest.mark.parametrize("page", [page.name for page in PAGES if page.name != "results"])
def test_a_page_opens_with_all_that_its_links_can_hold(page, whole_app):
    link = {name: said for name, said in good_link(page).items() if name != "present"}
    test = whole_app(page, **link)
    assert not test.exception
    assert not [warning.value for warning in test.warning if "link" in warning.value]
    assert test.session_state["model"] == TUTORIALS
    assert test.title[0].value == text(f"{page}.title", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_opens_with_all_that_is_wrong_and_names_it(language, whole_app):
    wrong = {name: bad[0] for name, (_, bad, _) in ROWS.items() if name != "lang"}
    test = whole_app("compare", language, **{"<b>x</b>": "1"}, **wrong)
    assert not test.exception
    [warning] = [warning.value for warning in test.warning]
    assert "`<b>x</b>`" in warning
    assert "`../models`" in warning or "model" in warning
    assert text("link.more", language, count=len(wrong) + 1 - 8) in warning
    test.button(key="link-put-away").click().run()
    assert not test.warning
    assert test.title[0].value == text("compare.title", language)


def test_what_is_right_beside_what_is_wrong_is_taken(whole_app):
    test = whole_app(
        "lab", **{"op1-kind": "max", "op1-pool_rows": "99", "op1-pool_columns": "3", "fbclid": "x"}
    )
    assert not test.exception
    [warning] = test.warning
    assert "op1-pool_rows" in warning.value
    assert "`99`" in warning.value
    assert test.selectbox(key="lab1_kind").value == "max"
    assert test.number_input(key="lab1_pool_columns").value == 3


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    page=some.sampled_from([page.name for page in PAGES]),
    link=some.dictionaries(some.sampled_from(sorted(PIECES)), some.integers(0, 9), min_size=1, max_size=25),
)
def test_pieces_that_do_not_go_together_are_no_crash(page, link, whole_app):
    sayings = {name: [*ROWS[name][0], *ROWS[name][1]] for name in link}
    test = whole_app(page, **{name: sayings[name][n % len(sayings[name])] for name, n in link.items()})
    assert not test.exception, test.exception[0].value


def test_an_address_is_read_once(whole_app):
    test = whole_app("draw", source="test", image="test.7")
    assert test.number_input(key="test_index").value == 7
    test.number_input(key="test_index").set_value(9).run()
    assert test.number_input(key="test_index").value == 9


def test_the_language_of_a_link_stays_in_the_address_while_it_is_not_the_browsers(whole_app):
    test = whole_app("lab", lang="ko")
    assert test.session_state["language"] == "ko"
    assert test.query_params["lang"] == "ko"


def test_presenting_shows_the_explorer_and_has_a_way_back(whole_app):
    test = whole_app("draw", present="1")
    assert not test.exception
    assert test.title[0].value == text("explore.title", "en")
    test.button(key="end-presentation").click().run()
    assert not test.exception
    assert "present" not in test.query_params
    assert not [button for button in test.button if button.key == "end-presentation"]


def test_what_can_be_hidden_has_a_name_in_every_language():
    for language in LANGUAGES:
        assert [text(f"hide.{name}", language) for name in HIDABLE]
