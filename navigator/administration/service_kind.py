"""A service as a setting: it can be deleted while nothing but its administrator is of it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnClause, column, literal, table
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from navigator.administration.lookups import Key, service_of
from navigator.administration.named_kind import NamedKind
from navigator.administration.schema import SettingSchema
from navigator.administration.service_schemas import NameSetting
from navigator.catalogue.service import Service
from navigator.errors import Conflict
from navigator.people.user import Membership, Role

HOLDS: Mapping[str, str] = {
    "ticket": "tickets",
    "importedticket": "tickets",
    "repeatedreport": "tickets",
    "handover": "clinical reviews",
    "reportvector": "tickets",
    "inboundmail": "mail",
    "mailbox": "a mailbox",
    "mailboxstate": "a mailbox",
    "membership": "people",
    "composedrole": "roles of its own",
    "loginrule": "rules for logging in",
    "apikey": "keys of other systems",
    "webhookendpoint": "endpoints of other systems",
    "supportcard": "support cards",
    "savedview": "saved views",
    "cannedreply": "replies",
    "contact": "contacts",
    "routingrule": "rules of sorting",
    "serviceprogramme": "programmes",
    "crisiswording": "a crisis wording",
    "languagesignoff": "languages",
    "privacynotice": "words about privacy",
    "retentionperiod": "periods for its records",
    "retentionrun": "records that were deleted by their age",
    "inclusionsetting": "offers of inclusion",
    "usabilitysetting": "questions to its patients",
    "usabilityanswer": "answers of its patients",
    "loginwatch": "log-ins that are watched",
    "problem": "known problems",
    "rise": "alarms",
    "affectedperson": "people who wait for news of a problem",
    "trainingsession": "training",
    "trainingrequest": "training",
    "solvedwithout": "numbers for its reports",
    "textssent": "texts that were sent",
    "daycall": "numbers for its reports",
    "daycount": "numbers for its reports",
    "dayevent": "numbers for its reports",
    "dayfigure": "numbers for its reports",
}
"""What each table holds of a service, in words; the audit log alone holds none back."""


class ServiceKind(NamedKind):
    """A service: it can be deleted while nothing refers to it."""

    def write(self, session: Session, key: Key, setting: SettingSchema | None) -> None:
        """Write it; with None, delete it with what its administrator has in it, or say what it has."""
        if setting is not None:
            return super().write(session, key, setting)
        service = service_of(session, key)
        if held := [*_own_values(service), *holds(session, service.id)]:
            words = f"{held[0]}" if len(held) == 1 else f"{', '.join(held[:-1])} and {held[-1]}"
            raise Conflict(f"{service.name} cannot be deleted. It has {words}.")
        if len(session.exec(select(Service.id).limit(2)).all()) == 1:
            raise Conflict("This is the only service: there is no desk without one.")
        try:
            with session.begin_nested():
                session.exec(delete(Membership).where(col(Membership.service_id) == service.id))
                super().write(session, key, None)
        except IntegrityError:
            raise Conflict("Something was begun in this service meanwhile. It was not deleted.") from None


def _own_values(service: Service) -> Sequence[str]:
    """That its hours or targets are not those of a new service: they would be gone for good."""
    new = Service(code=service.code, name=service.name)
    names = Service.model_fields.keys() - NameSetting.model_fields.keys() - {"id", "code"}
    return ["settings of its own"] if any(getattr(service, n) != getattr(new, n) for n in names) else []


def holds(session: Session, service_id: int) -> Sequence[str]:
    """What a service has, in words; one administrator is nothing that is lost."""
    members = session.exec(select(Membership.role).where(Membership.service_id == service_id)).all()
    is_its_makers = len(members) <= 1 and set(members) <= {Role.ADMIN}
    found = (HOLDS[name] for name in HOLDS if name != "membership" and _refers(session, name, service_id))
    return list(dict.fromkeys([*([] if is_its_makers else [HOLDS["membership"]]), *found]))


def _refers(session: Session, name: str, service_id: int) -> bool:
    """Whether a table has a row of a service: by its name, for the file of the table may not be loaded."""
    of_service: ColumnClause[int] = column("service_id")
    query = select(literal(1)).select_from(table(name, of_service)).where(of_service == service_id).limit(1)
    return session.exec(query).first() is not None
