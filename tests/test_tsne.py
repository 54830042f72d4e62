"""Maps by t-SNE in processes of their own: computed, stopped, failed, found again."""

from __future__ import annotations

import time

import numpy as np
import pytest

from mnist_app.serving import tsne_jobs
from mnist_app.serving.tsne import LOG, MAP, POINTS, map_points
from mnist_app.serving.tsne_jobs import ABSENT, DONE, FAILED, RUNNING, WAITING, TsneJobs


def heaps(count: int = 30, seed: int = 0) -> np.ndarray:
    """Return three heaps of points that lie far apart, float32 (3 count, 5)."""
    rng = np.random.default_rng(seed)
    middles = np.repeat(np.eye(3, 5) * 30, count, axis=0)
    return (middles + rng.normal(size=middles.shape)).astype(np.float32)


def wait(jobs: TsneJobs, key: str, seconds: float = 180) -> str:
    end = time.monotonic() + seconds
    while (kind := jobs.state(key).kind) in (RUNNING, WAITING) and time.monotonic() < end:
        time.sleep(0.2)
    return kind


def test_heaps_stay_heaps_on_the_map():
    placed = map_points(heaps())
    assert placed.shape == (90, 2)
    assert placed.dtype == np.float32
    middles = placed.reshape(3, 30, 2).mean(1)
    reach = np.abs(placed.reshape(3, 30, 2) - middles[:, np.newaxis]).max()
    apart = min(np.linalg.norm(middles[a] - middles[b]) for a, b in ((0, 1), (0, 2), (1, 2)))
    assert apart > reach


def test_a_map_is_computed_beside_and_found_again(tmp_path):
    jobs, points = TsneJobs(tmp_path), heaps()
    key = jobs.key(points)
    assert jobs.state(key).kind == ABSENT
    assert jobs.result(key) is None
    jobs.start(points)
    jobs.start(points)  # is under way already
    assert wait(jobs, key) == DONE
    found = jobs.result(key)
    assert found.shape == (90, 2)
    assert not (tmp_path / key / POINTS).exists()
    later = TsneJobs(tmp_path)  # another start of the app
    assert later.state(key).kind == DONE
    assert (later.result(key) == found).all()


def test_other_points_are_another_map():
    jobs = TsneJobs(tsne_jobs.PROJECT / "nowhere")
    assert jobs.key(heaps()) == jobs.key(heaps())
    assert jobs.key(heaps()) != jobs.key(heaps(seed=1))
    assert jobs.key(heaps()) != jobs.key(heaps().reshape(-1, 3))


def test_a_map_can_be_stopped(tmp_path):
    jobs, points = TsneJobs(tmp_path), heaps(1000)
    key = jobs.key(points)
    jobs.start(points)
    assert jobs.state(key).kind == RUNNING
    jobs.stop(key)
    assert jobs.state(key).kind == ABSENT
    assert not (tmp_path / key).exists()
    jobs.start(points)
    assert jobs.state(key).kind == RUNNING
    jobs.stop(key)


def test_only_so_many_run_at_once_and_the_next_one_follows(tmp_path, monkeypatch):
    monkeypatch.setattr(tsne_jobs, "AT_ONCE", 1)
    jobs, first, second = TsneJobs(tmp_path), heaps(1000), heaps(1000, seed=1)
    jobs.start(first)
    jobs.start(second)
    assert jobs.state(jobs.key(second)).kind == WAITING
    jobs.stop(jobs.key(first))
    assert jobs.state(jobs.key(second)).kind == RUNNING
    jobs.stop(jobs.key(second))


def test_a_map_that_cannot_be_made_is_told_and_can_be_begun_again(tmp_path):
    jobs, points = TsneJobs(tmp_path), np.full((9, 3), np.nan, np.float32)
    key = jobs.key(points)
    jobs.start(points)
    assert wait(jobs, key) == FAILED
    assert jobs.result(key) is None
    assert b"NaN" in (tmp_path / key / LOG).read_bytes()
    jobs.start(points)
    assert jobs.state(key).kind == RUNNING
    jobs.stop(key)


@pytest.mark.parametrize(
    ("log", "share"),
    [
        (b"[t-SNE] Computing 91 nearest neighbors...\n", 0),
        (b"[t-SNE] Iteration 50: error = 68.7\n[t-SNE] Iteration 250: error = 61.2, gradient", 0.25),
    ],
)
def test_progress_is_read_from_what_scikit_learn_says(tmp_path, monkeypatch, log, share):
    jobs, points = TsneJobs(tmp_path), heaps(1000)
    key = jobs.key(points)
    jobs.start(points)
    monkeypatch.setattr(tsne_jobs.time, "monotonic", lambda: jobs._started[key] + 10)
    (tmp_path / key / LOG).unlink()  # what it goes on writing is seen no more
    (tmp_path / key / LOG).write_bytes(log)
    state = jobs.state(key)
    assert state.share == share
    assert state.seconds_left == (pytest.approx(30) if share else None)
    jobs.stop(key)


def test_a_damaged_map_is_none(tmp_path):
    jobs, points = TsneJobs(tmp_path), heaps()
    folder = tmp_path / jobs.key(points)
    folder.mkdir()
    (folder / MAP).write_bytes(b"\x93NUMPY")
    assert jobs.result(jobs.key(points)) is None
