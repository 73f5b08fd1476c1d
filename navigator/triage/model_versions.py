"""Model versions: recorded, used, rolled back, and loaded by every process."""

import logging
from collections.abc import Collection, Iterator, Sequence

from sqlmodel import Session, col, delete, select

from navigator import clock, database
from navigator.errors import NotFound
from navigator.triage import model_store
from navigator.triage.retrain_process import RetrainingResult
from navigator.triage.tables import SHIPPED, ModelContent, ModelUse, ModelVersion

MAX_VERSIONS = 3
"""How many versions can be rolled back to, besides the shipped one."""

log = logging.getLogger(__name__)


class _Loaded:
    """The version that this process has loaded, and whether it was chosen by hand."""

    version, is_by_hand = SHIPPED, False


def refresh() -> None:
    """Load the version in use, if it is another one than before; a request never waits for this.

    Where the shipped one was chosen by hand, nothing that was sorted here counts either.
    """
    with database.reading() as session:
        in_use = version_in_use(session)
        version, is_by_hand = in_use.version, in_use.is_by_hand
        if (version, is_by_hand) == (_Loaded.version, _Loaded.is_by_hand):
            return
        content = _load_content(session, version) if version != SHIPPED else None
    try:
        head = model_store.loads_head(*content) if content else None
        model_store.activate(head, heeds_corrections=in_use.heeds_corrections)
    except ValueError as error:
        model_store.activate(None)
        log.error("version %s of what was learned is not used: %s", version, error)
    _Loaded.version, _Loaded.is_by_hand = version, is_by_hand


def version_in_use(session: Session) -> ModelUse:
    """Which version is used since when; the shipped one, since ever, when nothing was chosen."""
    newest = session.exec(select(ModelUse).order_by(col(ModelUse.id).desc()).limit(1)).first()
    return newest or ModelUse(version=SHIPPED)


def _load_content(session: Session, version: int) -> tuple[bytes, str] | None:
    query = select(ModelContent.content, ModelVersion.sha256).join(
        ModelVersion, col(ModelVersion.number) == col(ModelContent.number)
    )
    row = session.exec(query.where(ModelContent.number == version)).first()
    if row is None:
        log.error("version %s of what was learned is missing; what was shipped is used", version)
    return tuple(row) if row else None  # type: ignore[return-value]


def content_in_use(session: Session) -> bytes | None:
    """The model file of the version in use; None for the shipped one."""
    version = version_in_use(session).version
    content = _load_content(session, version) if version != SHIPPED else None
    return content[0] if content else None


def list_versions(session: Session) -> Sequence[ModelVersion]:
    """The versions on record, newest first."""
    return session.exec(select(ModelVersion).order_by(col(ModelVersion.number).desc())).all()


def version_lines(session: Session) -> Iterator[str]:
    """Each version with its metrics, the one in use marked, for the command line."""
    in_use, usable = version_in_use(session), usable_versions(session)
    by_hand = " (chosen by hand: the nightly job does not change it)" if in_use.is_by_hand else ""
    for row in list_versions(session):
        not_in_use = "" if row.number in usable else "not kept"
        mark = f"in use{by_hand}" if row.number == in_use.version else not_in_use
        accuracy = f"right {row.accuracy_after:.2f}, before {row.accuracy_before:.2f}"
        trained_on = f"{row.examples} texts and {len(row.tickets)} tickets"
        made = f"{row.number:>4}  {clock.local(row.made_at):%Y-%m-%d %H:%M}"
        yield f"{made}  {trained_on}; {accuracy}, on {row.test_size} tickets  {mark}".rstrip()
    yield f"   0  as shipped  {f'in use{by_hand}' if in_use.version == SHIPPED else ''}".rstrip()


def usable_versions(session: Session) -> frozenset[int]:
    """The versions that can be used, besides the shipped one."""
    return frozenset(session.exec(select(ModelContent.number)))


def use(session: Session, version: int, *, by_hand: bool = True) -> None:
    """Use a version from now on; chosen by hand it stays until `use_newest`."""
    if version != SHIPPED and version not in usable_versions(session):
        raise NotFound(f"There is no version {version} to use.")
    session.add(ModelUse(version=version, is_by_hand=by_hand))
    session.flush()


def use_newest(session: Session) -> None:
    """Let the nightly job choose again, beginning with the version in use."""
    use(session, version_in_use(session).version, by_hand=False)


def record_version(
    session: Session, result: RetrainingResult, erased_tickets: Collection[int] = ()
) -> ModelVersion:
    """Record a retraining; use its model if it is better, or the one in use learned from erased tickets."""
    metrics = {name: value for name, value in vars(result).items() if name not in ("content", "tickets")}
    sha256 = model_store.sha256_of(result.content)
    version = ModelVersion(sha256=sha256, tickets=list(result.tickets), **metrics)
    session.add(version)
    session.flush()
    in_use = version_in_use(session)
    is_void = learned_from(session, in_use.version, erased_tickets)
    if result.is_better or is_void:
        session.add(ModelContent(number=version.number, content=result.content))
        session.flush()
    if is_void or (result.is_better and not in_use.is_by_hand):
        use(session, version.number, by_hand=False)
    unlearn(session, erased_tickets)
    return version


def unlearn(session: Session, erased_tickets: Collection[int]) -> None:
    """Delete the models trained on these tickets, and all but the newest three and the one in use."""
    usable = sorted(usable_versions(session), reverse=True)
    old = {number for number in usable[MAX_VERSIONS:] if number != version_in_use(session).version}
    void = {number for number in usable if learned_from(session, number, erased_tickets)}
    if version_in_use(session).version in void:
        use(session, SHIPPED, by_hand=False)
    session.exec(delete(ModelContent).where(col(ModelContent.number).in_(old | void)))
    recorded = usable_versions(session) | {row.number for row in list_versions(session)[:MAX_VERSIONS]}
    session.exec(delete(ModelVersion).where(col(ModelVersion.number).not_in(recorded)))


def tickets_learned_from(session: Session) -> frozenset[int]:
    """The tickets that any usable version was trained on."""
    usable = usable_versions(session)
    rows = (row for row in list_versions(session) if row.number in usable)
    return frozenset(number for row in rows for number in row.tickets)


def learned_from(session: Session, version: int, tickets: Collection[int]) -> bool:
    """Whether a version was trained on any of these tickets."""
    row = session.get(ModelVersion, version) if tickets and version != SHIPPED else None
    return row is not None and not set(tickets).isdisjoint(row.tickets)
