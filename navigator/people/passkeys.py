"""Passkeys (WebAuthn) as a second factor: registered and asked for by a challenge that is used once.

A challenge belongs to one log-in (or half-done log-in), by the hash of its token. The authenticator must
have verified its user; site and origin are those of `NAVIGATOR_BASE_URL`, whatever a browser says.
"""

import json
import secrets
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import structlog
from pydantic import BaseModel, Field, StringConstraints
from sqlmodel import Session, col, delete, select, update

from navigator import clock, database
from navigator.errors import Invalid
from navigator.fields import STORED
from navigator.people.factor_tables import Passkey, PasskeyChallenge
from navigator.people.user import User
from navigator.settings import settings

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

log = structlog.get_logger("desk.people")

CHALLENGE_LASTS = timedelta(minutes=5)
MOST = 10
"""Passkeys of one person."""
DESK = "Navigator Desk"
_TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "internal", "cable", "hybrid"})
_NOT_TAKEN = "This passkey was not taken. Try again, or use another way."


class NewPasskey(BaseModel):
    """What an authenticator made, as JSON of the browser, and what its owner calls it."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60), STORED] = Field(
        title="a name for it"
    )
    credential: str = Field(default="", title="the passkey")


class PasskeyAnswer(BaseModel):
    """What an authenticator signed, as JSON of the browser."""

    credential: str = Field(default="", title="the passkey")


def work_here() -> bool:
    """Whether browsers allow passkeys at the address of this desk: a name, by https or on this machine."""
    site = urlsplit(settings().base_url)
    try:
        ip_address(site.hostname or "")
    except ValueError:
        return site.scheme == "https" or site.hostname == "localhost"
    return False


def passkeys_of(session: Session, user_id: int) -> Sequence[Passkey]:
    """Somebody's passkeys, in the order in which they were added."""
    return session.exec(select(Passkey).where(Passkey.user_id == user_id).order_by(col(Passkey.id))).all()


def new_options(session: Session, user_id: int, token_hash: str) -> dict[str, Any]:
    """What a browser needs to make a passkey for somebody."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import structs

    user = session.get_one(User, user_id)
    options = generate_registration_options(
        rp_id=_site(),
        rp_name=DESK,
        user_id=f"user {user.id}".encode(),
        user_name=user.email,
        user_display_name=user.name,
        challenge=_new_challenge(session, token_hash, is_new=True),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.DISCOURAGED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(session, user.id),
    )
    return _as_dict(options_to_json(options))


def add(session: Session, user_id: int, token_hash: str, new: NewPasskey) -> None:
    """Register a passkey that was made for the last challenge of this log-in."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url

    challenge = _take_challenge(session, token_hash, is_new=True)
    if len(passkeys_of(session, user_id)) >= MOST:
        raise Invalid(f"{MOST} passkeys are the most. Take one away first.")
    made = _verified(
        verify_registration_response,
        credential=new.credential,
        expected_challenge=challenge,
        require_user_verification=True,
    )
    credential_id = bytes_to_base64url(made.credential_id) if made else ""
    if made is None or session.exec(select(Passkey.id).where(Passkey.credential_id == credential_id)).first():
        raise Invalid(_NOT_TAKEN)
    session.add(
        Passkey(
            user_id=user_id,
            name=new.name,
            credential_id=credential_id,
            public_key=bytes_to_base64url(made.credential_public_key),
            sign_count=made.sign_count,
            transports=_transports(new.credential),
        )
    )
    session.flush()


def options(session: Session, user_id: int, token_hash: str) -> dict[str, Any]:
    """What a browser needs to ask for one of somebody's passkeys."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import structs

    return _as_dict(
        options_to_json(
            generate_authentication_options(
                rp_id=_site(),
                challenge=_new_challenge(session, token_hash),
                allow_credentials=_descriptors(session, user_id),
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            )
        )
    )


def is_right(session: Session, user_id: int, token_hash: str, answer: PasskeyAnswer) -> bool:
    """Whether a passkey of somebody signed the last challenge of this log-in, which is used up by this."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes

    challenge = _take_challenge(session, token_hash)
    passkey = _named(session, user_id, answer.credential)
    signed = passkey and _verified(
        verify_authentication_response,
        credential=answer.credential,
        expected_challenge=challenge,
        credential_public_key=base64url_to_bytes(passkey.public_key),
        credential_current_sign_count=passkey.sign_count,
        require_user_verification=True,
    )
    if not passkey or not signed:
        return False
    # Of two answers that come at once, one counts: else a copied passkey could come beside the real one.
    unchanged = (col(Passkey.id) == passkey.id, col(Passkey.sign_count) == passkey.sign_count)
    values = {"sign_count": signed.new_sign_count, "used_at": clock.now()}
    return session.exec(update(Passkey).where(*unchanged).values(**values)).rowcount == 1


def remove(session: Session, user_id: int, passkey_id: int) -> bool:
    """Take a passkey away; whether there was such a one of theirs."""
    is_it = (col(Passkey.user_id) == user_id, col(Passkey.id) == passkey_id)
    return session.exec(delete(Passkey).where(*is_it)).rowcount == 1


def remove_all(session: Session, user_id: int) -> None:
    """Take all of somebody's passkeys away."""
    session.exec(delete(Passkey).where(col(Passkey.user_id) == user_id))


def _site() -> str:
    return urlsplit(settings().base_url).hostname or ""


def _origin() -> str:
    site = urlsplit(settings().base_url)
    return f"{site.scheme}://{site.netloc}".removesuffix(":443" if site.scheme == "https" else ":80")


def _new_challenge(session: Session, token_hash: str, *, is_new: bool = False) -> bytes:
    challenge = secrets.token_urlsafe(32)
    values = {"challenge": challenge, "expires_at": clock.now() + CHALLENGE_LASTS}
    row = database.insert(session, PasskeyChallenge).values(token_hash=token_hash, is_new=is_new, **values)
    session.execute(row.on_conflict_do_update(index_elements=["token_hash", "is_new"], set_=values))
    return challenge.encode()


def _take_challenge(session: Session, token_hash: str, *, is_new: bool = False) -> bytes:
    """The challenge, which is nobody's from now on; one that nobody can sign, if there is none."""
    is_it = (col(PasskeyChallenge.token_hash) == token_hash, col(PasskeyChallenge.is_new) == is_new)
    gone = (
        delete(PasskeyChallenge)
        .where(*is_it)
        .returning(col(PasskeyChallenge.challenge), col(PasskeyChallenge.expires_at))
    )
    row = session.execute(gone).first()
    is_good = row is not None and row.expires_at > clock.now()
    return row.challenge.encode() if row is not None and is_good else secrets.token_bytes(32)


def _verified(verify: Any, **facts: Any) -> Any:
    """What the library says of an answer; None if it refuses it, for whatever reason."""
    try:
        return verify(expected_rp_id=_site(), expected_origin=_origin(), **facts)
    except Exception as refused:  # it parses what a stranger sent: however it falls, this is no passkey
        log.warning("passkey refused", error=type(refused).__name__)
        return None


def _named(session: Session, user_id: int, credential: str) -> Passkey | None:
    """The passkey of this person that an answer names."""
    id = _json(credential).get("id")
    is_it = (Passkey.user_id == user_id, Passkey.credential_id == (id if isinstance(id, str) else ""))
    return session.exec(select(Passkey).where(*is_it)).one_or_none()


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _transports(credential: str) -> list[str]:
    response = _json(credential).get("response")
    said = response.get("transports") if isinstance(response, dict) else None
    return [one for one in said if one in _TRANSPORTS] if isinstance(said, list) else []


def _descriptors(session: Session, user_id: int) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers import base64url_to_bytes, structs

    return [
        structs.PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(each.credential_id),
            transports=[structs.AuthenticatorTransport(one) for one in each.transports] or None,
        )
        for each in passkeys_of(session, user_id)
    ]


def _as_dict(json_text: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(json_text)
    return value
