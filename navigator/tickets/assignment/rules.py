"""Routing rules and the least loaded of the eligible: pure functions over candidates."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf

from navigator.catalogue.routing_rule import RoutingRule
from navigator.people.user import Membership, User

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
    rows: tuple[Membership, User] | None = field(default=None, repr=False, compare=False)
    """What they were read from, held so that nobody reads it again in the same transaction."""

    @property
    def share(self) -> float:
        """Their load as a share of their capacity; 0 for somebody without capacity."""
        return self.load / self.capacity if self.capacity else 0.0


def first_matching_rule(
    rules: Iterable[RoutingRule], category: str | None, programme: str | None, language: str | None
) -> RoutingRule | None:
    """The first routing rule, in their order, that matches such a ticket."""
    return next((rule for rule in rules if _rule_matches(rule, category, programme, language)), None)


def _rule_matches(
    rule: RoutingRule, category: str | None, programme: str | None, language: str | None
) -> bool:
    category_id = category or ""
    return (
        rule.category in ("", category_id, category_id.partition(".")[0])
        and rule.programme in ("", programme)
        and rule.language.casefold() in ("", (language or "").casefold())
    )


def people_of_rule(candidates: Sequence[Candidate], people: Collection[int]) -> list[Candidate]:
    """The candidates whom a rule names; for each who is away, whoever covers for them."""
    user_ids = {
        candidate.cover_id if candidate.away else candidate.user_id
        for candidate in candidates
        if candidate.user_id in people
    }
    return [candidate for candidate in candidates if candidate.user_id in user_ids]


def least_loaded(candidates: Iterable[Candidate]) -> Candidate | None:
    """The one to assign of those who could take a ticket; a tie goes to who was assigned longest ago."""
    return min(candidates, key=_load_order, default=None)


def by_load(candidates: Iterable[Candidate]) -> Sequence[Candidate]:
    """Those who could take a ticket, who has the most room first."""
    return sorted(candidates, key=_load_order)


def eligible(
    candidates: Iterable[Candidate], programme: str | None, language: str | None
) -> Sequence[Candidate]:
    """Those who could take a ticket in a programme and a language."""
    return [candidate for candidate in candidates if _is_eligible(candidate, programme, language)]


def _is_eligible(candidate: Candidate, programme: str | None, language: str | None) -> bool:
    return (
        not candidate.away
        and candidate.capacity > 0
        and _matches(candidate.programmes, programme)
        and _matches(candidate.languages, language)
    )


def _matches(stated: Collection[str], wanted: str | None) -> bool:
    """Whether what somebody states covers what is wanted; it does if either is nothing."""
    return not stated or wanted is None or wanted.casefold() in {value.casefold() for value in stated}


def _load_order(candidate: Candidate) -> tuple[float, datetime, int]:
    # Half of the ticket to come counts too: without it part-time people, whose steps are larger, carry more.
    share = (candidate.load + 0.5) / candidate.capacity if candidate.capacity else inf
    return (share, candidate.last_assigned_at or _NEVER, candidate.user_id)
