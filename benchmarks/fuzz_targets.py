"""What is fuzzed: five ways by which a stranger's bytes come in, each with what must hold for any bytes.

A target takes bytes.  What is text or a file in itself gets them as they are, or as edits of one
that is sound; what has a structure (a zip, a run's folder, a request) is built as they choose.
Whatever a target raises is a finding: a ``UserError``, or a refusal by the interface, is not raised.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import io
import json
import shutil
import sys
import tempfile
import types
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from urllib.parse import urlencode

import numpy as np
from PIL import Image

from benchmarks.strokes import drawings
from mnist_app.texts.user_error import UserError

T = TypeVar("T")
WORST: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 3.5, 1e308, -1e-300, float("nan"), float("inf"), 10**30, -(2**63)),
    *("", " ", "x", "nan", "../../x", "/etc/passwd", "C:\\x", "\x00", "\ud800", "\u202e", "９", "a" * 5000),
    *("<img src=x onerror=alert(1)>", "[x](javascript:1)", "$$\\frac", "%{x}", "{0}", "{self}", "=1+1"),
    *([], {}, [[]], [None], [1] * 300, {"": {}}, {"a": [1, {"b": 2}]}),
)

DEEP, NESTED = "deep", 1500  # a value that stands for so many lists in each other


class Choices:
    """Bytes, taken as choices one after the other; where there are none left, the first of each."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def below(self, count: int) -> int:
        """Return a whole number from 0 to below ``count``."""
        taken = self.take(1 if count <= 256 else 3)
        return int.from_bytes(taken) % count

    def one_of(self, options: Sequence[T]) -> T:
        """Return one of some."""
        return options[self.below(len(options))]

    def take(self, count: int) -> bytes:
        """Return the next bytes, ``count`` of them where there are so many."""
        taken = self._content[self._at : self._at + count]
        self._at += count
        return taken

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(len(self._content))

    def text(self, longest: int = 40) -> str:
        """Return a text: one of the worst, or any."""
        if self.below(3):
            return str(self.one_of(WORST))
        return self.take(self.below(longest)).decode("utf-8", "replace")

    def edited(self, sound: bytes) -> bytes:
        """Return a file that is sound but for some bytes, or for its end."""
        content = bytearray(sound)
        for _ in range(self.below(6)):
            place = self.below(max(len(content), 1))
            content[place : place + self.below(3)] = self.take(self.below(5))
        return bytes(content[: self.below(len(content) + 1)]) if not self.below(6) else bytes(content)

    def json(self, sound: Any) -> bytes:
        """Return a JSON document that is sound but for some of its values."""
        document = copy.deepcopy(sound)
        for _ in range(self.below(5)):
            document = self._with_one_changed(document)
        content = json.dumps(document).replace(f'"{DEEP}"', "[" * NESTED + "]" * NESTED).encode()
        return self.edited(content) if not self.below(5) else content

    def _with_one_changed(self, document: Any) -> Any:
        parent: Any = None
        key: Any = None
        value = document
        while isinstance(value, dict | list) and value and self.below(5):
            parent = value
            key = self.one_of(list(value)) if isinstance(value, dict) else self.below(len(value))
            value = value[key]
        if parent is None:
            return self.one_of(WORST)
        how = self.below(6)
        if how == 0:
            del parent[key]
        elif how == 1 and isinstance(parent, dict):
            parent[self.text()] = self.one_of(WORST)
        elif how == 2:
            parent[key] = DEEP
        else:
            parent[key] = copy.deepcopy(self.one_of(WORST))
        return document


@dataclass(frozen=True)
class Target:
    """What is fuzzed: ``run`` takes any bytes; ``seeds`` returns some to begin with."""

    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]


def _no_seeds() -> list[bytes]:
    rng = np.random.default_rng(0)
    return [rng.bytes(size) for size in (0, 8, 40, 200, 200, 600)]


def _must(condition: bool, *what: object) -> None:
    if not condition:
        raise AssertionError(*what)


# ------------------------------------------------------------- pictures

KINDS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
MODES = {
    "JPEG": ("L", "RGB", "CMYK"),
    "PNG": ("1", "L", "LA", "P", "RGBA", "I;16"),
    "TIFF": ("L", "F", "I;16", "I"),
}


@cache
def sound_pictures() -> tuple[bytes, ...]:
    """Return a drawing in every kind of picture that the app reads."""
    canvas = Image.new("L", (40, 40))
    for stroke in next(drawings()):
        for x, y in stroke:
            canvas.putpixel((int(x) % 40, int(y) % 40), 255)
    found = []
    for kind in KINDS:
        for mode in MODES.get(kind, ("L", "RGB")):
            content = io.BytesIO()
            (canvas.convert("L").convert(mode) if mode != "LA" else canvas.convert("LA")).save(content, kind)
            found.append(content.getvalue())
    return tuple(found)


def fuzz_picture(content: bytes) -> None:
    """Read a picture: it is ink, or a sentence says why not."""
    from mnist_app.numerics.picture import MAX_SIDE, read_picture

    if content[:1] == b"\xfe":  # else the bytes are the file
        choices = Choices(content[1:])
        content = choices.edited(choices.one_of(sound_pictures()))
    try:
        ink = read_picture(content)
    except UserError as error:
        str(error)
        return
    _must(ink.ndim == 2 and ink.dtype == np.float32 and 1 <= max(ink.shape) <= MAX_SIDE, ink.shape, ink.dtype)
    _must(bool(np.isfinite(ink).all() and ink.min() >= 0 and ink.max() <= 1), ink.min(), ink.max())
    if max(ink.shape) <= 64:
        _read(ink)


def _read(ink: np.ndarray) -> None:
    from mnist_app.serving.reading import read

    for digit in read(ink, _predictor()).digits:
        _must(bool(np.isfinite(digit.probabilities).all()), digit)


@cache
def _predictor() -> Any:
    from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED
    from mnist_app.serving.predictor import Predictor

    return Predictor(SHIPPED / DEFAULT_MODEL)


# ------------------------------------------------------------- links


@cache
def _pieces() -> dict[str, Any]:
    from mnist_app.views.links.registry import PIECES

    return PIECES


@cache
def _good_links() -> list[str]:
    from mnist_app.numerics.packed_strokes import PenStroke, pack_strokes
    from mnist_app.views.links.drawing import pack_digit

    strokes = [PenStroke(tuple((float(x), float(y)) for x, y in stroke), 18) for stroke in next(drawings())]
    return [
        *(
            pack_strokes(strokes),
            pack_digit(np.eye(28, dtype=np.float32)),
            "convnet-80",
            "test.17",
            "1",
            "none",
        ),
        *("conv_1.3.150*conv_2.5.0", "turn.15*pen.-2", "1_0_-1*1/9_.5_2", "conv_1.32.1", "0.25", "whole"),
    ]


def _without_browser() -> None:
    """Put a module without a canvas in the place of the one that works in a running app alone."""
    canvas = types.ModuleType("streamlit_drawable_canvas")
    canvas.st_canvas = canvas.out = None  # type: ignore[attr-defined]
    sys.modules.setdefault("streamlit_drawable_canvas", canvas)


def fuzz_links(content: bytes) -> None:
    """Open a link: each of its pieces is taken, or a sentence says why not, and what was taken is told."""
    import streamlit as st

    _without_browser()
    choices = Choices(content)
    state: dict[str, Any] = {}
    with patch.object(st, "session_state", state):
        for _ in range(1 + choices.below(4)):
            piece = choices.one_of(list(_pieces().values()))
            how = choices.below(3)
            text = choices.text(200) if how == 0 else choices.one_of(_good_links())
            if how == 2:
                text = choices.edited(text.encode()).decode("utf-8", "replace")
            try:
                piece.take(text)
                told = piece.tell()
            except UserError as error:
                _must("\n" not in str(error), error)
            else:
                _must(told is None or isinstance(told, str), told)


# ------------------------------------------------------------- zips of drawings

SIGNS = ("", "/", "../", "C:\\", "\x00", "0001-3.png", "1-5.png", "２-5.png", ".png", "labels.csv", "a" * 300)


def fuzz_zip(content: bytes) -> None:
    """Take in a zip of drawings: all of it or nothing, and nothing beside the set's folder."""
    from mnist_app.data.drawings import drawing_files, from_zip, read_drawings, to_zip

    choices = Choices(content)
    archive = content[1:] if choices.below(3) == 0 else _zip(choices)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "people", "set")
        try:
            count = from_zip(folder, archive)
        except UserError as error:
            str(error)
            count = 0
        files = [path for path in Path(place).rglob("*") if path.is_file()]
        _must({*files} == {*drawing_files(folder)} and len(files) == count, files, count)
        if count:
            read_drawings(folder)
            to_zip(folder)


def _zip(choices: Choices) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", choices.one_of((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for _ in range(choices.below(6)):
            name = "".join(choices.one_of(SIGNS) for _ in range(1 + choices.below(3)))
            entry = zipfile.ZipInfo(name)
            entry.external_attr = choices.one_of((0, 0o120777 << 16, 0o40755 << 16))  # a link, a folder
            picture = _digit_png() if choices.below(3) else choices.edited(_digit_png())
            with contextlib.suppress(ValueError):  # names that not even a stranger can write with this
                archive.writestr(entry, picture)
    return content.getvalue() if choices.below(3) else choices.edited(content.getvalue())


@cache
def _digit_png() -> bytes:
    content = io.BytesIO()
    Image.new("L", (28, 28), 7).save(content, "PNG")
    return content.getvalue()


# ------------------------------------------------------------- folders of runs

EVENTS: tuple[dict[str, Any], ...] = (
    {"event": "preparing", "time": 1.0, "pid": 1},
    {"event": "download", "time": 1.0, "done": 5, "total": 10},
    {
        "event": "started",
        "time": 1.0,
        "images": 90,
        "validation_images": 10,
        "epochs": 3,
        "batches": 9,
        "step": 0,
        "parameters": 5,
        "data": "file",
        "device": "CPU",
        "layers": [
            {
                "name": "flatten",
                "class_name": "Flatten",
                "output_shape": [784],
                "parameters": 0,
                "config": {},
            },
            {
                "name": "logits",
                "class_name": "Dense",
                "output_shape": [10],
                "parameters": 7850,
                "config": {"units": 10, "activation": "softmax"},
            },
        ],
    },
    {
        "event": "batch",
        "time": 2.0,
        "step": 4,
        "epoch": 1,
        "images_per_second": 90.5,
        "loss": 1.0,
        "accuracy": 0.5,
    },
    {
        "event": "epoch",
        "time": 3.0,
        "step": 9,
        "epoch": 1,
        "images_per_second": 90.5,
        "loss": 0.9,
        "val_loss": 0.8,
    },
    {"event": "checkpoint", "time": 3.0, "epoch": 1, "monitor": "val_loss", "previous": None, "value": 0.8},
    {"event": "learning_rate", "time": 3.0, "step": 9, "value": 0.01},
    {"event": "paused", "time": 3.0, "step": 9},
    {"event": "fitted", "time": 3.0, "seconds": 2.0, "step": 9},
    {"event": "evaluated", "time": 3.0, "test_loss": 0.1, "test_accuracy": 0.9, "images": 10},
    {"event": "failed", "time": 3.0, "key": "error.loss_not_finite", "values": {"rate": "3"}, "message": ""},
    {"event": "finished", "time": 3.0, "epochs": 3},
)


@cache
def _card() -> dict[str, Any]:
    from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED

    card: dict[str, Any] = json.loads((SHIPPED / DEFAULT_MODEL / "card.json").read_text("utf-8"))
    return card | {"layers": card["layers"][-3:], "history": card.get("history", [])[:2]}


@cache
def _snapshot() -> bytes:
    content = io.BytesIO()
    arrays = {"logits/0": np.zeros((784, 10), np.float32), "logits/1": np.zeros(10, np.float32)}
    np.savez(content, **arrays)  # type: ignore[arg-type]
    return content.getvalue()


def fuzz_runs(content: bytes) -> None:
    """Look at a stranger's run among the runs, in all ways in which the pages look at every run."""
    choices = Choices(content)
    with tempfile.TemporaryDirectory() as place, patch.dict("os.environ", MNIST_APP_RUNS=place):
        run = Path(place, "20260101-000000-run")
        (run / "snapshots").mkdir(parents=True)
        _write_run(choices, run)
        before = set(Path(place).rglob("*"))
        _look(run)
        _must(set(Path(place).rglob("*")) - before <= {run / "lock"}, "something was written")


def _write_run(choices: Choices, run: Path) -> None:
    lines = [choices.json(event) for event in EVENTS if choices.below(8)]
    (run / "events.jsonl").write_bytes(b"\n".join(lines) + b"\n" * choices.below(3))
    (run / "settings.json").write_bytes(choices.json({"architecture": "mlp-512", "epochs": 3, "data": ""}))
    (run / "notes.json").write_bytes(choices.json({"owner": "0" * 32, "name": "My run", "note": "A note"}))
    if choices.below(2):
        (run / "card.json").write_bytes(choices.json(_card()))
    (run / "snapshots" / choices.one_of(("00000009.npz", "9.npz", "0.npz", "9 copy.npz"))).write_bytes(
        choices.edited(_snapshot())
    )
    sweep = run.parent / ".sweeps" / "one"
    sweep.mkdir(parents=True)
    asked = {
        "id": "one",
        "method": "grid",
        "stops": True,
        "base": {},
        "runs": [run.name],
        "owner": "",
        "space": [{"learning_rate": 0.1}],
        "created": 1.0,
    }
    (sweep / "sweep.json").write_bytes(choices.json(asked))


def _look(folder: Path) -> None:
    """Do what pages do with every run there is; what they tell of must be strings that can be sent."""
    from mnist_app.serving.card import read_card
    from mnist_app.serving.model_folders import find_models
    from mnist_app.texts.catalog import text
    from mnist_app.training.history import last_status, overfits_from, read_history
    from mnist_app.training.notes import read_notes
    from mnist_app.training.queue import LocalProcesses
    from mnist_app.training.run_directory import RunDirectory
    from mnist_app.training.settings import read
    from mnist_app.training.snapshots import snapshots
    from mnist_app.training.sweeps import find_sweeps
    from mnist_app.views import training_live
    from mnist_app.views.curves import as_csv

    def t(key: str, **values: object) -> str:
        return text(key, "ko", **values)

    run = RunDirectory(folder)
    told: list[object] = [last_status(run), *vars(read_notes(run)).values()]
    with contextlib.suppress(UserError):
        told += read(run.settings).as_dict().values()
    history = read_history(run)
    state = LocalProcesses(folder.parent, spare=False).state(run)
    told += [state.kind, history.step, history.steps, history.error, history.best_epoch, history.fetched]
    overfits_from(history.epochs)
    told += [as_csv(history.epochs), as_csv(history.batches), training_live._improvements(history, t)]
    if history.started:
        told.append(training_live._progress_words(history, state, t, "ko"))
        told += [sum(event["seconds"] for event in history.fits)]
        for view in ("two", "twin"):
            figures = training_live._figures(history, view, True, t)
            told += [figures, *(training_live._alt(history, figure, t) for figure in figures)]
    told += [*find_models([folder.parent]).problems]
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        card = read_card(folder)
        told += [
            f"{card.parameters:,}",
            round(card.test_accuracy * card.data["test_images"]),
            card.created[:10],
        ]
        told += [card.history, card.layers, card.measured, card.settings.get("validation")]
    for moment in snapshots(run):
        with contextlib.suppress(OSError):
            moment.weights()
    _network(run, history)
    for sweep in find_sweeps(folder.parent):
        _must(all((folder.parent / name).parent == folder.parent for name in sweep.runs), sweep)
        told += [sweep.id, *sweep.space]
    "".join(map(str, told)).encode()


def _network(run: Any, history: Any) -> None:
    from mnist_app.training.live import SnapshotNetwork
    from mnist_app.training.snapshots import snapshots
    from mnist_app.views.resources import layers_of

    layers = layers_of(history)
    with contextlib.suppress(OSError):
        for moment in snapshots(run) if layers else ():
            network = SnapshotNetwork(layers, moment.weights())
            network.check()
            network.predict(np.ones((28, 28), np.float32))


# ------------------------------------------------------------- the interface for programs

ADDRESSES = (
    "predict",
    "predict",
    "predict",
    "models",
    "health",
    "ready",
    "metrics",
    "openapi.json",
    "",
    "x",
    "../x",
)
PATIENCE = 60.0  # seconds
BODY_KINDS = (
    *("image/png", "application/json", "multipart/form-data; boundary=x", "application/octet-stream"),
    *("multipart/form-data", "", "text/plain", "IMAGE/PNG;x", "application/json; charset=utf-7"),
)


@cache
def _service() -> tuple[Any, asyncio.AbstractEventLoop]:
    from mnist_app.api.service import service

    return service(), asyncio.new_event_loop()


def _ask(scope: dict[str, Any], pieces: Sequence[bytes], is_whole: bool) -> tuple[int, bytes]:
    """Return the status and the body of the interface's answer to a request, half-sent if it is not whole."""
    app, loop = _service()
    sent: list[dict[str, Any]] = []
    coming = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    coming.append(
        {"type": "http.request", "body": b"", "more_body": False} if is_whole else {"type": "http.disconnect"}
    )

    async def receive() -> dict[str, Any]:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    loop.run_until_complete(asyncio.wait_for(app(scope, receive, send), PATIENCE))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


def fuzz_http(content: bytes) -> None:
    """Send a request, or half of one: it is answered, or refused in one sentence."""
    choices = Choices(content)
    method = choices.one_of(("POST", "POST", "POST", "GET", "PUT", "DELETE", "HEAD", "OPTIONS"))
    address = f"/api/{choices.one_of(ADDRESSES)}"
    known = ("convnet-80", "convnet-128", "true", "conv_1", "all", "0")
    query = []
    for _ in range(choices.below(4)):
        asked = choices.one_of(known) if choices.below(2) else choices.text()
        query.append((choices.one_of(("model", "single", "maps", "x")), asked.encode("utf-8", "replace")))
    headers = {
        "content-type": choices.one_of(BODY_KINDS),
        "accept-language": choices.one_of(("ko", "en", "\x7f")),
    }
    if not choices.below(8):
        headers["content-length"] = choices.one_of(("-1", "0", "99999999999", "x"))
    is_whole = bool(choices.below(10))
    body = _body(choices)
    scope = {
        "type": "http",
        "method": method,
        "path": address,
        "raw_path": address.encode(),
        "root_path": "",
        "query_string": urlencode(query).encode(),
        "http_version": "1.1",
        "scheme": "http",
        "server": ("test", 80),
        "client": ("test", 1),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    }
    status, reply = _ask(scope, [body[:100], body[100:]], is_whole)
    _must(status < 500, status, reply[:300])
    if status >= 400 and method != "HEAD":
        detail = json.loads(reply)["detail"]
        _must("\n" not in detail and "Traceback" not in detail, detail)


def _body(choices: Choices) -> bytes:
    how = choices.below(5)
    if how == 0:
        return choices.rest()
    if how == 1:
        return choices.json({"images": [[[0.0] * 28] * 28]})
    if how == 2:
        return choices.edited(choices.one_of(sound_pictures()))
    parts = b""
    for _ in range(choices.below(4)):
        name = choices.text().encode("utf-8", "replace").replace(b"\n", b"")
        head = b'Content-Disposition: form-data; name="a"; filename="' + name + b'"\r\n\r\n'
        parts += b"--x\r\n" + head + choices.one_of(sound_pictures()) + b"\r\n"
    whole = parts + b"--x--\r\n"
    return whole if how == 3 else choices.edited(whole)


def _picture_seeds() -> list[bytes]:
    return [*sound_pictures(), *(b"\xfe" + seed for seed in _no_seeds())]


def _zip_seeds() -> list[bytes]:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("0001-3.png", _digit_png())
    return [b"\x00" + whole.getvalue(), *_no_seeds()]


def quiet() -> Iterator[None]:
    """Keep away from the project's own runs while something is fuzzed."""
    folder = tempfile.mkdtemp(prefix="digit-lab-fuzz-")
    with patch.dict("os.environ", MNIST_APP_RUNS=folder, MNIST_APP_SPARE="0"):
        yield
    shutil.rmtree(folder, ignore_errors=True)


TARGETS = {
    "picture": Target(fuzz_picture, _picture_seeds),
    "links": Target(fuzz_links, _no_seeds),
    "zip": Target(fuzz_zip, _zip_seeds),
    "runs": Target(fuzz_runs, _no_seeds),
    "http": Target(fuzz_http, _no_seeds),
}
