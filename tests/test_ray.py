"""Trainings on a real Ray cluster: two nodes with a processor each, as processes on this machine.

The pages' own tests run on a cluster too, one with one processor in all, since one of them wants a queue:
``MNIST_APP_RAY=ADDRESS pytest tests/test_browser_training.py tests/test_browser_sweep.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from mnist_app.serving.card import CARD
from mnist_app.training.cluster import Cluster
from mnist_app.training.cluster_folder import Needs
from mnist_app.training.events import read_events
from mnist_app.training.queue import PAUSED, QUEUED, RUNNING, RunState
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import Settings
from tests.conftest import unreachable_address

pytest.importorskip("ray", reason="needs Ray: pip install -r requirements-cluster.txt")

pytestmark = pytest.mark.tensorflow

SECONDS = 300.0  # what takes longer hangs
MEMORY = 80_000_000  # bytes of Ray's store, which these tasks do not use


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A head and a second node; whatever is left of them ends with the tests."""
    from ray.cluster_utils import Cluster as Nodes

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_worker_niceness", "0")  # beside other tests it would wait for minutes
        nodes = Nodes(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": MEMORY})
        nodes.add_node(num_cpus=1, object_store_memory=MEMORY)
        ours = psutil.Process().children(recursive=True)
        yield nodes.address
        nodes.shutdown()
        _, left = psutil.wait_procs([each for each in ours if "ray" in _command(each)], 30)
        assert left == []


@pytest.fixture
def folder(tmp_path_factory) -> Path:
    # Ray's foreman of a folder looks after it for as long as the cluster is there.
    return tmp_path_factory.mktemp("runs")


def server(folder: Path, address: str) -> Cluster:
    made = Cluster(folder, address, Needs())
    made.follow()
    return made


def new_run(folder: Path, data: Path, name: str, epochs: int) -> RunDirectory:
    settings = Settings(architecture="cnn-32-64", epochs=epochs, batch_size=50, data=str(data))
    return create_run(settings, folder / name)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.1)


def told(run: RunDirectory, kind: str) -> list[dict[str, object]]:
    return [event for event in read_events(run.events)[0] if event["event"] == kind]


def worker(run: RunDirectory) -> psutil.Process:
    return psutil.Process(int(str(told(run, "preparing")[-1]["pid"])))


def node(run: RunDirectory) -> psutil.Process:
    """Return the raylet under which a run is at work."""
    return next(each for each in worker(run).parents() if each.name() == "raylet")


def is_head(raylet: psutil.Process) -> bool:
    return "--head" in raylet.cmdline()


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def test_runs_that_two_servers_are_asked_for_run_once_on_two_nodes_at_a_time(address, folder, small_npz):
    servers = [server(folder, address) for _ in range(2)]
    long, short, last = (
        new_run(folder, small_npz, name, epochs) for name, epochs in (("a", 1000), ("b", 1), ("c", 1))
    )
    for run in (long, short, last):
        for each in servers:
            each.submit(run)
    until(lambda: told(long, "preparing") and told(short, "preparing"))
    assert node(long).pid != node(short).pid
    assert [each.state(last) for each in servers] == [RunState(QUEUED, 1)] * 2
    servers[1].cancel(last)
    until(lambda: servers[0].state(short).kind == "finished")
    assert servers[1].state(long) == RunState(RUNNING)
    servers[1].cancel(long)
    until(lambda: servers[0].state(long).kind == "stopped")
    for run in (long, short):
        assert len(told(run, "preparing")) == len(told(run, "started")) == 1
        assert (run.path / CARD).exists()
    assert not last.events.exists()
    assert servers[0].problem() is None


def test_a_run_is_paused_found_by_a_new_server_and_outlives_the_foreman(address, folder, small_npz):
    first = server(folder, address)
    run = new_run(folder, small_npz, "run", epochs=1000)
    first.submit(run)
    until(run.checkpoint.exists)
    run.pause.touch()
    until(lambda: first.state(run) == RunState(PAUSED))
    second = server(folder, address)
    assert second.state(run) == RunState(PAUSED)
    second.submit(run)
    until(lambda: told(run, "resumed"))
    assert told(run, "resumed")[-1]["step"] == told(run, "paused")[-1]["step"]
    assert first.state(run) == second.state(run) == RunState(RUNNING)
    assert len(told(run, "preparing")) == 1

    for each in psutil.Process().children(recursive=True):
        if "ray::Actor" in _command(each):
            each.kill()
    until(lambda: len(told(run, "started")) == 2)
    assert int(str(told(run, "started")[1]["step"])) > 0
    second.cancel(run)
    until(lambda: first.state(run).kind == "stopped")
    assert (run.path / CARD).exists()
    assert first.problem() is None


def test_a_run_whose_node_is_killed_goes_on_from_its_checkpoint_on_the_other(address, folder, small_npz):
    first = server(folder, address)
    runs = [new_run(folder, small_npz, name, epochs=1000) for name in ("a", "b")]
    for run in runs:
        first.submit(run)
    until(lambda: all(run.checkpoint.exists() for run in runs))
    run, other = sorted(runs, key=lambda run: is_head(node(run)))
    raylet, old = node(run), worker(run)
    assert not is_head(raylet)
    assert is_head(node(other))
    family = [raylet, *raylet.children(recursive=True)]
    for each in family:
        if each.pid != old.pid:  # nobody ends the worker but itself
            each.kill()
    old.wait(SECONDS)
    done = len(told(run, "epoch"))
    first.cancel(other)
    until(lambda: len(told(run, "epoch")) > done)
    started = told(run, "started")
    assert len(started) == 2
    assert int(str(started[1]["step"])) > 0
    assert is_head(node(run))
    first.cancel(run)
    until(lambda: first.state(run).kind == "stopped")
    epochs = [event["epoch"] for event in told(run, "epoch")]
    assert epochs == sorted(set(epochs)) or epochs[done] == epochs[done - 1]  # one may be done again


def test_a_cluster_that_is_not_there_is_told_of_and_loses_nothing(folder, small_npz):
    away = server(folder, unreachable_address().removeprefix("http://").partition("/")[0])
    run = new_run(folder, small_npz, "run", epochs=1)
    away.submit(run)
    until(lambda: away.problem() is not None)
    assert away.problem().key == "error.cluster_away"
    assert away.state(run) == RunState(QUEUED, 1)
    away.cancel(run)
