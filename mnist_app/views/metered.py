"""Measures how long a page takes for an answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def metered(page: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that measures each run of a page's answer to its end."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            began = time.perf_counter()
            result = function(*args, **kwargs)
            from mnist_app.serving.meters import ANSWERS  # after the first answer, which need not wait

            ANSWERS.labels(page).observe(time.perf_counter() - began)
            return result

        return run

    return decorate
