"""The process that trains: settings in, events and a model folder out.

    python -m mnist_app.training.worker RUN_DIRECTORY [--tethered]
    python -m mnist_app.training.worker --spare

It knows nothing but the run directory; whoever started it follows
``events.jsonl`` and writes the files ``stop`` and ``pause``.  A spare worker
imports TensorFlow ahead and then reads one run directory from its input; when
the input ends without one, it ends too.  A tethered one ends whenever its input
does, and when another worker takes its run over (``tether.py``).
"""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from pathlib import Path

from mnist_app.texts.user_error import UserError
from mnist_app.training.events import append_event
from mnist_app.training.history import last_status
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.tether import hold_to_input, take_over

SPARE = "--spare"
TETHERED = "--tethered"
BUSY = 3  # exit status: somebody else is at work in the run directory


def work(run: RunDirectory, is_tethered: bool = False) -> int:
    """Train in a run directory and return the exit status; whatever happens is told as an event."""
    lock = run.acquire()
    if lock is None:
        return BUSY
    try:
        if is_tethered:
            take_over(run)
        append_event(run.events, "preparing", pid=os.getpid())
        from mnist_app.training.fitting import train  # TensorFlow: seconds, hence after the lock

        train(run)
        while last_status(run) == "paused" and not run.pause.exists():  # resumed while it was giving up
            train(run)
    except UserError as error:
        _fail(run, error)
        return 2
    except Exception as error:
        # Whatever it is, whoever follows the run must hear of it; the whole
        # story stands in log.txt.
        traceback.print_exc()
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            _fail(run, UserError("error.disk_full", path=run.path))
        else:
            reason = f"{type(error).__name__}: {error}".splitlines()[0].rstrip(": ")
            _fail(run, UserError("error.training_failed", reason=reason, log=run.log))
        return 1
    finally:
        lock.release()
    return 0


def _fail(run: RunDirectory, error: UserError) -> None:
    append_event(run.events, "failed", **error.as_json(), message=str(error))


def _log_to(run: RunDirectory) -> None:
    """Send everything that is printed, by TensorFlow's own code too, to the run's log."""
    with run.log.open("ab") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)


def main() -> int:
    """Work in the run directory that the command line, or the input, names; return the exit status."""
    logging.getLogger("absl").setLevel("ERROR")
    name = sys.argv[1]
    if name == SPARE:
        import mnist_app.training.fitting  # noqa: F401 - ahead of its use, which is what a spare is for

        name = os.fsdecode(sys.stdin.buffer.readline()).strip()
        if not name:
            return 0
    is_tethered = TETHERED in sys.argv
    if is_tethered:
        hold_to_input()
    run = RunDirectory(Path(name))
    _log_to(run)
    return work(run, is_tethered)


if __name__ == "__main__":
    sys.exit(main())
