"""Schemas of how people log in: providers of OpenID Connect, rules from claims to roles, and passwords."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from navigator.administration.field_formats import in_order
from navigator.administration.schema import Code, Name, SettingSchema, is_stored
from navigator.fields import Line, YesNo
from navigator.outgoing import check_url
from navigator.people.accounts import no_intake
from navigator.people.user import Role

_CLAIM = re.compile(r"[\w.:/-]{1,200}")


def _check_issuer(url: str, info: ValidationInfo) -> str:
    if is_stored(info):
        return url
    if "?" in check_url(url):
        raise ValueError("Write the address as the provider writes it: nothing stands behind a “?”.")
    return url


def _check_claim(name: str) -> str:
    if not _CLAIM.fullmatch(name):
        raise ValueError("Write the name of the claim as the provider writes it, like groups")
    return name


def _check_scopes(scopes: str) -> str:
    words = scopes.split()
    if "openid" not in words or not scopes.isascii():
        raise ValueError("Write words with spaces between them; one of them is openid")
    return " ".join(words)


def _check_some(roles: list[Role], info: ValidationInfo) -> list[Role]:
    """Roles of which there is one at least, unless a composed role is named before them."""
    if not (roles or info.data.get("composed") or is_stored(info)):
        raise ValueError("Choose a role")
    return roles


Claim = Annotated[Line, AfterValidator(_check_claim)]


class ProviderSetting(SettingSchema):
    """A provider of OpenID Connect that people log in by; its secret is typed elsewhere, and never shown."""

    name: Name = Field(title="the name on the button")
    issuer: Annotated[Line, AfterValidator(_check_issuer)] = Field(title="its issuer")
    client_id: Name = Field(title="the client ID of this desk")
    scopes: Annotated[Line, AfterValidator(_check_scopes)] = Field(
        default="openid profile email", title="the scopes"
    )
    name_claim: Claim = Field(default="name", title="the claim with their name")
    email_claim: Claim = Field(default="email", title="the claim with their email address")
    verified_claim: Claim = Field(
        default="email_verified", title="the claim that says that the address was checked"
    )
    makes_accounts: YesNo = Field(
        default=True, title="whether it makes an account for whom a rule gives a role"
    )
    lets_invited_in: YesNo = Field(
        default=False, title="whether it lets in who was invited here, without a rule"
    )
    is_active: YesNo = Field(default=True, title="whether people can log in by it")
    allows_private: YesNo = Field(default=False, title="whether it lies in a private network")
    owner: Name = Field(title="who answers for it")
    review_on: date = Field(title="when it is looked at again")


class LoginRuleSetting(SettingSchema):
    """Of whom a provider says that a claim has this value, those have these roles in the service."""

    title: Name = Field(title="what the rule is called")
    provider: Code = Field(title="a provider", json_schema_extra={"words": "Choose a provider"})
    claim: Claim = Field(default="groups", title="the claim")
    value: Name = Field(title="its value")
    composed: Annotated[str, Field(max_length=50)] = Field(
        default="", title="a role of the service’s own", description="The code of a composed role."
    )
    roles: Annotated[list[Role], AfterValidator(in_order), AfterValidator(_check_some)] = Field(
        default_factory=list, title="a role", validate_default=True
    )

    @model_validator(mode="after")
    def _check_roles(self) -> "LoginRuleSetting":
        no_intake(frozenset(self.roles))
        return self


class PasswordsSetting(SettingSchema):
    """Whether people can log in by a password, or by providers alone."""

    is_active: YesNo = Field(default=True, title="whether people can log in by a password")
