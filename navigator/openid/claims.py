"""What claims mean here: who somebody is, and the roles that the rules of services give for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from email_validator import EmailNotValidError, validate_email

from navigator.openid.tables import LoginProvider, LoginRule
from navigator.people.user import Role

Given = Role | int
"""What claims give in a service: a role, or the id of a composed role."""


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


ComposedIds = Mapping[tuple[int, str], int]
"""The ids of composed roles, by their service and code."""


def roles_given(
    rules: Iterable[LoginRule], claims: Mapping[str, Any], composed: ComposedIds = MappingProxyType({})
) -> dict[int, frozenset[Given]]:
    """The roles by service that the rules give for these claims.

    Of composed roles one in a service, that of the first rule: nobody has two there. A rule whose composed
    role is gone gives nothing for it.
    """
    given: dict[int, frozenset[Given]] = {}
    for rule in rules:
        if matches(rule, claims):
            before = given.get(rule.service_id, frozenset())
            roles: set[Given] = {Role(role) for role in rule.roles}
            composed_id = composed.get((rule.service_id, rule.composed))
            if composed_id and not any(isinstance(each, int) for each in before):
                roles.add(composed_id)
            if before or roles:
                given[rule.service_id] = before | roles
    return given
