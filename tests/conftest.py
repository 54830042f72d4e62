"""What all tests share."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

import numpy as np
import pytest

from mnist_app.data import mnist
from mnist_app.serving.model_folders import DEFAULT_MODEL, SHIPPED
from mnist_app.serving.predictor import Predictor

PROJECT = Path(__file__).resolve().parents[1]
SHARED_MNIST = PROJECT.parent / "shared" / "data" / "mnist.npz"

# The full set where it lies beside the project; else whatever the app itself finds.
if "MNIST_NPZ" not in os.environ and SHARED_MNIST.is_file():
    os.environ["MNIST_NPZ"] = str(SHARED_MNIST)


# A test that wants a worker starts one; no test writes into the project's runs.
os.environ["MNIST_APP_SPARE"] = "0"
os.environ["MNIST_APP_RUNS"] = tempfile.mkdtemp(prefix="digit-lab-runs-")


def unreachable_address() -> str:
    """Return an address on this machine that nobody answers at."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}/mnist.npz"


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    """Leave the app no file, an empty cache and no network to find MNIST with."""
    _cut_off(monkeypatch, tmp_path / "keras")


def _cut_off(patch, cache):
    patch.delenv("MNIST_NPZ", raising=False)
    patch.setenv("KERAS_HOME", str(cache))
    patch.setattr(mnist, "KERAS_URL", unreachable_address())


@pytest.fixture(scope="session")
def subset(tmp_path_factory) -> tuple[mnist.Split, mnist.Split]:
    """The training and test images that are there without a network."""
    with pytest.MonkeyPatch.context() as patch:
        _cut_off(patch, tmp_path_factory.mktemp("keras"))
        source = mnist.find_source()
    return mnist.read_split(source, "train"), mnist.read_split(source, "test")


@pytest.fixture(scope="session")
def small_npz(subset, tmp_path_factory) -> Path:
    """A file of 500 training and 200 test images, each class as often as any other."""
    train, test = subset
    path = tmp_path_factory.mktemp("data") / "small.npz"
    np.savez_compressed(
        path,
        x_train=train.images[:500],
        y_train=train.labels[:500],
        x_test=test.images[:200],
        y_test=test.labels[:200],
    )
    return path


@pytest.fixture(scope="session")
def full_mnist() -> tuple[mnist.Split, mnist.Split]:
    """All 60,000 training and 10,000 test images; skips where they are not at hand."""
    file = os.environ.get("MNIST_NPZ")
    if not file or not Path(file).is_file():
        pytest.skip("needs all of MNIST: set MNIST_NPZ")
    source = mnist.Source("file", Path(file))
    train, test = mnist.read_split(source, "train"), mnist.read_split(source, "test")
    if (len(train), len(test)) != (60_000, 10_000):
        pytest.skip("needs all of MNIST: MNIST_NPZ names a part of it")
    return train, test


@pytest.fixture(scope="session")
def predictor() -> Predictor:
    """The default network."""
    return Predictor(SHIPPED / DEFAULT_MODEL)


@pytest.fixture(scope="module")
def browser():
    """A Chromium, for the tests that drive one."""
    from tests.browser import chromium

    with chromium() as launched:
        yield launched


@pytest.fixture
def page(browser, server):
    """The app, opened by a new person; ``server`` is the module's own."""
    from tests.browser import visit

    opened = visit(browser, server)
    yield opened
    opened.context.close()
