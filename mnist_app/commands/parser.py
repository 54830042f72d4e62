"""A parser of command lines that speaks the reader's language."""

from __future__ import annotations

import argparse
from typing import NoReturn

from mnist_app.texts.catalog import DEFAULT_LANGUAGE, text

# What argparse says of a command, each as its own words in English: "argparse." and these are keys.
SAID = (
    *("usage", "positional", "options", "help", "argument", "required", "unrecognized"),
    *("choice", "one_value", "some_values", "no_value"),
)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and ends with status 2."""

    def error(self, message: str) -> NoReturn:
        """End with one line that says what is wrong."""
        self.exit(2, f"{self.prog}: {message}\n")


def speak(language: str) -> None:
    """Make argparse say its own words in a language.

    It looks each of them up with gettext's function, under the name _; this
    puts the catalogs in its place, so that they hold all that people read.
    """
    known = {text(f"argparse.{name}", DEFAULT_LANGUAGE): text(f"argparse.{name}", language) for name in SAID}

    def said(words: str) -> str:
        bare = words.rstrip()
        return known.get(bare, bare) + words[len(bare) :]

    vars(argparse)["_"] = said
