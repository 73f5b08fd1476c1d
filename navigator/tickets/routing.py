"""Who gets a ticket: the eligible navigator with the lowest load for their capacity."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """A navigator of the ticket's service; load and capacity in live tickets, no programmes means any."""

    user_id: int
    capacity: int
    load: int
    away: bool = False
    programmes: Collection[str] = ()
    languages: Collection[str] = ()
    last_assigned_at: datetime | None = None


def choose(candidates: Iterable[Candidate], programme: str | None, language: str | None) -> Candidate | None:
    """The navigator to assign, or nobody; a tie goes to whoever was assigned longest ago."""
    return min(eligible(candidates, programme, language), key=_turn, default=None)


def eligible(
    candidates: Iterable[Candidate], programme: str | None, language: str | None
) -> Sequence[Candidate]:
    """Those who could take a ticket in a programme and a language."""
    return [one for one in candidates if _is_eligible(one, programme, language)]


def _is_eligible(candidate: Candidate, programme: str | None, language: str | None) -> bool:
    return (
        not candidate.away
        and candidate.capacity > 0
        and _matches(candidate.programmes, programme)
        and _matches(candidate.languages, language)
    )


def _matches(stated: Collection[str], wanted: str | None) -> bool:
    """Whether what somebody states covers what is wanted; it does if either is nothing."""
    return not stated or wanted is None or wanted.casefold() in {one.casefold() for one in stated}


def _turn(candidate: Candidate) -> tuple[float, datetime, int]:
    return (
        candidate.load / candidate.capacity,
        candidate.last_assigned_at or _NEVER,
        candidate.user_id,
    )
