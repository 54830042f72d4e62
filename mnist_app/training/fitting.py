"""A training from its settings to a model folder; this is where TensorFlow is."""

from __future__ import annotations

import math
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import tensorflow as tf

from mnist_app.data.mnist import Split
from mnist_app.nets.architectures import build
from mnist_app.nets.normalisation import folded
from mnist_app.serving.card import Card, threshold_of
from mnist_app.serving.trial import remember as remember_sound
from mnist_app.texts.user_error import UserError
from mnist_app.training import settings as settings_file
from mnist_app.training.batches import batches, count_batches, labels_for
from mnist_app.training.conductor import Conductor
from mnist_app.training.confidence import calibrate, refusal_threshold
from mnist_app.training.estimate import processor, remember
from mnist_app.training.events import append_event
from mnist_app.training.export import layer_cards, versions, write_model
from mnist_app.training.filters import convolutions, write_filters
from mnist_app.training.first_model import is_followed, load_whole, new_model
from mnist_app.training.history import METRICS, read_history
from mnist_app.training.images import Images, read_images
from mnist_app.training.learner import learner
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.settings import Settings
from mnist_app.training.sweeps import Rule

EVALUATION_BATCH = 256


def train(run: RunDirectory) -> None:
    """Train what the run's settings ask for, and leave a model folder.

    A run that has a checkpoint goes on from it.

    Raises:
        UserError: the settings, the data or the first model cannot be used, or
            the loss became infinite.
    """
    settings = settings_file.read(run.settings)
    images = read_images(run, settings)
    keras.utils.set_random_seed(settings.seed)
    resumed = run.checkpoint.exists()
    model = load_whole(run.checkpoint) if resumed else new_model(run, settings)
    # What is shown, and left in the end: the network without what only helps it to learn.
    helped = settings.batch_normalization or settings.mixed_precision or settings.crop
    plain = build(settings.architecture, settings.dropout) if helped else model
    count = count_batches(len(images.train), settings.batch_size)
    step = int(model.optimizer.iterations) if resumed else 0
    append_event(
        run.events,
        "started",
        images=len(images.train),
        validation_images=0 if images.validation is None else len(images.validation),
        epochs=settings.epochs,
        batches=count,
        step=step,
        parameters=plain.count_params(),
        data=images.source.kind,
        device=_device(),
        layers=[vars(layer) for layer in layer_cards(plain)] if is_followed(plain) else [],
    )
    history = read_history(run)
    rule = Rule(run)
    conductor = Conductor(run, settings, model, len(images.train), count, step, history, rule)
    before = sum(event["seconds"] for event in history.fits)
    start = time.perf_counter()
    compiling = _fit(model, settings, images, conductor)
    seconds = time.perf_counter() - start - conductor.held_seconds
    history.update()
    append_event(
        run.events,
        "fitted",
        seconds=round(seconds, 2),
        compile_seconds=round(compiling, 2),
        step=conductor.step,
    )
    if history.epochs:
        remember(settings, history.epochs[-1]["images_per_second"], _device(), run.path.parent)
    if conductor.outcome == "paused":
        return
    rule.tell(is_whole=conductor.outcome in ("", "early"))
    if conductor.outcome == "diverged":
        raise UserError("error.loss_not_finite", rate=conductor.rate)
    if settings.restore_best_weights and run.best.exists():
        model = load_whole(run.best)
    if settings.ema_momentum:
        model.optimizer.finalize_variable_values(model.trainable_variables)
    if helped:
        model = folded(model, plain)
    figures: dict[str, float] = {}
    # A fine-tuned network refuses as the one that it began as.
    refuse_below = threshold_of(run.path / settings.base) if settings.base else 0.0
    if images.held_back is not None:
        if settings.calibrate:
            figures["temperature"] = calibrate(model, images.held_back)
        if settings.has_no_digits:
            refuse_below = refusal_threshold(model, images.held_back)
    model.compile(loss=settings.loss, metrics=["accuracy"])
    append_event(run.events, "evaluating")
    test_labels = labels_for(images.test, settings.loss)
    results = model.evaluate(images.test.inputs(), test_labels, batch_size=EVALUATION_BATCH, verbose=0)
    loss, accuracy = (float(result) for result in results)
    if not math.isfinite(loss):  # the last step of all can still be too long
        raise UserError("error.loss_not_finite", rate=conductor.rate)
    append_event(run.events, "evaluated", test_loss=loss, test_accuracy=accuracy, images=len(images.test))
    digest = write_model(model, run.path)
    remember_sound(digest, run.path.parent)
    if convolutions(model):
        append_event(run.events, "describing")
        write_filters(model, run.path, images.test)
    Card(
        architecture=settings.architecture,
        settings=settings.as_dict(),
        data={
            "source": images.source.kind,
            "sha256": images.sha256,
            **images.parts,
        },
        parameters=model.count_params(),
        test_accuracy=accuracy,
        test_loss=loss,
        epochs=len(history.epochs),
        seconds=round(before + seconds, 1),
        layers=layer_cards(model),
        versions=versions(),
        created=time.strftime("%Y-%m-%d"),
        tflite_sha256=digest,
        history=[{name: event[name] for name in METRICS if name in event} for event in history.epochs],
        refuse_below=refuse_below,
        figures=figures,
    ).write(run.path)
    end = "stopped" if conductor.outcome in ("stopped", "hopeless") else "finished"
    how = {"early": conductor.outcome == "early", "hopeless": conductor.outcome == "hopeless"}
    append_event(run.events, end, epochs=len(history.epochs), **how)


def _fit(model: keras.Model, settings: Settings, images: Images, conductor: Conductor) -> float:
    """Do what is left of all epochs, and return how many seconds of it went by before the first batch.

    ``keras.Model.fit`` comes back to Python after every batch, which costs a
    quarter of the speed of a small network (``python -m benchmarks.training``).
    """
    start = time.perf_counter()
    step, count = conductor.step, conductor.batches
    prepared = batches(images.train, settings, *divmod(step, count))
    begun = [keras.callbacks.TensorBoard(conductor.run.path / "tensorboard")] if settings.tensorboard else []
    callbacks = keras.callbacks.CallbackList(begun, model=model)
    learn = learner(model, prepared)
    batch = iter(prepared)
    conductor.begin()
    callbacks.on_train_begin()
    compiling = time.perf_counter() - start
    for epoch in range(step // count, settings.epochs):
        if conductor.outcome or conductor.is_done():  # an early end may have been cut off
            break
        model.reset_metrics()
        conductor.begin_epoch()
        callbacks.on_epoch_begin(epoch)
        while conductor.step < (epoch + 1) * count and not conductor.outcome:
            rates = conductor.next_rates()
            learn(batch, tf.constant(rates))
            conductor.end_batches(len(rates))
        if conductor.step < (epoch + 1) * count:
            break
        results = model.get_metrics_result() | _validate(model, settings, images.validation)
        callbacks.on_epoch_end(epoch, {name: float(value) for name, value in results.items()})
        conductor.end_epoch(results)
    callbacks.on_train_end()
    return compiling


def _validate(model: keras.Model, settings: Settings, validation: Split | None) -> dict[str, float]:
    if validation is None:
        return {}
    labels = labels_for(validation, settings.loss)
    figures = model.evaluate(
        validation.inputs(), labels, batch_size=EVALUATION_BATCH, return_dict=True, verbose=0
    )
    return {f"val_{name}": value for name, value in figures.items()}


def _device() -> str:
    """Return what trains: the GPU's name, or the number of CPU cores."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return processor()
    return str(tf.config.experimental.get_device_details(gpus[0]).get("device_name", gpus[0].name))
