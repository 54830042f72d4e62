"""The command line: ``python -m mnist_app COMMAND``."""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn

from mnist_app.commands import data, evaluate, models, predict, train
from mnist_app.texts.catalog import terminal_language, text
from mnist_app.texts.user_error import UserError

COMMANDS = {"predict": predict, "train": train, "evaluate": evaluate, "models": models, "data": data}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and ends with status 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status: 0, or 2 for bad input."""
    language = terminal_language()
    parser = _Parser(prog="python -m mnist_app", description=text("command.description", language))
    parsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        help_text = text(f"command.{name}", language)
        subparser = parsers.add_parser(name, help=help_text, description=help_text)
        command.add_arguments(subparser, language)
        subparser.add_argument("--json", action="store_true", help=text("command.json", language))
    parsed = parser.parse_args(arguments)
    try:
        COMMANDS[parsed.command].run(parsed, language)
        sys.stdout.flush()  # here, where a closed pipe is caught
    except UserError as error:
        print(f"mnist_app: {error.message(language)}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read the output (head, say) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
