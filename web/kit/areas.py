"""The area of the desk in which a page lies, by its address: there the rights of composed roles count."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from navigator.people.rights import Area

AREAS: Mapping[str, Area] = MappingProxyType(
    {
        "/desk/report": Area.REPORTING,
        "/desk/shares": Area.BULK,
        "/desk": Area.TICKETS,
        "/tickets": Area.TICKETS,
        "/search": Area.TICKETS,
        "/live": Area.TICKETS,
        "/bulk": Area.BULK,
        "/clinical-reviews": Area.REVIEWS,
        "/problems": Area.PROBLEMS,
        "/log-in-alarms": Area.PROBLEMS,
        "/cards": Area.CARDS,
        "/training": Area.TRAINING,
        "/insight": Area.INSIGHT,
    }
)
"""By the beginning of an address, the longest that fits; elsewhere whole roles alone count."""

WITHOUT = frozenset(
    {
        "/home",
        "/pages",
        "/guide",
        "/account",
        "/second-step",
        "/people",
        "/poster",
        "/settings",
        "/records",
        "/mail",
        "/notices",
    }
)
"""Where no right counts: each lists by area what somebody may see, is their own, or is administration."""


@lru_cache(maxsize=1_000)
def area_of(path: str) -> Area | None:
    """The area of an address, None where no right counts."""
    parts = path.split("?", maxsplit=1)[0].split("/")
    beginnings = ("/".join(parts[:length]) for length in range(len(parts), 1, -1))
    return next((AREAS[each] for each in beginnings if each in AREAS), None)
