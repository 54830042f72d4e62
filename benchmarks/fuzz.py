"""Fuzzing of all that strangers can send, led by which code the bytes reach.

    python -m benchmarks.fuzz [--minutes N] [--keep FOLDER] [TARGET…]

Needs atheris (``pip install atheris``), Google's fuzzer for Python over libFuzzer.  For each target
it prints how often it was run, how many branches were reached, and what was found; an input that
crashes, takes too long or too much memory is kept, and run again by ``--again FILE TARGET``.  The
targets and what must hold for them are in ``fuzz_targets.py``; ``tests/test_fuzz.py`` runs them for
some seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import re
import subprocess
import sys
import time
import warnings
from pathlib import Path

from benchmarks.fuzz_targets import TARGETS, quiet

SECONDS_EACH = 25  # for one input; the largest picture takes three
MEGABYTES = 4096  # of memory; TensorFlow is not there
LONGEST = 4096  # bytes of an input
FOUND = re.compile(r"(crash|timeout|oom|slow-unit|leak)-[0-9a-f]{40}")


def main() -> int:
    """Fuzz the targets one after the other and return 1 where anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "targets", nargs="*", choices=[[], *TARGETS], metavar="TARGET", help=", ".join(TARGETS)
    )
    parser.add_argument("--minutes", type=float, default=12, help="for each target")
    parser.add_argument("--keep", type=Path, default=Path("runs/.fuzz"), help="where inputs are kept")
    parser.add_argument("--again", type=Path, help="run one input")
    asked = parser.parse_args()
    if asked.again:
        for name in asked.targets:
            with contextlib.contextmanager(quiet)():
                TARGETS[name].run(asked.again.read_bytes())
        return 0
    print(f"{'target':10}{'executions':>12}{'a second':>10}{'branches':>10}{'found':>7}")
    found = []
    for name in asked.targets or TARGETS:
        found += _fuzz(name, 60 * asked.minutes, asked.keep)
    for path in found:
        print(f"python -m benchmarks.fuzz --again {path} {path.parent.name}")
    return bool(found)


def _fuzz(name: str, seconds: float, keep: Path) -> list[Path]:
    """Fuzz a target, and print and return what was found."""
    corpus, kept = keep / "corpus" / name, keep / "found" / name
    corpus.mkdir(parents=True, exist_ok=True)
    kept.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(TARGETS[name].seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    before = {*kept.iterdir()}
    executions = branches = 0
    began = time.monotonic()
    end = began + seconds
    children = 0
    while (left := end - time.monotonic()) > 1:  # an input that crashes ends the process: on with the next
        children += 1
        story = kept.parent / f"{name}-{children}.log"
        options = {
            "max_total_time": int(left),
            "timeout": SECONDS_EACH,
            "rss_limit_mb": MEGABYTES,
            "max_len": LONGEST,
            "print_final_stats": 1,
            "report_slow_units": SECONDS_EACH,
            "artifact_prefix": f"{kept}/",
            "verbosity": 1,
        }
        flags = [f"-{option}={value}" for option, value in options.items()]
        command = [
            sys.executable,
            "-c",
            f"from benchmarks.fuzz import child; child({name!r})",
            str(corpus),
            *flags,
        ]
        hangs = contextlib.suppress(subprocess.TimeoutExpired)  # where no alarm wakes it
        with hangs, story.open("wb") as log:
            subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, timeout=left + 120)
        told = story.read_text("utf-8", "replace")
        counted = re.findall(r"number_of_executed_units:\s*(\d+)", told) or re.findall(r"^#(\d+)", told, re.M)
        executions += int(counted[-1]) if counted else 0
        branches = max([branches, *map(int, re.findall(r"cov: (\d+)", told))])
        if not counted:
            print(told[-2000:], file=sys.stderr)
            raise SystemExit(f"{name} could not be fuzzed")
    passed = time.monotonic() - began
    found = sorted({*kept.iterdir()} - before)
    print(f"{name:10}{executions:12,}{executions / passed:10,.0f}{branches:10,}{len(found):7}", flush=True)
    return found


def child(name: str) -> None:
    """Fuzz a target in this process until libFuzzer ends it."""
    try:
        import atheris
    except ImportError:
        raise SystemExit("needs atheris: pip install atheris") from None
    warnings.simplefilter("ignore")
    logging.disable()
    with atheris.instrument_imports(include=["mnist_app", "PIL", "zipfile"]):
        run = TARGETS[name].run
        with contextlib.contextmanager(quiet)():
            for seed in TARGETS[name].seeds():  # what is imported when it is needed is instrumented too
                run(seed)
    generator = quiet()
    next(generator)
    atheris.Setup(sys.argv, run)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
