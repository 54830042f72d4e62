"""What happens between two batches: events and snapshots out, the person's wishes in."""

from __future__ import annotations

import math
import time

import keras
import numpy as np

from mnist_app.training.events import append_event
from mnist_app.training.export import save_whole
from mnist_app.training.history import History, epochs_without_improvement
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.schedules import SCHEDULES
from mnist_app.training.settings import LIMITS, Settings
from mnist_app.training.snapshots import write_snapshot

BATCH_EVENT_SECONDS = 0.5  # twice a second is as often as a chart is redrawn
LOOK_SECONDS = 0.05  # how often a held training looks whether it may go on
HOLD_SECONDS = 600.0  # a training held for longer ends its process and gives the memory back


class Conductor(keras.callbacks.Callback):  # type: ignore[misc]
    """Tells what happens in a fit, and stops, holds or slows it when asked to.

    ``images_per_second`` counts the time of fitting alone; validation, events,
    checkpoints and pauses are left out.

    Attributes:
        outcome: why the fit ended early: "stopped", "paused" (held for so long
            that the process should end), "diverged" (the loss is infinite),
            "early" (early stopping); "" while it has not.
        run: whose fit it is.
        step: how many batches are done, over all epochs.
        rate: the learning rate, before its schedule.
        held_seconds: how long it was held.
    """

    def __init__(
        self, run: RunDirectory, settings: Settings, images: int, batches: int, step: int, history: History
    ) -> None:
        super().__init__()
        self.outcome = ""
        self.run = run
        self._settings = settings
        self._images = images
        self._batches = batches
        self.step = step
        self._history = history
        self.rate: float = history.rates[-1]["value"] if history.rates else settings.rate
        self.held_seconds = 0.0
        self._to_epoch_end = False
        self._fit_seconds = 0.0  # of this epoch, to its last batch
        self._fit_images = 0  # of this epoch
        self._mark = self._last_event = 0.0
        self._last_sums: dict[str, float] = {}
        self._last_images = 0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Set what a checkpoint does not hold, and keep the first weights."""
        self._set_rate()
        if self.run.learning_rate.exists():  # asked for meanwhile: the first batch may be one too many
            self._change_rate()
        self._set_dropout()
        if self.step == 0:
            self._snapshot()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Start the epoch's clock and sums."""
        self._fit_seconds, self._fit_images = 0.0, 0
        self._last_sums, self._last_images = {}, 0
        self._mark = time.perf_counter()

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Set the learning rate where it follows a schedule."""
        if self._settings.schedule != "constant":
            self._set_rate()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Tell how far the epoch is, twice a second, and look what is asked for."""
        now = time.perf_counter()
        self._fit_seconds += now - self._mark
        self._mark = now
        first_image = self.step % self._batches * self._settings.batch_size
        self._fit_images += min(self._settings.batch_size, self._images - first_image)
        self.step += 1
        if now - self._last_event >= BATCH_EVENT_SECONDS:
            self._batch_event(logs)
        # The network changes fastest at first.
        if self.step < self._batches and self.step.bit_count() == 1:
            self._snapshot()
        if self.step % self._batches:  # at an epoch's end validation and saving come first
            self._obey(logs)
        self._mark = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Tell the epoch's metrics, save the model, and look whether it still gets better."""
        metrics = _numbers(logs)
        if not all(math.isfinite(value) for value in metrics.values()):
            self._end("diverged")
        if self.outcome in ("diverged", "stopped", "paused") and self.step % self._batches:
            return
        rate = self._fit_images / self._fit_seconds
        append_event(
            self.run.events,
            "epoch",
            epoch=self.step // self._batches,
            step=self.step,
            images_per_second=round(rate, 1),
            **metrics,
        )
        if self.outcome == "diverged":
            return
        self._keep_best(metrics)
        self.save()
        self._snapshot()
        if self.is_done() and not self.outcome:
            self._end("early")
        self._to_epoch_end = False
        self._obey(logs)

    def is_done(self) -> bool:
        """Return whether so many epochs have brought no improvement that the training should end."""
        self._history.update()
        patience = self._settings.patience
        return bool(patience) and epochs_without_improvement(self._history) >= patience

    def save(self) -> None:
        """Save all that a resumed training needs; weights that are not finite end the fit instead."""
        if _finite(self.model.get_weights()):
            save_whole(self.model, self.run.checkpoint)
        else:
            self._end("diverged")

    def _batch_event(self, logs: dict[str, float] | None) -> None:
        """Tell the mean of each metric over the batches since the last event."""
        self._last_event = time.perf_counter()
        since = self._fit_images - self._last_images
        if not since:
            return
        # Keras tells the mean since the epoch began; at its end those of the validation too.
        so_far = {name: float(value) for name, value in (logs or {}).items() if not name.startswith("val_")}
        sums = {name: mean * self._fit_images for name, mean in so_far.items()}
        means = {name: (total - self._last_sums.get(name, 0.0)) / since for name, total in sums.items()}
        self._last_sums, self._last_images = sums, self._fit_images
        epoch = (self.step - 1) // self._batches
        append_event(
            self.run.events,
            "batch",
            step=self.step,
            epoch=epoch + 1,
            batch=self.step - epoch * self._batches,
            batches=self._batches,
            images_per_second=round(self._fit_images / self._fit_seconds, 1),
            learning_rate=float(self.model.optimizer.learning_rate),
            **_numbers(means),
        )
        if not all(math.isfinite(total) for total in sums.values()):
            self._end("diverged")

    def _obey(self, logs: dict[str, float] | None) -> None:
        """Do what the files of the run directory ask for."""
        if self.run.learning_rate.exists():
            self._change_rate()
        if self.run.pause.exists() and not self._to_epoch_end and not self.outcome:
            self._hold(logs)
        if self.run.stop.exists() and not self.outcome:
            self._end("stopped")
            if self.step % self._batches:  # at an epoch's end it is saved already
                self.save()

    def _hold(self, logs: dict[str, float] | None) -> None:
        self._batch_event(logs)
        if self.step % self._batches:  # at an epoch's end it is saved already
            self.save()
            self._snapshot()
        if self.outcome:  # the loss is infinite
            return
        append_event(self.run.events, "paused", step=self.step)
        run, since = self.run, time.monotonic()
        while run.pause.exists() and not run.stop.exists():
            if run.epoch.exists():
                run.epoch.unlink(missing_ok=True)
                self._to_epoch_end = True
                break
            if run.step.exists():
                run.step.unlink(missing_ok=True)
                break
            if time.monotonic() - since > HOLD_SECONDS:
                self._end("paused")
                break
            time.sleep(LOOK_SECONDS)
        self.held_seconds += time.monotonic() - since
        if self.outcome:
            return
        append_event(run.events, "resumed", step=self.step)
        if run.learning_rate.exists():
            self._change_rate()

    def _change_rate(self) -> None:
        low, high = LIMITS["learning_rate"]
        try:
            asked = float(self.run.learning_rate.read_text("utf-8"))
        except (OSError, ValueError):
            asked = math.nan
        self.run.learning_rate.unlink(missing_ok=True)
        if low <= asked <= high:
            self.rate = asked
            self._set_rate()
            append_event(self.run.events, "learning_rate", step=self.step, value=asked)

    def _set_rate(self) -> None:
        progress = self.step / (self._batches * self._settings.epochs)
        self.model.optimizer.learning_rate = self.rate * SCHEDULES[self._settings.schedule](progress)

    def _set_dropout(self) -> None:
        """Let what dropout drops depend on the seed and the step alone, as the batches do."""
        for number, layer in enumerate(self.model.layers):
            generator = getattr(layer, "seed_generator", None)
            if generator is not None:
                chance = np.random.default_rng([self._settings.seed, number])
                generator.state.assign([int(chance.integers(2**31)), self.step])

    def _keep_best(self, metrics: dict[str, float]) -> None:
        monitor = self._settings.monitor
        if monitor not in metrics:
            return
        value, previous = metrics[monitor], None
        if self._history.improvements:
            previous = self._history.improvements[-1]["value"]
        is_loss = monitor.endswith("loss")
        if previous is None or (value < previous if is_loss else value > previous):
            save_whole(self.model, self.run.best)
            append_event(
                self.run.events,
                "checkpoint",
                epoch=self.step // self._batches,
                monitor=monitor,
                previous=previous,
                value=value,
            )

    def _snapshot(self) -> None:
        weights = {layer.name: layer.get_weights() for layer in self.model.layers if layer.weights}
        if all(_finite(arrays) for arrays in weights.values()):
            write_snapshot(self.run, self.step, weights)

    def _end(self, outcome: str) -> None:
        self.outcome = outcome
        self.model.stop_training = True


def _finite(arrays: list[np.ndarray]) -> bool:
    return all(np.isfinite(array).all() for array in arrays)


def _numbers(logs: dict[str, float] | None) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in (logs or {}).items()}
