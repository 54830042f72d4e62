"""Every text that a person sees, in every language of the app."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = {"en": "English", "ko": "한국어"}
DEFAULT_LANGUAGE = "en"


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
    return catalog(language)[key].format(**values)


def language_of(locale: str | None) -> str:
    """Return the app's language for a locale such as "ko-KR" or "en_US.UTF-8"."""
    code = (locale or "")[:2].lower()
    return code if code in LANGUAGES else DEFAULT_LANGUAGE


def terminal_language() -> str:
    """Return the language that the environment asks for (LC_ALL, LC_MESSAGES, LANG)."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return language_of(next((os.environ[name] for name in names if os.environ.get(name)), None))
