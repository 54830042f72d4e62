"""What a server writes of its work to stderr: readable lines, or one JSON object a line.

``MNIST_APP_LOG=json`` chooses the latter.  Each has time, level, logger, message and
process, where it applies event, run, path, status, seconds, and of an error its
traceback.  No drawing, no name and no address of anybody is written.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import Any

VARIABLE = "MNIST_APP_LOG"
PLAIN = "%(asctime)s %(levelname)s %(name)s: %(message)s"
FIELDS = ("event", "run", "path", "status", "seconds")  # as given in ``extra``
STREAMLITS = "streamlit_console_handler"  # what each of Streamlit's loggers has as its own handler
_LOG = logging.getLogger(__name__)


class JsonFormatter(logging.Formatter):
    """A line of JSON for each record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON without a line break."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure() -> None:
    """Have this process's log written as ``MNIST_APP_LOG`` says; call it once, at the start."""
    own = logging.getLogger("mnist_app")
    own.setLevel(logging.INFO)
    own.propagate = False
    handler = logging.StreamHandler()
    own.handlers = [handler]
    if os.environ.get(VARIABLE) == "json":
        formatter: logging.Formatter = JsonFormatter()
        logging.captureWarnings(True)
        root = logging.StreamHandler()
        root.setFormatter(formatter)
        logging.getLogger().handlers = [root]
        _give_streamlit(formatter)
    else:
        formatter = logging.Formatter(PLAIN)
    handler.setFormatter(formatter)
    _LOG.info("Server started", extra={"event": "start"})


def _give_streamlit(formatter: logging.Formatter) -> None:
    """Give a formatter to Streamlit's loggers, those that there are and those to come."""
    for logger in list(logging.root.manager.loggerDict.values()):
        _give(logger, formatter)
    streamlit: Any = sys.modules.get("streamlit.logger")  # this layer knows no Streamlit; it may be there
    if streamlit is None:
        return
    plain = streamlit.setup_formatter

    def setup_formatter(logger: logging.Logger) -> None:
        plain(logger)
        _give(logger, formatter)

    streamlit.setup_formatter = setup_formatter


def _give(logger: object, formatter: logging.Formatter) -> None:
    handler = getattr(logger, STREAMLITS, None)
    if isinstance(handler, logging.Handler):
        handler.setFormatter(formatter)
