"""Sets of runs over chosen settings, and the rule that ends the hopeless ones early.

    runs/.sweeps/<id>/sweep.json     what was asked for, and the names of the runs
    runs/.sweeps/<id>/study.log      Optuna's journal: what every run reached after every epoch
    runs/<id>-<n>/sweep.json         which trial of which study a run is

Optuna draws the settings and judges the runs.  Of the well-kept libraries it is
the one whose trials can live in processes of their own and meet in a file, as
our runs do: Keras Tuner would start the trainings itself, past the queue.  The
page draws all settings at once; every worker reports its own epochs.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnist_app.data.files import is_name, read_json, write_whole
from mnist_app.numerics.layer_card import is_figure
from mnist_app.texts.user_error import UserError, why
from mnist_app.training.run_directory import RunDirectory, create_run, new_folder
from mnist_app.training.settings import Settings, from_dict

if TYPE_CHECKING:
    import optuna

FOLDER = ".sweeps"  # in the folder of the runs
LINK = "sweep.json"  # of a run that belongs to one
MOST_RUNS = 48
GRID, RANDOM = METHODS = ("grid", "random")
# What a sweep may vary: settings that say how a network learns, not what it is judged by.
VARIED = (
    "learning_rate",
    "optimizer",
    "batch_size",
    "architecture",
    "schedule",
    "dropout",
    "epochs",
    "momentum",
    "rotation",
    "zoom",
    "shift",
    "thickness",
    "train_images",
    "seed",
)
LOGARITHMIC = ("learning_rate",)
OBJECTIVE = "val_accuracy"
RUNS_BEFORE = 2  # finished ones, before any other can be found hopeless
EPOCHS_BEFORE = 1  # that every run may do
STUDY = "sweep"


@dataclass(frozen=True)
class Dimension:
    """One setting that varies: over ``values``, or anywhere from ``low`` to ``high``."""

    name: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class Sweep:
    """What was asked for; ``space`` has, for each run, the values of the settings that vary."""

    id: str
    method: str
    stops: bool
    base: dict[str, Any]
    runs: list[str]
    space: list[dict[str, Any]]
    owner: str = ""
    created: float = field(default_factory=time.time)


def parse_dimension(name: str, text: str) -> Dimension:
    """Return what a person wrote: ``0.1, 0.01`` are values, ``0.001..0.1`` is a range.

    Args:
        name: one of ``VARIED``.
        text: values as ``settings.from_dict`` takes them.

    Raises:
        UserError: there is no value, one cannot be, or a range is none.
    """
    low, dots, high = text.partition("..")
    if dots:
        ends = [getattr(from_dict({name: end.strip()}), name) for end in (low, high)]
        if not all(isinstance(end, int | float) for end in ends) or not ends[0] < ends[1]:
            raise UserError("error.sweep_range", name=name, received=text)
        return Dimension(name, low=ends[0], high=ends[1])
    given = [value.strip() for value in text.split(",") if value.strip()]
    if not given:
        raise UserError("error.sweep_empty", name=name)
    checked = [getattr(from_dict({name: value}), name) for value in given]
    return Dimension(name, values=tuple(dict.fromkeys(checked)))


def count_runs(dimensions: Sequence[Dimension], method: str, count: int) -> int:
    """Return how many runs a sweep has.

    Raises:
        UserError: nothing varies, a grid has a range in it, or there are too many runs.
    """
    if not dimensions:
        raise UserError("error.sweep_nothing")
    ranges = [dimension.name for dimension in dimensions if not dimension.values]
    if method == GRID and ranges:
        raise UserError("error.sweep_grid_range", name=ranges[0])
    number = math.prod(len(dimension.values) for dimension in dimensions) if method == GRID else count
    if not 1 <= number <= MOST_RUNS:
        raise UserError("error.sweep_too_many", received=number, most=MOST_RUNS)
    return number


def create_sweep(
    base: Settings,
    dimensions: Sequence[Dimension],
    method: str,
    count: int,
    stops: bool,
    owner: str,
    runs: Path,
) -> Sweep:
    """Return a new sweep with its run directories; who calls submits them.

    Args:
        base: the settings that do not vary; its seed draws the others.
        dimensions: those that do.
        method: one of ``METHODS``: every combination, or ``count`` drawn at random.
        count: of "random".
        stops: whether hopeless runs end early.
        owner: who started it.
        runs: the folder of the runs.

    Raises:
        UserError: as ``count_runs``; a combination cannot be; the folder cannot be written.
    """
    number = count_runs(dimensions, method, count)
    base = replace(base, recipe="", validation="train", patience=0, restore_best_weights=False)
    drawn = _draw(dimensions, method, number, base.seed)
    settings = [from_dict({**base.as_dict(), **values}) for values in drawn]
    first = runs / FOLDER / f"{time.strftime('%Y%m%d-%H%M%S')}-sweep"
    try:
        folder = new_folder(first)
    except OSError as error:
        raise UserError("error.folder_not_writable", path=first, reason=why(error)) from error
    study = _study(folder)
    names = []
    for n, asked in enumerate(settings, 1):
        run = create_run(asked, runs / f"{folder.name}-{n:02}")
        link = {"sweep": folder.name, "trial": study.ask().number, "stops": stops}
        write_whole(run.path / LINK, json.dumps(link) + "\n")
        names.append(run.name)
    sweep = Sweep(folder.name, method, stops, base.as_dict(), names, drawn, owner)
    write_whole(folder / "sweep.json", json.dumps(asdict(sweep), indent=1) + "\n")
    return sweep


def find_sweeps(runs: Path) -> list[Sweep]:
    """Return all sweeps that can be read, the newest first."""
    found = []
    for file in (runs / FOLDER).glob("*/sweep.json"):
        try:
            sweep = Sweep(**read_json(file))
            _check(sweep, file.parent.name)
        except (OSError, ValueError, TypeError, AttributeError, UserError):
            continue  # damaged: its runs are there all the same
        found.append(sweep)
    return sorted(found, key=lambda sweep: sweep.created, reverse=True)


def _check(sweep: Sweep, name: str) -> None:
    """Raise what ``find_sweeps`` leaves a sweep out for: what its file says cannot be.

    Raises:
        ValueError, TypeError, AttributeError, UserError: it cannot.
    """
    words = (sweep.method, sweep.owner, *sweep.runs)
    if sweep.id != name or not all(isinstance(word, str) for word in words) or not is_figure(sweep.created):
        raise TypeError(sweep)
    # A run's name that leads elsewhere would let a button of the page write there.
    if not all(is_name(run) for run in sweep.runs) or not 1 <= len(sweep.runs) == len(sweep.space):
        raise ValueError(sweep)
    for given in sweep.space:
        if given.keys() != sweep.space[0].keys() or not given.keys() <= {*VARIED}:
            raise ValueError(given)
        from_dict(given)


class Rule:
    """What a worker has to do with the sweep that its run belongs to; nothing, if to none."""

    def __init__(self, run: RunDirectory) -> None:
        self._trial: optuna.Trial | None = None
        self._stops = False
        self._reached = math.nan
        try:
            link = read_json(run.path / LINK)
            folder = run.path.parent / FOLDER / str(link["sweep"])
            if not is_name(folder.name) or folder.name != link["sweep"] or not folder.is_dir():
                return
            import optuna

            study = _study(folder)
            known = study.trials[link["trial"]]
            if not known.state.is_finished():  # a run that was stopped and resumed is judged no more
                self._trial = optuna.Trial(study, known._trial_id)
            self._stops = bool(link["stops"])
        except FileNotFoundError:
            return
        except Exception:  # a damaged journal: the run is worth having without the others
            logging.getLogger(__name__).exception("the sweep of %s cannot be read", run.name)

    def is_hopeless(self, epoch: int, metrics: dict[str, float]) -> bool:
        """Report an epoch, and return whether the run is worse than half of those that are done."""
        self._reached = metrics.get(OBJECTIVE, math.nan)
        if self._trial is None or math.isnan(self._reached):
            return False
        self._trial.report(self._reached, epoch)
        return self._stops and self._trial.should_prune()

    def tell(self, is_whole: bool) -> None:
        """Say that the run has ended, by itself or not; only those count by which others are judged."""
        if self._trial is None or math.isnan(self._reached):
            return
        from optuna.trial import TrialState

        if is_whole:
            self._trial.study.tell(self._trial.number, self._reached)
        else:
            self._trial.study.tell(self._trial.number, state=TrialState.PRUNED)


def _draw(dimensions: Sequence[Dimension], method: str, number: int, seed: int) -> list[dict[str, Any]]:
    """Return the values of so many runs."""
    if method == GRID:
        combinations = product(*(dimension.values for dimension in dimensions))
        return [
            {each.name: value for each, value in zip(dimensions, drawn, strict=True)}
            for drawn in combinations
        ]
    import optuna

    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed))
    trials = [study.ask() for _ in range(number)]
    return [{each.name: _suggested(trial, each) for each in dimensions} for trial in trials]


def _suggested(trial: optuna.Trial, dimension: Dimension) -> Any:
    name, low, high = dimension.name, dimension.low, dimension.high
    if dimension.values:
        return trial.suggest_categorical(name, dimension.values)
    if isinstance(low, int) and isinstance(high, int):
        return trial.suggest_int(name, low, high)
    return float(
        f"{trial.suggest_float(name, low, high, log=name in LOGARITHMIC):.4g}"
    )  # as one would type it


def _study(folder: Path) -> optuna.Study:
    """Return the study of a sweep, made where it is new."""
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    return optuna.create_study(
        study_name=STUDY,
        storage=JournalStorage(JournalFileBackend(str(folder / "study.log"))),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=RUNS_BEFORE, n_warmup_steps=EPOCHS_BEFORE),
        direction="maximize",
        load_if_exists=True,
    )
