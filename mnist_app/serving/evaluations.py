"""Evaluations in the background: one at a time, shared by all who want the same."""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import dataclass, field

from mnist_app.serving.evaluation import Evaluation, Examination, evaluate, keep, kept
from mnist_app.serving.predictor import Predictor
from mnist_app.texts.user_error import UserError

NICE = 10  # strokes and trainings come first
MOST_HELD = 24  # evaluations in memory, half a megabyte each


class _StoppedError(Exception):
    """Somebody has stopped the evaluation."""


@dataclass(eq=False)
class Job:
    """An evaluation that waits for its turn, is under way, or is over.

    Attributes:
        images: how many there are to read.
        done: how many are read.
        evaluation: the result, once there is one.
        error: why there will be none, where it failed.
        is_over: whether nothing more will happen; stopped, if there is neither result nor error.
    """

    images: int
    done: int = 0
    evaluation: Evaluation | None = None
    error: UserError | None = None
    is_over: bool = False
    _started: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Let it end at the next chunk, without a result."""
        self._stop.set()

    @property
    def seconds_left(self) -> float | None:
        """Return how long it will still take, as fast as so far; None before that is known."""
        if not self.done:
            return None
        return (time.monotonic() - self._started) * (self.images / self.done - 1)

    def run(self, predictor: Predictor, asked: Examination) -> None:
        """Evaluate, and keep the result on disk."""
        self._started = time.monotonic()
        try:
            self._progress(0, self.images)
            self.evaluation = evaluate(predictor, asked, self._progress)
            keep(predictor.card, self.evaluation)
        except UserError as error:
            self.error = error
        except _StoppedError:
            pass
        finally:
            self.is_over = True

    def _progress(self, done: int, images: int) -> None:
        if self._stop.is_set():
            raise _StoppedError
        self.done, self.images = done, images


class Evaluations:
    """Evaluates models in threads of this process; safe to call from many threads."""

    def __init__(self) -> None:
        self._jobs: dict[tuple[str, str], Job] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()  # one at a time: the others' processors are for strokes

    def job(self, predictor: Predictor, asked: Examination) -> Job:
        """Return the evaluation of a model on test images: the one there is, else one that is begun now."""
        key = (predictor.card.tflite_sha256, asked.fingerprint)
        with self._lock:
            if key not in self._jobs:
                self._jobs[key] = self._begin(predictor, asked)
                self._forget()
            return self._jobs[key]

    def again(self, predictor: Predictor, asked: Examination) -> None:
        """Begin an evaluation anew that was stopped or has failed."""
        key = (predictor.card.tflite_sha256, asked.fingerprint)
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.is_over and job.evaluation is None:
                del self._jobs[key]
        self.job(predictor, asked)

    def _begin(self, predictor: Predictor, asked: Examination) -> Job:
        images = len(asked.test)
        known = kept(predictor.card, asked)
        if known is not None:
            return Job(images, images, known, is_over=True)
        job = Job(images)
        threading.Thread(
            target=self._take_turn, args=(job, predictor, asked), name="evaluation", daemon=True
        ).start()
        return job

    def _take_turn(self, job: Job, predictor: Predictor, asked: Examination) -> None:
        if sys.platform == "linux":  # where a thread has a priority of its own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        with self._turn:
            job.run(predictor, asked)

    def _forget(self) -> None:
        """Let go of the oldest results in memory; they are on disk."""
        over = [key for key, job in self._jobs.items() if job.is_over]
        for key in over[: max(0, len(self._jobs) - MOST_HELD)]:
            del self._jobs[key]
