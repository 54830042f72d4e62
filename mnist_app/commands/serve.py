"""``serve``: the interface for programs alone, without the pages."""

from __future__ import annotations

import argparse
import json
import socket

from mnist_app.texts.catalog import text
from mnist_app.texts.user_error import UserError, why

HOST, PORT = "127.0.0.1", 8600
LAST_PORT = 65_535
PAUSE_SECONDS = 5  # a kept connection may rest


def add_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--host", default=HOST, metavar="ADDRESS", help=text("command.host", language))
    parser.add_argument("--port", default=PORT, type=int, metavar="N", help=text("command.port", language))


def run(arguments: argparse.Namespace, language: str) -> None:
    """Serve until it is interrupted; the address is printed first.

    Raises:
        UserError: there is no such address, or it is taken.
    """
    import uvicorn

    from mnist_app.api.service import service
    from mnist_app.serving.logs import configure
    from mnist_app.serving.memory import keep_memory_small

    listening = _listen(arguments.host, arguments.port)
    host, port = listening.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    said = json.dumps({"address": address}) if arguments.json else text("serve.at", language, address=address)
    print(said, flush=True)
    configure()
    keep_memory_small()
    config = uvicorn.Config(
        service(), log_config=None, log_level="warning", timeout_keep_alive=PAUSE_SECONDS, server_header=False
    )
    uvicorn.Server(config).run([listening])


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= LAST_PORT:
        raise UserError("serve.port", received=port, last=LAST_PORT)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named asyncio sends at once; Nagle's algorithm held each answer's body back for 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # from now on, whoever reads the address may come
    except OSError as error:
        listening.close()
        raise UserError("serve.address", address=f"{host}:{port}", reason=why(error)) from error
    return listening
