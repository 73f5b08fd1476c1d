"""Versions of what the desk learned: kept, used, rolled back, and taken up by every process."""

import logging
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, Session, col, delete, select

from navigator import clock, database
from navigator.clock import now
from navigator.database import Table
from navigator.errors import NotFound
from navigator.triage import model_store
from navigator.triage.retrain_process import RetrainingResult

KEPT = 3
"""How many versions can be gone back to, besides what was shipped."""

log = logging.getLogger(__name__)


SHIPPED = 0
"""The version that ships with the desk: it has no row."""


class ModelVersion(Table, table=True):
    """One night's lesson: what it learned from, and how it did on the newest corrected tickets."""

    number: int = Field(default=None, primary_key=True)
    made_at: datetime = Field(default_factory=now)
    sha256: str
    examples: int
    tickets: list[int] = Field(default_factory=list, sa_type=JSON)
    test_size: int = Field(sa_column_kwargs={"name": "tested"})
    accuracy_before: float = Field(sa_column_kwargs={"name": "right_before"})
    accuracy_after: float = Field(sa_column_kwargs={"name": "right_after"})
    gain_ci_low: float = Field(sa_column_kwargs={"name": "gain_low"})
    gain_ci_high: float = Field(sa_column_kwargs={"name": "gain_high"})


class ModelContent(Table, table=True):
    """What a version learned, kept apart so that lists never load it; without it a version cannot be used."""

    number: int = Field(foreign_key="modelversion.number", primary_key=True)
    content: bytes


class ModelUse(Table, table=True):
    """From when on which version was used: the newest row holds; chosen by hand, it stays until let go."""

    id: int = Field(default=None, primary_key=True)
    created_at: datetime = Field(default_factory=now, sa_column_kwargs={"name": "at"})
    version: int
    is_by_hand: bool = False


class _Seen:
    """The version that this process suggests by."""

    version = SHIPPED


def refresh() -> None:
    """Take up the version in use, if it is another one than before; a request never waits for this."""
    with database.reading() as session:
        version = version_in_use(session).version
        if version == _Seen.version:
            return
        found = _found(session, version) if version != SHIPPED else None
    try:
        model_store.activate(model_store.loads(*found) if found else None)
    except ValueError as wrong:
        model_store.activate(None)
        log.error("version %s of what was learned is not used: %s", version, wrong)
    _Seen.version = version


def version_in_use(session: Session) -> ModelUse:
    """Which version is used since when; what was shipped, since ever, when nothing was chosen."""
    newest = session.exec(select(ModelUse).order_by(col(ModelUse.id).desc()).limit(1)).first()
    return newest or ModelUse(version=SHIPPED)


def _found(session: Session, version: int) -> tuple[bytes, str] | None:
    query = select(ModelContent.content, ModelVersion.sha256).join(
        ModelVersion, col(ModelVersion.number) == col(ModelContent.number)
    )
    found = session.exec(query.where(ModelContent.number == version)).first()
    if found is None:
        log.error("version %s of what was learned is missing; what was shipped is used", version)
    return tuple(found) if found else None  # type: ignore[return-value]


def content_in_use(session: Session) -> bytes | None:
    """What the version in use learned; None for what was shipped."""
    found = _found(session, version) if (version := version_in_use(session).version) != SHIPPED else None
    return found[0] if found else None


def listed(session: Session) -> Sequence[ModelVersion]:
    """The versions on record, newest first."""
    return session.exec(select(ModelVersion).order_by(col(ModelVersion.number).desc())).all()


def in_words(session: Session) -> Iterator[str]:
    """Each version with its figures, the one in use marked, for the command line."""
    chosen, able = version_in_use(session), usable(session)
    by_hand = " (chosen by hand: the nightly job does not change it)" if chosen.is_by_hand else ""
    for row in listed(session):
        mark = (
            f"in use{by_hand}" if row.number == chosen.version else "" if row.number in able else "not kept"
        )
        figures = (
            f"right {row.accuracy_after:.2f}, before {row.accuracy_before:.2f}, on {row.test_size} tickets"
        )
        learned = f"{row.examples} texts and {len(row.tickets)} tickets"
        made = f"{row.number:>4}  {clock.local(row.made_at):%Y-%m-%d %H:%M}"
        yield f"{made}  {learned}; {figures}  {mark}".rstrip()
    yield f"   0  as shipped  {f'in use{by_hand}' if chosen.version == SHIPPED else ''}".rstrip()


def usable(session: Session) -> frozenset[int]:
    """The versions that can be used, besides what was shipped."""
    return frozenset(session.exec(select(ModelContent.number)))


def use(session: Session, version: int, *, by_hand: bool = True) -> None:
    """Use a version from now on; chosen by hand it stays until `follow`."""
    if version != SHIPPED and version not in usable(session):
        raise NotFound(f"There is no version {version} to use.")
    session.add(ModelUse(version=version, is_by_hand=by_hand))
    session.flush()


def use_newest(session: Session) -> None:
    """Let the nightly job choose again, beginning with what is in use."""
    use(session, version_in_use(session).version, by_hand=False)


def keep(session: Session, lesson: RetrainingResult, forgotten: Collection[int] = ()) -> ModelVersion:
    """Put a lesson on record; use it if it is better, or if what is in use learned from forgotten tickets."""
    facts = {name: value for name, value in vars(lesson).items() if name not in ("content", "tickets")}
    made = ModelVersion(sha256=model_store.sha256_of(lesson.content), tickets=list(lesson.tickets), **facts)
    session.add(made)
    session.flush()
    chosen = version_in_use(session)
    is_void = learned_from(session, chosen.version, forgotten)
    if lesson.is_better or is_void:
        session.add(ModelContent(number=made.number, content=lesson.content))
        session.flush()
    if is_void or (lesson.is_better and not chosen.is_by_hand):
        use(session, made.number, by_hand=False)
    unlearn(session, forgotten)
    return made


def unlearn(session: Session, gone: Collection[int]) -> None:
    """Drop what was learned from these tickets, and all but the newest three versions and the one in use."""
    usable_ones = sorted(usable(session), reverse=True)
    old = {number for number in usable_ones[KEPT:] if number != version_in_use(session).version}
    void = {number for number in usable_ones if learned_from(session, number, gone)}
    if version_in_use(session).version in void:
        use(session, SHIPPED, by_hand=False)
    session.exec(delete(ModelContent).where(col(ModelContent.number).in_(old | void)))
    kept = usable(session) | {row.number for row in listed(session)[:KEPT]}
    session.exec(delete(ModelVersion).where(col(ModelVersion.number).not_in(kept)))


def tickets(session: Session) -> frozenset[int]:
    """The tickets that any usable version learned from."""
    able = usable(session)
    return frozenset(number for row in listed(session) if row.number in able for number in row.tickets)


def learned_from(session: Session, version: int, those: Collection[int]) -> bool:
    """Whether a version learned from any of these tickets."""
    row = session.get(ModelVersion, version) if those and version != SHIPPED else None
    return row is not None and not set(those).isdisjoint(row.tickets)
