"""What claims mean here: who somebody is, and the roles that the rules of services give for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from email_validator import EmailNotValidError, validate_email

from navigator.openid.tables import LoginProvider, LoginRule
from navigator.people.user import Role


@dataclass(frozen=True)
class Identity:
    """Somebody as a provider knows them; the email address is "" where it is none, or was not verified."""

    issuer: str
    subject: str
    name: str
    email: str


def identity(provider: LoginProvider, claims: Mapping[str, Any]) -> Identity:
    """Who claims are about. Only "true" means that an address was verified."""
    is_verified = claim(claims, provider.verified_claim) in (True, "true", 1, "1")
    email = _email(claim(claims, provider.email_claim)) if is_verified else ""
    name = claim(claims, provider.name_claim)
    words = " ".join(name.split()) if isinstance(name, str) else ""
    is_name = words.isprintable() and 0 < len(words) <= MAX_NAME
    return Identity(provider.issuer, claims["sub"], words if is_name else email.partition("@")[0], email)


MAX_NAME = 100
"""Characters, as in an invitation."""


def _email(value: object) -> str:
    try:
        checked = validate_email(value if isinstance(value, str) else "", check_deliverability=False)
    except EmailNotValidError:
        return ""
    return (checked.ascii_email or "").lower()  # signs that only look alike are of nobody here


def claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name; by a path with dots, one within another, such as realm_access.roles."""
    if name in claims:
        return claims[name]
    value: Any = claims
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def matches(rule: LoginRule, claims: Mapping[str, Any]) -> bool:
    """Whether a claim is the value of a rule, or a list with it: whole words alone, as they are written."""
    value = claim(claims, rule.claim)
    values = value if isinstance(value, list) else [value]
    return any(isinstance(each, str | int) and _text(each) == rule.value for each in values)


def _text(value: str | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def roles_given(rules: Iterable[LoginRule], claims: Mapping[str, Any]) -> dict[int, frozenset[Role]]:
    """The roles by service that the rules give for these claims."""
    given: dict[int, frozenset[Role]] = {}
    for rule in rules:
        if matches(rule, claims):
            roles = frozenset(Role(role) for role in rule.roles)
            given[rule.service_id] = given.get(rule.service_id, frozenset()) | roles
    return given
