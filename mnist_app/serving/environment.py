"""What the environment says in numbers: the variables that a server may be given."""

from __future__ import annotations

import math
import os

from mnist_app.texts.user_error import UserError

# Whole numbers from 0 on; what each is for, and its default, say those who read it.
NUMBERS = (
    "MNIST_APP_TRAININGS",
    "MNIST_APP_TRAININGS_EACH",
    "MNIST_APP_TRAININGS_ALL",
    "MNIST_APP_MEGABYTES_EACH",
    "MNIST_APP_MEGABYTES_ALL",
    "MNIST_APP_UPLOADS_EACH",
    "MNIST_APP_KEEP_DAYS",
    "MNIST_APP_KEEP_MEGABYTES",
)

# Numbers from 0 on, halves too: what a training takes of a machine of a cluster.
AMOUNTS = ("MNIST_APP_RAY_CPUS", "MNIST_APP_RAY_GPUS")


def number(variable: str, default: int) -> int:
    """Return the number that a variable holds, the default where it is empty or not there.

    Raises:
        UserError: it is no whole number from 0 on.
    """
    given = os.environ.get(variable, "").strip()
    if given and not (given.isascii() and given.isdecimal()):
        raise UserError("error.environment_number", name=variable, received=given)
    return int(given) if given else default


def amount(variable: str, default: float) -> float:
    """Return the number, perhaps with decimals, that a variable holds; as ``number`` otherwise.

    Raises:
        UserError: it is no number from 0 on.
    """
    given = os.environ.get(variable, "").strip()
    try:
        value = float(given) if given else default
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise UserError("error.environment_amount", name=variable, received=given)
    return value


def check_environment() -> None:
    """Return if every variable can be read; a server asks once, before anybody comes.

    Raises:
        UserError: one cannot be.
    """
    for variable in NUMBERS:
        number(variable, 0)
    for variable in AMOUNTS:
        amount(variable, 0)
