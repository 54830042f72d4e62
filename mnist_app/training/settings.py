"""What a training is asked to do."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mnist_app.data.files import read_json
from mnist_app.nets.architectures import ARCHITECTURES
from mnist_app.nets.recipes import RECIPES
from mnist_app.numerics.augment import Augmentation
from mnist_app.texts.user_error import UserError
from mnist_app.training.schedules import SCHEDULES

# With Keras's default learning rate.
OPTIMIZERS = {"sgd": 0.01, "rmsprop": 0.001, "adam": 0.001, "adamw": 0.001}
LOSSES = ("categorical_crossentropy", "sparse_categorical_crossentropy")
VALIDATION = ("train", "test", "none")
MONITORS = ("val_loss", "val_accuracy")
DEFAULT_VALIDATION_SPLIT = 0.1
LIMITS: dict[str, tuple[float, float]] = {  # lowest and highest value of each number
    "learning_rate": (1e-7, 10),
    "momentum": (0, 0.999),
    "weight_decay": (0, 1),
    "ema_momentum": (0, 0.9999),
    "label_smoothing": (0, 0.5),
    "batch_size": (1, 8192),
    "epochs": (1, 1000),
    "validation_split": (0.001, 0.9),
    "patience": (0, 1000),
    "train_images": (10, 10_000_000),
    "dropout": (0, 0.95),
    "rotation": (0, 180),
    "zoom": (0, 0.5),
    "shift": (0, 0.5),
    "thickness": (0, 1),
    "slant": (0, 1),
    "pen_digits": (0, 10),
    "non_digits": (0, 1),
    "number_parts": (0, 1),
    "bend": (0, 2),
    "fade": (0, 1),
    "crop": (0, 1),
    "seed": (0, 2**32 - 1),
}


@dataclass(frozen=True)
class Settings:
    """The settings of one training, checked at construction.

    Attributes:
        architecture: a key of ``ARCHITECTURES``; "" where ``base`` is none of them.
        recipe: the recipe that they come from, or "".
        optimizer: a key of ``OPTIMIZERS``.
        momentum: of SGD, 0 up to 0.999; the others have their own.
        learning_rate: above 0, at most 10; None: the optimizer's default.
        schedule: a key of ``SCHEDULES``: how the learning rate changes.
        weight_decay: of AdamW, 0 to 1: how fast weights shrink; None: Keras's default.
        ema_momentum: the network keeps a running average of its weights in the end,
            of which each batch replaces 1 - ``ema_momentum``; 0: its last weights.
        loss: one of ``LOSSES``; they differ in how labels are written.
        label_smoothing: the share of a label that is spread over all classes, 0 to 0.5.
        batch_normalization: with a normalisation after each convolution while
            it learns, as ``nets/normalisation.py`` describes.
        batch_size: 1 to 8192 images.
        epochs: 1 to 1000.
        validation: "train": the last images of the training set are held
            back; "test": the test images, which makes their accuracy too good
            to be true; "none".
        validation_split: the share that "train" holds back, between 0 and 1.
        patience: stop after so many epochs without a better ``monitor``;
            0: never.
        monitor: the metric that decides which epoch is best.
        restore_best_weights: keep the best epoch's weights, not the last's.
        mixed_precision: compute in bfloat16, which has fewer digits, where the
            processor or the GPU can; the weights stay float32.
        train_images: how many training images; None: all.
        dropout: the rate of all dropout layers, as ``build`` takes it; None:
            the architecture's own.
        rotation, zoom, shift, thickness, slant, bend: as ``Augmentation`` has them.
        fade: the last share of the training, 0 to 1, in which they dwindle to nothing.
        crop: the first share of the training, 0 to 1, in which it sees the middle of each
            image only, as ``nets/cropping.py`` describes.
        pen_digits: digits drawn with a pen to learn beside MNIST's: so many times as
            many, 0 to 10.
        recorded: a file of recorded pen strokes, as ``read_strokes`` takes it, from
            which most of them come; "": the app makes all of them.
        non_digits: scribbles, letters and other drawings for which the network
            shall learn to find all digits equally improbable: so many times as
            many as MNIST's images, 0 to 1.  With them, the card gets the
            threshold below which nothing is a digit.
        number_parts: what is left where numbers are cut: digits with a bit of their
            neighbour and, as many, pieces that are no digit: so many times as many
            as MNIST's images, 0 to 1.
        calibrate: divide the logits of the finished network by the number that
            makes its probabilities mean what they say.
        seed: 0 to 2**32 - 1.
        data: a ``.npz`` file; "": as ``mnist_app.data.mnist.find_source`` finds it.
        base: a model folder, or a ``.keras`` file, whose weights are the first
            ones, with 0 epochs the last ones too; "": random ones.  A relative
            path begins at the run's folder, here and in ``drawings``.
        drawings: a folder of labelled drawings to learn beside MNIST; "": none.
        tensorboard: write event files for TensorBoard, where it is installed.

    Raises:
        UserError: a value that cannot be.
    """

    architecture: str = "convnet-128"
    recipe: str = ""
    optimizer: str = "adam"
    momentum: float = 0.0
    learning_rate: float | None = None
    schedule: str = "constant"
    weight_decay: float | None = None
    ema_momentum: float = 0.0
    loss: str = "categorical_crossentropy"
    label_smoothing: float = 0.0
    batch_normalization: bool = False
    batch_size: int = 128
    epochs: int = 5
    validation: str = "train"
    validation_split: float = DEFAULT_VALIDATION_SPLIT
    patience: int = 0
    monitor: str = "val_loss"
    restore_best_weights: bool = False
    mixed_precision: bool = False
    train_images: int | None = None
    dropout: float | None = None
    rotation: float = 0.0
    zoom: float = 0.0
    shift: float = 0.0
    thickness: float = 0.0
    slant: float = 0.0
    bend: float = 0.0
    fade: float = 0.0
    crop: float = 0.0
    pen_digits: float = 0.0
    recorded: str = ""
    non_digits: float = 0.0
    number_parts: float = 0.0
    calibrate: bool = False
    seed: int = 1
    data: str = ""
    base: str = ""
    drawings: str = ""
    tensorboard: bool = False

    def __post_init__(self) -> None:
        # Whoever brings a base need not know what it is called.
        self._one_of("architecture", (*ARCHITECTURES, *([""] if self.base else [])))
        self._one_of("recipe", ("", *RECIPES))
        self._one_of("optimizer", tuple(OPTIMIZERS))
        self._one_of("loss", LOSSES)
        self._one_of("validation", VALIDATION)
        self._one_of("monitor", MONITORS)
        self._one_of("schedule", tuple(SCHEDULES))
        for name, (low, high) in LIMITS.items():
            # A base may be taken as it is.
            self._between(name, 0 if name == "epochs" and self.base else low, high)
        if (self.calibrate or self.has_no_digits) and self.validation != "train":
            raise UserError("error.setting_needs_held_back")
        if self.validation == "none" and (self.patience or self.restore_best_weights):
            raise UserError("error.setting_needs_validation")
        if (self.label_smoothing or self.has_no_digits) and self.loss != LOSSES[0]:
            raise UserError("error.setting_needs_loss", loss=LOSSES[0])
        if (self.batch_normalization or self.mixed_precision or self.crop) and self.base:
            raise UserError("error.setting_needs_new_network")

    @property
    def has_no_digits(self) -> bool:
        """Return whether some of the images are no digits."""
        return bool(self.non_digits or self.number_parts)

    def _one_of(self, name: str, known: tuple[str, ...]) -> None:
        if getattr(self, name) not in known:
            listed = ", ".join(value for value in known if value)
            raise UserError("error.setting_choice", name=name, known=listed, received=getattr(self, name))

    def _between(self, name: str, low: float, high: float) -> None:
        value = getattr(self, name)
        if value is not None and not low <= value <= high:
            raise UserError("error.setting_range", name=name, low=low, high=high, received=value)

    @property
    def rate(self) -> float:
        """Return the learning rate at the start."""
        return OPTIMIZERS[self.optimizer] if self.learning_rate is None else self.learning_rate

    @property
    def augmentation(self) -> Augmentation:
        """Return how far the training images are changed."""
        return Augmentation(self.rotation, self.zoom, self.shift, self.thickness, self.slant, self.bend)

    def as_dict(self) -> dict[str, Any]:
        """Return the settings by name, as ``settings.json`` holds them."""
        return dataclasses.asdict(self)


def from_recipe(name: str, **changes: Any) -> Settings:
    """Return a recipe's settings with some of them changed.

    Raises:
        UserError: there is no such recipe or setting, or a value cannot be.
    """
    if name not in RECIPES:
        raise UserError("error.unknown_recipe", name=name, known=", ".join(RECIPES))
    recipe = RECIPES[name]
    return from_dict({"architecture": recipe.architecture, "recipe": name, **recipe.settings, **changes})


def from_dict(values: dict[str, Any]) -> Settings:
    """Return settings from names and values, each checked for its type.

    Raises:
        UserError: there is no such setting, or a value cannot be.
    """
    return Settings(**{name: _typed(name, value) for name, value in values.items()})


def read(path: Path) -> Settings:
    """Return the settings in a ``settings.json``.

    Raises:
        UserError: the file is not there, is damaged or holds impossible settings.
    """
    try:
        values = read_json(path)
        if not isinstance(values, dict):
            raise ValueError(values)
    except (OSError, ValueError) as error:
        raise UserError("error.settings_file", path=path) from error
    return from_dict(values)


def _typed(name: str, value: Any) -> Any:
    """Return a value as its setting's type; text, as the command line has it, is parsed."""
    field = next((field for field in dataclasses.fields(Settings) if field.name == name), None)
    if field is None:
        known = ", ".join(field.name for field in dataclasses.fields(Settings))
        raise UserError("error.unknown_setting", name=name, known=known)
    kind, _, optional = str(field.type).partition(" | ")
    if value is None or (optional and value in ("", "none", "all")):
        if optional:
            return None
        raise UserError("error.setting_type", name=name, kind=UserError(f"error.kind_{kind}"), received=value)
    try:
        if kind == "bool":
            return {"true": True, "false": False}[str(value).lower()]
        if kind == "int":
            # A whole number, also when it comes as text or as 5.0.
            return int(value) if isinstance(value, str) else int(str(value).removesuffix(".0"))
        return float(value) if kind == "float" else str(value)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise UserError(
            "error.setting_type", name=name, kind=UserError(f"error.kind_{kind}"), received=value
        ) from error
