"""What a provider, or somebody between, may say: only the truth, for this desk and attempt, lets in."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from sqlmodel import Session, select
from starlette.responses import JSONResponse, PlainTextResponse

from navigator import clock
from navigator.errors import NotFound
from navigator.openid import discovery, log_in
from navigator.openid.failures import ProviderFailed
from navigator.openid.log_in import ATTEMPT_LASTS, Answer
from navigator.openid.tables import LoginProvider
from navigator.people import login
from navigator.people.provider_account import ProviderAccount
from navigator.people.rate_limit import Limit
from navigator.people.user import User
from navigator.people.user_session import UserSession
from navigator.settings import settings
from tests.openid.lying_provider import LyingProvider, lying_provider, rsa_key
from tests.openid.provider import set_up
from tests.people import People

pytestmark = pytest.mark.sqlite_is_enough

HERE = "192.0.2.1"
ANOTHER = rsa_key("first")


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return rsa_key("first")


@pytest.fixture(scope="module")
def served(key: RSAKey) -> Iterator[LyingProvider]:
    with lying_provider(key) as provider:
        yield provider


@pytest.fixture
def provider(
    served: LyingProvider, key: RSAKey, session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LyingProvider]:
    monkeypatch.setenv("NAVIGATOR_ASKS_ITSELF", "yes")
    settings.cache_clear()
    discovery.forget()
    served.tell_the_truth(key)
    served.now = int(clock.now().timestamp())
    set_up(session, served.issuer)
    yield served
    discovery.forget()


def enter(provider: LyingProvider, **changed: str) -> str:
    """Go to the provider, come back, and be let in or not."""
    url, sealed = log_in.begin("works", "/account")
    code, state = provider.come(url)
    return log_in.finish("works", sealed, Answer(**{"code": code, "state": state} | changed), HERE)[0]


def test_whoever_tells_the_truth_is_let_in(provider: LyingProvider, session: Session, people: People):
    assert login.whoami(session, enter(provider)) == people.amina
    (sent,) = provider.sent
    assert sent.keys() == {
        "grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret",
    }  # fmt: skip
    assert sent["client_secret"] == "a secret of the desk"


LIES: dict[str, Callable[[LyingProvider], None]] = {
    "wrong nonce": lambda it: it.claims.update(nonce="of another attempt"),
    "no nonce": lambda it: it.claims.update(nonce=None),
    "for another desk": lambda it: it.claims.update(aud="another-desk"),
    "for several, by another": lambda it: it.claims.update(aud=["navigator-desk", "other"], azp="other"),
    "for several, by nobody": lambda it: it.claims.update(aud=["navigator-desk", "other"]),
    "for another, by us": lambda it: it.claims.update(aud=["other"], azp="navigator-desk"),
    "by another issuer": lambda it: it.claims.update(iss="https://login.example.org"),
    "expired": lambda it: it.claims.update(exp=it.now - 61),
    "of the future": lambda it: it.claims.update(iat=it.now + 3600),
    "without an end": lambda it: it.claims.update(exp=None),
    "about nobody": lambda it: it.claims.update(sub=None),
    "about an empty name": lambda it: it.claims.update(sub=""),
    "about a number": lambda it: it.claims.update(sub=7),
    "a subject too long": lambda it: it.claims.update(sub="s" * 256),
    "with the hash of another access token": lambda it: it.claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "signed by nobody": lambda it: it.header.update(alg="none"),
    "signed by the secret": lambda it: setattr(it, "hmac_key", b"a secret of the desk"),
    "signed by the public key as a secret": lambda it: setattr(it, "hmac_key", it.key.as_pem(private=False)),
    "signed by another key of the same name": lambda it: setattr(it, "signing_key", ANOTHER),
    "by a key that is not published": lambda it: it.header.update(kid="unknown"),
    "no id_token": lambda it: setattr(it, "token_answer", JSONResponse({"access_token": "a"})),
    "no JSON": lambda it: setattr(it, "token_answer", PlainTextResponse("<h1>Sorry</h1>")),
    "a list": lambda it: setattr(it, "token_answer", JSONResponse(["id_token"])),
    "no token at all": lambda it: setattr(it, "token_answer", JSONResponse({"error": "invalid_grant"}, 400)),
    "an odd error": lambda it: setattr(it, "token_answer", JSONResponse({"error": ["x"]}, 400)),
    "nonsense for a token": lambda it: setattr(it, "token_answer", JSONResponse({"id_token": "a.b.c"})),
    "an answer without end": lambda it: setattr(it, "token_answer", PlainTextResponse("x" * 600_000)),
    "userinfo of somebody else": lambda it: setattr(it, "userinfo", {"sub": "subject-2"}),
}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("lie", LIES)
def test_a_lie_lets_nobody_in_and_leaves_nothing(
    provider: LyingProvider, session: Session, lie: str, capsys: pytest.CaptureFixture[str]
):
    LIES[lie](provider)
    with pytest.raises(ProviderFailed) as refused:
        enter(provider)
    assert "Works did not log you in." in refused.value.message
    assert session.exec(select(UserSession)).all() == []
    assert session.exec(select(ProviderAccount)).all() == []
    logged = capsys.readouterr().out
    assert refused.value.message.split()[-1].rstrip(".") in logged  # the reference
    for word in ("amina", "Amina", "subject-1", "access", "a-code", "a secret", "desk-navigators"):
        assert word not in logged + refused.value.message


def test_the_state_of_another_attempt_another_provider_and_a_late_return_are_refused(
    provider: LyingProvider, session: Session
):
    set_up_second(session, provider.issuer)
    url, sealed = log_in.begin("works", "")
    _, other_state = provider.come(log_in.begin("works", "")[0])
    code, state = provider.come(url)
    tries: list[tuple[str, str, str]] = [
        ("works", sealed, other_state),
        ("works", sealed, ""),
        ("works", "", state),
        ("works", sealed[:-9] + "AAAAAAAA=", state),
        ("other", sealed, state),  # the answer of one provider at the address of another (mix-up)
    ]
    for at, kept, sent_state in tries:
        with pytest.raises(ProviderFailed, match="You did not begin to log in"):
            log_in.finish(at, kept, Answer(code=code, state=sent_state), HERE)
    clock.set_to(clock.now() + ATTEMPT_LASTS)
    with pytest.raises(ProviderFailed, match="too long ago"):
        log_in.finish("works", sealed, Answer(code=code, state=state), HERE)
    assert provider.sent == []  # no code was shown to anybody


def set_up_second(session: Session, issuer: str) -> None:
    first = session.exec(select(LoginProvider)).one()
    session.add(LoginProvider(**first.model_dump(exclude={"id"}) | {"code": "other", "name": "Other"}))
    session.flush()


def test_an_answer_that_names_another_issuer_is_refused(provider: LyingProvider):
    with pytest.raises(ProviderFailed):
        enter(provider, iss="https://login.example.org")
    assert provider.sent == []
    assert enter(provider, iss=provider.issuer)
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    discovery.forget()
    with pytest.raises(ProviderFailed):
        enter(provider)  # it says that it names itself always


def test_what_the_provider_says_of_an_error_is_not_repeated(
    provider: LyingProvider, capsys: pytest.CaptureFixture[str]
):
    """T21 of the peers."""
    with pytest.raises(ProviderFailed) as refused:
        enter(provider, error="<b>amina@north.example\nforged line</b>")
    assert "amina" not in refused.value.message + capsys.readouterr().out


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://login.example.org"},
        {"token_endpoint": None},
        {"token_endpoint": "http://login.example.org/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": "https://user:word@login.example.org/keys"},
        {"end_session_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
    ],
)
def test_metadata_that_lead_elsewhere_are_refused(provider: LyingProvider, metadata: dict[str, Any]):
    provider.metadata |= metadata
    with pytest.raises(ProviderFailed, match="We cannot reach Works at the moment"):
        log_in.begin("works", "")


def test_a_redirect_is_not_followed(provider: LyingProvider):
    """T16 of the peers."""
    provider.metadata["jwks_uri"] = f"{provider.issuer}/elsewhere"
    with pytest.raises(ProviderFailed):
        enter(provider)
    assert provider.asked.count("elsewhere") == 1


def test_keys_are_read_again_when_they_change_but_not_for_every_wrong_one(provider: LyingProvider):
    assert enter(provider)
    new = rsa_key("second")
    provider.published, provider.key = [new], new
    clock.set_to(clock.now() + timedelta(seconds=11))
    assert enter(provider)
    assert provider.asked.count("keys") == 2
    provider.header["kid"] = "unknown"
    for _ in range(3):
        with pytest.raises(ProviderFailed):
            enter(provider)
    assert provider.asked.count("keys") == 2
    assert provider.asked.count("metadata") == 1


def test_an_address_in_a_private_network_is_asked_where_a_setting_says_so_alone(
    provider: LyingProvider, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("NAVIGATOR_ASKS_ITSELF")
    settings.cache_clear()
    with pytest.raises(ProviderFailed):
        log_in.begin("works", "")
    assert provider.asked == []


def test_somebody_who_is_closed_here_stays_out(provider: LyingProvider, session: Session, people: People):
    session.get_one(User, people.amina.user_id).is_active = False
    session.flush()
    with pytest.raises(ProviderFailed, match="Your account here is closed"):
        enter(provider)


def test_a_provider_that_is_off_is_none(provider: LyingProvider, session: Session):
    url, sealed = log_in.begin("works", "")
    code, state = provider.come(url)
    session.exec(select(LoginProvider)).one().is_active = False
    session.flush()
    with pytest.raises(NotFound):
        log_in.begin("works", "")
    with pytest.raises(NotFound):
        log_in.finish("works", sealed, Answer(code=code, state=state), HERE)


@pytest.mark.parametrize("said", [False, "false", None, "yes", [True], "no"])
def test_only_true_means_that_an_address_was_checked(provider: LyingProvider, session: Session, said: Any):
    provider.claims["email_verified"] = said
    with pytest.raises(ProviderFailed, match="does not say that your email address was checked"):
        enter(provider)
    assert session.exec(select(ProviderAccount)).all() == []


def test_a_joined_account_needs_no_address_any_more(provider: LyingProvider):
    assert enter(provider)
    provider.claims |= {"email_verified": False, "email": "somebody@else.example"}
    assert enter(provider)


def test_too_many_wrong_answers_are_not_asked_about(provider: LyingProvider, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(login, "PER_ADDRESS", Limit(2, timedelta(minutes=15)))
    provider.claims["nonce"] = "wrong"
    for _ in range(2):
        with pytest.raises(ProviderFailed):
            enter(provider)
    with pytest.raises(Exception, match="too many times"):
        enter(provider)
    assert len(provider.sent) == 2


def test_what_is_sealed_is_not_to_be_read_in_the_browser(provider: LyingProvider):
    url, sealed = log_in.begin("works", "/tickets/17")
    _, state = provider.come(url)
    assert state not in sealed
    assert "tickets" not in sealed
    assert len(log_in.begin("works", "/desk?" + "x" * 9000)[1]) < 3800  # else no browser keeps it
    assert len(log_in.begin("works", "/desk?" + "x" * 1490)[1]) < 3800
    assert logging.getLogger("httpx").level <= logging.WARNING  # nothing of a URL is logged below
