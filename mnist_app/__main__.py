"""The command line: ``python -m mnist_app COMMAND``."""

from __future__ import annotations

import os
import sys

from mnist_app.commands import clean, data, evaluate, models, predict, serve, train
from mnist_app.commands.parser import Parser, speak
from mnist_app.texts.catalog import TERMINAL, terminal_language, text
from mnist_app.texts.user_error import UserError

COMMANDS = {
    "predict": predict,
    "train": train,
    "evaluate": evaluate,
    "models": models,
    "data": data,
    "serve": serve,
    "clean": clean,
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status: 0, or 2 for bad input."""
    language = terminal_language()
    speak(language)
    parser = Parser(
        prog="python -m mnist_app",
        description=text("command.description", language),
        epilog=text("command.language", language, names=", ".join(TERMINAL)),
    )
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
