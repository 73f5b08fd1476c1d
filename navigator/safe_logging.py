"""Safe logging of exceptions, without their message, which may hold a reporter's text or an address."""

import traceback
from pathlib import Path

_HERE = str(Path(__file__).parent)


def exception_location(error: BaseException) -> str:
    """An exception's type and the last line of our own code in its traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    own_lines = [
        f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames if frame.filename.startswith(_HERE)
    ]
    location = f" at {own_lines[-1]}" if own_lines else ""
    return type(error).__name__ + location
