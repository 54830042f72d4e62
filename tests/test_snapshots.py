"""The weights of a network at moments of its training, as files."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_app.training import snapshots as module
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.snapshots import snapshots, write_snapshot

SMALL = {"dense": [np.zeros(4, np.float32)]}


@pytest.fixture
def run(tmp_path) -> RunDirectory:
    return RunDirectory(tmp_path)


def steps(run: RunDirectory) -> list[int]:
    return [snapshot.step for snapshot in snapshots(run)]


def test_a_run_without_snapshots_has_none(run):
    assert snapshots(run) == []


def test_weights_come_back_as_they_were_written(run):
    rng = np.random.default_rng(1)
    weights = {
        "conv_1": [rng.random((3, 3, 1, 4), np.float32), rng.random(4, np.float32)],
        "block/dense": [rng.random((2, 5), np.float32)],  # names of imported layers may have slashes
        "many": [np.full(2, n, np.float32) for n in range(12)],  # 10 does not come before 2
    }
    write_snapshot(run, 42, weights)
    (snapshot,) = snapshots(run)
    assert snapshot.step == 42
    found = snapshot.weights()
    assert list(found) == list(weights)
    for layer, arrays in weights.items():
        assert len(found[layer]) == len(arrays)
        for one, other in zip(found[layer], arrays, strict=True):
            assert one.dtype == np.float32
            np.testing.assert_array_equal(one, other)


def test_snapshots_are_in_the_order_of_their_steps(run):
    for step in (100, 0, 20_000, 3):
        write_snapshot(run, step, SMALL)
    assert steps(run) == [0, 3, 100, 20_000]


def test_a_step_that_is_done_again_replaces_its_snapshot(run):
    for value in (1, 2):
        write_snapshot(run, 7, {"dense": [np.full(3, value, np.float32)]})
    (snapshot,) = snapshots(run)
    np.testing.assert_array_equal(snapshot.weights()["dense"][0], [2, 2, 2])


def test_a_snapshot_is_written_whole_or_not_at_all(run, monkeypatch):
    write_snapshot(run, 1, SMALL)

    def half(path, **arrays):
        path.write_bytes(b"PK\x03\x04")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", half)
    for step in (1, 2):
        with pytest.raises(OSError, match="no space"):
            write_snapshot(run, step, SMALL)
    assert steps(run) == [1]
    np.testing.assert_array_equal(snapshots(run)[0].weights()["dense"][0], SMALL["dense"][0])


# ------------------------------------------------------------- thinned out


@pytest.mark.parametrize("most", [3, 5, 10])
def test_there_are_never_more_snapshots_than_the_most_and_the_first_and_last_stay(run, monkeypatch, most):
    monkeypatch.setattr(module, "MOST", most)
    for written, step in enumerate(range(0, 4000, 100), 1):
        write_snapshot(run, step, SMALL)
        kept = steps(run)
        assert len(kept) == min(written, most)
        assert (kept[0], kept[-1]) == (0, step)


def test_snapshots_never_take_more_than_the_most_bytes(run, monkeypatch):
    weights = {"dense": [np.zeros(1000, np.float32)]}
    monkeypatch.setattr(module, "MOST_BYTES", 30_000)  # 4,000 bytes each, and a little
    for step in range(50):
        write_snapshot(run, step, weights)
        size = sum(path.stat().st_size for path in run.snapshots.iterdir())
        assert size <= 30_000
    kept = steps(run)
    assert len(kept) == 7
    assert (kept[0], kept[-1]) == (0, 49)


def test_three_snapshots_stay_however_large_they_are(run, monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 1)
    for step in range(10):
        write_snapshot(run, step, SMALL)
    kept = steps(run)
    assert len(kept) == 3
    assert (kept[0], kept[-1]) == (0, 9)


@pytest.mark.parametrize(
    ("written", "gone"), [((0, 1, 10, 11, 100), 10), ((0, 1, 10, 100, 101), 100), ((0, 1, 2, 50, 500), 1)]
)
def test_the_snapshot_whose_neighbours_are_nearest_by_ratio_goes(run, monkeypatch, written, gone):
    monkeypatch.setattr(module, "MOST", 4)
    for step in written[:4]:
        write_snapshot(run, step, SMALL)
    assert steps(run) == list(written[:4])
    write_snapshot(run, written[4], SMALL)
    assert steps(run) == [step for step in written if step != gone]


def test_early_moments_are_kept_more_densely_than_late_ones(run, monkeypatch):
    monkeypatch.setattr(module, "MOST", 12)
    for step in range(300):
        write_snapshot(run, step, SMALL)
    kept = np.array(steps(run))
    assert (kept < 150).sum() > (kept >= 150).sum()
    assert kept[1] <= 10


# ------------------------------------------------------------- damaged


def flipped(whole: bytes) -> bytes:
    """Return the file with the weights' own bytes turned over."""
    weights = np.arange(64, dtype=np.float32).tobytes()
    assert weights in whole
    return whole.replace(weights, bytes(byte ^ 0xFF for byte in weights))


def encrypted(whole: bytes) -> bytes:
    """Return the file with the flag of encryption set in its directory."""
    place = whole.rindex(b"PK\x01\x02") + 8
    return whole[:place] + b"\x01" + whole[place + 1 :]


DAMAGES = {
    "empty": lambda whole: b"",
    "cut": lambda whole: whole[: len(whole) // 2],
    "zeros": lambda whole: bytes(len(whole)),
    "text": lambda whole: b"no weights here",
    "flipped": flipped,
    "encrypted": encrypted,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_snapshot_is_an_os_error(run, damage):
    write_snapshot(run, 5, {"dense": [np.arange(64, dtype=np.float32)]})
    (snapshot,) = snapshots(run)
    snapshot.path.write_bytes(DAMAGES[damage](snapshot.path.read_bytes()))
    with pytest.raises(OSError, match=r"00000005\.npz"):
        snapshot.weights()


def test_a_snapshot_thinned_out_meanwhile_is_an_os_error(run):
    write_snapshot(run, 5, SMALL)
    (snapshot,) = snapshots(run)
    snapshot.path.unlink()
    with pytest.raises(OSError, match=r"00000005\.npz"):
        snapshot.weights()
