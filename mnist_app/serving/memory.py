"""How a server's memory is handed out."""

from __future__ import annotations

import ctypes

M_ARENA_MAX = -8  # malloc.h of glibc
ARENAS = 2


def use_few_arenas() -> None:
    """Have all threads share two of the C library's arenas; call it early, before there are many threads.

    Every script run is a thread of its own, and glibc gives threads up to eight arenas a processor, each
    of which keeps what was once its largest need: with twenty people a server grew by 40 MB in ten
    minutes, and not at all with two (``python -m benchmarks.load``).  Elsewhere than on glibc it does
    nothing.  Source: mallopt(3).
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another system's C library
        return
    mallopt(M_ARENA_MAX, ARENAS)
