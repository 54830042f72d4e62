"""What ends a worker on a cluster when it should no longer work.

A worker's lock may be invisible on other machines, and a machine that is taken for
dead may only be cut off.  So a worker that was started for a cluster ends at once

- when whoever started it is gone: its input, a pipe, ends then, however they ended;
- when another one has taken over its run: then that one's mark stands in the run directory.

It saves nothing on its way out: the next one goes on from the last checkpoint.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import uuid

from mnist_app.data.files import write_whole
from mnist_app.training.run_directory import RunDirectory

LOOK_SECONDS = 1.0
SUPERSEDED = 4  # exit status: another worker has taken over
CUT_OFF = 5  # exit status: whoever started this one is gone


def hold_to_input() -> None:
    """End this process as soon as its input ends."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        os._exit(CUT_OFF)  # TensorFlow may be in the middle of a batch, and would not hear anything else

    threading.Thread(target=wait, name="tether", daemon=True).start()


def take_over(run: RunDirectory) -> None:
    """Put this process's mark on a run, and end as soon as another's stands there, or the run is gone."""
    mark = uuid.uuid4().hex
    write_whole(run.mark, mark)

    def look() -> None:
        while _is_there(run, mark):
            time.sleep(LOOK_SECONDS)
        os._exit(SUPERSEDED)

    threading.Thread(target=look, name="mark", daemon=True).start()


def _is_there(run: RunDirectory, mark: str) -> bool:
    try:
        return run.mark.read_text("utf-8") == mark
    except FileNotFoundError:
        return False
    except OSError:  # a shared folder that stumbles: the next look may do better
        return True
