"""Safe logging: exceptions without their message, which may hold a reporter's text; printable signs alone."""

import json
import logging
import sys
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict

_HERE = str(Path(__file__).parent)

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


WEB_SERVER = "uvicorn"

*_BEFORE, _STAMP, _RENDER = structlog.get_config()["processors"]


def configure(level: str, kind: str = "text") -> None:
    """Log from this level on, ours and the web server's, to the standard output and error.

    Other packages are heard from warnings on: what they say below may hold what was sent. As `json`, each
    line is one object with the same facts.
    """
    least = logging.getLevelNamesMapping()[level.upper()]
    handler = logging.StreamHandler()
    words = SafeFormatter("%(asctime)s [%(levelname)s] %(name)s: %(message)s")
    handler.setFormatter(JsonFormatter() if kind == "json" else words)
    handler.addFilter(_without_values)
    logging.basicConfig(level=max(least, logging.WARNING), handlers=[handler], force=True)
    logging.getLogger(WEB_SERVER).setLevel(least)
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True) if kind == "json" else _STAMP
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False) if kind == "json" else _RENDER
    structlog.configure(
        processors=[*_BEFORE, _located_exception, stamp, _printable_values, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(least),
    )


def _without_values(record: logging.LogRecord) -> bool:
    """Leave of what an event loop tells only what happened: the rest shows values, and messages of errors."""
    if record.name == "asyncio":
        record.msg, record.args = record.getMessage().partition("\n")[0].partition("(")[0], ()
    return True


class SafeFormatter(logging.Formatter):
    """Lines of other packages: where an exception came from, without its message; one line, printable."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as a line."""
        return printable(super().format(record))

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the name is logging's
        """The type of an exception and where it came from, file by file."""
        places = (f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(ei[2]))
        return f"{ei[0].__name__ if ei[0] else ''} at {' > '.join(places)}"


class JsonFormatter(SafeFormatter):
    """The same as JSON objects, one a line."""

    converter = staticmethod(time.gmtime)
    default_time_format, default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        """One record as an object."""
        facts = {"timestamp": self.formatTime(record), "level": record.levelname.lower()}
        facts["logger"] = record.name
        facts["event"] = printable(record.getMessage())
        if record.exc_info:
            facts["exception"] = printable(self.formatException(record.exc_info))
        return json.dumps(facts, ensure_ascii=False)


def printable(text: str) -> str:
    """A text in which nothing can steer a terminal or begin a line: such signs are written out."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _located_exception(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """An exception as its type and place: its message may hold what somebody wrote."""
    error = event.pop("exc_info", None)
    found = error if isinstance(error, BaseException) else sys.exc_info()[1] if error else None
    if found:
        event["exception"] = exception_location(found)
    return event


def _printable_values(_logger: Any, _method: str, event: EventDict) -> EventDict:
    return {name: printable(value) if isinstance(value, str) else value for name, value in event.items()}


def exception_location(error: BaseException) -> str:
    """An exception's type and the last line of our own code in its traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    own_lines = [
        f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames if frame.filename.startswith(_HERE)
    ]
    location = f" at {own_lines[-1]}" if own_lines else ""
    return type(error).__name__ + location


def traceback_without_messages(error: BaseException) -> str:
    """The traceback of an exception and of what it came from: lines of code, and nothing that they held."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    first = f"{traceback_without_messages(before)}\n\nand from that:\n\n" if before else ""
    lines = "".join(traceback.format_tb(error.__traceback__))
    return f"{first}Traceback (most recent call last):\n{lines}{type(error).__qualname__}"
