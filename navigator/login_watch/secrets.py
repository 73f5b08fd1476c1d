"""Secrets of test accounts: sealed for the hosts that they were typed for, written and used, never shown."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, select

from navigator.login_watch.tables import LoginWatch, WatchSecret
from navigator.seal import SealBroken, seal, unseal


def _purpose(hosts: Sequence[str]) -> str:
    """Whoever changes where a recipe leads must type the secrets anew: they cannot be sent elsewhere."""
    return f"log-in at {' '.join(sorted(hosts))}"


def keep_secrets(session: Session, watch: LoginWatch, values: Mapping[str, str]) -> None:
    """Keep what was typed, in place of what was kept by these names."""
    rows = {row.name: row for row in _rows(session, watch)}
    for name, value in values.items():
        row = rows.get(name) or WatchSecret(watch_id=watch.id, name=name, sealed="")
        row.sealed = seal(value, _purpose(watch.hosts))
        session.add(row)
    session.flush()


def open_secrets(session: Session, watch: LoginWatch, names: Sequence[str]) -> dict[str, str] | None:
    """The secrets by name; None if one is missing, or was typed for other hosts."""
    sealed = {row.name: row.sealed for row in _rows(session, watch)}
    try:
        return {name: unseal(sealed[name], _purpose(watch.hosts)) for name in names}
    except (KeyError, SealBroken):
        return None


def _rows(session: Session, watch: LoginWatch) -> Sequence[WatchSecret]:
    return session.exec(select(WatchSecret).where(WatchSecret.watch_id == watch.id)).all()
