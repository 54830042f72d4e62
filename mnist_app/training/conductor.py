"""What happens between two batches: events and snapshots out, the person's wishes in."""

from __future__ import annotations

import math
import time

import keras
import numpy as np

from mnist_app.nets.normalisation import folded_weights
from mnist_app.training.events import append_event
from mnist_app.training.export import save_whole
from mnist_app.training.history import History, epochs_without_improvement
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.schedules import SCHEDULES
from mnist_app.training.settings import LIMITS, Settings
from mnist_app.training.snapshots import write_snapshot
from mnist_app.training.sweeps import Rule

BATCH_EVENT_SECONDS = 0.5  # twice a second is as often as a chart is redrawn
LOOK_EVERY_SECONDS = 0.1  # a training looks what it is asked for
MOST_AHEAD = 16  # batches between two looks
HELD_LOOK_SECONDS = 0.05  # how often a held training looks whether it may go on
HOLD_SECONDS = 600.0  # a training held for longer ends its process and gives the memory back


class Conductor:
    """Tells what happens in a training, and stops, holds or slows it when asked to.

    ``images_per_second`` counts the time of the batches alone; validation, events,
    checkpoints and pauses are left out.

    Attributes:
        outcome: why the training ends early: "stopped", "paused" (held for so long
            that the process should end), "diverged" (the loss is infinite),
            "early" (early stopping), "hopeless" (worse than the others of its sweep);
            "" while it has not.
        run: whose training it is.
        batches: how many an epoch has.
        step: how many batches are done, over all epochs.
        rate: the learning rate, before its schedule.
        held_seconds: how long it was held.
    """

    def __init__(
        self,
        run: RunDirectory,
        settings: Settings,
        model: keras.Model,
        images: int,
        batches: int,
        step: int,
        history: History,
        rule: Rule,
    ) -> None:
        self.outcome = ""
        self._rule = rule
        self._model = model
        self.run = run
        self._settings = settings
        self._images = images
        self.batches = batches
        self.step = step
        self._history = history
        self.rate: float = history.rates[-1]["value"] if history.rates else settings.rate
        self.held_seconds = 0.0
        self._to_epoch_end = False
        self._fit_seconds = 0.0  # of this epoch, to its last batch
        self._fit_images = 0  # of this epoch
        self._mark = self._last_event = 0.0
        self._ahead = 1  # batches until the next look; the first one traces the graph
        self._last_sums: dict[str, float] = {}
        self._last_images = 0

    def begin(self) -> None:
        """Set what a checkpoint does not hold, and keep the first weights."""
        if self.run.learning_rate.exists():  # asked for meanwhile
            self._change_rate()
        self._set_dropout()
        if self.step == 0:
            self._snapshot()

    def begin_epoch(self) -> None:
        """Start the epoch's clock and sums."""
        self._fit_seconds, self._fit_images = 0.0, 0
        self._last_sums, self._last_images = {}, 0

    def next_rates(self) -> list[float]:
        """Return the learning rates of the batches to be done before the next look.

        A look comes every ``LOOK_EVERY_SECONDS``: coming back to Python after
        every batch would cost a quarter of the speed.
        """
        ahead = self._ahead
        if self.run.pause.exists() and not self._to_epoch_end:  # held, and let go for one batch
            ahead = 1
        ends = [self.step + ahead, self.step - self.step % self.batches + self.batches]
        if self.step < self.batches:
            ends.append(1 << self.step.bit_length())  # the next snapshot
        self._mark = time.perf_counter()
        return [self._rate_at(step) for step in range(self.step, min(ends))]

    def end_batches(self, count: int) -> None:
        """Tell how far the epoch is, twice a second, and look what is asked for."""
        now = time.perf_counter()
        seconds = now - self._mark
        self._ahead = min(max(int(LOOK_EVERY_SECONDS * count / seconds), 1), MOST_AHEAD)
        self._fit_seconds += seconds
        batch = self.step % self.batches
        size = self._settings.batch_size
        self._fit_images += min((batch + count) * size, self._images) - batch * size
        self.step += count
        if now - self._last_event >= BATCH_EVENT_SECONDS:
            self._batch_event()
        # The network changes fastest at first.
        if self.step < self.batches and self.step.bit_count() == 1:
            self._snapshot()
        if self.step % self.batches:  # at an epoch's end validation and saving come first
            self._obey()

    def end_epoch(self, results: dict[str, float]) -> None:
        """Tell the epoch's metrics, save the model, and look whether it still gets better."""
        metrics = _numbers(results)
        if not all(math.isfinite(value) for value in metrics.values()):
            self.outcome = "diverged"
        append_event(
            self.run.events,
            "epoch",
            epoch=self.step // self.batches,
            step=self.step,
            images_per_second=round(self._fit_images / self._fit_seconds, 1),
            **metrics,
        )
        if self.outcome == "diverged":
            return
        self._keep_best(metrics)
        self.save()
        self._snapshot()
        epoch = self.step // self.batches
        hopeless = self._rule.is_hopeless(epoch, metrics) and epoch < self._settings.epochs
        if not self.outcome:
            self.outcome = "early" if self.is_done() else "hopeless" if hopeless else ""
        self._to_epoch_end = False
        self._obey()

    def is_done(self) -> bool:
        """Return whether so many epochs have brought no improvement that the training should end."""
        self._history.update()
        patience = self._settings.patience
        return bool(patience) and epochs_without_improvement(self._history) >= patience

    def save(self) -> None:
        """Save all that a resumed training needs; weights that are not finite end the fit instead."""
        if _finite(self._model.get_weights()):
            save_whole(self._model, self.run.checkpoint)
        else:
            self.outcome = "diverged"

    def _batch_event(self) -> None:
        """Tell the mean of each metric over the batches since the last event."""
        self._last_event = time.perf_counter()
        since = self._fit_images - self._last_images
        if not since:
            return
        # Keras knows the mean since the epoch began.
        so_far = self._model.get_metrics_result()
        sums = {name: float(mean) * self._fit_images for name, mean in so_far.items()}
        means = {name: (total - self._last_sums.get(name, 0.0)) / since for name, total in sums.items()}
        self._last_sums, self._last_images = sums, self._fit_images
        epoch = (self.step - 1) // self.batches
        append_event(
            self.run.events,
            "batch",
            step=self.step,
            epoch=epoch + 1,
            batch=self.step - epoch * self.batches,
            batches=self.batches,
            images_per_second=round(self._fit_images / self._fit_seconds, 1),
            learning_rate=self._rate_at(self.step - 1),
            **_numbers(means),
        )
        if not all(math.isfinite(total) for total in sums.values()):
            self.outcome = "diverged"

    def _obey(self) -> None:
        """Do what the files of the run directory ask for."""
        if self.run.learning_rate.exists():
            self._change_rate()
        if self.run.pause.exists() and not self._to_epoch_end and not self.outcome:
            self._hold()
        if self.run.stop.exists() and not self.outcome:
            self.outcome = "stopped"
            if self.step % self.batches:  # at an epoch's end it is saved already
                self.save()

    def _hold(self) -> None:
        self._batch_event()
        if self.step % self.batches:  # at an epoch's end it is saved already
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
                self.outcome = "paused"
                break
            time.sleep(HELD_LOOK_SECONDS)
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
            append_event(self.run.events, "learning_rate", step=self.step, value=asked)

    def _rate_at(self, step: int) -> float:
        progress = step / (self.batches * self._settings.epochs)
        return self.rate * SCHEDULES[self._settings.schedule](progress)

    def _set_dropout(self) -> None:
        """Let what dropout drops depend on the seed and the step alone, as the batches do."""
        for number, layer in enumerate(self._model.layers):
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
            save_whole(self._model, self.run.best)
            append_event(
                self.run.events,
                "checkpoint",
                epoch=self.step // self.batches,
                monitor=monitor,
                previous=previous,
                value=value,
            )

    def _snapshot(self) -> None:
        weights = folded_weights(self._model)
        if all(_finite(arrays) for arrays in weights.values()):
            write_snapshot(self.run, self.step, weights)


def _finite(arrays: list[np.ndarray]) -> bool:
    return all(np.isfinite(array).all() for array in arrays)


def _numbers(metrics: dict[str, float]) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in metrics.items()}
