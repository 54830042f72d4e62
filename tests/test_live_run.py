"""The small file that a watched training is told by."""

from __future__ import annotations

import json

from mnist_app.views import live_run


def test_the_file_holds_each_state_whole_and_ends_with_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(live_run, "WRITE_SECONDS", 0.0)
    file = tmp_path / "feed.json"
    seen = []

    def states():
        for step in range(3):
            if step:
                seen.append(json.loads(file.read_text("utf-8")))
            yield {"news": "running", "words": f"합성곱 {step}", "share": step / 3}
        seen.append(json.loads(file.read_text("utf-8")))
        yield None

    follow = states()
    live_run._write_on(file, lambda: next(follow))
    assert [state["words"] for state in seen] == ["합성곱 0", "합성곱 1", "합성곱 2"]
    last = json.loads(file.read_text("utf-8"))
    assert (last["words"], last["news"]) == ("합성곱 2", live_run.ENDED)
    assert list(tmp_path.iterdir()) == [file]


def test_a_run_that_has_ended_before_anybody_looked_is_told_as_ended(tmp_path):
    file = tmp_path / "feed.json"
    live_run._write_on(file, lambda: None)
    assert json.loads(file.read_text("utf-8")) == {"news": live_run.ENDED}
