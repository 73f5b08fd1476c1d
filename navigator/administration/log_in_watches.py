"""The log-in watches of a service for its administrators: how they go, their secrets, and trying one now."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field, SecretStr
from sqlmodel import Session, select

from navigator.administration.lookups import service_of
from navigator.catalogue.lookups import programmes_of
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.errors import Invalid, NotFound
from navigator.fields import Input
from navigator.login_watch.recipe import parse_recipe
from navigator.login_watch.secrets import keep_secrets, open_secrets
from navigator.login_watch.tables import LoginWatch
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.user import Role


class SecretsInput(Input):
    """The secrets that a recipe names, as they are typed once."""

    password: dict[str, SecretStr] = Field(default_factory=dict, title="the secrets")


@dataclass(frozen=True)
class ListedWatch:
    """A programme, how its log-in is watched, which secrets it needs, and whether it has them."""

    programme: Programme
    watch: LoginWatch | None
    secret_names: tuple[str, ...] = ()
    has_secrets: bool = False


def own_service(session: Session, actor: Actor, code: str) -> Service:
    """A service that the actor administers."""
    service = service_of(session, (code,))
    if service.id not in actor.services(Role.ADMIN):
        raise NotFound("We cannot find that.")
    return service


def list_watches(session: Session, actor: Actor, code: str) -> list[ListedWatch]:
    """The programmes of a service, each with its watch."""
    service = own_service(session, actor, code)
    rows = session.exec(select(LoginWatch).where(LoginWatch.service_id == service.id))
    watches = {row.programme_id: row for row in rows}
    return [_listed(session, each, watches.get(each.id)) for each in programmes_of(session, service.id)]


def _listed(session: Session, programme: Programme, watch: LoginWatch | None) -> ListedWatch:
    if watch is None:
        return ListedWatch(programme, None)
    names = tuple(parse_recipe(watch.recipe).secret_names)
    return ListedWatch(programme, watch, names, open_secrets(session, watch, names) is not None)


def change_secrets(session: Session, actor: Actor, code: str, programme: str, typed: SecretsInput) -> None:
    """Keep the secrets that were typed, all that the recipe names; the audit log says that, and not what."""
    listed, service = _find(session, actor, code, programme), own_service(session, actor, code)
    values: Mapping[str, str] = {name: value.get_secret_value() for name, value in typed.password.items()}
    if listed.watch is None or any(not values.get(name) for name in listed.secret_names):
        raise Invalid("Type all of them: what was typed before is not kept beside new ones.")
    keep_secrets(session, listed.watch, {name: values[name] for name in listed.secret_names})
    listed.watch.tried_at = None
    title = f"Secrets of the log-in watch typed: {listed.programme.name}"
    record_change(session, actor, service.id, "watch_secrets", title)


def try_now(session: Session, actor: Actor, code: str, programme: str) -> None:
    """Have a log-in tried at once: the next job does it, as no page waits for a network."""
    listed = _find(session, actor, code, programme)
    if listed.watch is None or not listed.watch.is_active:
        raise Invalid("It is not switched on.")
    listed.watch.tried_at = None


def _find(session: Session, actor: Actor, code: str, programme: str) -> ListedWatch:
    found = (each for each in list_watches(session, actor, code) if each.programme.code == programme)
    if (listed := next(found, None)) is None:
        raise NotFound("We cannot find that.")
    return listed
