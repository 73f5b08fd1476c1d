"""Log-in providers for administrators: which there are, their secrets, and rules of one’s own services."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field, SecretStr
from sqlmodel import Session, col, func, select

from navigator.administration.apply_change import administers_all
from navigator.administration.log_in_kinds import find_provider, has_proven_provider
from navigator.administration.lookups import Key, service_of
from navigator.catalogue.lookups import services
from navigator.catalogue.service import Service
from navigator.errors import Forbidden, NotFound
from navigator.fields import Input
from navigator.openid.log_in import SECRET_PURPOSE, answer_url, logged_out_url
from navigator.openid.tables import LoginProvider, LoginRule
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.composed_role import ComposedRole
from navigator.people.directory import composed_roles
from navigator.people.password_setting import takes_passwords
from navigator.people.provider_account import ProviderAccount
from navigator.people.user import Role
from navigator.seal import seal


class SecretInput(Input):
    """The secret that a provider gave this desk, as it is typed once."""

    password: SecretStr = Field(title="the secret", min_length=1, max_length=500)


@dataclass(frozen=True)
class ListedProvider:
    """A provider, how many people came in by it, and the address that is typed there."""

    provider: LoginProvider
    people: int
    answer_url: str


@dataclass(frozen=True)
class LogInOverview:
    """How people log in here, with the rules of the services that the actor administers."""

    providers: Sequence[ListedProvider]
    passwords: bool
    may_end_passwords: bool
    logged_out_url: str
    rules: Sequence[tuple[Service, Sequence[LoginRule], Sequence[ComposedRole]]]


def log_in_overview(session: Session, actor: Actor) -> LogInOverview:
    """How people log in here."""
    counts = select(ProviderAccount.provider_id, func.count()).group_by(col(ProviderAccount.provider_id))
    people = dict(session.exec(counts).all())
    by_name = select(LoginProvider).order_by(col(LoginProvider.name), col(LoginProvider.id))
    own = [each for each in services(session) if each.id in actor.services(Role.ADMIN)]
    return LogInOverview(
        [
            ListedProvider(each, people.get(each.id, 0), answer_url(each.code))
            for each in session.exec(by_name)
        ],
        takes_passwords(session),
        has_proven_provider(session),
        logged_out_url(),
        [(service, _rules_of(session, service.id), composed_roles(session, [service.id])) for service in own],
    )


def _rules_of(session: Session, service_id: int) -> Sequence[LoginRule]:
    of_service = select(LoginRule).where(LoginRule.service_id == service_id)
    return session.exec(of_service.order_by(col(LoginRule.title), col(LoginRule.id))).all()


def keep_secret(session: Session, actor: Actor, code: str, typed: SecretInput) -> None:
    """Keep the secret of a provider, sealed; the audit log says that, and not what."""
    if not administers_all(session, actor):
        raise Forbidden("All services share this. Only an administrator of every service can change it.")
    if (provider := find_provider(session, (code,))) is None:
        raise NotFound("We cannot find that.")
    provider.sealed_secret = seal(typed.password.get_secret_value(), SECRET_PURPOSE)
    record_change(session, actor, None, "provider_secret", f"Secret of a provider typed: {provider.name}")


def composed_names(session: Session, key: Key) -> Sequence[tuple[str, str]]:
    """The composed roles of a service by code and name, for whoever writes a rule."""
    roles = composed_roles(session, [service_of(session, key).id])
    return [(role.code, role.name) for role in roles]


def provider_names(session: Session) -> Sequence[tuple[str, str]]:
    """The providers by code and name, for whoever writes a rule."""
    query = select(LoginProvider.code, LoginProvider.name)
    return session.exec(query.order_by(col(LoginProvider.name), col(LoginProvider.id))).all()
