"""What Keras tells while it fits, as events of the run."""

from __future__ import annotations

import time

import keras

from mnist_app.training.events import append_event
from mnist_app.training.export import save_whole
from mnist_app.training.run_directory import RunDirectory

BATCH_EVENT_SECONDS = 0.5  # twice a second is as often as a chart is redrawn


class RunEvents(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes the events and checkpoints of a fit, and stops it when asked to.

    ``images_per_second`` counts the time of fitting alone; validation, events
    and checkpoints are left out.
    """

    def __init__(self, run: RunDirectory, images: int, batch_size: int, monitor: str | None) -> None:
        super().__init__()
        self.history: list[dict[str, float]] = []
        self.stopped = False
        self._run = run
        self._images = images
        self._batch_size = batch_size
        self._batches = -(-images // batch_size)
        self._monitor = monitor
        self._best: float | None = None
        self._epoch = self._done = 0
        self._fit_end = self._epoch_start = self._last_event = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Start the epoch's clock."""
        self._epoch = epoch
        self._epoch_start = self._last_event = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Tell how far the epoch is, twice a second, and look whether to stop."""
        self._fit_end = now = time.perf_counter()
        self._done = min((batch + 1) * self._batch_size, self._images)
        if now - self._last_event < BATCH_EVENT_SECONDS:
            return
        self._last_event = now
        append_event(
            self._run.events,
            "batch",
            epoch=self._epoch + 1,
            batch=batch + 1,
            batches=self._batches,
            images_per_second=round(self._done / (now - self._epoch_start), 1),
            **_numbers(logs),
        )
        self._stop_if_asked()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Tell the epoch's metrics and save the model."""
        metrics = _numbers(logs)
        self.history.append(metrics)
        rate = self._done / (self._fit_end - self._epoch_start)
        append_event(self._run.events, "epoch", epoch=epoch + 1, images_per_second=round(rate, 1), **metrics)
        save_whole(self.model, self._run.checkpoint)
        self._keep_best(epoch, metrics)
        self._stop_if_asked()  # an epoch may be over before half a second is

    def _stop_if_asked(self) -> None:
        if self._run.stop.exists():
            self.stopped = self.model.stop_training = True

    def _keep_best(self, epoch: int, metrics: dict[str, float]) -> None:
        if self._monitor is None or self._monitor not in metrics:
            return
        value = metrics[self._monitor]
        is_loss = self._monitor.endswith("loss")
        if self._best is None or (value < self._best if is_loss else value > self._best):
            save_whole(self.model, self._run.best)
            append_event(
                self._run.events,
                "checkpoint",
                epoch=epoch + 1,
                monitor=self._monitor,
                previous=self._best,
                value=value,
            )
            self._best = value


def _numbers(logs: dict[str, float] | None) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in (logs or {}).items()}
