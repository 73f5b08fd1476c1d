"""Logging in by a provider, in two steps: out to it, and back with its answer.

Both open their own transactions: the network is asked between them and never inside one.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from navigator import clock, database
from navigator.catalogue.reference_data import wait_for_changes
from navigator.errors import NotFound, TooMany
from navigator.openid.claims import Identity, identity, roles_given
from navigator.openid.failures import Cause, ProviderFailed, failed
from navigator.openid.place import GivenByService, NoPlace, changes_nothing, find_user, give_roles, turn_away
from navigator.openid.tables import LoginProvider, LoginRule
from navigator.people import audit_spool, login, rate_limit, tokens
from navigator.people.actor import ANONYMOUS
from navigator.people.audit_log import Act
from navigator.people.directory import composed_ids
from navigator.people.password_setting import takes_passwords
from navigator.people.user_session import UserSession
from navigator.seal import SealBroken, seal, unseal
from navigator.settings import settings

if TYPE_CHECKING:
    from navigator.openid.exchange import Attempt, Client

ATTEMPT_LASTS = timedelta(minutes=15)
"""How long somebody has at the provider."""
LONGEST_PAGE = 1500
"""Characters of the page that is kept meanwhile: a browser keeps no cookie above 4 KB."""
SECRET_PURPOSE = "secret of a log-in provider"  # noqa: S105 - what the seal is for
_ATTEMPT_PURPOSE = "attempt to log in by a provider"
_DENIED = frozenset({"access_denied", "login_required", "interaction_required", "consent_required"})


@dataclass(frozen=True)
class WaysIn:
    """What the log-in page offers: passwords or not, and the providers by name."""

    passwords: bool
    providers: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What a browser brings back from a provider."""

    code: str = ""
    state: str = ""
    iss: str = ""
    error: str = ""


@dataclass(frozen=True)
class _Begun:
    """What the browser keeps of an attempt, sealed: only this desk reads it."""

    provider: str
    attempt: "Attempt"
    next: str
    at: datetime


def ways_in(session: Session) -> WaysIn:
    """What the log-in page offers now."""
    query = select(LoginProvider).where(col(LoginProvider.is_active))
    by_name = session.exec(query.order_by(col(LoginProvider.name), col(LoginProvider.id)))
    return WaysIn(takes_passwords(session), [(each.code, each.name) for each in by_name])


def ways_to_unlock(session: Session, token: str) -> WaysIn:
    """What unlocks the pages of a session: the way by which it began."""
    row = session.get(UserSession, tokens.hashed(token))
    provider = session.get(LoginProvider, row.provider_id) if row and row.provider_id else None
    if provider is None:
        return WaysIn(takes_passwords(session), [])
    return WaysIn(False, [(provider.code, provider.name)] if provider.is_active else [])


def provider_names(session: Session) -> dict[int, str]:
    """The names of all providers, by id."""
    return dict(session.exec(select(LoginProvider.id, LoginProvider.name)).all())


def ways_in_now() -> WaysIn:
    """What the log-in page offers, for a request that has no session open."""
    with database.reading() as session:
        return ways_in(session)


def begin(code: str, next_page: str) -> tuple[str, str]:
    """The address at the provider, and what the browser must bring back beside its answer."""
    provider, client = _provider(code)
    attempt = _exchange().new_attempt()
    try:
        url = _exchange().authorization_url(client, attempt)
    except Cause as cause:
        raise failed(code, f"begin: {cause}", f"We cannot reach {provider.name} at the moment.") from None
    kept_page = next_page if len(next_page) <= LONGEST_PAGE else ""
    return url, _sealed(_Begun(code, attempt, kept_page, clock.now()))


def _sealed(begun: _Begun) -> str:
    return seal(json.dumps(asdict(begun) | {"at": begun.at.isoformat()}), _ATTEMPT_PURPOSE)


def _opened(sealed: str) -> _Begun | None:
    try:
        kept = json.loads(unseal(sealed, _ATTEMPT_PURPOSE))
    except (SealBroken, ValueError):
        return None
    attempt, at = _exchange().Attempt(**kept["attempt"]), datetime.fromisoformat(kept["at"])
    return _Begun(kept["provider"], attempt, kept["next"], at)


def _provider(code: str) -> tuple[LoginProvider, "Client"]:
    """A provider that is on, and this desk as it knows it."""
    with database.reading() as session:
        query = select(LoginProvider).where(LoginProvider.code == code, col(LoginProvider.is_active))
        if (provider := session.exec(query).one_or_none()) is None:
            raise NotFound("There is no such way to log in.")
        session.expunge(provider)
    return provider, client_of(provider)


def client_of(provider: LoginProvider) -> "Client":
    """This desk as a provider knows it."""
    try:
        secret = unseal(provider.sealed_secret, SECRET_PURPOSE) if provider.sealed_secret else ""
    except SealBroken:
        raise failed(provider.code, "secret", f"We cannot log you in with {provider.name}.") from None
    source = _exchange().Source(provider.issuer, provider.allows_private)
    here = (answer_url(provider.code), logged_out_url())
    client: Client = _exchange().Client(source, provider.client_id, secret, provider.scopes, *here)
    return client


def _exchange() -> Any:
    """The exchange with a provider: Authlib and signatures, which a desk without one does not load."""
    from navigator.openid import exchange

    return exchange


def answer_url(code: str) -> str:
    """The address to which a provider sends a browser back: typed there, letter by letter."""
    return f"{settings().base_url.rstrip('/')}/log-in/with/{code}/answer"


def logged_out_url() -> str:
    """The address to which a provider sends somebody who logged out of it, typed there too."""
    return f"{settings().base_url.rstrip('/')}/log-in"


def finish(code: str, sealed: str, answer: Answer, client_ip: str, device: str = "") -> tuple[str, str]:
    """Log in whoever came back, on a device in words: a token of a new session, and the page they wanted."""
    provider, client = _provider(code)
    try:
        return _finished(provider, client, (sealed, answer), (device, client_ip))
    except (ProviderFailed, TooMany) as refused:
        title = f"By {provider.name}: {'tried too often' if isinstance(refused, TooMany) else 'not let in'}"
        audit_spool.note(ANONYMOUS, Act.LOG_IN_FAILED, title, address=client_ip)
        raise


def _finished(
    provider: LoginProvider, client: "Client", brought: tuple[str, Answer], caller: tuple[str, str]
) -> tuple[str, str]:
    (sealed, answer), code = brought, provider.code
    begun = _opened(sealed)
    if begun is None or not _is_of(begun, code, answer.state):
        words = f"You did not begin to log in with {provider.name} here, or too long ago. Begin again."
        raise failed(code, "attempt", words)
    if answer.error or not answer.code:
        known = answer.error if answer.error in _DENIED else "error"
        raise failed(code, f"answer: {known}", f"{provider.name} did not log you in.")
    now = clock.now()
    with database.writing() as session:
        is_allowed = rate_limit.hit(session, "log-in address", caller[1], login.PER_ADDRESS, now)
    if not is_allowed:
        raise TooMany("You have tried too many times. Wait 15 minutes, then try again.")
    token = _log_in(provider, client, (begun, answer), caller)
    with database.writing() as session:
        rate_limit.unhit(session, "log-in address", caller[1], login.PER_ADDRESS, now)
    return token, begun.next


def _is_of(begun: _Begun, code: str, state: str) -> bool:
    """Whether an answer is of this attempt: of this browser, this provider, and not long ago."""
    is_state = hmac.compare_digest(begun.attempt.state.encode(), state.encode("utf-8", "replace"))
    return is_state and begun.provider == code and clock.now() - begun.at < ATTEMPT_LASTS


def _log_in(
    provider: LoginProvider, client: "Client", round_trip: tuple[_Begun, Answer], caller: tuple[str, str]
) -> str:
    begun, answer = round_trip
    try:
        claims = _exchange().claims_for(client, begun.attempt, answer.code, answer.iss)
        log_out_url = _exchange().log_out_url(client)
    except Cause as cause:
        words = f"{provider.name} did not log you in."
        raise failed(provider.code, str(cause), words) from None
    who = identity(provider, claims)
    with database.writing() as session:
        given = _lock(session, provider, who, claims)
        token = _enter(session, provider, (who, given), caller, log_out_url)
    if isinstance(token, NoPlace):  # after the commit: that somebody has left is kept
        raise failed(provider.code, "no place", str(token))
    return token


_RULES = select(LoginRule).order_by(col(LoginRule.service_id), col(LoginRule.code), col(LoginRule.id))


def _lock(
    session: Session, provider: LoginProvider, who: Identity, claims: Mapping[str, Any]
) -> GivenByService:
    """The roles that claims give; whoever comes by it at the same moment waits, and finds the account made.

    Where an account or a role is new, or ends, reference data changes. Settings lock that first and the
    provider then, and so does this; whoever comes as before waits for no change of settings.
    """
    if not changes_nothing(session, provider, who, _given(session, provider, claims)):
        wait_for_changes(session)
    query = select(LoginProvider.id).where(LoginProvider.id == provider.id, col(LoginProvider.is_active))
    if session.exec(query.with_for_update()).first() is None:
        raise NotFound("There is no such way to log in.")
    session.expire_all()  # what was read before is read again
    return _given(session, provider, claims)


def _given(session: Session, provider: LoginProvider, claims: Mapping[str, Any]) -> GivenByService:
    rules = session.exec(_RULES.where(LoginRule.provider == provider.code)).all()
    return roles_given(rules, claims, composed_ids(session))


def _enter(
    session: Session,
    provider: LoginProvider,
    claimed: tuple[Identity, GivenByService],
    caller: tuple[str, str],
    log_out_url: str,
) -> str | NoPlace:
    (who, given), (device, client_ip) = claimed, caller
    try:
        user = find_user(session, provider, who, given)
    except NoPlace as refused:
        turn_away(session, provider, who)
        return refused
    give_roles(session, provider, user, given)
    return login.open_session(session, user.id, device, client_ip, (provider.id, log_out_url))
