"""The job of the log-in watch: claim what is due, log in with no transaction open, write down how it went."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from navigator import clock, database
from navigator.login_watch import alarms
from navigator.login_watch.recipe import check_hosts, parse_recipe
from navigator.login_watch.run_recipe import failed_step, network_works
from navigator.login_watch.secrets import open_secrets
from navigator.login_watch.tables import LoginWatch, WatchStatus

FAILURES_TO_ALARM = 2
"""One failure may be chance: so many in a row, with our own network there, are an alarm."""


@dataclass(frozen=True)
class _Claim:
    """What is tried, read at once: its repr shows no secret."""

    id: int
    recipe: str
    hosts: list[str]
    control_url: str
    secrets: dict[str, str] | None

    def __repr__(self) -> str:
        return f"<a log-in of watch {self.id}>"


def try_due() -> int:
    """Try the log-ins that are due, one after another; how many were tried."""
    tried = 0
    while (claim := _claim()) is not None:
        status, step = _try(claim)
        with database.writing() as session:
            watch = session.get_one(LoginWatch, claim.id, with_for_update=True)
            if (watch.recipe, watch.hosts, watch.is_active) == (claim.recipe, claim.hosts, True):
                record(session, watch, status, step)
        tried += 1
    return tried


def _claim() -> _Claim | None:
    now = clock.now()
    with database.writing() as session:
        query = select(LoginWatch).where(col(LoginWatch.is_active)).order_by(col(LoginWatch.id))
        watches = session.exec(query.with_for_update(skip_locked=True)).all()
        watch = next((each for each in watches if _is_due(each)), None)
        if watch is None:
            return None
        watch.tried_at = now
        return _Claim(watch.id, watch.recipe, watch.hosts, watch.control_url, _secrets(session, watch))


def _secrets(session: Session, watch: LoginWatch) -> dict[str, str] | None:
    """The secrets; None where there are none, or the recipe cannot be read any more."""
    try:
        recipe = parse_recipe(watch.recipe)
        check_hosts(recipe, watch.hosts)
    except ValueError:
        return None
    return open_secrets(session, watch, recipe.secret_names)


def _is_due(watch: LoginWatch) -> bool:
    return watch.tried_at is None or watch.tried_at + timedelta(minutes=watch.every_minutes) <= clock.now()


def _try(claim: _Claim) -> tuple[WatchStatus, str]:
    if claim.secrets is None:
        return WatchStatus.NO_SECRETS, ""
    step = failed_step(parse_recipe(claim.recipe), claim.hosts, claim.secrets)
    if not step:
        return WatchStatus.WORKS, ""
    return (WatchStatus.FAILS, step) if network_works(claim.control_url) else (WatchStatus.OUR_NETWORK, "")


def record(session: Session, watch: LoginWatch, status: WatchStatus, step: str) -> None:
    """Write down how a try went, and draft or end an alarm by it."""
    watch.status, now = status, clock.now()
    if status is WatchStatus.WORKS:
        watch.worked_at, watch.failures, watch.failed_step, watch.failing_since_at = now, 0, "", None
        alarms.end(session, watch)
    elif status is WatchStatus.FAILS:
        watch.failures, watch.failed_step = watch.failures + 1, step
        watch.failing_since_at = watch.failing_since_at or now
        if watch.failures >= FAILURES_TO_ALARM:
            alarms.draft(session, watch)
