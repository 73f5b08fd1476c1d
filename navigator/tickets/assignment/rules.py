"""Who gets a ticket: whom the first rule that fits names, else whoever has most room for their capacity."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from navigator.catalogue.routing_rule import RoutingRule

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
    cover_id: int | None = None

    @property
    def share(self) -> float:
        """What they carry of what they can; nothing for somebody who can carry nothing."""
        return self.load / self.capacity if self.capacity else 0.0


def first_fitting(
    rules: Iterable[RoutingRule], category: str | None, programme: str | None, language: str | None
) -> RoutingRule | None:
    """The first rule, in their order, that is for such a ticket."""
    return next((one for one in rules if _fits(one, category, programme, language)), None)


def _fits(rule: RoutingRule, category: str | None, programme: str | None, language: str | None) -> bool:
    its = category or ""
    return (
        rule.category in ("", its, its.partition(".")[0])
        and rule.programme in ("", programme)
        and rule.language.casefold() in ("", (language or "").casefold())
    )


def people_of_rule(candidates: Sequence[Candidate], people: Collection[int]) -> list[Candidate]:
    """Those of these people who are there; for each who is away, whoever covers for them."""
    wanted = {one.cover_id if one.away else one.user_id for one in candidates if one.user_id in people}
    return [one for one in candidates if one.user_id in wanted]


def least_loaded(
    candidates: Iterable[Candidate], programme: str | None, language: str | None
) -> Candidate | None:
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
    # Half of the ticket to come counts too: without it part-time people, whose steps are larger, carry more.
    share = (candidate.load + 0.5) / candidate.capacity
    return (share, candidate.last_assigned_at or _NEVER, candidate.user_id)
