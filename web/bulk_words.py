"""What the pages of a bulk are made of: what each deed means, asks and offers, and what a form carries on."""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from navigator.administration import replies
from navigator.bulk.bulk import BulkAction
from navigator.bulk.choosing import Choice
from navigator.bulk.deeds import DEEDS
from navigator.bulk.wording import in_words
from navigator.catalogue.categories import Fixability, catalogue
from navigator.people.actor import Actor
from navigator.people.person import Role
from navigator.problems.linking import fitting
from navigator.tickets.dossier import colleagues
from navigator.tickets.ticket import Resolution, Ticket
from web.forms import Form

MEANS: Mapping[BulkAction, str] = {
    BulkAction.ASSIGN: "Give them to one navigator, or back to the queue.",
    BulkAction.TRIAGE: "Put them all into one category.",
    BulkAction.LINK: "Their reporters get its workaround and all later news.",
    BulkAction.REPLY: "Each reporter reads the same words, filled in from their own ticket.",
    BulkAction.RESOLVE: "Say how they ended. Each reporter is asked if it works.",
}


def kept(choice: Choice) -> dict[str, Any]:
    """A choice as an address or a form carries it on."""
    given = choice.model_dump(mode="json", exclude_defaults=True)
    return given | ({"tickets": " ".join(map(str, choice.tickets))} if choice.tickets else {})


def asking(
    session: Session, action: BulkAction, choice: Choice, tickets: Collection[Ticket]
) -> dict[str, Any]:
    """What the form of a deed is made of."""
    return {
        "action": action,
        "means": MEANS[action],
        "kept": kept(choice),
        "to_hand": replies.for_all(session, tickets) if action is BulkAction.REPLY else [],
        "choices": _choices(session, action, tickets),
    }


def said(session: Session, actor: Actor, action: str, what: BaseModel) -> dict[str, Any]:
    """What is done, in words, and as a form carries it on."""
    asked = Form().fill(what.model_dump(mode="json", exclude={"version"}, exclude_none=True)).typed
    return {
        "action": action,
        "deed": DEEDS[BulkAction(action)],
        "words": in_words(session, actor, what),
        "asked": asked,
        "catalogue": catalogue(),
    }


def _choices(session: Session, action: BulkAction, tickets: Collection[Ticket]) -> list[tuple[Any, str]]:
    """What a deed offers to choose from, for tickets of perhaps several services and programmes."""
    match action:
        case BulkAction.ASSIGN:
            services = sorted({one.service_id for one in tickets})
            people = {one.id: one for id in services for one in colleagues(session, id, Role.NAVIGATOR)}
            return [(one.id, one.name + (" (away)" if one.is_away else "")) for one in people.values()]
        case BulkAction.LINK:
            each = {one.programme_id: one for one in tickets}.values()
            return [(one.id, one.title) for ticket in each for one in fitting(session, ticket)]
        case BulkAction.RESOLVE:
            return [(one, one.replace("_", " ").capitalize()) for one in Resolution]
        case BulkAction.TRIAGE:
            return [(one, one.capitalize()) for one in Fixability]
    return []
