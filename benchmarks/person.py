"""A person at the page Draw without a browser: what a real one sent, sent again over a WebSocket.

``record`` has a real browser draw and keeps the messages that it sent; a ``Person``
opens a session as a browser does, sends one of them after the other, and measures how
long each takes until the script has run to its end and all of its answer is there.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from urllib.parse import urlsplit
from urllib.request import HTTPSHandler, Request, build_opener

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from benchmarks.browser import Tab, chromium
from benchmarks.server import Server
from benchmarks.strokes import drawings

DIGITS = 10  # recorded, each in one or two strokes
LIMIT_SECONDS = 60  # for an answer, and for connecting anew
AGAIN_SECONDS = 0.3  # Streamlit's page waits about so long before it connects anew
SMALL = 20_000  # bytes: every message but the maps, which need not be looked into
STREAM = "_stcore/stream"
FINISHED = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}


@dataclass
class Recording:
    """What a browser sent, and how long it had to wait.

    Attributes:
        opening: the message with which it begins.
        strokes: a message for each pen-up.
        painted: ms from each pen-up until everything was painted.
        deltas: how many elements the answer to each stroke has.
    """

    opening: bytes = b""
    strokes: list[bytes] = field(default_factory=list)
    painted: list[float] = field(default_factory=list)
    deltas: list[int] = field(default_factory=list)


def record(server: Server) -> Recording:
    """Return what a real browser sends while somebody draws digits."""
    recording = Recording()
    sent: list[bytes] = []
    deltas = 0

    def sends(frame: str | bytes) -> None:
        sent.append(frame if isinstance(frame, bytes) else frame.encode("latin-1"))

    def gets(frame: str | bytes) -> None:
        nonlocal deltas
        message = _read(frame if isinstance(frame, bytes) else frame.encode("latin-1"))
        deltas += message is None or message.WhichOneof("type") == "delta"

    with chromium() as browser, closing(Tab(browser)) as tab:
        tab.page.on("websocket", lambda each: (each.on("framesent", sends), each.on("framereceived", gets)))
        tab.open(server)
        recording.opening = sent[0]
        for strokes in islice(drawings(), DIGITS):
            tab.clear()
            for stroke in strokes:
                sent.clear()
                deltas = 0
                painted = tab.draw(stroke, "prediction")
                if len(sent) > 1:
                    continue  # the canvas sent twice: no single answer to measure
                recording.strokes.append(sent[0])
                recording.painted.append(painted.everything)
                recording.deltas.append(deltas)
    return recording


@dataclass
class Person:
    """Somebody who draws.

    Attributes:
        address: of the app.
        recording: what they send.
        answers: seconds from pen-up to the answer, and when it came, as ``time.perf_counter()`` tells.
        reconnects: seconds from the loss of the server to the page of another one.
        errors: what went wrong.
    """

    address: str
    recording: Recording
    answers: list[tuple[float, float]] = field(default_factory=list)
    reconnects: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _session: str = ""
    _cookie: str = ""

    async def draw(self, every: float, until: float, first: float) -> None:
        """Open the page and draw.

        Args:
            every: seconds between two strokes, on average; from half of it to one and a half, by chance,
                since people who keep time would keep the order in which their pages happened to open.
            until: when to stop, as ``time.perf_counter()`` tells.
            first: which of the recorded strokes comes first, as a share of them.
        """
        strokes, n = self.recording.strokes, int(first * len(self.recording.strokes))
        chance = Random(first)
        socket = await self._open(self.recording.opening)
        turn = time.perf_counter()
        while (turn := turn + every * chance.uniform(0.5, 1.5)) < until:
            await asyncio.sleep(turn - time.perf_counter())
            message, expected = strokes[n % len(strokes)], self.recording.deltas[n % len(strokes)]
            n += 1
            began = time.perf_counter()
            try:
                await socket.send(message)
                deltas = await self._answer(socket)
            except ConnectionClosed:
                # The browser's page has the stroke, and sends it with all else to the next server.
                socket = await self._open(_whole(message))
                self.reconnects.append(time.perf_counter() - began)
                continue
            except TimeoutError:
                self.errors.append("no answer")
                continue
            if deltas != expected:
                self.errors.append(f"{deltas} elements instead of {expected}")
            self.answers.append((time.perf_counter() - began, time.perf_counter()))
        await socket.close()

    async def _open(self, message: bytes) -> ClientConnection:
        """Return a connection whose page has run; with the last session, where there was one."""
        deadline = time.perf_counter() + LIMIT_SECONDS
        while True:
            try:
                if self._session:
                    await asyncio.sleep(AGAIN_SECONDS)
                await asyncio.to_thread(self._take_cookie)
                socket = await self._connect()
                await socket.send(message)
                await self._answer(socket)
                return socket
            except (OSError, ConnectionClosed, InvalidStatus, TimeoutError):
                if time.perf_counter() > deadline:
                    raise

    def _take_cookie(self) -> None:
        request = Request(f"{self.address}/_stcore/health", headers={"Cookie": self._cookie})
        with build_opener(HTTPSHandler(context=_trusting())).open(request, timeout=LIMIT_SECONDS) as response:
            for line in response.headers.get_all("Set-Cookie", []):
                if line.startswith("digit_lab_server="):
                    self._cookie = line.partition(";")[0]

    async def _connect(self) -> ClientConnection:
        place = urlsplit(self.address)
        secure = place.scheme == "https"
        return await connect(
            f"{'wss' if secure else 'ws'}://{place.netloc}/{STREAM}",
            origin=Origin(self.address),
            # As Streamlit's page does it: no token for forgeries, the last session third.
            subprotocols=[Subprotocol(each) for each in ("streamlit", "-", self._session) if each],
            additional_headers={"Cookie": self._cookie},
            max_size=None,
            ssl=_trusting() if secure else None,
            compression=None,
            proxy=None,
        )

    async def _answer(self, socket: ClientConnection) -> int:
        """Return how many elements came until the script had run to its end."""
        deltas = 0
        async with asyncio.timeout(LIMIT_SECONDS):
            while True:
                frame = await socket.recv()
                assert isinstance(frame, bytes)
                message = _read(frame)
                kind = "delta" if message is None else message.WhichOneof("type")
                if kind == "delta":
                    deltas += 1
                    if message is not None and message.delta.new_element.WhichOneof("type") == "exception":
                        self.errors.append(message.delta.new_element.exception.message)
                elif message is not None and kind == "new_session":
                    self._session = message.new_session.initialize.session_id
                elif message is not None and kind == "script_finished":
                    if message.script_finished in FINISHED:
                        return deltas
                    if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                        self.errors.append(ForwardMsg.ScriptFinishedStatus.Name(message.script_finished))
                        return deltas


def _whole(message: bytes) -> bytes:
    """Return a stroke's message as the page sends it to a new server: the whole script shall run."""
    whole = BackMsg.FromString(message)
    whole.rerun_script.fragment_id = ""
    return bytes(whole.SerializeToString())


def _read(frame: bytes) -> ForwardMsg | None:
    """Return a message; None for a large one, which can only be an element."""
    return ForwardMsg.FromString(frame) if len(frame) < SMALL else None


def _trusting() -> ssl.SSLContext:
    """Return what trusts a certificate that this machine has signed itself."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
