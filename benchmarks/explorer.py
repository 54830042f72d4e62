"""How soon the explorer follows the pen, and what the browser needs for each network.

    python -m benchmarks.explorer [--calls 200] [--digits 12] [--json]

- On the page Explore, in headless Chromium with the shipped network: from each
  movement of the pen to the frame that shows all layers redrawn, and what of it
  is arithmetic (reading the canvas, preparation, forward pass).
- On an empty page: milliseconds of ``forward`` for every architecture and of
  ``prepareDrawing`` for digits on a 280×280 canvas.  The weights are random.  The
  digits are those of ``strokes.py``, in turn: inputs of 0 are skipped, and each
  digit has others.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
from contextlib import closing
from itertools import islice
from statistics import median

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.browser import Tab, chromium
from benchmarks.latency import percentile_95
from benchmarks.server import PROJECT, Server
from benchmarks.strokes import drawings
from mnist_app.nets.architectures import ARCHITECTURES, INPUT_SHAPE
from mnist_app.nets.summary import multiplications, summary
from mnist_app.numerics.preprocess import ALL_STEPS
from mnist_app.training.live import SnapshotNetwork
from mnist_app.views.explorer_data import pack_network, preparation_constants, script

SIDE = 280
PEN = 18
DIGITS = 40  # each of the ten at each of four places
WARM_UP = 20  # calls until the browser has compiled what is called

PREPARE = """([inks, side, steps, numbers, calls, warmUp]) => {
    const drawn = inks.map((text) => Float32Array.from(atob(text), (byte) => byte.charCodeAt(0) / 255));
    window.digits = drawn.map((ink) => prepareDrawing(ink, side, side, steps, true, numbers).digits[0].digit);
    return timed(calls, warmUp, (call) => {
        prepareDrawing(drawn[call % drawn.length], side, side, steps, false, numbers);
    });
}"""
FORWARD = """([packed, shape, calls, warmUp]) => {
    const { layers, weights } = unpackNetwork(Uint8Array.from(atob(packed), (byte) => byte.charCodeAt(0)));
    return timed(calls, warmUp, (call) => {
        forward(layers, weights, { shape, values: digits[call % digits.length] });
    });
}"""
TIMED = """
function timed(calls, warmUp, work) {
    return Array.from({ length: warmUp + calls }, (_, call) => {
        const start = performance.now();
        work(call);
        return performance.now() - start;
    }).slice(warmUp);
}
"""


FOLLOWED = """() => {
    window.followed = [];
    document.addEventListener("pointermove", ({ buttons, timeStamp }) => {
        if (buttons) requestAnimationFrame(() => {
            const frame = new MessageChannel(); // its message comes after the frame was painted
            frame.port1.onmessage = () => {
                const { arithmetic } = document.querySelector(".ex-root").dataset;
                if (arithmetic) followed.push([performance.now() - timeStamp, Number(arithmetic)]);
                frame.port1.close();
            };
            frame.port2.postMessage(null);
        });
    }, { capture: true, passive: true });
}"""
MOVE_EVERY = 16  # ms between two movements of the pen
ENOUGH = 33.0  # ms: thirty frames a second


def redraws(count: int) -> list[tuple[float, float]]:
    """Return the milliseconds from each movement to the redrawn network, and of the arithmetic in it."""
    os.environ["MNIST_APP_SPARE"] = "0"
    with chromium() as browser, closing(Tab(browser)) as tab, Server(PROJECT / "app.py") as server:
        tab.open(server, "/explore")
        page = tab.page
        page.locator(".ex-root[data-apart]").wait_for()  # the network is in the browser
        page.evaluate(FOLLOWED)
        for digit in islice(drawings(), count):
            box = page.locator("canvas.upper-canvas").bounding_box()
            for stroke in digit:
                page.mouse.move(box["x"] + stroke[0][0], box["y"] + stroke[0][1])
                page.mouse.down()
                for x, y in stroke[1:]:
                    page.mouse.move(box["x"] + x, box["y"] + y)
                    page.wait_for_timeout(MOVE_EVERY)
                page.mouse.up()
            page.wait_for_timeout(1000)
            tab.clear()
        return [(whole, arithmetic) for whole, arithmetic in page.evaluate("followed")]


def random_network(architecture: str, seed: int = 1) -> SnapshotNetwork:
    """Return a network with random weights whose values neither grow nor fade from layer to layer."""
    rng = np.random.default_rng(seed)
    layers = summary(architecture)
    weights = {}
    inputs: tuple[int, ...] = INPUT_SHAPE
    for layer in layers:
        if layer.parameters:
            units = layer.output_shape[-1]
            kernel = (*layer.config.get("kernel_size", ()), inputs[-1], units)
            spread = np.sqrt(2 / np.prod(kernel[:-1]))
            drawn = rng.normal(0, spread, kernel), rng.normal(0, 0.05, units)
            weights[layer.name] = [values.astype(np.float32) for values in drawn]
        inputs = layer.output_shape
    return SnapshotNetwork(layers, weights)


def measure(calls: int) -> tuple[list[float], dict[str, list[float]]]:
    """Return the milliseconds of every call: of the preparation, and of each architecture's pass."""
    inks = [base64.b64encode(_canvas(digit)).decode() for digit in islice(drawings(), DIGITS)]
    with chromium() as browser:
        page = browser.new_page()
        page.add_script_tag(content=script() + TIMED)
        settings = [SIDE, vars(ALL_STEPS), preparation_constants(), calls, WARM_UP]
        prepared = page.evaluate(PREPARE, [inks, *settings])
        passes = {}
        for name in ARCHITECTURES:
            packed = base64.b64encode(pack_network(random_network(name))).decode()
            passes[name] = page.evaluate(FORWARD, [packed, INPUT_SHAPE, calls, WARM_UP])
    return prepared, passes


def _canvas(strokes: list[list[tuple[float, float]]]) -> bytes:
    """Return the grey levels of a canvas with these strokes."""
    image = Image.new("L", (SIDE, SIDE))
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        pen.line(stroke, fill=255, width=PEN, joint="curve")
    return image.tobytes()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--calls", type=int, default=200, help="of each function (200)")
    parser.add_argument("--digits", type=int, default=12, help="drawn on the page (12)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    if arguments.calls < 2 or arguments.digits < 1:
        parser.error("at least 2 calls and 1 digit")
    whole, arithmetic = map(list, zip(*redraws(arguments.digits), strict=True))
    seen = {"movement of the pen to redrawn, ms": whole, "of it arithmetic, ms": arithmetic}
    for name, times in seen.items():
        figures = {"median_ms": median(times), "p95_ms": percentile_95(times)}
        if arguments.json:
            print(json.dumps({"name": name, **figures}))
        else:
            print(f"{name:38}{figures['median_ms']:12.1f}{figures['p95_ms']:10.1f}")
    if not arguments.json:
        met = "met" if percentile_95(whole) <= ENOUGH else "not met"
        print(f"{met}: {ENOUGH:.0f} ms at the 95th percentile of {len(whole)} movements\n")
    prepared, passes = measure(arguments.calls)
    if not arguments.json:
        print(f"{'':16}{'million multiply-adds':>22}{'median ms':>12}{'95 % ms':>10}")
    for name, times in {"preparation": prepared, **passes}.items():
        work = multiplications(summary(name)) if name in ARCHITECTURES else None
        middle, slow = median(times), percentile_95(times)
        if arguments.json:
            figures = {"median_ms": middle, "p95_ms": slow, "multiply_adds": work}
            print(json.dumps({"name": name, **figures}))
        else:
            shown = f"{work / 1e6:.1f}" if work else ""
            print(f"{name:16}{shown:>22}{middle:12.1f}{slow:10.1f}")


if __name__ == "__main__":
    main()
