"""A Streamlit server in a process of its own, as the benchmarks start it."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType

import psutil

PROJECT = Path(__file__).resolve().parents[1]
START_LIMIT = 120  # seconds
POLL = 0.02  # seconds


class Server:
    """A running app; leave the ``with`` block to end it.

    Attributes:
        url: where it listens.
        port: the same.
        started: ``time.perf_counter()`` when the command was given.
    """

    def __init__(self, script: Path) -> None:
        """Start ``streamlit run script`` on a free port, without waiting."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._script = script
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed on exit
        self.started = time.perf_counter()
        self.start()

    def start(self) -> None:
        """Start it, or start it again after it was killed, without waiting."""
        command = [sys.executable, "-m", "streamlit", "run", str(self._script)]
        options = ["--server.headless", "true", "--server.address", "127.0.0.1"]
        self._process = subprocess.Popen(
            [*command, *options, "--server.port", str(self.port)],
            cwd=PROJECT,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def kill(self) -> None:
        """Let it die at once."""
        self._process.kill()
        self._process.wait()

    def wait_until_healthy(self) -> None:
        """Return when the server answers.

        Raises:
            RuntimeError: it ended or did not answer in time; with its output.
        """
        deadline = time.perf_counter() + START_LIMIT
        while time.perf_counter() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return
            except OSError:
                time.sleep(POLL)
        self._log.seek(0)
        raise RuntimeError(f"no server at {self.url}:\n{self._log.read().decode(errors='replace')}")

    def memory(self) -> tuple[float, float]:
        """Return the resident megabytes of the server, and of its children together."""
        process = psutil.Process(self._process.pid)
        children = sum(child.memory_info().rss for child in process.children(recursive=True))
        return process.memory_info().rss / 1e6, children / 1e6

    def processor_seconds(self) -> float:
        """Return the processor time of the server so far, its children's left out."""
        return processor_seconds(psutil.Process(self._process.pid))

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        family = [*psutil.Process(self._process.pid).children(recursive=True), self._process]
        for process in family:
            process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()


def processor_seconds(process: psutil.Process) -> float:
    """Return a process's processor time so far, of all its threads."""
    times = process.cpu_times()
    return float(times.user + times.system)
