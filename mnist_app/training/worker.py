"""The process that trains: settings in, events and a model folder out.

    python -m mnist_app.training.worker RUN_DIRECTORY

It knows nothing but the run directory; whoever started it follows
``events.jsonl`` and writes the file ``stop`` to end it early.
"""

from __future__ import annotations

import logging
import math
import os
import sys
import time
import traceback
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras

from mnist_app.data.mnist import Progress, Split, checksum, find_source, read_split
from mnist_app.data.splits import first, split_validation
from mnist_app.nets.architectures import CLASSES, build
from mnist_app.serving.card import Card
from mnist_app.texts.user_error import UserError
from mnist_app.training import settings as settings_file
from mnist_app.training.callbacks import RunEvents
from mnist_app.training.events import append_event
from mnist_app.training.export import layer_cards, versions, write_model
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.settings import Settings


def train(run: RunDirectory) -> None:
    """Train what the run's settings ask for, and leave a model folder.

    Raises:
        UserError: the settings or the data cannot be used, or the loss became
            infinite.
    """
    settings = settings_file.read(run.settings)
    append_event(run.events, "preparing")
    source = find_source(Path(settings.data) if settings.data else None, _download_events(run))
    train_all, test = read_split(source, "train"), read_split(source, "test")
    fit_on, validation = _validation(settings, first(train_all, settings.train_images), test)

    keras.utils.set_random_seed(settings.seed)
    model = build(settings.architecture)
    model.compile(
        optimizer=keras.optimizers.get(
            {"class_name": settings.optimizer, "config": {"learning_rate": settings.rate}}
        ),
        loss=settings.loss,
        metrics=["accuracy"],
    )
    monitor = settings.monitor if validation is not None else None
    events = RunEvents(run, len(fit_on), settings.batch_size, monitor)
    callbacks: list[keras.callbacks.Callback] = [events, keras.callbacks.TerminateOnNaN()]
    if settings.patience:
        callbacks.append(keras.callbacks.EarlyStopping(settings.monitor, patience=settings.patience))

    append_event(
        run.events,
        "started",
        images=len(fit_on),
        validation_images=0 if validation is None else len(validation),
        epochs=settings.epochs,
        parameters=model.count_params(),
        data=source.kind,
        pid=os.getpid(),
    )
    start = time.perf_counter()
    model.fit(
        fit_on.inputs(),
        _labels(fit_on, settings.loss),
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        validation_data=None
        if validation is None
        else (validation.inputs(), _labels(validation, settings.loss)),
        callbacks=callbacks,
        verbose=0,
    )
    seconds = time.perf_counter() - start
    if not all(math.isfinite(value) for epoch in events.history for value in epoch.values()):
        raise UserError("error.loss_not_finite", rate=settings.rate)
    if settings.restore_best_weights and run.best.exists():
        model = keras.saving.load_model(run.best)

    loss, accuracy = model.evaluate(test.inputs(), _labels(test, settings.loss), batch_size=256, verbose=0)
    if not math.isfinite(loss):  # the last step of all can still be too long
        raise UserError("error.loss_not_finite", rate=settings.rate)
    append_event(
        run.events, "evaluated", test_loss=float(loss), test_accuracy=float(accuracy), images=len(test)
    )
    Card(
        architecture=settings.architecture,
        settings=settings.as_dict(),
        data={
            "source": source.kind,
            "sha256": checksum(train_all, test),
            "train_images": len(fit_on),
            "validation_images": 0 if validation is None else len(validation),
            "test_images": len(test),
        },
        parameters=model.count_params(),
        test_accuracy=float(accuracy),
        test_loss=float(loss),
        epochs=len(events.history),
        seconds=round(seconds, 1),
        layers=layer_cards(model),
        versions=versions(),
        created=time.strftime("%Y-%m-%d"),
        tflite_sha256=write_model(model, run.path),
        history=events.history,
    ).write(run.path)
    append_event(run.events, "stopped" if events.stopped else "finished", epochs=len(events.history))


def _validation(settings: Settings, train_on: Split, test: Split) -> tuple[Split, Split | None]:
    if settings.validation == "train":
        return split_validation(train_on, settings.validation_split)
    return train_on, test if settings.validation == "test" else None


def _labels(split: Split, loss: str) -> object:
    """Return labels as the loss wants them: numbers, or one-hot rows."""
    return split.labels if loss.startswith("sparse") else keras.utils.to_categorical(split.labels, CLASSES)


def _download_events(run: RunDirectory) -> Progress:
    last = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5 or done == total:
            last = time.monotonic()
            append_event(run.events, "download", done=done, total=total)

    return progress


def main() -> int:
    """Train in the run directory that the command line names; return the exit status."""
    logging.getLogger("absl").setLevel("ERROR")
    run = RunDirectory(Path(sys.argv[1]))
    try:
        train(run)
    except UserError as error:
        values = {name: str(value) for name, value in error.values.items()}
        append_event(run.events, "failed", key=error.key, values=values, message=str(error))
        return 2
    except Exception as error:
        # Whatever it is, whoever follows the run must hear of it; the whole
        # story stands in log.txt.
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        failed = UserError("error.training_failed", reason=reason, log=run.log)
        append_event(
            run.events,
            "failed",
            key=failed.key,
            values={**failed.values, "log": str(run.log)},
            message=str(failed),
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
