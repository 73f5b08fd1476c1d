"""Automatic assignment: by the first routing rule that matches, else the least loaded navigator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from navigator.catalogue.lookups import contact_of, rules_of
from navigator.catalogue.programme import Programme
from navigator.catalogue.routing_rule import RoutingRule
from navigator.catalogue.service import Service
from navigator.people.reporter import Reporter
from navigator.tickets.assignment.candidates import candidates
from navigator.tickets.assignment.rules import (
    Candidate,
    eligible,
    first_matching_rule,
    least_loaded,
    people_of_rule,
)
from navigator.tickets.ticket import Ticket

Requirements = tuple[str | None, str | None]
"""The programme's code and the language of a ticket, None for any."""


@dataclass(frozen=True)
class Assignment:
    """Who was chosen for a ticket, or whom to turn to where nobody was, and why.

    `load` and `capacity` are what they had before, out of how many who could take it; `rule` decided it, or
    was `missed` because nobody whom it names could take it; `covers` are those for whom they stand in;
    `candidate` is how they were found.
    """

    user_id: int | None = None
    load: int = 0
    capacity: int = 0
    out_of: int = 0
    suggested_contact: str | None = None
    rule: str = ""
    missed: str = ""
    covers: tuple[int, ...] = ()
    candidate: Candidate | None = None

    @property
    def event_details(self) -> dict[str, Any]:
        """The details of its audit event."""
        why = [self.load, self.capacity, self.out_of] if self.user_id else []
        optional = {"rule": self.rule, "missed": self.missed, "covers": list(self.covers)}
        return {"why": why} | {name: value for name, value in optional.items() if value}


def choose_assignee(
    session: Session, ticket: Ticket, service: Service, requirements: Requirements
) -> Assignment:
    """Whom the first matching routing rule names, else the least loaded navigator, else nobody."""
    rule = first_matching_rule(rules_of(session, service.id), ticket.category, *requirements)
    if rule and (contact := _rule_contact(session, rule)):
        return Assignment(suggested_contact=contact, rule=rule.title)
    if not service.assigns_at_once:
        return Assignment()
    return _pick(candidates(session, service.id), requirements, rule)


def suggested_contact(session: Session, ticket: Ticket) -> str | None:
    """The kind of contact whom a routing rule names for a ticket as it is triaged now."""
    rule = rule_for(session, ticket)
    return _rule_contact(session, rule) if rule else None


def rule_for(session: Session, ticket: Ticket) -> RoutingRule | None:
    """The first routing rule of its service that matches a ticket."""
    return first_matching_rule(
        rules_of(session, ticket.service_id), ticket.category, *requirements_of(session, ticket)
    )


def _rule_contact(session: Session, rule: RoutingRule) -> str | None:
    """The kind of contact that a rule names, while the service has one."""
    contact = contact_of(session, rule.service_id, rule.contact) if rule.contact else None
    return contact.kind if contact else None


def navigator_for(session: Session, ticket: Ticket, rule: RoutingRule | None) -> Assignment:
    """The navigator for a ticket: of those whom its rule names if any of them could take it."""
    return _pick(candidates(session, ticket.service_id), requirements_of(session, ticket), rule)


def _pick(team: Sequence[Candidate], requirements: Requirements, rule: RoutingRule | None) -> Assignment:
    title = rule.title if rule else ""
    by_rule, anybody = eligible_for_rule(team, requirements, rule)
    candidate = least_loaded(by_rule or anybody)
    if candidate is None:
        return Assignment(missed=title)
    return Assignment(
        user_id=candidate.user_id,
        load=candidate.load,
        capacity=candidate.capacity,
        out_of=len(by_rule or anybody),
        rule=title if by_rule else "",
        missed="" if by_rule else title,
        covers=_covered(team, candidate, rule) if by_rule and rule else (),
        candidate=candidate,
    )


def eligible_for_rule(
    team: Sequence[Candidate], requirements: Requirements, rule: RoutingRule | None
) -> tuple[Sequence[Candidate], Sequence[Candidate]]:
    """Those whom a rule names and who could take a ticket, and everybody who could."""
    by_rule = people_of_rule(team, rule.people) if rule else ()
    return eligible(by_rule, *requirements), eligible(team, *requirements)


def _covered(team: Sequence[Candidate], chosen: Candidate, rule: RoutingRule) -> tuple[int, ...]:
    """Those whom a rule names and for whom somebody stands in; nobody if they are named themselves."""
    if chosen.user_id in rule.people:
        return ()
    absent = (candidate for candidate in team if candidate.away and candidate.user_id in rule.people)
    return tuple(candidate.user_id for candidate in absent if candidate.cover_id == chosen.user_id)


def requirements_of(session: Session, ticket: Ticket) -> Requirements:
    """The programme and the language of a ticket, as navigators and rules state them."""
    programme = session.get(Programme, ticket.programme_id) if ticket.programme_id else None
    language = session.get_one(Reporter, ticket.reporter_id).language or None
    return programme.code if programme else None, language
