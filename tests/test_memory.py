"""The memory of a server's threads."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from tests.conftest import PROJECT

THREADS = """
import ctypes, sys, threading
import numpy as np
from mnist_app.serving.memory import keep_memory_small
if sys.argv[1] == "one":
    keep_memory_small()
together = threading.Barrier(12)
def run():
    together.wait()
    kept = [np.ones(2000) for _ in range(20)]
    together.wait()
threads = [threading.Thread(target=run) for _ in range(12)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = (ctypes.c_int, ctypes.c_void_p)
libc.fclose.argtypes = (ctypes.c_void_p,)
file = libc.fopen(b"/dev/stdout", b"a")
libc.malloc_info(0, file)
libc.fclose(file)
"""


def arenas(how: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", THREADS, how], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="arenas are glibc's")
def test_threads_share_one_arena():
    assert arenas("many") > 2
    assert arenas("one") == 1
