"""An error that a person can read: what was wrong and what to do about it."""

from __future__ import annotations

import errno

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
