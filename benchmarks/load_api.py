"""How many requests a second ``/api/predict`` answers, beside a plain FastAPI + Keras service."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from statistics import quantiles

from PIL import Image, ImageDraw

from benchmarks.server import PROJECT, START_LIMIT
from benchmarks.strokes import drawings

CONNECTIONS = (1, 8, 64)
WARM_SECONDS = 2.0
SERVICES = {
    "digit lab": ["-m", "mnist_app", "serve", "--port"],
    "plain": ["-m", "uvicorn", "benchmarks.plain_api:app", "--log-level", "warning", "--port"],
}
PEN = 18
BOUNDARY = "digit-lab"


def show_api(seconds: float) -> None:
    """Measure for so many seconds each, and print."""
    json_body, png = _bodies()
    form = (
        (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
            "Content-Type: image/png\r\n\r\n"
        ).encode()
        + png
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    requests = {
        ("JSON, 28 × 28", "digit lab"): _request("/api/predict", "application/json", json_body),
        ("JSON, 28 × 28", "plain"): _request("/predict", "application/json", json_body),
        ("PNG, 280 × 280", "digit lab"): _request("/api/predict?single=true", "image/png", png),
        ("PNG, 280 × 280", "plain"): _request(
            "/predict-file", f"multipart/form-data; boundary={BOUNDARY}", form
        ),
    }
    print(
        "request         connections  service     a second   50 % ms   99 % ms  errors   times the plain one"
    )
    with _service("digit lab") as ours, _service("plain") as plain:
        ports = {"digit lab": ours, "plain": plain}
        for kind in dict.fromkeys(kind for kind, _ in requests):
            for connections in CONNECTIONS:
                rates = {}
                for name in ("plain", "digit lab"):
                    request = requests[kind, name]
                    asyncio.run(_ask(ports[name], request, connections, WARM_SECONDS))
                    took, errors = asyncio.run(_ask(ports[name], request, connections, seconds))
                    last = quantiles(took, n=100)
                    rates[name] = len(took) / seconds
                    times = f"{rates[name] / rates['plain']:.1f}" if name != "plain" else ""
                    middle, slow = 1000 * last[49], 1000 * last[98]
                    print(
                        f"{kind:14}  {connections:11}  {name:10}  {rates[name]:8.0f}  "
                        f"{middle:8.1f}  {slow:8.1f}  {errors:6}   {times}",
                        flush=True,
                    )


async def _ask(port: int, request: bytes, connections: int, seconds: float) -> tuple[list[float], int]:
    """Return the seconds that each answer took, and how many were none."""
    took: list[float] = []
    errors = 0
    until = time.perf_counter() + seconds

    async def ask() -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (began := time.perf_counter()) < until:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            if head.split(b" ", 2)[1] == b"200":
                took.append(time.perf_counter() - began)
            else:
                errors += 1
        writer.close()

    await asyncio.gather(*(ask() for _ in range(connections)))
    return took, errors


def _request(path: str, kind: str, body: bytes) -> bytes:
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body


def _bodies() -> tuple[bytes, bytes]:
    """Return a digit as JSON, 28 × 28, and as a PNG, 280 × 280."""
    image = Image.new("L", (280, 280))
    for strokes in islice(drawings(), 3, 4):
        for stroke in strokes:
            ImageDraw.Draw(image).line(stroke, fill=255, width=PEN, joint="curve")
    file = io.BytesIO()
    image.save(file, "PNG")
    small = image.resize((28, 28))
    rows = [list(small.crop((0, y, 28, y + 1)).tobytes()) for y in range(28)]
    return json.dumps({"images": [rows]}).encode(), file.getvalue()


@contextmanager
def _service(name: str) -> Iterator[int]:
    """Yield the port of a service, when it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, *SERVICES[name], str(port)], cwd=PROJECT, stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.perf_counter() + START_LIMIT
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                if process.poll() is not None or time.perf_counter() > deadline:
                    raise
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()
