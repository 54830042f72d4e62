"""The interface for programs beside the pages, in the same server."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from starlette.routing import Mount

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


@cache
def _service() -> ASGIApp:
    from mnist_app.api.service import service  # at the first request: the pages start without it

    return service()


async def _serve(scope: Scope, receive: Receive, send: Send) -> None:
    # A mounted application is told the rest of the path; this one knows its whole addresses.
    await _service()({**scope, "root_path": scope["app_root_path"]}, receive, send)


ROUTES = [Mount("/api", _serve)]
