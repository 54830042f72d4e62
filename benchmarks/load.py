"""Many people at once, and many programs; on this machine alone.

    python -m benchmarks.load [--people 1 5 10 20] [--processes 1 2] [--minutes 10] [--training] [--kill]
    python -m benchmarks.load --api [--seconds 10]

People: each draws a stroke every two seconds, as a real browser's messages have it
(``person.py``).  Measured from the message to the end of its answer, which is the same
for both in the server's own measure; how long a browser takes in all, with the canvas's
200 ms and painting, is printed beside.
They come through ``deploy/nginx.conf`` where nginx is installed, else straight to the
servers in turn.  The client runs on the same processors.  With ``--training`` one
training runs all the while; with ``--kill`` one server is killed in the middle and
comes back ten seconds later.

Programs: ``/api/predict`` of ``serve`` beside ``plain_api.py``, the same network in a
plain FastAPI + Keras way, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from benchmarks.load_api import show_api
from benchmarks.person import Person, Recording, record
from benchmarks.server import PROJECT, Server
from deploy.loopback import NGINX, Nginx
from mnist_app.training.events import read_events
from mnist_app.training.launch import NICE, start_worker
from mnist_app.training.run_directory import create_run
from mnist_app.training.settings import from_recipe

EVERY = 2.0  # seconds between a person's strokes, on average
SETTLED = 60.0  # seconds after which memory shall not grow any more
WEIGHED = 10  # seconds over which memory is taken: from one to the next it changes by five per cent
MOST_PEOPLE, MOST_MINUTES, MOST_PROCESSES = 100, 60, 8
DEAD_SECONDS = 10.0
PROOF_MINUTES = 0.5
TRAINING, EPOCHS = "convnet-128", 1000


@dataclass(frozen=True)
class Figures:
    """What came of some people at some servers.

    Attributes:
        answers: seconds, all of them.
        reconnects: seconds.
        errors: what went wrong.
        settled: megabytes of the servers after a minute (or half of a shorter time).
        at_the_end: megabytes of the servers.
    """

    answers: list[float]
    reconnects: list[float]
    errors: list[str]
    settled: float
    at_the_end: float

    @property
    def line(self) -> str:
        """Return the figures as a line of the table."""
        last = quantiles(self.answers, n=100)
        growth = 100 * (self.at_the_end / self.settled - 1)
        took = [f"{1000 * each:6.0f}" for each in (median(self.answers), last[94], last[98])]
        memory = f"{self.settled:6.0f}  {self.at_the_end:6.0f}  {growth:5.1f} %"
        return f"{len(self.answers):7}  {'  '.join(took)}  {len(self.errors):6}  {memory}"


HEAD = "servers  people  strokes  median    95 %    99 %  errors  MB then  MB end  growth    (times in ms)"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=_up_to(MOST_PEOPLE), nargs="+", default=[1, 5, 10, 20], metavar="N")
    parser.add_argument("--processes", type=_up_to(MOST_PROCESSES), nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--minutes", type=float, default=10.0, metavar="N")
    parser.add_argument("--training", action="store_true")
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--api", action="store_true")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="N")
    arguments = parser.parse_args()
    if not 0 < arguments.minutes <= MOST_MINUTES:
        parser.error(f"--minutes: up to {MOST_MINUTES}")
    if arguments.api:
        show_api(arguments.seconds)
        return
    runs = Path(tempfile.mkdtemp(prefix="digit-lab-load-"))
    os.environ |= {"MNIST_APP_RUNS": str(runs), "MNIST_APP_SPARE": "0"}
    try:
        _show(arguments, runs)
    finally:
        shutil.rmtree(runs, ignore_errors=True)


def _show(arguments: argparse.Namespace, runs: Path) -> None:
    with Server(PROJECT / "app.py") as server:
        server.wait_until_healthy()
        recording = record(server)
        browser = _in_server(server)
        alone = measure([server], server.url, recording, 1, PROOF_MINUTES, kill=False)
        both = _in_server(server)
    mine = (both[0] - browser[0]) / (both[1] - browser[1])
    print(
        f"A browser: {median(recording.painted):.0f} ms from pen-up until all is painted, 200 of it the "
        f"canvas's own wait;\n  the server's script takes {1000 * browser[0] / browser[1]:.1f} ms of it.\n"
        f"A person of this benchmark at the same server: {1000 * median(alone.answers):.0f} ms from the same "
        f"message to the last\n  of the same elements; the script takes {1000 * mine:.1f} ms of it.\n"
    )
    print(HEAD, flush=True)
    with _training(runs) if arguments.training else ExitStack():
        for processes in arguments.processes:
            for people in arguments.people:
                with _servers(processes) as (servers, address):
                    figures = measure(servers, address, recording, people, arguments.minutes, arguments.kill)
                print(f"{processes:7}  {people:6}  {figures.line}", flush=True)
                if figures.reconnects:
                    middle, longest = median(figures.reconnects), max(figures.reconnects)
                    print(
                        f"         {len(figures.reconnects)} reconnects, from the lost stroke to the other "
                        f"server's page: median {middle:.1f} s, longest {longest:.1f} s"
                    )
                for error in sorted(set(figures.errors)):
                    print(f"         {figures.errors.count(error)} × {error}")


def _in_server(server: Server) -> tuple[float, int]:
    """Return the seconds that a server has spent on answers to strokes, and how many they were."""
    with urllib.request.urlopen(f"{server.url}/api/metrics") as response:
        lines = dict(line.rsplit(" ", 1) for line in response.read().decode().splitlines() if line[0] != "#")
    name = 'digit_lab_answer_seconds_{}{{page="draw"}}'
    return float(lines[name.format("sum")]), int(float(lines[name.format("count")]))


def measure(
    servers: Sequence[Server], address: str, recording: Recording, people: int, minutes: float, kill: bool
) -> Figures:
    """Return what comes of people who draw.

    Args:
        servers: the processes.
        address: where the people go; "" for the servers in turn.
        recording: what they send.
        people: how many.
        minutes: for how long.
        kill: whether to kill one server in the middle, and start it again.
    """
    return asyncio.run(_measure(servers, address, recording, people, 60 * minutes, kill))


async def _measure(
    servers: Sequence[Server], address: str, recording: Recording, people: int, seconds: float, kill: bool
) -> Figures:
    crowd = [Person(address or servers[n % len(servers)].url, recording) for n in range(people)]
    began = time.perf_counter()
    drawing = []
    for n, person in enumerate(crowd):
        drawing.append(asyncio.create_task(person.draw(EVERY, began + seconds, n / people)))
        await asyncio.sleep(EVERY / people)
    await asyncio.sleep(min(SETTLED, seconds / 2) - (time.perf_counter() - began))
    settled = await _memory(servers)
    if kill:
        await asyncio.sleep(seconds / 2 - (time.perf_counter() - began))
        servers[0].kill()
        await asyncio.sleep(DEAD_SECONDS)
        servers[0].start()
    await asyncio.sleep(seconds - WEIGHED - (time.perf_counter() - began))
    at_the_end = await _memory(servers)
    for person, result in zip(crowd, await asyncio.gather(*drawing, return_exceptions=True), strict=True):
        if isinstance(result, BaseException):
            person.errors.append(repr(result))
    return Figures(
        answers=[took for person in crowd for took, _ in person.answers],
        reconnects=[took for person in crowd for took in person.reconnects],
        errors=[error for person in crowd for error in person.errors],
        settled=settled,
        at_the_end=at_the_end,
    )


async def _memory(servers: Sequence[Server]) -> float:
    """Return the median megabytes of all servers together over some seconds."""
    taken = []
    for _ in range(WEIGHED):
        taken.append(sum(server.memory()[0] for server in servers))
        await asyncio.sleep(1)
    return median(taken)


@contextmanager
def _servers(count: int) -> Iterator[tuple[list[Server], str]]:
    """Yield so many servers, and the address before them."""
    with ExitStack() as stack:
        servers = [stack.enter_context(Server(PROJECT / "app.py")) for _ in range(count)]
        for server in servers:
            server.wait_until_healthy()
        if NGINX is None:
            yield servers, ""
        else:
            ports = [server.port for server in servers]
            yield servers, stack.enter_context(Nginx(ports, _free_port(), _free_port())).address


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _training(runs: Path) -> Iterator[None]:
    """Let a training run, from its first batch on."""
    run = create_run(from_recipe(TRAINING, epochs=EPOCHS), runs / "training")
    worker = start_worker(run, NICE)
    try:
        while not any(event["event"] == "batch" for event in read_events(run.events)[0]):
            if worker.poll() is not None:
                raise RuntimeError(run.log.read_text())
            time.sleep(1)
        yield
    finally:
        worker.kill()
        worker.wait()


def _up_to(most: int) -> type[int]:
    def number(text: str) -> int:
        value = int(text)
        if not 1 <= value <= most:
            raise argparse.ArgumentTypeError(f"from 1 to {most}")
        return value

    return number  # type: ignore[return-value]


if __name__ == "__main__":
    main()
