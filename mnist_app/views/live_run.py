"""A training as it goes, in the browser, without a run of the page for every look.

While a training is watched, a thread writes what there is to see into a small
file once a second; the component in ``live_run.js`` fetches it and paints it.
A run of a Streamlit page and Plotly's drawing together take a fifth of two
cores, and all of it from the training (``python -m benchmarks.training``).
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from mnist_app.data.files import write_whole
from mnist_app.views import colours
from mnist_app.views.assets import script
from mnist_app.views.served_files import FOLDER, address

WRITE_SECONDS = 1.0
ENDED = "ended"

State = dict[str, Any]  # words, share, better, figures; news and moment, which make the page run again


@dataclass
class _Feed:
    file: Path
    thread: threading.Thread | None = None


def live_run(
    key: tuple[object, ...], state: Callable[[], State | None], news: str, moment: int | None
) -> None:
    """Show a run for as long as it is alive.

    Args:
        key: what is watched and how: people who watch the same share one file.
        state: what there is to see; None once the run is no longer alive.
        news: the state's "news" that the page shows; the page runs again as soon
            as they are others.
        moment: the state's "moment" that the page shows; when it is another, the
            page runs again after some seconds: each run takes a tenth of one.
            None: the page shows no moments.
    """
    feed = _feed(key)
    if feed.thread is None or not feed.thread.is_alive():
        feed.thread = threading.Thread(target=_write_on, args=(feed.file, state), daemon=True)
        feed.thread.start()
    data = {"url": address(feed.file), "colour": colours.TRAINING, "news": news, "moment": moment}
    _COMPONENT(key="live-run", data=data, on_news_change=_nothing)


@st.cache_resource(max_entries=200, show_spinner=False)
def _feed(key: tuple[object, ...]) -> _Feed:
    # A name that nobody can guess: whoever knows it has been shown it.
    return _Feed(FOLDER / f"{secrets.token_hex(16)}.json")


def _write_on(file: Path, state: Callable[[], State | None]) -> None:
    last: State = {}
    while True:
        now = state()
        if now is None:  # the page is told that the run is no longer alive
            now = {**last, "news": ENDED}
        write_whole(file, json.dumps(now, ensure_ascii=False))
        if now["news"] == ENDED:
            return
        last = now
        time.sleep(WRITE_SECONDS)


def _nothing() -> None:
    """Do nothing: Streamlit keeps only those triggers that have a callback."""


# Registered once, when the module is imported.
_COMPONENT = st.components.v2.component("live_run", js=script("live_run.js"), isolate_styles=False)
