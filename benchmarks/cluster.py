"""How the time for a sweep of eight short trainings falls with the nodes of a Ray cluster.

    python -m benchmarks.cluster [--nodes 1,2] [--epochs 2] [--json]          (ten minutes)

Starts a cluster of so many nodes with one processor each, as processes on this
machine (``requirements-cluster.txt``), submits the runs of a sweep over eight learning
rates, and takes the time until all have ended.  The nodes share this machine: with
fewer free processors than nodes, the figures tell of those.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ray.cluster_utils import Cluster as Nodes

from mnist_app.training.cluster import Cluster
from mnist_app.training.cluster_folder import ClusterFolder, Needs
from mnist_app.training.history import ENDS, last_status
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.settings import Settings
from mnist_app.training.sweeps import GRID, Dimension, create_sweep

RATES = (1e-4, 3e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2, 2e-2)
IMAGES = 6000
MEMORY = 80_000_000  # bytes of Ray's store, which these tasks do not use
LIMIT = 3600  # seconds


def sweep_seconds(nodes: int, epochs: int) -> float:
    """Return how long a sweep takes on so many nodes, from submitting it to the end of its last run."""
    folder = Path(tempfile.mkdtemp(prefix="digit-lab-benchmark-"))
    cluster = Nodes(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": MEMORY})
    try:
        for _ in range(nodes - 1):
            cluster.add_node(num_cpus=1, object_store_memory=MEMORY)
        data = os.environ.get("MNIST_NPZ")
        environment = {"MNIST_NPZ": str(Path(data).absolute())} if data else {}
        server = Cluster(folder, cluster.address, Needs(environment=environment))
        server.follow()
        base = Settings(architecture="cnn-32-64", epochs=epochs, train_images=IMAGES)
        dimensions = [Dimension("learning_rate", RATES)]
        sweep = create_sweep(base, dimensions, GRID, 0, stops=False, owner="", runs=folder)
        runs = [RunDirectory(folder / name) for name in sweep.runs]
        wait(lambda: bool(ClusterFolder(folder).read_pulse()))  # before the clock starts
        start = time.perf_counter()
        for run in runs:
            server.submit(run)
        wait(lambda: all(last_status(run) in ENDS for run in runs))
        return time.perf_counter() - start
    finally:
        cluster.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


def wait(condition: Callable[[], bool]) -> None:
    """Return when a condition holds."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--nodes", default="1,2")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    # Ray's own niceness would make the figures depend on whatever else this machine does.
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
    first = 0.0
    for nodes in map(int, arguments.nodes.split(",")):
        seconds = sweep_seconds(nodes, arguments.epochs)
        first = first or seconds
        figures = {"nodes": nodes, "seconds": round(seconds, 1), "ratio": round(seconds / first, 3)}
        figures["load"] = round(os.getloadavg()[1], 1)  # of five minutes: what else the machine does
        print(json.dumps(figures) if arguments.json else "  ".join(f"{k} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
