"""Finds what is reported far more often than usual, and sees when that is over."""

from collections.abc import Mapping
from datetime import timedelta

from sqlmodel import Session, col, select

from navigator import clock, database
from navigator.catalogue.service import Service
from navigator.insight.rise_counts import ALL_SERVICES, Kind, families
from navigator.problems.rise import Rise
from navigator.problems.rises import known_as
from navigator.problems.spikes import Family, Spike, risen


def look_for_rises() -> int:
    """Look at every service, each in a transaction of its own; how many rises began or ended."""
    with database.reading() as session:
        found = dict(families(session))
    everywhere = found.pop(ALL_SERVICES, None)
    changes = 0
    for service_id, family in sorted(found.items()):
        with database.writing() as session:
            changes += record_rises(session, service_id, risen(family, everywhere), family)
    return changes


def record_rises(
    session: Session, service_id: int, alarms: Mapping[Kind, Spike], family: Family[Kind]
) -> int:
    """Keep what rises in a service, what goes on to, and what has ended.

    One process at a time does this for each service; reports of it need not wait.
    """
    lock = select(Service.id).where(Service.id == service_id)
    session.exec(lock.with_for_update(key_share=True))
    is_live = (col(Rise.service_id) == service_id, col(Rise.ended_at).is_(None))
    rises = session.exec(select(Rise).where(*is_live)).all()
    live = {Kind(rise.programme_id, rise.category): rise for rise in rises}
    ended = [kind for kind, rise in live.items() if not _goes_on(session, family, kind, rise)]
    new = {kind: spike for kind, spike in alarms.items() if kind not in live}
    for kind, spike in new.items():
        session.add(_begin(session, service_id, kind, spike))
    return len(ended) + len(new)


def _goes_on(session: Session, family: Family[Kind], kind: Kind, rise: Rise) -> bool:
    """Bring a live rise up to date; end it where nothing stands out any more."""
    if kind not in family or family.largest(kind) is None:
        rise.ended_at = clock.now()
        return False
    spike = family.spike(kind, (clock.today() - rise.began_on).days + 1)
    rise.last_on, rise.count = clock.today(), spike.count
    rise.expected, rise.rate = spike.expected, spike.rate
    rise.problem_id = rise.problem_id or known_as(session, rise)
    return True


def _begin(session: Session, service_id: int, kind: Kind, spike: Spike) -> Rise:
    rise = Rise(
        service_id=service_id,
        programme_id=kind.programme_id,
        category=kind.category,
        began_on=clock.today() - timedelta(days=spike.days - 1),
        last_on=clock.today(),
        count=spike.count,
        expected=spike.expected,
        rate=spike.rate,
    )
    rise.problem_id = known_as(session, rise)
    return rise
