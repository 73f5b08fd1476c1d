"""Settings that name a person: where each is changed, and whether they still name them."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from navigator.administration.apply_change import key_to_change
from navigator.administration.lookups import THIS_DESK, Key
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.errors import Forbidden, NotFound
from navigator.people import login
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.records.find import MAY_FIND, Mention, find_settings
from navigator.records.identifiers import Identifier
from navigator.records.tables import RecordRequest
from navigator.tickets.redaction import REMOVED

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "accessrules": ("access", *THIS_DESK),
        "article": ("article", "code"),
        "auditperiod": ("auditperiod", *THIS_DESK),
        "cannedreply": ("reply", "service_id", "code"),
        "composedrole": ("role", "service_id", "code"),
        "contact": ("contact", "service_id", "kind"),
        "crisiswording": ("crisis", "service_id"),
        "deviceneeds": ("device", "programme_id"),
        "leafamendment": ("categories",),
        "hazardowner": ("hazard", "code"),
        "inclusionsetting": ("inclusion", "service_id"),
        "languagesignoff": ("language", "service_id", "language"),
        "loginprovider": ("provider", "code"),
        "loginrule": ("loginrule", "service_id", "code"),
        "loginwatch": ("watch", "service_id", "programme_id"),
        "mailbox": ("mailbox", "service_id"),
        "peerdesk": ("peer", "code"),
        "privacynotice": ("privacy", "service_id"),
        "programme": ("programme", "code"),
        "programmeoverride": ("override", "programme_id", "category"),
        "retentionperiod": ("retention", "service_id", "record_class"),
        "routingrule": ("rule", "service_id", "code"),
        "service": ("services", "code"),
        "sharing": ("sharing", *THIS_DESK),
        "supplierterms": ("supplier", "programme_id"),
        "usabilitysetting": ("usability", "service_id"),
        "webhookendpoint": ("webhook", "service_id", "code"),
    }
)
"""By table, the kind of its setting, and the columns that its address is made of."""

PAGES = frozenset({"categories", "services"})
"""What stands in place of a kind where a setting is one of several on a page."""


def address_of(session: Session, mention: Mention) -> str:
    """The page on which a setting is changed; that of all settings where it has none of its own."""
    kind, key = _kind_and_key(session, mention)
    return "/".join(["/settings", kind, *key]) if kind else "/settings"


def may_change(session: Session, actor: Actor, mention: Mention) -> bool:
    """Whether the actor administers what a setting is of: its service, or all of them if they share it."""
    name, key = _kind_and_key(session, mention)
    if name in PAGES:
        return actor.has(Role.ADMIN)
    try:
        key_to_change(session, actor, name, "/".join(key))
    except (Forbidden, NotFound):
        return False
    return True


def _kind_and_key(session: Session, mention: Mention) -> tuple[str, Key]:
    kind, *columns = KEYS.get(mention.place.table, ("",))
    return kind, tuple(_part(session, mention.row, column) for column in columns)


def _part(session: Session, row: Mapping[str, Any], column: str) -> str:
    if column == "service_id":
        return session.get_one(Service, row[column]).code
    if column == "programme_id":
        return session.get_one(Programme, row[column]).code
    return str(row.get(column, column))


def settings_naming(
    session: Session, request: RecordRequest, identifiers: Sequence[Identifier]
) -> list[Mention]:
    """The settings that name a person now, as whoever began the request may see them."""
    actor = login.actor_of(session, request.user_id)
    services: Collection[int] = actor.services(*MAY_FIND) if actor else ()
    return list(find_settings(session, services, identifiers))


def settings_left(session: Session, request: RecordRequest) -> list[Mention]:
    """The settings that name a person who was erased, and that nobody has changed yet."""
    return settings_naming(session, request, identifiers_of(request))


def identifiers_of(request: RecordRequest) -> list[Identifier]:
    """By what the person is found; not by what erasing them left in a request of somebody else."""
    pairs = (each.partition(" ") for each in request.identifiers if REMOVED not in each)
    return [Identifier(kind, value) for kind, _, value in pairs]  # type: ignore[arg-type]
