"""The foreman and the tasks on a Ray cluster; the only module that imports Ray.

    python -c "from mnist_app.training.ray_crew import main; main()" ADDRESS RUNS

sees to it that there is a foreman for a folder of runs, and ends.  It is a process
of its own because Ray ends a process that has lost its cluster, and a web server must
not be that one.  ``-c``, not ``-m``: Ray lets its workers import from the folder of
the script, and beside this one there is a ``queue.py``.
"""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
import time
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError

from mnist_app.training.cluster import AWAY, REFUSED
from mnist_app.training.cluster_folder import ClusterFolder, Needs
from mnist_app.training.foreman import Ended, Foreman, Outcome, work

NAMESPACE = "digit-lab"
ON_THE_HEAD = {"node:__internal_head__": 0.001}
RETRIES = 5  # of a run whose machine dies: one that kills its machines must not kill them all
TICK_SECONDS = 1.0
START_LIMIT = 45.0  # seconds for a foreman to begin: Ray starts a Python for him


class RayCrew:
    """A task for every entry, wherever Ray finds room."""

    def __init__(self, runs: Path) -> None:
        self._runs = str(runs)
        self._tasks: dict[str, Any] = {}

    def start(self, entry: str, needs: Needs) -> None:
        """Have an entry taken up by a machine that has what it needs, as soon as there is one."""
        task = ray.remote(work).options(
            name=entry,
            num_cpus=needs.cpus,
            num_gpus=needs.gpus,
            max_retries=RETRIES,
            scheduling_strategy="SPREAD",
        )
        self._tasks[entry] = task.remote(self._runs, entry)

    def has(self, entry: str) -> bool:
        """Return whether an entry has a task that has not been told of as ended."""
        return entry in self._tasks

    def ended(self) -> list[Ended]:
        """Return the tasks that have ended since the last call."""
        if not self._tasks:
            return []
        done = set(ray.wait(list(self._tasks.values()), num_returns=len(self._tasks), timeout=0)[0])
        return [self._end(entry) for entry, task in list(self._tasks.items()) if task in done]

    def _end(self, entry: str) -> Ended:
        try:
            return Ended(entry, *ray.get(self._tasks.pop(entry)))
        except RayTaskError as error:  # the app is missing there, a folder cannot be written
            return Ended(entry, Outcome.BROKEN, str(error).strip().splitlines()[-1])
        except RayError as error:
            return Ended(entry, Outcome.LOST, type(error).__name__)

    def has_room(self, needs: Needs) -> bool:
        """Return whether some machine has what is needed, were it free."""
        return any(
            node["Resources"].get("CPU", 0) >= needs.cpus and node["Resources"].get("GPU", 0) >= needs.gpus
            for node in ray.nodes()
            if node["Alive"]
        )


class Actor:
    """The foreman, at work for as long as the cluster is."""

    def __init__(self, runs: str) -> None:
        folder = ClusterFolder(Path(runs))
        folder.make()
        self._foreman = Foreman(folder, RayCrew(folder.runs))
        threading.Thread(target=self._go_on, name="foreman", daemon=True).start()

    def _go_on(self) -> None:
        while True:
            try:
                self._foreman.tick()
            except Exception:  # a shared folder that stumbles, a head that restarts: the next may do better
                logging.getLogger(__name__).exception("the queue could not be looked after")
            time.sleep(TICK_SECONDS)

    def is_there(self) -> bool:
        """Return True."""
        return True


def see_to_foreman(address: str, runs: Path) -> None:
    """Have a foreman at work on the cluster at an address; the cluster itself lets there be one only.

    Raises:
        ConnectionError: nobody answers there.
        RayError, RuntimeError: the cluster cannot run the app.
    """
    ray.init(address=address, namespace=NAMESPACE, log_to_driver=False, logging_level=logging.ERROR)
    name = f"foreman-{hashlib.sha256(bytes(runs)).hexdigest()[:12]}"
    options = {"name": name, "lifetime": "detached", "get_if_exists": True, "max_restarts": -1}
    actor = ray.remote(Actor).options(num_cpus=0, resources=ON_THE_HEAD, **options).remote(str(runs))
    ray.get(actor.is_there.remote(), timeout=START_LIMIT)


def main() -> None:
    """See to a foreman; the exit status says whether, the last line of the output why not."""
    try:
        see_to_foreman(sys.argv[1], Path(sys.argv[2]))
    except ConnectionError:
        sys.exit(AWAY)
    except Exception as error:  # whatever it is, the page must tell of it
        print(str(error).strip().splitlines()[-1])
        sys.exit(REFUSED)
