"""How a server's memory is handed out."""

from __future__ import annotations

import ctypes

# From malloc.h of glibc.
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8

ARENAS = 1
LARGE = 1 << 18  # bytes; a canvas has more


def keep_memory_small() -> None:
    """Have all threads share one of the C library's arenas, and give back what is large; call it early.

    Every script run is a thread of its own, and glibc gives threads up to eight arenas a processor, each
    of which keeps what was once its largest need: with twenty people a server grew by 40 MB in ten
    minutes (``python -m benchmarks.load``).  It also keeps larger and larger blocks, unless it is told
    which are large.  Elsewhere than on glibc this does nothing.  Source: mallopt(3).
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another system's C library
        return
    mallopt(M_ARENA_MAX, ARENAS)
    mallopt(M_MMAP_THRESHOLD, LARGE)
