"""The interface for programs: what it reads, what it refuses and how it says so."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from prometheus_client.parser import text_string_to_metric_families

from mnist_app.api import service as service_module
from mnist_app.api.answers import MOST_IMAGES
from mnist_app.api.service import MOST_BYTES, MOST_WITH_MAPS, PROBLEM_TYPE, Gate, service
from mnist_app.commands.serve import _listen
from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED, find_models
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.catalog import LANGUAGES, text
from tests.browser import serve
from tests.conftest import PROJECT
from tests.drawings import LETTER_E, SEVEN, THREE, canvas_image

PNG = {"content-type": "image/png"}
PREDICT = "/api/predict"
BLANK = [[0] * 28] * 28


def png(strokes) -> bytes:
    content = io.BytesIO()
    Image.fromarray(canvas_image(strokes)).save(content, "PNG")
    return content.getvalue()


@pytest.fixture(scope="module")
def client():
    with TestClient(service(), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def images(subset) -> np.ndarray:
    """Return three images, float32 (3, 28, 28)."""
    return subset[1].images[:3] / np.float32(255)


def problem(response, status: int, key: str, language: str = "en", **values: object) -> None:
    """Check that a response says what was wrong, in our words."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM_TYPE
    assert response.json()["status"] == status
    assert response.json()["detail"] == text(f"api.{key}", language, **values)


# ------------------------------------------------------------- what is read


@pytest.mark.parametrize(("strokes", "answer"), [(THREE, "3"), (SEVEN, "7"), (LETTER_E, "?"), ([], "")])
def test_a_picture_is_read_as_on_the_page(client, strokes, answer):
    reply = client.post(PREDICT, content=png(strokes), headers=PNG).json()
    assert reply["model"] == DEFAULT_MODEL
    assert [reading["answer"] for reading in reply["readings"]] == [answer]
    for digit in reply["readings"][0]["digits"]:
        assert sum(digit["probabilities"]) == pytest.approx(1, abs=1e-4)
        assert digit["probability"] == max(digit["probabilities"])
        assert digit["is_digit"] == (answer != "?")
        assert len(digit["box"]) == 4
        assert "maps" not in digit or digit["maps"] is None


def test_several_pictures_are_read_in_their_order_with_their_names(client):
    files = [("images", ("b.png", png(SEVEN))), ("images", ("a.png", png(THREE)))]
    readings = client.post(PREDICT, files=files).json()["readings"]
    assert [(each["name"], each["answer"]) for each in readings] == [("b.png", "7"), ("a.png", "3")]


def test_images_as_json_are_shown_to_the_network_as_they_are(client, images):
    pixels = [np.rint(image * 255).astype(int).tolist() for image in images]
    reply = client.post(PREDICT, json={"images": [*pixels, BLANK]}, params={"maps": ["pool_1", "logits"]})
    readings = reply.json()["readings"]
    found = Predictor(SHIPPED / DEFAULT_MODEL).predict(images).activations
    for n in range(3):
        (digit,) = readings[n]["digits"]
        assert digit["digit"] == found["softmax"][n].argmax()
        assert digit["box"] is None
        assert list(digit["maps"]) == ["pool_1", "logits"]
        for name, values in digit["maps"].items():
            np.testing.assert_allclose(values, found[name][n], atol=1e-5)
    assert readings[3] == {"name": "3", "status": "blank", "answer": "", "digits": []}


def test_all_maps_are_all_layers(client):
    reply = client.post(PREDICT, content=png(THREE), headers=PNG, params={"maps": "all"}).json()
    layers = [layer.name for layer in Predictor(SHIPPED / DEFAULT_MODEL).layers]
    assert list(reply["readings"][0]["digits"][0]["maps"]) == layers


def test_the_models_are_those_that_there_are_and_each_reads(client):
    models = client.get("/api/models").json()
    assert [model["name"] for model in models] == list(find_models().folders)
    assert [model["name"] for model in models if model["default"]] == [DEFAULT_MODEL]
    for model in models:
        reply = client.post(PREDICT, content=png(THREE), headers=PNG, params={"model": model["name"]}).json()
        assert reply["model"] == model["name"]
        assert len(reply["readings"]) == 1


def test_single_takes_a_picture_for_one_digit(client):
    both = [[(x / 2, y) for x, y in stroke] for stroke in THREE]
    both += [[(x / 2 + 140, y) for x, y in stroke] for stroke in SEVEN]

    def count(**parameters) -> int:
        reply = client.post(PREDICT, content=png(both), headers=PNG, params=parameters).json()
        return len(reply["readings"][0]["digits"])

    assert (count(), count(single=True)) == (2, 1)


def test_the_server_is_well_and_can_read(client):
    assert client.get("/api/health").json() == {"status": "ok"}
    assert client.get("/api/ready").json() == {"status": "ok"}


def test_a_server_without_its_network_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(service_module, "DEFAULT_MODEL", "gone")
    reply = client.get("/api/ready")
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "1")
    assert "gone" in reply.json()["detail"]


def test_the_description_names_every_address_and_what_is_sent(client):
    described = client.get("/api/openapi.json").json()
    assert set(described["paths"]) == {
        PREDICT,
        *(f"/api/{name}" for name in ("models", "health", "ready", "metrics")),
    }
    sent = described["paths"][PREDICT]["post"]["requestBody"]["content"]
    assert set(sent) == {"application/json", "multipart/form-data", "image/*"}
    assert sent["application/json"]["schema"]["required"] == ["images"]
    replies = described["paths"][PREDICT]["post"]["responses"]
    assert {"200", "404", "413", "415", "422", "503"} <= set(replies)


def metric(client, name: str, **labels: str) -> float:
    """Return a number that Prometheus would collect, 0 if it was never set."""
    families = text_string_to_metric_families(client.get("/api/metrics").text)
    samples = [sample for family in families for sample in family.samples]
    return sum(each.value for each in samples if each.name == name and each.labels == labels)


def test_requests_images_and_the_queue_are_measured(client, tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_APP_RUNS", str(tmp_path))
    (tmp_path / ".queue" / "waiting").mkdir(parents=True)
    (tmp_path / ".queue" / "waiting" / "1-run").touch()
    right = ("digit_lab_request_seconds_count", {"address": PREDICT, "status": "200"})
    wrong = ("digit_lab_request_seconds_count", {"address": "-", "status": "404"})
    images = ("digit_lab_images_total", {"model": DEFAULT_MODEL})
    before = [metric(client, name, **labels) for name, labels in (right, wrong, images)]
    client.post(PREDICT, json={"images": [BLANK] * 3})
    client.get("/api/made/up")
    after = [metric(client, name, **labels) for name, labels in (right, wrong, images)]
    assert np.subtract(after, before).tolist() == [1, 1, 3]
    assert metric(client, "digit_lab_trainings", state="queued") == 1
    assert metric(client, "digit_lab_trainings", state="running") == 0


# ------------------------------------------------------------- what is refused


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_picture_is_refused_in_the_readers_language(client, language):
    headers = PNG | {"accept-language": language}
    reply = client.post(PREDICT, content=b"no picture", headers=headers)
    assert reply.status_code == 422
    assert reply.json()["detail"].startswith("0")
    assert text("error.not_a_picture", language) in reply.json()["detail"]


def test_a_damaged_picture_among_good_ones_is_named(client):
    files = [("images", ("good.png", png(THREE))), ("images", ("bad.png", png(THREE)[:200]))]
    reply = client.post(PREDICT, files=files)
    assert reply.status_code == 422
    assert "bad.png" in reply.json()["detail"]


def test_another_type_is_refused(client):
    problem(
        client.post(PREDICT, content=b"x", headers={"content-type": "text/html"}),
        415,
        "type",
        received="text/html",
    )
    problem(client.post(PREDICT, content=b"x"), 415, "type", received="-")


@pytest.mark.parametrize("kind", ["image/png", "application/json"])
def test_an_empty_request_is_refused(client, kind):
    problem(client.post(PREDICT, content=b"", headers={"content-type": kind}), 400, "empty")
    problem(
        client.post(PREDICT, data={"a": "b"}, files=[]),
        415,
        "type",
        received="application/x-www-form-urlencoded",
    )


def test_a_form_without_files_is_refused(client):
    body = b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=x"}
    problem(client.post(PREDICT, content=body, headers=headers), 400, "empty")
    problem(
        client.post(PREDICT, content=b"nonsense", headers={"content-type": "multipart/form-data"}),
        400,
        "form",
    )


def test_too_much_is_refused(client):
    many = {"images": [BLANK] * (MOST_WITH_MAPS + 1)}
    values = {"most": MOST_WITH_MAPS, "received": MOST_WITH_MAPS + 1}
    problem(client.post(PREDICT, json=many, params={"maps": "all"}), 413, "too_many_maps", **values)
    assert client.post(PREDICT, json=many).status_code == 200
    files = [("images", (f"{n}.png", png(THREE))) for n in range(MOST_IMAGES + 1)]
    values = {"most": MOST_IMAGES, "received": MOST_IMAGES + 1}
    problem(client.post(PREDICT, files=files), 413, "too_many_images", **values)
    large = b"x" * (MOST_BYTES + 1)
    problem(client.post(PREDICT, content=large, headers=PNG), 413, "too_large", most=8)
    problem(client.post(PREDICT, files={"images": large}), 413, "too_large", most=8)


WRONG = {
    "": {"pictures": []},
    "images": {"images": []},
    "images.0": {"images": [[[0] * 28] * 27]},
    "images.0.3": {"images": [[*[[0] * 28] * 3, [0] * 29, *[[0] * 28] * 24]]},
    "images.0.27.0": {"images": [[*[[0] * 28] * 27, [256, *[0] * 27]]]},
}


@pytest.mark.parametrize("place", WRONG)
def test_images_of_another_shape_or_range_are_refused(client, place):
    reply = client.post(PREDICT, json=WRONG[place])
    problem(reply, 422, "not_valid", place=place or "images", most=MOST_IMAGES)


@pytest.mark.parametrize("body", ["{", "[]", "null", '{"images": NaN}', '{"images": [[[1e999]]]}'])
def test_what_is_no_such_json_is_refused(client, body):
    reply = client.post(PREDICT, content=body, headers={"content-type": "application/json"})
    assert reply.status_code == 422
    assert reply.json()["title"]


def test_unknown_names_are_told_with_the_known_ones(client):
    reply = client.post(PREDICT, content=png(THREE), headers=PNG, params={"model": "../models/convnet-80"})
    assert reply.status_code == 404
    assert DEFAULT_MODEL in reply.json()["detail"]
    reply = client.post(PREDICT, content=png(THREE), headers=PNG, params={"maps": "conv_99"})
    assert reply.status_code == 422
    assert "conv_99" in reply.json()["detail"] and "pool_1" in reply.json()["detail"]
    problem(
        client.post(PREDICT, content=png(THREE), headers=PNG, params={"single": "perhaps"}),
        *(422, "parameter"),
        name="single",
    )


def test_another_address_or_method_is_told(client):
    problem(client.get("/api/nothing"), 404, "no_address")
    reply = client.get(PREDICT)
    problem(reply, 405, "no_method")
    assert reply.headers["allow"] == "POST"


def test_what_fails_in_the_server_shows_nobody_its_inside(client, monkeypatch):
    monkeypatch.setattr(service_module, "read", lambda *_: 1 / 0)
    reply = client.post(PREDICT, content=png(THREE), headers=PNG)
    problem(reply, 500, "failed")
    assert "division" not in reply.text


@settings(max_examples=150, deadline=None)
@given(
    content=st.binary(max_size=400) | st.text(max_size=200).map(str.encode) | st.just(png(THREE)),
    kind=st.sampled_from(["image/png", "application/json", "multipart/form-data; boundary=x", "", "image/"])
    | st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
    parameters=st.dictionaries(
        st.sampled_from(["model", "single", "maps", "else"]), st.text(max_size=20), max_size=3
    ),
)
def test_whatever_is_sent_is_answered_or_refused_in_a_sentence(client, content, kind, parameters):
    reply = client.post(PREDICT, content=content, headers={"content-type": kind}, params=parameters)
    assert reply.status_code in {200, 400, 404, 413, 415, 422}
    assert reply.status_code == 200 or reply.json()["detail"].endswith((".", ")"))


# ------------------------------------------------------------- many at once


def test_who_comes_when_too_many_are_in_shall_come_again():
    with TestClient(service(Gate(most=0))) as client:
        reply = client.post(PREDICT, content=png(THREE), headers=PNG)
        problem(reply, 503, "busy")
        assert reply.headers["retry-after"] == "1"
        assert client.get("/api/health").status_code == 200


def test_the_gate_lets_so_many_work_at_a_time_and_all_of_them_in_the_end():
    at_work, most = 0, 0

    async def one(gate: Gate) -> None:
        nonlocal at_work, most

        def work() -> None:
            nonlocal at_work, most
            at_work += 1
            most = max(most, at_work)
            at_work -= 1

        async with gate.inside():
            await gate.work(work)

    async def all_of_them() -> None:
        gate = Gate(most=20, at_once=1)
        await asyncio.gather(*(one(gate) for _ in range(20)))
        await asyncio.gather(*(one(gate) for _ in range(20)))  # whoever is done has made room

    asyncio.run(all_of_them())
    assert most == 1


def test_a_request_that_does_not_come_in_is_given_up(monkeypatch):
    monkeypatch.setattr(service_module, "SECONDS", 0.05)
    sent = []

    async def receive():
        await asyncio.sleep(10)

    async def send(message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": PREDICT,
        "raw_path": PREDICT.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"content-type", b"image/png")],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("test", 80),
        "client": ("test", 1),
    }
    asyncio.run(service()(scope, receive, send))
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["detail"] == text("api.slow", "en", seconds=0.05)


# ------------------------------------------------------------- beside the pages, and by itself


def test_the_pages_and_the_interface_are_one_server(tmp_path):
    with serve(tmp_path / "runs") as address:
        request = urllib.request.Request(f"{address}{PREDICT}?maps=logits", png(SEVEN), PNG)
        with urllib.request.urlopen(request, timeout=30) as reply:
            assert json.load(reply)["readings"][0]["answer"] == "7"
        with urllib.request.urlopen(f"{address}/api/openapi.json", timeout=30) as reply:
            assert PREDICT in json.load(reply)["paths"]
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{address}/api/nothing", timeout=30)
        with urllib.request.urlopen(f"{address}/lab", timeout=30) as reply:
            assert "<!DOCTYPE html>" in reply.read().decode()


def test_serve_sends_at_once():
    with _listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP  # without it asyncio leaves Nagle's algorithm on


def test_serve_tells_its_address_and_reads():
    command = [sys.executable, "-m", "mnist_app", "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = json.loads(server.stdout.readline())["address"]
            request = urllib.request.Request(f"{address}{PREDICT}", png(SEVEN), PNG)
            with urllib.request.urlopen(request, timeout=30) as reply:
                assert json.load(reply)["readings"][0]["answer"] == "7"
                assert "server" not in reply.headers
        finally:
            server.terminate()


@pytest.mark.parametrize(
    "arguments", [["--port", "99999"], ["--port", "-1"], ["--host", "192.0.2.1"], ["--host", "no such host"]]
)
def test_serve_says_in_a_line_where_it_cannot_listen(arguments):
    command = [sys.executable, "-m", "mnist_app", "serve", *arguments]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
