"""A training from its settings to a model folder; this is where TensorFlow is."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf

from mnist_app.data.drawings import read_drawings
from mnist_app.data.mnist import Progress, Source, Split, checksum, find_source, read_split
from mnist_app.data.splits import first, mixed, split_validation
from mnist_app.nets.architectures import CLASSES, INPUT_SHAPE, build
from mnist_app.numerics.forward import forward
from mnist_app.serving.card import KERAS_FILE, Card, threshold_of
from mnist_app.texts.user_error import UserError
from mnist_app.training import settings as settings_file
from mnist_app.training.batches import batches, count_batches, labels_for
from mnist_app.training.conductor import Conductor
from mnist_app.training.estimate import processor, remember
from mnist_app.training.events import append_event
from mnist_app.training.export import layer_cards, versions, write_model
from mnist_app.training.filters import convolutions, write_filters
from mnist_app.training.history import METRICS, read_history
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.settings import Settings
from mnist_app.training.sweeps import Rule

EVALUATION_BATCH = 256
PROBES = 32  # test images that an imported model has to answer


@dataclass(frozen=True)
class Images:
    """What a training works on."""

    source: Source
    sha256: str
    train: Split
    validation: Split | None
    test: Split


def train(run: RunDirectory) -> None:
    """Train what the run's settings ask for, and leave a model folder.

    A run that has a checkpoint goes on from it.

    Raises:
        UserError: the settings, the data or the first model cannot be used, or
            the loss became infinite.
    """
    settings = settings_file.read(run.settings)
    images = _images(run, settings)
    keras.utils.set_random_seed(settings.seed)
    resumed = run.checkpoint.exists()
    model = _load(run.checkpoint) if resumed else _new_model(run, settings)
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
        parameters=model.count_params(),
        data=images.source.kind,
        device=_device(),
        layers=[vars(layer) for layer in layer_cards(model)] if _is_followed(model) else [],
    )
    history = read_history(run)
    rule = Rule(run)
    conductor = Conductor(run, settings, model, len(images.train), count, step, history, rule)
    before = sum(event["seconds"] for event in history.fits)
    start = time.perf_counter()
    _fit(model, settings, images, conductor)
    seconds = time.perf_counter() - start - conductor.held_seconds
    history.update()
    append_event(run.events, "fitted", seconds=round(seconds, 2), step=conductor.step)
    if history.epochs:
        remember(settings, history.epochs[-1]["images_per_second"], _device(), run.path.parent)
    if conductor.outcome == "paused":
        return
    rule.tell(is_whole=conductor.outcome in ("", "early"))
    if conductor.outcome == "diverged":
        raise UserError("error.loss_not_finite", rate=conductor.rate)
    if settings.restore_best_weights and run.best.exists():
        model = _load(run.best)
    append_event(run.events, "evaluating")
    test_labels = labels_for(images.test, settings.loss)
    figures = model.evaluate(images.test.inputs(), test_labels, batch_size=EVALUATION_BATCH, verbose=0)
    loss, accuracy = (float(figure) for figure in figures)
    if not math.isfinite(loss):  # the last step of all can still be too long
        raise UserError("error.loss_not_finite", rate=conductor.rate)
    append_event(run.events, "evaluated", test_loss=loss, test_accuracy=accuracy, images=len(images.test))
    digest = write_model(model, run.path)
    if convolutions(model):
        append_event(run.events, "describing")
        write_filters(model, run.path, images.test)
    Card(
        architecture=settings.architecture,
        settings=settings.as_dict(),
        data={
            "source": images.source.kind,
            "sha256": images.sha256,
            "train_images": len(images.train),
            "validation_images": 0 if images.validation is None else len(images.validation),
            "test_images": len(images.test),
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
        # A fine-tuned network refuses as the one that it began as.
        refuse_below=threshold_of(run.path / settings.base) if settings.base else 0.0,
    ).write(run.path)
    end = "stopped" if conductor.outcome in ("stopped", "hopeless") else "finished"
    how = {"early": conductor.outcome == "early", "hopeless": conductor.outcome == "hopeless"}
    append_event(run.events, end, epochs=len(history.epochs), **how)


def _fit(model: keras.Model, settings: Settings, images: Images, conductor: Conductor) -> None:
    """Do what is left of all epochs.

    ``keras.Model.fit`` comes back to Python after every batch, which costs a
    quarter of the speed of a small network (``python -m benchmarks.training``).
    Here Keras's ``train_step`` runs for several batches in one go.
    """
    step, count = conductor.step, conductor.batches
    prepared = batches(images.train, settings, *divmod(step, count))
    begun = [keras.callbacks.TensorBoard(conductor.run.path / "tensorboard")] if settings.tensorboard else []
    callbacks = keras.callbacks.CallbackList(begun, model=model)
    model.optimizer.build(model.trainable_variables)
    one = first(images.train, 1)
    model.test_on_batch(one.inputs(), labels_for(one, settings.loss))  # makes the metrics

    @tf.function(input_signature=[tf.data.IteratorSpec(prepared.element_spec), tf.TensorSpec([None])])  # type: ignore[untyped-decorator]
    def learn(batch: Iterator[tuple[tf.Tensor, tf.Tensor]], rates: tf.Tensor) -> None:
        for rate in rates:
            model.optimizer.learning_rate.assign(rate)
            model.train_step(next(batch))

    batch = iter(prepared)
    conductor.begin()
    callbacks.on_train_begin()
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


def _validate(model: keras.Model, settings: Settings, validation: Split | None) -> dict[str, float]:
    if validation is None:
        return {}
    labels = labels_for(validation, settings.loss)
    figures = model.evaluate(
        validation.inputs(), labels, batch_size=EVALUATION_BATCH, return_dict=True, verbose=0
    )
    return {f"val_{name}": value for name, value in figures.items()}


def _images(run: RunDirectory, settings: Settings) -> Images:
    source = find_source(Path(settings.data) if settings.data else None, _download_events(run))
    train_all, test = read_split(source, "train"), read_split(source, "test")
    train_on = first(train_all, settings.train_images)
    validation = test if settings.validation == "test" else None
    if settings.validation == "train":
        train_on, validation = split_validation(train_on, settings.validation_split)
    if settings.drawings:
        train_on = mixed(train_on, read_drawings(run.path / settings.drawings))
    return Images(source, checksum(train_all, test), train_on, validation, test)


def _new_model(run: RunDirectory, settings: Settings) -> keras.Model:
    """Return the compiled network with its first weights: random ones, or another model's."""
    if settings.base:
        model = _imported(run.path / settings.base)
    else:
        model = build(settings.architecture, settings.dropout)
    model.compile(optimizer=_optimizer(settings), loss=settings.loss, metrics=["accuracy"])
    return model


def _optimizer(settings: Settings) -> keras.optimizers.Optimizer:
    config = {"learning_rate": settings.rate}
    if settings.optimizer == "sgd":
        config["momentum"] = settings.momentum
    return keras.optimizers.get({"class_name": settings.optimizer, "config": config})


def _load(path: Path) -> keras.Model:
    try:
        return keras.saving.load_model(path)
    except Exception as error:  # a damaged file makes zipfile, h5py and Keras raise a dozen kinds of them
        raise UserError("error.checkpoint_damaged", path=path) from error


def _imported(path: Path) -> keras.Model:
    """Return somebody's model, if it reads digits and can be shown.

    Raises:
        UserError: it is no Keras model, would run code of its own, has other
            inputs or outputs, or cannot be shown layer by layer.
    """
    file = path / KERAS_FILE if path.is_dir() else path
    try:
        # safe_mode refuses what would run code that came with the file.
        model = keras.saving.load_model(file, compile=False, safe_mode=True)
    except Exception as error:  # whatever is wrong with a stranger's file
        raise UserError("error.import_unreadable", name=path.name, reason=_first_line(error)) from error
    try:
        shapes = [list(tensor.shape[1:]) for tensor in (*model.inputs, *model.outputs)]
    except Exception as error:  # a model without an input layer does not know its shapes
        raise UserError("error.import_layers", name=path.name, reason=_first_line(error)) from error
    if shapes != [list(INPUT_SHAPE), [CLASSES]]:
        raise UserError("error.import_shapes", name=path.name, received=shapes)
    try:
        layer_cards(model)
        every_layer = keras.Model(model.inputs, [layer.output for layer in model.layers])
        outputs = every_layer(np.zeros((PROBES, *INPUT_SHAPE), np.float32))[-1]
    except Exception as error:
        raise UserError("error.import_layers", name=path.name, reason=_first_line(error)) from error
    if not np.allclose(np.sum(outputs, axis=-1), 1, atol=1e-3) or np.min(outputs) < 0:
        raise UserError("error.import_softmax", name=path.name)
    return model


def _is_followed(model: keras.Model) -> bool:
    """Return whether ``numerics/forward.py`` computes what the model does: an imported one may do more."""
    images = np.random.default_rng(0).random((PROBES, *INPUT_SHAPE), np.float32)
    weights = {layer.name: layer.get_weights() for layer in model.layers}
    try:
        ours = forward(layer_cards(model), weights, images)[model.layers[-1].name]
    except Exception:  # whatever a stranger's layer may be
        return False
    return np.allclose(ours, model(images, training=False), atol=1e-4)


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]


def _device() -> str:
    """Return what trains: the GPU's name, or the number of CPU cores."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return processor()
    return str(tf.config.experimental.get_device_details(gpus[0]).get("device_name", gpus[0].name))


def _download_events(run: RunDirectory) -> Progress:
    last = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5 or done == total:
            last = time.monotonic()
            append_event(run.events, "download", done=done, total=total)

    return progress
