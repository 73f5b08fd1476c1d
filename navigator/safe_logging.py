"""What broke, told without its words: an exception's message may hold what somebody wrote, or an address."""

import traceback
from pathlib import Path

_HERE = str(Path(__file__).parent)


def exception_location(fault: BaseException) -> str:
    """The kind of an exception and the last line of ours that it passed through."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [f"{Path(one.filename).name}:{one.lineno}" for one in frames if one.filename.startswith(_HERE)]
    where = f" at {ours[-1]}" if ours else ""
    return type(fault).__name__ + where
