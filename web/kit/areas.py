"""The area of the desk in which a page lies, by its address: there the rights of composed roles count."""

from collections.abc import Iterator, Mapping
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
    return next((AREAS[each] for each in _beginnings(path) if each in AREAS), None)


def is_of_staff(path: str) -> bool:
    """Whether an address is of pages that only staff see, be there such a page or not."""
    return any(each in AREAS or each in WITHOUT for each in _beginnings(path))


def _beginnings(path: str) -> Iterator[str]:
    """An address and what it lies under, the longest first."""
    parts = path.split("?", maxsplit=1)[0].split("/")
    return ("/".join(parts[:length]) for length in range(len(parts), 1, -1))
