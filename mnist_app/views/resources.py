"""What all sessions share: loaded models and test images."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from threading import Lock, Timer

import streamlit as st

from mnist_app.data.mnist import Source, Split, count_train, read_split
from mnist_app.numerics.layer_card import LayerCard, layer_cards_from
from mnist_app.serving.environment import amount, number
from mnist_app.serving.evaluation import Examination, examination
from mnist_app.serving.evaluations import Evaluations
from mnist_app.serving.model_folders import runs_folder
from mnist_app.serving.network import Network
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.user_error import UserError
from mnist_app.training import cleaning
from mnist_app.training.cluster import Cluster
from mnist_app.training.cluster_folder import Needs
from mnist_app.training.history import History
from mnist_app.training.live import SnapshotNetwork
from mnist_app.training.queue import Executor, LocalProcesses
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.snapshots import Snapshot, snapshots

MODELS_HELD = 16  # a loaded network takes a few megabytes
NEWEST_TRIES = 3
WARM_UP_SECONDS = 0.5  # until a first page is painted


@st.cache_resource(max_entries=MODELS_HELD, show_spinner=False)
def predictor(folder: Path, modified: float) -> Predictor:
    """Return the predictor of a model folder; ``modified`` tells a new card from an old one."""
    del modified
    return Predictor(folder)


@st.cache_resource(max_entries=MODELS_HELD, show_spinner=False)
def snapshot_network(snapshot: Snapshot, _layers: tuple[LayerCard, ...]) -> SnapshotNetwork:
    """Return a run's network at a moment of its training.

    Raises:
        OSError: the snapshot is gone, or no network of these layers.
    """
    network = SnapshotNetwork(_layers, snapshot.weights())
    network.check()
    return network


def newest_network(run: RunDirectory) -> Network:
    """Return a run's network as it is now.

    Raises:
        UserError: the run has not got any weights yet, or no longer.
    """
    history = run_history(run)
    for _ in range(NEWEST_TRIES):
        moments = snapshots(run)
        layers = layers_of(history)
        if not moments or not layers:
            break
        try:
            return snapshot_network(moments[-1], layers)
        except OSError:  # thinned out between two looks
            continue
    raise UserError("error.no_weights_yet", name=run.name)


def layers_of(history: History) -> tuple[LayerCard, ...]:
    """Return the layers of a run's network; none before they are known, or where they cannot be shown."""
    try:
        return layer_cards_from(history.started.get("layers", ()))
    except (TypeError, KeyError):
        return ()


def run_history(run: RunDirectory) -> History:
    """Return a run's history as it is now."""
    history, lock = _history(run)
    with lock:
        history.update()
    return history


@st.cache_resource(max_entries=MODELS_HELD, show_spinner=False)
def _history(run: RunDirectory) -> tuple[History, Lock]:
    return History(run), Lock()


@st.cache_resource(max_entries=4, show_spinner=False)
def images_of(source: Source, part: str) -> Split:
    """Return the "train" or the "test" images of a source."""
    return read_split(source, part)


@st.cache_resource(max_entries=2, show_spinner=False)
def test_examination(source: Source) -> Examination:
    """Return the test images of a source with their checksum."""
    return examination(source, images_of(source, "test"))


@st.cache_resource(show_spinner=False)
def evaluations() -> Evaluations:
    """Return what evaluates models in the background."""
    return Evaluations()


@st.cache_data(max_entries=2, show_spinner=False)
def train_count(source: Source) -> int:
    """Return how many training images a source has."""
    return count_train(source)


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Do, once and in the background, what is needed soon and not by the first page."""
    Timer(WARM_UP_SECONDS, import_module, ["scipy.ndimage"]).start()  # 0.26 s
    executor()


def executor() -> Executor:
    """Return what executes trainings, looking after its queue.

    ``MNIST_APP_RAY`` names a Ray cluster (none: this machine).  There, a training takes
    ``MNIST_APP_RAY_CPUS`` (1) and ``MNIST_APP_RAY_GPUS`` (0) of its machine.  Here,
    ``MNIST_APP_TRAININGS`` says how many run at once (1), ``MNIST_APP_SPARE=0`` that no
    worker is kept ready.
    """
    if address := os.environ.get("MNIST_APP_RAY"):
        cpus, gpus = amount("MNIST_APP_RAY_CPUS", 1), amount("MNIST_APP_RAY_GPUS", 0)
        return _cluster(runs_folder(), address, cpus, gpus, os.environ.get("MNIST_NPZ") or "")
    at_once = max(number("MNIST_APP_TRAININGS", 1), 1)
    return _local_processes(runs_folder(), at_once, os.environ.get("MNIST_APP_SPARE") != "0")


@st.cache_resource(show_spinner=False)
def _local_processes(runs: Path, at_once: int, spare: bool) -> LocalProcesses:
    processes = LocalProcesses(runs, at_once, spare)
    processes.follow()
    cleaning.follow(runs, cleaning.keep_from_environment(), processes)
    return processes


@st.cache_resource(show_spinner=False)
def _cluster(runs: Path, address: str, cpus: float, gpus: float, data: str) -> Cluster:
    # A worker finds the data as this server does, whatever its machine was started with.
    environment = {"MNIST_NPZ": str(Path(data).absolute())} if data else {}
    cluster = Cluster(runs, address, Needs(cpus, gpus, environment))
    cluster.follow()
    cleaning.follow(runs, cleaning.keep_from_environment(), cluster)
    return cluster
