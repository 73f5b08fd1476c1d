"""Reference data: services, programmes, contacts and wording, kept in each process by a version token.

Triggers of the database draw a new random token (`referenceversion`) whenever one of these tables changes, in
the same transaction. A token is of one content, committed or not, so what was read under it needs no second
look; whoever asks reads the token alone, each time.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import and_, event, exists, inspect, or_, orm
from sqlmodel import Field, Session, col, select

from navigator.catalogue.contact import Contact
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.language_signoff import LanguageSignOff
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.catalogue.programme import Programme, ProgrammeCategoryOverride, ServiceProgramme
from navigator.catalogue.routing_rule import RoutingRule
from navigator.catalogue.service import Service
from navigator.database import Table, ask
from navigator.languages import offer
from navigator.people.password_setting import PasswordSetting
from navigator.people.provider_account import ProviderAccount
from navigator.people.user import Membership, User
from navigator.transaction_memo import forget, memo

SHARED = (
    Service,
    Programme,
    ProgrammeCategoryOverride,
    Contact,
    CrisisWording,
    LanguageSignOff,
    PrivacyNotice,
    RoutingRule,
)
"""Tables whose rows all requests of a process share: they are only read."""

T = TypeVar("T")

_READ = (*SHARED, ServiceProgramme, User, Membership)
_MEMO, _NOTED, _SIGNS = "reference data", "reference version", "signs languages"


class ReferenceVersion(Table, table=True):
    """The one row that says which reference data this database holds."""

    id: int = Field(default=1, primary_key=True)
    token: str


_TOKEN = select(ReferenceVersion.token)
_LOCK = _TOKEN.with_for_update()
TOKEN = _TOKEN.scalar_subquery()
"""A column by which another statement reads the token along with what it is asked, for `note_token`."""

_TAKES_PASSWORDS = ~exists().where(~col(PasswordSetting.is_active))
_HAS_PASSWORD = and_(col(User.password_hash).is_not(None), _TAKES_PASSWORDS)
_CAME_BY_PROVIDER = exists().where(col(ProviderAccount.user_id) == col(User.id))
_ROLES = (
    select(Membership.service_id, Membership.role)
    .join(User, col(User.id) == col(Membership.user_id))
    .where(col(User.is_active), or_(_HAS_PASSWORD, _CAME_BY_PROVIDER))
    .distinct()
)


@dataclass(frozen=True)
class ReferenceData:
    """All services by name, and by their numbers what belongs to them.

    `programmes` are those that a service offers, by name; `rules` apply in their order; `roles` are those
    that somebody who can log in has. `kept` is what rooms above read under the same token.
    """

    token: str | None
    services: Sequence[Service]
    all_programmes: Mapping[int, Programme]
    programmes: Mapping[int, Sequence[Programme]]
    overrides: Mapping[tuple[int, str], ProgrammeCategoryOverride]
    contacts: Mapping[tuple[int, str], Contact]
    crisis_wordings: Mapping[int, CrisisWording]
    languages: Mapping[tuple[int, str], LanguageSignOff]
    privacy_notices: Mapping[int, PrivacyNotice]
    rules: Mapping[int, Sequence[RoutingRule]]
    roles: Mapping[int, frozenset[str]]
    kept: dict[Callable[[Session], Any], Any] = field(default_factory=dict)


class _Cache:
    """What this process read last, and by which token it offers languages."""

    latest: ReferenceData | None = None
    offered: str | None = None


def reference_data(session: Session) -> ReferenceData:
    """The reference data as this session's transaction sees it."""
    known = memo(session, _READ)
    if _MEMO not in known:
        token = known[_NOTED] if _NOTED in known else ask(session, _TOKEN).scalar()
        known[_MEMO] = latest = _latest(session, token)
        _offer_languages(session, latest)
    data: ReferenceData = known[_MEMO]
    return data


def kept(session: Session, read: Callable[[Session], T]) -> T:
    """What a function reads, plain, of a table of which each change draws a token: once for each token.

    A transaction that changes such a table itself may see that in the next one only; nobody else sees it
    before it is committed.
    """
    data = reference_data(session)
    if read in data.kept:
        known: T = data.kept[read]
        return known
    found = read(session)
    if session.connection().execute(_TOKEN).scalar() == data.token:  # else it may still be taken back
        data.kept[read] = found
    return found


def wait_for_changes(session: Session) -> None:
    """Lock reference data for whoever changes it until this transaction ends, and see what they changed."""
    ask(session, _LOCK)
    forget(session)


def note_token(session: Session, token: str | None) -> None:
    """Spare a transaction that asked something else first the statement for the token."""
    memo(session, _READ)[_NOTED] = token


def share(known: Session, copy: Session) -> None:
    """Have a session on a copy of the database, which may be behind, go by what another one knows."""
    memo(copy, _READ)[_MEMO] = reference_data(known)


def _latest(session: Session, token: str | None) -> ReferenceData:
    latest = _Cache.latest
    if latest is None or token is None or latest.token != token:
        # What changes meanwhile is of a newer token: whoever reads that reads again.
        _Cache.latest = latest = _read(session, token)
    return latest


def _offer_languages(session: Session, data: ReferenceData) -> None:
    """Offer what is signed; not what this transaction alone knows of: it may be a trial."""
    if (data.token is None or data.token != _Cache.offered) and _SIGNS not in session.info:
        offer(_signed_languages(data))
        _Cache.offered = data.token


@event.listens_for(orm.Session, "after_flush")
def _note_signing(session: orm.Session, _: object) -> None:
    if any(isinstance(row, LanguageSignOff) for row in (*session.new, *session.dirty, *session.deleted)):
        session.info[_SIGNS] = True


_FIRST_THAT_APPLIES = (col(RoutingRule.position), col(RoutingRule.title), col(RoutingRule.id))


def _read(session: Session, token: str | None) -> ReferenceData:
    offered, rules, roles = defaultdict(list), defaultdict(list), defaultdict(set)
    # Rows of a session of their own: nobody else's changes reach them.
    with Session(session.connection(), autoflush=False, join_transaction_mode="rollback_only") as own:
        services = own.exec(select(Service).order_by(col(Service.name), col(Service.id))).all()
        by_name = select(Programme).order_by(col(Programme.name), col(Programme.id))
        programmes = {each.id: each for each in own.exec(by_name)}
        offers = set(own.exec(select(ServiceProgramme.service_id, ServiceProgramme.programme_id)))
        overrides = own.exec(select(ProgrammeCategoryOverride)).all()
        contacts = own.exec(select(Contact)).all()
        wordings = own.exec(select(CrisisWording)).all()
        languages = own.exec(select(LanguageSignOff)).all()
        notices = own.exec(select(PrivacyNotice)).all()
        for rule in own.exec(select(RoutingRule).order_by(*_FIRST_THAT_APPLIES)):
            rules[rule.service_id].append(rule)
        for service_id, role in own.exec(_ROLES):
            roles[service_id].add(role)
        own.expunge_all()
    for service in services:
        offered[service.id] = [each for each in programmes.values() if (service.id, each.id) in offers]
    return ReferenceData(
        token=token,
        services=services,
        all_programmes=programmes,
        programmes=dict(offered),
        overrides={(each.programme_id, each.category): each for each in overrides},
        contacts={(each.service_id, each.kind): each for each in contacts},
        crisis_wordings={each.service_id: each for each in wordings},
        languages={(each.service_id, each.language): each for each in languages},
        privacy_notices={each.service_id: each for each in notices},
        rules=dict(rules),
        roles={service_id: frozenset(held) for service_id, held in roles.items()},
    )


def _signed_languages(data: ReferenceData) -> dict[str, dict[str, str]]:
    """By the codes of services, the languages that they have signed, and how they answer in each."""
    signed = [row for row in data.languages.values() if row.is_signed]
    return {
        service.code: {row.language: row.answers for row in signed if row.service_id == service.id}
        for service in data.services
    }


def _refuse(row: Any, *_: object) -> None:
    if inspect(row).detached:
        raise TypeError("Reference data is shared by all requests: change the row of your own session.")


for _table in SHARED:
    for _attribute in inspect(_table).column_attrs:
        event.listen(getattr(_table, _attribute.key), "set", _refuse)
