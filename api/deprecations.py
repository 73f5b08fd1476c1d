"""Deprecations: former names that are still taken, since when and until when (RFC 9745, RFC 8594).

A route that is deprecated as a whole names its row among its `dependencies`: `deprecated(…)`. One whose body
may hold a former name calls `note_deprecated`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any

from fastapi import Depends, Request

DOCS = "/api/v1/docs#deprecated"


@dataclass(frozen=True)
class Deprecation:
    """A former name: what it was, what it is now, since when, and the day from which it is refused."""

    former: str
    now: str
    since_on: date
    ends_on: date

    @property
    def headers(self) -> dict[str, str]:
        """What is sent with each answer to a call that used it."""
        since, ends = (datetime.combine(day, time(), UTC) for day in (self.since_on, self.ends_on))
        return {
            "Deprecation": f"@{int(since.timestamp())}",
            "Sunset": format_datetime(ends, usegmt=True),
            "Link": f'<{DOCS}>; rel="deprecation"; type="text/html"',
        }


REPORT_TEXT = Deprecation(
    "`text` in a report (`POST /reports`)",
    "`body`, as in everything else that is written",
    date(2026, 11, 29),
    date(2027, 11, 29),
)
DEPRECATIONS = (REPORT_TEXT,)
"""All of them, for the page of the API."""


def note_deprecated(request: Request, deprecation: Deprecation) -> None:
    """Remember that a call used a former name: its answer says so."""
    request.state.deprecation = deprecation


def deprecated(deprecation: Deprecation) -> Any:
    """For the `dependencies` of a route that is deprecated as a whole."""

    async def note(request: Request) -> None:
        note_deprecated(request, deprecation)

    return Depends(note)
