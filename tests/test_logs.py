"""What a server writes of its work: JSON a line, and nothing of anybody."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys

import pytest

from mnist_app.training.events import append_event
from mnist_app.training.queue import LocalProcesses
from mnist_app.training.run_directory import RunDirectory
from tests.browser import PROJECT

SCRIPT = """
import logging, sys
from streamlit.logger import get_logger
early = get_logger("streamlit.early")
from mnist_app.serving.logs import configure
configure()
early.warning("before %d", 1)
try:
    sys.exit("no\\nsuch")
except SystemExit:
    get_logger("streamlit.late").exception("in a page")
logging.getLogger("elsewhere").warning("of another library")
logging.getLogger("mnist_app.api").info("own", extra={"event": "request", "status": 200, "secret": "x"})
from starlette.testclient import TestClient
from mnist_app.api.service import service
client = TestClient(service())
client.get("/api/models?name=somebody", headers={"X-Forwarded-For": "192.0.2.7"})
client.get("/api/somebody")
client.get("/api/health")
"""


def lines(mode: str) -> list[str]:
    """Return what the script above writes to stderr."""
    environment = {"MNIST_APP_LOG": mode, "PATH": "/usr/bin"}
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    return [line for line in done.stderr.splitlines() if not line.startswith("INFO: Created TensorFlow Lite")]


def test_each_line_is_an_object_whoever_wrote_it():
    records = [json.loads(line) for line in lines("json")]
    said = {record["message"]: record for record in records}
    assert all({"time", "level", "logger", "message", "process"} <= record.keys() for record in records)
    assert records[0]["event"] == "start"
    assert said["before 1"]["logger"] == "streamlit.early"
    assert said["in a page"]["level"] == "error"
    assert "SystemExit: no\nsuch" in said["in a page"]["traceback"]
    assert "of another library" in said
    assert said["own"]["status"] == 200
    assert "secret" not in said["own"]
    (known, unknown) = (each for each in records if each.get("event") == "request" and "seconds" in each)
    assert (known["path"], known["status"]) == ("/api/models", 200)
    assert (unknown["path"], unknown["status"]) == ("-", 404)
    assert not any(each in json.dumps(records) for each in ("somebody", "192.0.2.7"))


def test_without_being_asked_for_json_they_are_readable():
    found = lines("")
    assert any(line.endswith("INFO mnist_app.serving.logs: Server started") for line in found)
    assert not any(line.startswith("{") for line in found)


@pytest.mark.parametrize(("end", "level"), [("finished", "INFO"), ("failed", "ERROR"), (None, "ERROR")])
def test_a_training_is_told_of_when_it_is_submitted_and_once_when_it_has_ended(tmp_path, caplog, end, level):
    caplog.set_level(logging.INFO, "mnist_app")
    run = RunDirectory(tmp_path / "some-run")
    run.path.mkdir()
    queues = [LocalProcesses(tmp_path, spare=False) for _ in range(2)]
    queues[0].submit(run)  # without settings nothing is started
    (tmp_path / ".queue" / "running" / run.name).touch()
    if end:
        append_event(run.events, end)
    else:
        os.utime(tmp_path / ".queue" / "running" / run.name, (0, 0))
    for queue in queues:
        queue.tick()
    told = [(each.levelname, each.event, each.run, getattr(each, "status", None)) for each in caplog.records]
    assert told == [("INFO", "submitted", run.name, None), (level, "ended", run.name, end or "interrupted")]
