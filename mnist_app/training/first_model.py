"""The network that a training begins with: a new one, a checkpoint, or somebody's."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from mnist_app.nets.architectures import CLASSES, INPUT_SHAPE, build
from mnist_app.nets.cropping import of_any_size
from mnist_app.nets.normalisation import normalised
from mnist_app.numerics.forward import forward
from mnist_app.numerics.layer_card import LAYER_NAME
from mnist_app.serving.card import KERAS_FILE
from mnist_app.texts.user_error import UserError
from mnist_app.training.accuracy import DigitAccuracy
from mnist_app.training.export import layer_cards
from mnist_app.training.run_directory import RunDirectory
from mnist_app.training.settings import Settings

CPU_FLAGS = Path("/proc/cpuinfo")  # Linux only
KERAS = ".keras"
PROBES = 32  # test images that an imported model has to answer


def new_model(run: RunDirectory, settings: Settings) -> keras.Model:
    """Return the compiled network with its first weights: random ones, or another model's.

    Raises:
        UserError: the other model cannot be used.
    """
    if settings.base:
        model = _imported(run.path / settings.base)
    else:
        model = build(settings.architecture, settings.dropout)
        if settings.batch_normalization:
            model = normalised(model)
        if settings.crop:
            model = of_any_size(model)
        if settings.mixed_precision and has_bfloat16():
            model = in_mixed_precision(model)
    accuracy = DigitAccuracy(name="accuracy") if settings.has_no_digits else "accuracy"
    model.compile(optimizer=_optimizer(settings), loss=_loss(settings), metrics=[accuracy])
    return model


def has_bfloat16() -> bool:
    """Return whether something here computes in bfloat16; without it that would be slower, not faster."""
    if tf.config.list_physical_devices("GPU"):
        return True
    try:
        return bool({"avx512_bf16", "amx_bf16"} & set(CPU_FLAGS.read_text("utf-8").split()))
    except OSError:
        return False


def in_mixed_precision(model: keras.Sequential) -> keras.Sequential:
    """Return the network with new weights, all layers but the logits and the softmax in bfloat16."""
    layers = [keras.layers.Input(model.input_shape[1:], name="input")]
    for layer in model.layers:
        policy = "float32" if layer in model.layers[-2:] else "mixed_bfloat16"
        layers.append(type(layer).from_config(layer.get_config() | {"dtype": policy}))
    return keras.Sequential(layers, name=model.name)


def _loss(settings: Settings) -> str | keras.losses.Loss:
    if settings.label_smoothing:
        return keras.losses.CategoricalCrossentropy(label_smoothing=settings.label_smoothing)
    return settings.loss


def _optimizer(settings: Settings) -> keras.optimizers.Optimizer:
    config: dict[str, float] = {"learning_rate": settings.rate}
    if settings.optimizer == "sgd":
        config["momentum"] = settings.momentum
    if settings.optimizer == "adamw" and settings.weight_decay is not None:
        config["weight_decay"] = settings.weight_decay
    if settings.ema_momentum:
        config |= {"use_ema": True, "ema_momentum": settings.ema_momentum}
    return keras.optimizers.get({"class_name": settings.optimizer, "config": config})


def load_whole(path: Path) -> keras.Model:
    """Return a model of this training with its optimizer.

    Raises:
        UserError: the file is damaged.
    """
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
    if file.suffix != KERAS:  # Keras reads older formats too, whose code it does not refuse so well
        reason = UserError("error.import_suffix", suffix=KERAS)
        raise UserError("error.import_unreadable", name=path.name, reason=reason)
    try:
        # safe_mode refuses what would run code that came with the file.
        model = keras.saving.load_model(file, compile=False, safe_mode=True)
    except Exception as error:  # whatever is wrong with a stranger's file
        raise UserError("error.import_unreadable", name=path.name, reason=_first_line(error)) from error
    try:
        shapes = [list(tensor.shape[1:]) for tensor in (*model.inputs, *model.outputs)]
    except Exception as error:  # a model without an input layer does not know its shapes
        raise UserError("error.import_layers", name=path.name, reason=_first_line(error)) from error
    unfit = [layer.name for layer in model.layers if not LAYER_NAME.fullmatch(layer.name)]
    if unfit:
        reason = UserError("error.import_layer_name", layer=ascii(unfit[0][:40]))
        raise UserError("error.import_layers", name=path.name, reason=reason)
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


def is_followed(model: keras.Model) -> bool:
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
