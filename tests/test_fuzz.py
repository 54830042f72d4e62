"""The targets of ``benchmarks/fuzz.py``, for some seconds each and without what leads the fuzzer."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from benchmarks.fuzz_targets import TARGETS, WORST, Choices, quiet
from tests import canvas_stand_in

canvas_stand_in.install()

EXAMPLES = {"picture": 300, "links": 600, "zip": 300, "runs": 250, "http": 500}


@pytest.fixture(autouse=True, scope="module")
def away_from_the_projects_runs():
    with contextlib.contextmanager(quiet)():
        yield


@pytest.mark.filterwarnings("ignore:Duplicate name", "ignore:invalid value encountered")
@pytest.mark.parametrize("name", TARGETS)
def test_what_the_fuzzer_begins_with_is_taken_or_refused(name):
    for seed in TARGETS[name].seeds():
        TARGETS[name].run(seed)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_taken_or_refused(name):
    @settings(
        max_examples=EXAMPLES[name], deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(some.binary(max_size=600) | some.binary(min_size=60, max_size=400))
    @example(b"")
    @example(bytes(range(256)))
    def run(content: bytes) -> None:
        TARGETS[name].run(content)

    run()


def test_a_target_that_breaks_its_promise_is_found(monkeypatch):
    monkeypatch.setattr("mnist_app.numerics.picture.read_picture", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        TARGETS["picture"].run(b"")


def test_bytes_choose_and_then_choose_no_more():
    choices = Choices(b"\x05\x07abc")
    assert (choices.below(4), choices.one_of(WORST), choices.take(2), choices.rest(), choices.below(9)) == (
        *(1, WORST[7], b"ab", b"c", 0),
    )
