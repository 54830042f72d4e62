"""What the browser computes by itself, held in a real Chromium against what the server does."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page

from benchmarks.explorer import random_network
from benchmarks.strokes import DIGITS
from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.nets.summary import summary
from mnist_app.numerics import preprocess, segment
from mnist_app.numerics.forward import ACTIVATIONS, FORWARD, forward
from mnist_app.numerics.layer_card import LayerCard
from mnist_app.numerics.preprocess import ALL_STEPS, PLAIN_RESIZE, Steps, prepare
from mnist_app.serving import parting
from mnist_app.serving.network import Network
from mnist_app.serving.predictor import Predictor
from mnist_app.serving.reading import read
from mnist_app.training.live import SnapshotNetwork
from mnist_app.views.explorer_data import LIVE_LIMIT, is_live, pack_network, preparation_constants, script
from tests.drawings import FIVE, ONE, SEVEN, THREE, Stroke, canvas_image
from tests.small_models import write_folder

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore:__array__")]

# Arrays go to the page and come back as text: JSON would take a second for a network.
HELPERS = """
function bytesOf(text) { return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)); }
function floatsOf(text) { return new Float32Array(bytesOf(text).buffer); }
function textOf(floats) {
    const bytes = new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
}
"""
FORWARD_TWICE = """([packed, image, shape]) => {
    const { layers, weights } = unpackNetwork(bytesOf(packed));
    forward(layers, weights, { shape, values: floatsOf(image).fill(0.7) }); // must leave nothing behind
    const outputs = forward(layers, weights, { shape, values: floatsOf(image) });
    return [...outputs].map(([name, { shape, values }]) => [name, shape, textOf(values)]);
}"""
PREPARE = """([ink, width, height, steps, single, numbers]) => {
    const { status, digits } = prepareDrawing(floatsOf(ink), width, height, steps, single, numbers);
    return [status, digits.map(({ box, digit }) => [box, textOf(digit)])];
}"""


@pytest.fixture(scope="module")
def tab(browser) -> Iterator[Page]:
    """An empty page with the explorer's scripts."""
    page = browser.new_page()
    page.add_script_tag(content=HELPERS + script())
    yield page
    page.close()


def as_text(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def as_floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


# ------------------------------------------------------------- the network

PAIR = (2, 2)
# What the architectures lack: the layer, its settings, the shapes of its weights and of its input.
SINGLE_LAYERS: list[tuple[str, dict[str, Any], list[tuple[int, ...]], tuple[int, ...]]] = [
    ("Conv2D", {"strides": PAIR, "padding": "same"}, [(3, 3, 3, 4), (4,)], (8, 8, 3)),
    ("Conv2D", {"strides": PAIR, "padding": "same"}, [(3, 3, 3, 5), (5,)], (7, 9, 3)),
    ("Conv2D", {"strides": (3, 3), "padding": "same"}, [(2, 2, 2, 4), (4,)], (9, 6, 2)),
    ("Conv2D", {"strides": PAIR, "padding": "valid"}, [(3, 3, 3, 4), (4,)], (8, 7, 3)),
    ("Conv2D", {"strides": (2, 1), "padding": "same"}, [(1, 3, 2, 5), (5,)], (7, 8, 2)),
    ("Conv2D", {"strides": (1, 1), "activation": "relu"}, [(3, 3, 3, 4)], (8, 8, 3)),
    ("Conv2D", {"strides": (1, 1), "dilation_rate": PAIR}, [(3, 3, 2, 4), (4,)], (8, 9, 2)),
    ("Conv2D", {"strides": (1, 1), "dilation_rate": (3, 2), "padding": "same"}, [(3, 2, 2, 4)], (7, 8, 2)),
    ("Dense", {}, [(5, 6)], (5,)),
    ("Dense", {"activation": "softmax"}, [(5, 6), (6,)], (5,)),
    ("AveragePooling2D", {"pool_size": PAIR, "strides": PAIR, "padding": "valid"}, [], (7, 8, 3)),
    ("AveragePooling2D", {"pool_size": (3, 3), "strides": PAIR, "padding": "same"}, [], (7, 8, 2)),
    ("AveragePooling2D", {"pool_size": (2, 3), "padding": "same"}, [], (7, 8, 2)),
    ("MaxPooling2D", {"pool_size": (3, 3), "strides": PAIR, "padding": "same"}, [], (8, 7, 3)),
    ("MaxPooling2D", {"pool_size": (3, 3), "strides": (1, 1), "padding": "same"}, [], (7, 8, 2)),
    ("BatchNormalization", {"epsilon": 1e-3}, [(4,)] * 4, (6, 5, 4)),
    ("BatchNormalization", {"epsilon": 0.1}, [(9,)] * 4, (9,)),
    ("ReLU", {}, [], (4, 3, 2)),
    ("Activation", {"activation": "relu"}, [], (4, 3, 2)),
    ("Activation", {"activation": "softmax"}, [], (7,)),
    ("Activation", {"activation": "softmax"}, [], (3, 2, 4)),
    ("Activation", {"activation": "linear"}, [], (7,)),
    ("Softmax", {}, [], (7,)),
    ("Flatten", {}, [], (4, 3, 2)),
    ("Dropout", {"rate": 0.9}, [], (4, 3, 2)),
]


def agrees_with_numpy(tab: Page, network: SnapshotNetwork, image: np.ndarray) -> None:
    """Assert that every layer's output for one image, (height, width, channels) or (units,), is NumPy's."""
    packed = base64.b64encode(pack_network(network)).decode()
    found = tab.evaluate(FORWARD_TWICE, [packed, as_text(image), image.shape])
    expected = forward(network.layers, network.all_weights, image[np.newaxis])
    assert [name for name, _, _ in found] == list(expected)
    for name, shape, text in found:
        values = as_floats(text).reshape(shape)
        np.testing.assert_allclose(values, expected[name][0], rtol=1e-6, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_layer_of_every_network_agrees_with_numpy(name, tab):
    image = np.random.default_rng(2).random((28, 28, 1), np.float32)
    agrees_with_numpy(tab, random_network(name), image)


@pytest.mark.parametrize("strokes", [ONE, FIVE], ids=["1", "5"])
def test_the_network_that_ships_agrees_on_a_digit(strokes, tab, predictor):
    weights = {card.name: predictor.weights(card.name) for card in predictor.layers}
    digit = prepare(ink_of(strokes)).digit[..., np.newaxis]
    agrees_with_numpy(tab, SnapshotNetwork(predictor.layers, weights), digit)


@pytest.mark.parametrize(
    ("kind", "config", "shapes", "shape"), SINGLE_LAYERS, ids=lambda value: str(value).replace(" ", "")
)
def test_a_layer_by_itself_agrees_with_numpy(kind, config, shapes, shape, tab):
    rng = np.random.default_rng(3)
    weights = {"layer": [rng.uniform(0.1, 1, shape).astype(np.float32) for shape in shapes]}
    # Below 0 too: that is what ReLU is for, and where padding with 0 would show.
    image = rng.normal(-0.5, 1, shape).astype(np.float32)
    (found,) = forward([LayerCard("layer", kind, (), 0, config)], weights, image[np.newaxis]).values()
    card = LayerCard("layer", kind, found.shape[1:], 0, config)
    before = LayerCard("before", "Dropout", shape, 0)  # its output must stay as it is
    agrees_with_numpy(tab, SnapshotNetwork((before, card), weights), image)


@pytest.mark.tensorflow
def test_a_dilated_network_from_elsewhere_agrees_from_keras_to_the_browser(tab, tmp_path):
    import keras

    keras.utils.set_random_seed(4)
    layers = [
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(4, 3, dilation_rate=2, activation="relu", name="wide"),
        keras.layers.Conv2D(3, (2, 3), dilation_rate=(1, 3), padding="same", name="wider"),
        keras.layers.Flatten(name="flat"),
        keras.layers.Dense(10, activation="softmax", name="head"),
    ]
    model = write_folder(keras.Sequential(layers), tmp_path / "dilated")
    predictor = Predictor(tmp_path / "dilated")
    assert is_live(predictor.layers)
    image = np.random.default_rng(5).random((28, 28, 1), np.float32)
    weights = {card.name: predictor.weights(card.name) for card in predictor.layers}
    agrees_with_numpy(tab, SnapshotNetwork(predictor.layers, weights), image)
    ours = forward(predictor.layers, weights, image[np.newaxis])["head"]
    np.testing.assert_allclose(ours, model(image[np.newaxis], training=False), atol=1e-6)


def test_a_softmax_of_large_values_does_not_overflow(tab):
    network = SnapshotNetwork((LayerCard("softmax", "Softmax", (3,), 0),), {})
    agrees_with_numpy(tab, network, np.array([1000, 1000, -1000], np.float32))


def test_the_browser_knows_every_kind_of_layer_and_activation(tab):
    assert set(tab.evaluate("Object.keys(LAYERS)")) == set(FORWARD)
    assert set(tab.evaluate("Object.keys(ACTIVATIONS)")) == set(ACTIVATIONS)
    assert {kind for kind, _, _, _ in SINGLE_LAYERS} == set(FORWARD)


def test_a_packed_network_says_what_a_pass_takes(tab):
    network = random_network("convnet-128")
    packed = base64.b64encode(pack_network(network)).decode()
    assert tab.evaluate("(packed) => unpackNetwork(bytesOf(packed)).multiplyAdds", packed) == 3_100_032


def test_networks_up_to_the_limit_are_live():
    card = LayerCard("dense", "Dense", (1,), LIVE_LIMIT + 1)
    assert is_live([card])
    assert not is_live([replace(card, parameters=LIVE_LIMIT + 2)])
    assert not is_live([replace(card, class_name="LayerNormalization")])
    assert not is_live([replace(card, config={"activation": "tanh"})])
    assert all(is_live(summary(name)) for name in ARCHITECTURES)


# ------------------------------------------------------------- the preparation


def ink_of(strokes: list[Stroke], width: int = 18) -> np.ndarray:
    return canvas_image(strokes, width)[..., 0] / np.float32(255)


def drawn(seed: int, digits: int = 1) -> np.ndarray:
    """Return the ink of digits side by side: of any size, at any place, with any pen, maybe over the edge."""
    rng = np.random.default_rng(seed)
    size = (140 * (digits + 1), 280)
    canvas = Image.new("L", (2 * size[0], 2 * size[1]))  # twice as large: soft edges
    pen = ImageDraw.Draw(canvas)
    for number in range(digits):
        side = rng.uniform(30, 240 if digits == 1 else 130)
        left = rng.uniform(-20, 300 - side) if digits == 1 else 20 + 140 * number + rng.uniform(0, 20)
        top = rng.uniform(-20, 300 - side)
        width = int(rng.integers(4, 50 if digits == 1 else 30))
        for stroke in DIGITS[int(rng.integers(10))]:
            line = [(2 * (left + side * x / 100), 2 * (top + side * y / 100)) for x, y in stroke]
            pen.line(line, fill=int(rng.integers(90, 256)), width=width, joint="curve")
    return np.asarray(canvas.resize(size, Image.Resampling.BOX), np.float32) / np.float32(255)


def scattered(seed: int) -> np.ndarray:
    """Return squares and specks anywhere: to be joined, too small, too many."""
    rng = np.random.default_rng(seed)
    ink = np.zeros((200, 300), np.float32)
    for _ in range(int(rng.integers(2, 70))):
        x, y, width, height = rng.integers((0, 0, 1, 1), (290, 190, 40, 40))
        ink[y : y + height, x : x + width] = rng.random()
    return ink


def floating_five() -> np.ndarray:
    """Return a 5 whose bar touches nothing."""
    body, bar = FIVE
    return ink_of([body[1:], [(x + 12, y - 16) for x, y in bar]], 12)


@pytest.fixture(autouse=True)
def connected_parts(monkeypatch) -> None:
    """Let the server, too, take connected parts for digits: the browser asks no network about them."""
    for toll in ("JOIN", "JOIN_ALONE", "CUT", "CUT_ALONE"):
        monkeypatch.setattr(parting, toll, 1e9)


def prepares_alike(
    tab: Page, network: Network, ink: np.ndarray, steps: Steps = ALL_STEPS, single: bool = False
) -> str:
    """Assert that the browser prepares the ink as the server does; return the status."""
    height, width = ink.shape
    settings = [width, height, asdict(steps), single, preparation_constants()]
    status, digits = tab.evaluate(PREPARE, [as_text(ink), *settings])
    expected = read(ink, network, single, steps)
    assert status == expected.status
    assert [box for box, _ in digits] == [asdict(digit.box) for digit in expected.digits]
    for (_, text), digit in zip(digits, expected.digits, strict=True):
        np.testing.assert_allclose(
            as_floats(text).reshape(28, 28), digit.preparation.digit, rtol=0, atol=1e-6
        )
    return expected.status


@pytest.mark.parametrize("seed", range(60))
def test_a_digit_is_prepared_as_on_the_server(seed, tab, predictor):
    assert prepares_alike(tab, predictor, drawn(seed)) in ("read", "dot")


@pytest.mark.parametrize("seed", range(30))
def test_digits_side_by_side_are_told_apart_as_on_the_server(seed, tab, predictor):
    prepares_alike(tab, predictor, drawn(seed, digits=2 + seed % 4))


@pytest.mark.parametrize("seed", range(40))
def test_parts_are_joined_as_on_the_server(seed, tab, predictor):
    prepares_alike(tab, predictor, scattered(seed))


def test_of_very_many_parts_the_largest_are_looked_at(tab, predictor):
    ink = np.zeros((300, 300), np.float32)
    for n, side in enumerate(np.random.default_rng(1).integers(6, 20, 81)):
        y, x = 33 * (n // 9), 33 * (n % 9)
        ink[y : y + side, x : x + side] = 1
    prepares_alike(tab, predictor, ink)


def test_a_faint_smear_counts_only_where_nothing_is_told_apart(tab, predictor):
    smear = np.full((280, 280), preprocess.INK / 2, np.float32)
    one = np.maximum(ink_of(THREE), smear)
    prepares_alike(tab, predictor, one)
    prepares_alike(tab, predictor, np.concatenate([one, one], 1))


def test_the_soft_edge_does_not_come_round_the_border(tab, predictor):
    ink = np.zeros((100, 200), np.float32)
    ink[10:90, :30] = ink[5:80, -30:] = 1
    assert len(read(ink, predictor).digits) == 2
    prepares_alike(tab, predictor, ink)


@pytest.mark.parametrize("steps", [Steps(*on) for on in product((True, False), repeat=3)], ids=str)
def test_every_combination_of_steps_is_the_servers(steps, tab, predictor):
    for seed in range(6):
        prepares_alike(tab, predictor, drawn(seed, digits=1 + seed % 2), steps)
    prepares_alike(tab, predictor, floating_five(), steps)


@pytest.mark.parametrize("single", [True, False])
def test_a_five_with_a_loose_bar_and_two_ones_are_the_servers(single, tab, predictor):
    prepares_alike(tab, predictor, floating_five(), single=single)
    prepares_alike(tab, predictor, np.concatenate([ink_of(ONE), ink_of(SEVEN)], 1), single=single)


def test_blank_and_faint_drawings_are_blank(tab, predictor):
    for level in (0, preprocess.INK - 0.01):
        assert prepares_alike(tab, predictor, np.full((280, 280), level, np.float32)) == "blank"


def test_ink_as_faint_as_can_be_is_ink(tab, predictor):
    ink = np.zeros((280, 280), np.float32)
    ink[100:200, 140:150] = preprocess.INK
    assert prepares_alike(tab, predictor, ink) == "read"


@pytest.mark.parametrize("width", [4, 8, 18, 40])
def test_a_tap_of_the_pen_is_a_dot(width, tab, predictor):
    assert prepares_alike(tab, predictor, ink_of([[(140, 140), (141, 140)]], width)) == "dot"


def test_blocks_of_few_pixels_are_the_servers(tab, predictor):
    for size in product(range(1, 7), repeat=2):
        ink = np.zeros((28, 28), np.float32)
        ink[: size[0], : size[1]] = 1
        prepares_alike(tab, predictor, ink)


def test_solid_things_are_dots_and_rings_are_none(tab, predictor):
    y, x = np.ogrid[:90, :90]
    disc = np.hypot(y - 45, x - 45) < 40
    holes = {"none": ~disc, "pin": np.hypot(y - 45, x - 45) < 2, "wide": np.hypot(y - 45, x - 45) < 25}
    for hole in holes.values():
        prepares_alike(tab, predictor, (disc & ~hole).astype(np.float32))
    # A slit that leads outside over a corner only is a hole.
    slit = np.ones((9, 9), np.float32)
    slit[0, 0] = slit[1, 1] = 0
    assert prepares_alike(tab, predictor, slit) == "read"
    slit[0, 1] = 0
    assert prepares_alike(tab, predictor, slit) == "dot"


@pytest.mark.parametrize("shape", [(1, 1), (1, 280), (280, 1), (3, 2), (20, 20), (28, 28), (20, 7)], ids=str)
def test_ink_up_to_every_border_is_the_servers(shape, tab, predictor):
    for steps in (ALL_STEPS, PLAIN_RESIZE):
        prepares_alike(tab, predictor, np.ones(shape, np.float32), steps)


def test_a_drawing_over_all_edges_is_the_servers(tab, predictor):
    wide = [[(-20, 40), (300, 60), (-20, 250), (300, 270)]]
    assert prepares_alike(tab, predictor, ink_of(wide)) == "read"


def test_a_symmetrical_digit_lies_where_the_server_lays_it(tab, predictor):
    for width in range(10, 40):  # the mass lies right between two pixels for half of them
        ink = np.zeros((280, 280), np.float32)
        ink[50:230, 140 - width : 140 + width] = 1
        prepares_alike(tab, predictor, ink)


def test_the_browser_has_every_number_of_the_preparation():
    constants = {
        name: value
        for module in (segment, preprocess)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int | float)
    }
    assert preparation_constants() == constants
