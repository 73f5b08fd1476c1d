"""The desk's choice of who gets a ticket: by the rule that is for it, else whoever has the most room."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from navigator.catalogue.lookups import contact_of
from navigator.catalogue.programme import Programme
from navigator.catalogue.routing_rule import RoutingRule, rules_of
from navigator.catalogue.service import Service
from navigator.people.reporter import Reporter
from navigator.tickets.assignment.candidates import candidates
from navigator.tickets.assignment.rules import (
    Candidate,
    eligible,
    first_fitting,
    least_loaded,
    people_of_rule,
)
from navigator.tickets.ticket import Ticket

Wants = tuple[str | None, str | None]
"""A programme's code and a language, None for any."""


@dataclass(frozen=True)
class Assignment:
    """Who was chosen for a ticket, or whom to turn to where nobody was, and why.

    `load` and `capacity` are what they had before, out of how many who could take it; `rule` decided it, or
    was `missed` because nobody whom it names could take it; `covers` are those for whom they stand in.
    """

    user_id: int | None = None
    load: int = 0
    capacity: int = 0
    out_of: int = 0
    suggested_contact: str | None = None
    rule: str = ""
    missed: str = ""
    covers: tuple[int, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """What an event remembers of it."""
        why = [self.load, self.capacity, self.out_of] if self.user_id else []
        kept = {"rule": self.rule, "missed": self.missed, "covers": list(self.covers)}
        return {"why": why} | {name: value for name, value in kept.items() if value}


def choose_assignee(session: Session, ticket: Ticket) -> Assignment:
    """Whom the first rule that fits names, else the navigator with the most spare capacity, else nobody."""
    rule = rule_for(session, ticket)
    if rule and (contact := _there(session, rule)):
        return Assignment(suggested_contact=contact, rule=rule.title)
    at_once = session.get_one(Service, ticket.service_id).assigns_at_once
    return navigator_for(session, ticket, rule) if at_once else Assignment()


def suggested_contact(session: Session, ticket: Ticket) -> str | None:
    """The kind of contact whom a rule names for a ticket as it is sorted now."""
    rule = rule_for(session, ticket)
    return _there(session, rule) if rule else None


def rule_for(session: Session, ticket: Ticket) -> RoutingRule | None:
    """The first rule of its service that fits a ticket."""
    return first_fitting(rules_of(session, ticket.service_id), ticket.category, *wants(session, ticket))


def _there(session: Session, rule: RoutingRule) -> str | None:
    """The contact that a rule names, while the service has it."""
    found = contact_of(session, rule.service_id, rule.contact) if rule.contact else None
    return found.kind if found else None


def navigator_for(session: Session, ticket: Ticket, rule: RoutingRule | None) -> Assignment:
    """The navigator for a ticket: of those whom its rule names if any of them could take it."""
    return _pick(candidates(session, ticket.service_id), wants(session, ticket), rule)


def _pick(team: Sequence[Candidate], wanted: Wants, rule: RoutingRule | None) -> Assignment:
    title = rule.title if rule else ""
    ruled, anybody = eligible_for_rule(team, wanted, rule)
    first = least_loaded(ruled or anybody, None, None)
    if first is None:
        return Assignment(missed=title)
    return Assignment(
        user_id=first.user_id,
        load=first.load,
        capacity=first.capacity,
        out_of=len(ruled or anybody),
        rule=title if ruled else "",
        missed="" if ruled else title,
        covers=_covered(team, first, rule) if ruled and rule else (),
    )


def eligible_for_rule(
    team: Sequence[Candidate], wanted: Wants, rule: RoutingRule | None
) -> tuple[Sequence[Candidate], Sequence[Candidate]]:
    """Those whom a rule names and who could take a ticket, and everybody who could."""
    ruled = people_of_rule(team, rule.people) if rule else ()
    return eligible(ruled, *wanted), eligible(team, *wanted)


def _covered(team: Sequence[Candidate], chosen: Candidate, rule: RoutingRule) -> tuple[int, ...]:
    """Those whom a rule names and for whom somebody stands in; nobody if they are named themselves."""
    if chosen.user_id in rule.people:
        return ()
    absent = (one for one in team if one.away and one.user_id in rule.people)
    return tuple(one.user_id for one in absent if one.cover_id == chosen.user_id)


def wants(session: Session, ticket: Ticket) -> Wants:
    """The programme and the language of a ticket, as navigators and rules state them."""
    programme = session.get(Programme, ticket.programme_id) if ticket.programme_id else None
    language = session.get_one(Reporter, ticket.reporter_id).language or None
    return programme.code if programme else None, language
