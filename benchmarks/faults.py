"""What becomes of trainings, people's drawings and models when machines fail: each fault by its name.

    python -m benchmarks.faults [--workers 20] [--servers 5] [FAULT…]

workers     so many workers are killed at random moments (SIGKILL); each training is taken up again
servers     so many servers are killed while a training runs and a person's set is written
disk        the disk is full: at a checkpoint, at the model's export, while a set is written
clock       the clock of the worker jumps by a day, back and forth (needs libfaketime)

A row says what was done, what came of it, and whether anything was lost: an epoch that is told
twice or not at all, a model that cannot be loaded, a drawing that is gone, a training at a standstill.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from mnist_app.data.drawings import add_drawing, drawing_files, from_zip, read_drawings, to_zip
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.user_error import UserError
from mnist_app.training.events import read_events
from mnist_app.training.history import read_history
from mnist_app.training.launch import start_worker
from mnist_app.training.mistakes import set_folder
from mnist_app.training.queue import LocalProcesses
from mnist_app.training.run_directory import RunDirectory, create_run
from mnist_app.training.settings import Settings

Row = tuple[str, str, bool]  # what was done, what came of it, whether anything was lost
EPOCHS, BATCHES = 6, 25
SECONDS = 600.0  # what takes longer stands still
LONG = 40  # epochs
PERSON = "0" * 32
MEGABYTES = 120  # of the small disk; a run of mlp-512 takes some sixty
SERVER = """
import sys, time
from pathlib import Path
import numpy as np
from mnist_app.data.drawings import add_drawing
from mnist_app.training.queue import LocalProcesses
from mnist_app.training.run_directory import RunDirectory

runs, person, run = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
processes = LocalProcesses(runs, spare=False)
processes.follow()
if processes.state(RunDirectory(runs / run)).kind == "interrupted":
    processes.submit(RunDirectory(runs / run))
while True:
    print(add_drawing(person, np.ones((28, 28), np.float32), 3).name, flush=True)
    time.sleep(0.02)
"""


def small(epochs: int = EPOCHS) -> Settings:
    """Return settings of a training that takes some seconds."""
    return Settings(
        architecture="mlp-512", epochs=epochs, batch_size=40, train_images=40 * BATCHES, validation="test"
    )


def lost(run: RunDirectory, epochs: int = EPOCHS) -> str:
    """Return what of a run is lost, "" where nothing is."""
    history = read_history(run)
    if history.status != "finished":
        return f"it has {history.status or 'not begun'}"
    told = [event["epoch"] for event in history.epochs]
    if told != list(range(1, epochs + 1)):
        return f"its epochs are {told}"
    steps = [event["step"] for event in history.batches]
    if steps != sorted(set(steps)):
        return "its batches are not in order"
    try:
        answers = Predictor(run.path).probabilities(np.zeros((1, 28, 28), np.float32))
    except UserError as error:
        return str(error)
    parts = [path.name for path in run.path.rglob("*.part*")]
    if parts:
        return f"{parts} lie about"
    return "" if np.isfinite(answers).all() else "its model reads nothing"


def judged(what: str, loss: str, outcome: str) -> Row:
    """Return a row: what was done, and what was lost; where nothing was, what came of it."""
    return what, f"LOST: {loss}" if loss else outcome, bool(loss)


def wait(done: Callable[[], bool]) -> None:
    """Wait until something holds.

    Raises:
        TimeoutError: it never does.
    """
    end = time.monotonic() + SECONDS
    while not done():
        if time.monotonic() > end:
            raise TimeoutError("at a standstill")
        time.sleep(0.05)


def finish(run: RunDirectory) -> None:
    """Take a run up, as its person would, and wait for its end."""
    start_worker(run).wait(SECONDS)


def kill_workers(runs: Path, count: int, rng: random.Random) -> Iterator[Row]:
    """Kill workers at random moments, from their first line of code to their last."""
    run = create_run(small(), runs / "whole")
    began = time.monotonic()
    finish(run)
    usual = time.monotonic() - began
    yield judged("nobody is killed", lost(run), "finished")
    for number in range(count):
        run = create_run(small(), runs / f"killed-{number}")
        worker = start_worker(run)
        moment = rng.uniform(0, usual)
        time.sleep(moment)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        history = read_history(run)
        when = f"killed after {moment:.1f} s, {history.status or 'silent'}, batch {history.step}"
        if history.status != "finished":
            finish(run)
        again = read_history(run).started.get("step", 0)
        yield judged(when, lost(run), f"finished from batch {again}")


def kill_servers(runs: Path, count: int, rng: random.Random) -> Iterator[Row]:
    """Kill servers while a training runs and a person draws."""
    run = create_run(small(epochs=LONG), runs / "outlives")
    person = set_folder(runs, PERSON)
    told: list[str] = []
    for number in range(count):
        command = [sys.executable, "-c", SERVER, str(runs), str(person), run.name]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        first = server.stdout.readline()
        time.sleep(rng.uniform(0.1, 1.5))
        server.kill()
        told += [line.strip() for line in (first, *server.stdout) if line.endswith("\n")]
        server.wait()
        gone = {*told} - {path.name for path in drawing_files(person)}
        whole = len(read_drawings(person)) >= len(told)
        what = (
            f"server {number + 1} killed, {len(told)} drawings told of, training {read_history(run).status}"
        )
        yield judged(
            what, "" if whole and not gone else f"drawings are gone: {sorted(gone)}", "all are there"
        )
    processes = LocalProcesses(runs, spare=False)

    def ended() -> bool:
        processes.tick()
        return processes.state(run).kind in ("finished", "failed", "interrupted")

    wait(ended)
    workers = [event["pid"] for event in read_events(run.events)[0] if event["event"] == "preparing"]
    yield judged(f"the training had {len(workers)} worker", lost(run, LONG), "finished without the servers")


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a disk of some megabytes.

    Raises:
        OSError: only root may.
    """
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode:
        raise OSError("a small disk cannot be mounted here: only root may")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(folder: Path, leave: int) -> Path:
    """Fill a disk but for so many bytes, and return the file that does."""
    file = folder / "filling"
    file.unlink(missing_ok=True)
    with file.open("wb") as filling:
        filling.write(bytes(max(0, shutil.disk_usage(folder).free - leave)))
    return file


def fill_disks(runs: Path, _count: int, _rng: random.Random) -> Iterator[Row]:
    """Let the disk be full at a checkpoint, at the export, and while a set is written."""
    try:
        with small_disk(runs / "small") as disk:
            run = create_run(small(), disk / "whole")
            finish(run)
            size = sum(path.stat().st_size for path in run.path.rglob("*") if path.is_file())
            shutil.rmtree(run.path)
            for leave, when in (
                (3_000_000, "at the first checkpoint"),
                (size - 1_000_000, "at the export"),
            ):
                run = create_run(small(), disk / "run")
                filling = fill(disk, leave)
                finish(run)
                said = str(read_history(run).error or "nothing")
                parts = [path.name for path in run.path.rglob("*.part*")]
                told = said.replace(str(disk), "…")
                yield judged(f"full {when}", f"{parts} lie about" if parts else "", told)
                filling.unlink()
                finish(run)
                yield judged("there is room again", lost(run), "resumed and finished")
                shutil.rmtree(run.path)
            yield from _fill_sets(disk)
    except OSError as error:
        yield judged("small disk", "", f"not tried: {error}")


def _fill_sets(disk: Path) -> Iterator[Row]:
    person = disk / "set"
    digit = np.random.default_rng(0).random((28, 28)).astype(np.float32)
    for _ in range(40):
        add_drawing(person, digit, 3)
    content = to_zip(person)
    filling = fill(disk, 20_000)
    before = len(drawing_files(person))
    for what, act in (
        ("a zip of 40 drawings comes in", lambda: from_zip(person, content)),
        (
            "drawings are added until the disk is full",
            lambda: [add_drawing(person, digit, 4) for _ in range(400)],
        ),
    ):
        try:
            act()
            outcome = "there was room"
        except UserError as error:
            outcome = str(error)
        whole = len(read_drawings(person)) >= before and not list(person.glob("*.part"))
        yield judged(what, "" if whole else "a drawing is gone, or half of one there", outcome)
    filling.unlink()


def jump_clocks(runs: Path, _count: int, _rng: random.Random) -> Iterator[Row]:
    """Train under a clock that is a day late, then a day ahead, and queue under both."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        yield judged("clock", "", "not tried: there is no libfaketime (apt install faketime)")
        return
    run = create_run(small(epochs=12), runs / "jumps")
    command = [sys.executable, "-m", "mnist_app.training.worker", str(run.path.resolve())]
    shown = []
    for jump in ("-1d", "+1d", "-30y"):
        # Clocks that count seconds never jump; the worker's others do.
        faked = {"LD_PRELOAD": str(library), "FAKETIME": jump, "DONT_FAKE_MONOTONIC": "1"}
        worker = subprocess.Popen(command, env={**os.environ, **faked})
        before = read_history(run).step
        while worker.poll() is None and read_history(run).step <= before + 20:
            time.sleep(0.05)
        worker.kill()
        worker.wait()
        shown.append(f"{jump}: batch {read_history(run).step}")
    finish(run)
    yield judged(f"one training, {'; '.join(shown)}", lost(run, 12), "finished, its epochs in order")


FAULTS: dict[str, Callable[[Path, int, random.Random], Iterator[Row]]] = {
    "workers": kill_workers,
    "servers": kill_servers,
    "disk": fill_disks,
    "clock": jump_clocks,
}


def main() -> int:
    """Try faults one after the other and return how many lost anything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("faults", nargs="*", choices=[[], *FAULTS], metavar="FAULT")
    parser.add_argument("--workers", type=int, default=20, help="how many are killed")
    parser.add_argument("--servers", type=int, default=5, help="how many are killed")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory(prefix="digit-lab-faults-") as place:
        os.environ["MNIST_APP_RUNS"] = place
        for name in asked.faults or FAULTS:
            count = {"workers": asked.workers, "servers": asked.servers}.get(name, 1)
            for what, outcome, is_loss in FAULTS[name](Path(place), count, random.Random(asked.seed)):
                print(f"{name:8} {what:70} {outcome}", flush=True)
                failures += is_loss
    print("nothing was lost" if not failures else f"{failures} lost something")
    return failures


if __name__ == "__main__":
    sys.exit(main())
