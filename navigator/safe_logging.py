"""Safe logging: exceptions without their message, which may hold a reporter's text; printable signs alone."""

import logging
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict

_HERE = str(Path(__file__).parent)

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def configure(level: str) -> None:
    """Log from this level on, ours and that of others, to the standard error and output."""
    least = logging.getLevelNamesMapping()[level.upper()]
    handler = logging.StreamHandler()
    handler.setFormatter(SafeFormatter("%(asctime)s [%(levelname)s] %(name)s: %(message)s"))
    logging.basicConfig(level=max(least, logging.WARNING), handlers=[handler], force=True)
    *before, renderer = structlog.get_config()["processors"]
    structlog.configure(
        processors=[*before, _printable_values, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(least),
    )


class SafeFormatter(logging.Formatter):
    """Lines of other packages: where an exception came from, without its message; one line, printable."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as a line."""
        return printable(super().format(record))

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the name is logging's
        """The type of an exception and where it came from, file by file."""
        places = (f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(ei[2]))
        return f"{ei[0].__name__ if ei[0] else ''} at {' > '.join(places)}"


def printable(text: str) -> str:
    """A text in which nothing can steer a terminal or begin a line: such signs are written out."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


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
