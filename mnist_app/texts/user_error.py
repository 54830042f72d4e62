"""An error that a person can read: what was wrong and what to do about it."""

from __future__ import annotations

import errno
from typing import Any

from mnist_app.texts.catalog import DEFAULT_LANGUAGE, text

# Why the system refused a file or a folder, in words of our own: its own are English.
REASONS = {
    errno.EACCES: "error.not_permitted",
    errno.EPERM: "error.not_permitted",
    errno.EISDIR: "error.is_folder",
    errno.EROFS: "error.read_only",
    errno.ENOSPC: "error.no_space",
    errno.ENAMETOOLONG: "error.name_too_long",
}


class UserError(Exception):
    """Something a person asked for that cannot be done.

    It carries the key of a catalog entry and the values that belong in it, so
    the page and the command line can say it in the reader's language.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def message(self, language: str) -> str:
        """Return the sentence in the given language, errors inside it too."""
        values = {name: _said(value, language) for name, value in self.values.items()}
        return text(self.key, language, **values)

    def __str__(self) -> str:
        return self.message(DEFAULT_LANGUAGE)

    def as_json(self) -> dict[str, Any]:
        """Return the key and the values, errors inside it too, as JSON can hold them."""
        values = {name: _as_json(value) for name, value in self.values.items()}
        return {"key": self.key, "values": values}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> UserError:
        """Return the error that ``as_json`` told of.

        Raises:
            KeyError, TypeError, AttributeError, RecursionError: it did not.
        """
        values = told["values"].items()
        return cls(
            told["key"],
            **{name: cls.from_json(value) if isinstance(value, dict) else value for name, value in values},
        )


def _as_json(value: object) -> dict[str, Any] | str:
    return value.as_json() if isinstance(value, UserError) else str(value)


def _said(value: object, language: str) -> object:
    """Return a value as it stands in a sentence: with neither lines nor signs that steer a terminal."""
    if isinstance(value, UserError):
        return value.message(language)
    if isinstance(value, str) and not value.isprintable():
        return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in value)
    return value


def why(error: OSError) -> UserError | str:
    """Return why the system refused, as a value for another error's text."""
    key = REASONS.get(error.errno or 0)
    return UserError(key) if key else str(error.strerror)
