"""What staff see of notices on Today: what runs or is planned for practitioners, and work that overruns."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.lookups import programmes_of
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems.problem import Problem
from navigator.problems.public_list import IS_OVER
from navigator.problems.records import MAY_EDIT
from navigator.problems.status_list import StatusEntry, status_of

MAX_SHOWN = 5


def notices_for_practitioner(session: Session, actor: Actor) -> Sequence[StatusEntry]:
    """What everybody is told now of the programmes of a practitioner’s services, and what is planned."""
    programmes = {
        programme.id: programme
        for service_id in sorted(actor.services(Role.PWP))
        for programme in programmes_of(session, service_id)
    }
    status = status_of(session, [*programmes.values()])
    return [*status.now, *status.planned][:MAX_SHOWN]


def overrun_work(session: Session, actor: Actor) -> Sequence[Problem]:
    """Planned work of one’s service whose time is over and of which nobody has said that it is done."""
    query = select(Problem).where(
        col(Problem.service_id).in_(sorted(actor.services(*MAY_EDIT))),
        col(Problem.planned_until_at) <= clock.now(),
        col(Problem.status).not_in(IS_OVER),
    )
    return session.exec(query.order_by(col(Problem.planned_until_at), col(Problem.id)).limit(MAX_SHOWN)).all()
