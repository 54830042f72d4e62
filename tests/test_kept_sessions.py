"""What sessions had is kept in files, for another server."""

from __future__ import annotations

import os
import time
import uuid

import pytest

from mnist_app.serving import kept_sessions
from mnist_app.serving.kept_sessions import HELD_SECONDS, MOST_BYTES, read_session, write_session


@pytest.fixture
def session() -> str:
    return str(uuid.uuid4())


def test_what_is_kept_comes_back_and_nobody_else_may_read_the_file(tmp_path, session):
    write_session(tmp_path, session, {"model": "convnet-64"})
    write_session(tmp_path, session, {"model": "convnet-80", "lang": "ko"})
    assert read_session(tmp_path, session) == {"model": "convnet-80", "lang": "ko"}
    (file,) = (tmp_path / ".sessions").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["", "../../secret", "x" * 36, "AAAAAAAA-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "a/b"]
)
def test_a_name_that_is_no_session_reads_and_writes_nothing(tmp_path, name):
    (tmp_path / "secret.json").write_text('{"a": "b"}')
    write_session(tmp_path / "runs", name, {"a": "b"})
    assert read_session(tmp_path / "runs", name) == {}
    assert [path.name for path in tmp_path.rglob("*")] == ["secret.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff", b'{"a": 1}'])
def test_a_damaged_file_is_as_none(tmp_path, session, content):
    write_session(tmp_path, session, {"a": "b"})
    (tmp_path / ".sessions" / f"{session}.json").write_bytes(content)
    assert read_session(tmp_path, session) == {}


def test_what_is_too_large_is_not_kept_and_what_was_stays(tmp_path, session):
    write_session(tmp_path, session, {"a": "b"})
    write_session(tmp_path, session, {"a": "b" * MOST_BYTES})
    assert read_session(tmp_path, session) == {"a": "b"}


def test_what_is_older_than_a_day_is_removed(tmp_path, session, monkeypatch):
    write_session(tmp_path, session, {"a": "b"})
    file = tmp_path / ".sessions" / f"{session}.json"
    other = str(uuid.uuid4())
    monkeypatch.setattr(kept_sessions, "_looked", 0.0)
    write_session(tmp_path, other, {})
    assert file.exists()
    os.utime(file, (time.time() - HELD_SECONDS - 1,) * 2)
    monkeypatch.setattr(kept_sessions, "_looked", 0.0)
    write_session(tmp_path, other, {})
    assert not file.exists()
