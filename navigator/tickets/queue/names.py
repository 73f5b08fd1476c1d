"""The names that the queue’s filters offer: of somebody’s services, their programmes and colleagues."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, literal, literal_column, select, union_all
from sqlmodel import Session, col

from navigator.catalogue.programme import Programme, ServiceProgramme
from navigator.catalogue.reference_data import kept
from navigator.catalogue.service import Service
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role, User


@dataclass(frozen=True)
class QueueNames:
    """Rows with `id`, `code` and `name`: by name, those of one service after those of another."""

    services: Sequence[Row[Any]]
    programmes: Sequence[Row[Any]]


@dataclass(frozen=True)
class ColleagueNames:
    """Rows with `id` and `name` of those who work in somebody’s services, as they are called now."""

    navigators: Sequence[Row[Any]] = ()
    practitioners: Sequence[Row[Any]] = ()


def queue_names(session: Session, actor: Actor) -> QueueNames:
    """An actor’s services and the programmes that they offer, read once for each change of these."""
    return kept(session, _reader(actor.services()))


def colleague_names(session: Session, actor: Actor) -> ColleagueNames:
    """The navigators and practitioners of an actor’s services: whoever is renamed is so at once."""
    rows = session.execute(_colleagues_query(actor.services())).all()
    return ColleagueNames(*([row for row in rows if row.kind == kind] for kind in range(2)))


@cache
def _colleagues_query(service_ids: frozenset[int]) -> Select[Any]:
    return _ordered(service_ids, _members(0, Role.NAVIGATOR), _members(1, Role.PWP))


@cache
def _reader(service_ids: frozenset[int]) -> Callable[[Session], QueueNames]:
    """What reads the names of some services; the same one each time."""
    programmes = (
        _rows(1, Programme.id, Programme.code, Programme.name)
        .join(ServiceProgramme, col(ServiceProgramme.service_id) == col(Service.id))
        .join(Programme, col(Programme.id) == col(ServiceProgramme.programme_id))
    )
    query = _ordered(service_ids, _rows(0, Service.id, Service.code, Service.name), programmes)

    def read(session: Session) -> QueueNames:
        rows = session.execute(query).all()
        return QueueNames(*([row for row in rows if row.kind == kind] for kind in range(2)))

    return read


def _ordered(service_ids: frozenset[int], *queries: Select[Any]) -> Select[Any]:
    """Names of some services, by kind, service and name."""
    is_own = col(Service.id).in_([literal(id) for id in sorted(service_ids)])
    rows = union_all(*(query.where(is_own) for query in queries)).subquery()
    return select(rows).order_by(rows.c.kind, rows.c.service, rows.c.name, rows.c.id)


def _members(kind: int, role: Role) -> Select[Any]:
    return (
        _rows(kind, User.id, literal_column("''"), User.name)
        .join(Membership, col(Membership.service_id) == col(Service.id))
        .join(User, col(User.id) == col(Membership.user_id))
        .where(col(Membership.role) == role, col(User.is_active))
    )


def _rows(kind: int, id: Any, code: Any, name: Any) -> Select[Any]:
    columns: Any = (
        id.label("id"),
        code.label("code"),
        name.label("name"),
        col(Service.name).label("service"),
    )
    return select(literal_column(str(kind)).label("kind"), *columns).select_from(Service)
