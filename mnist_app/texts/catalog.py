"""Every text that a person sees, in every language of the app."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib.resources import files

from mnist_app.texts.particles import MARK, particle

LANGUAGES = {"en": "English", "ko": "한국어"}
CHOOSE_LANGUAGE = "Language · 언어"  # for those, too, who cannot read the page yet
DEFAULT_LANGUAGE = "en"
TERMINAL = (
    "MNIST_APP_LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "LANG",
)  # say a terminal's language; the first one wins


@cache
def catalog(language: str) -> dict[str, str]:
    """Return all texts of one language, by dotted key ("draw.title")."""
    tables = tomllib.loads(files("mnist_app.texts").joinpath(f"{language}.toml").read_text("utf-8"))
    return {f"{table}.{key}": value for table, texts in tables.items() for key, value in texts.items()}


def text(key: str, language: str, **values: object) -> str:
    """Return the text of a key with ``values`` in its placeholders.

    Args:
        key: dotted key, as in ``catalog``.
        language: a key of ``LANGUAGES``.
        values: what stands in the text's ``{placeholders}``.

    Raises:
        KeyError: the catalog has no such text, or the text has a placeholder
            without a value.
    """
    words = ""
    # Every second part is a particle, which heeds what the values before it end in.
    for place, part in enumerate(MARK.split(catalog(language)[key])):
        words += particle(part, words) if place % 2 else part.format(**values)
    return words


def language_of(locale: str | None) -> str:
    """Return the app's language for a locale such as "ko-KR" or "en_US.UTF-8"."""
    code = (locale or "")[:2].lower()
    return code if code in LANGUAGES else DEFAULT_LANGUAGE


def terminal_language() -> str:
    """Return the language that the environment asks for, by the first of ``TERMINAL`` that is set."""
    return language_of(next((os.environ[name] for name in TERMINAL if os.environ.get(name)), None))
