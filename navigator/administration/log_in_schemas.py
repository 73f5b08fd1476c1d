"""Schemas of how people log in: providers of OpenID Connect, rules from claims to roles, and passwords."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from navigator.administration.field_formats import in_order
from navigator.administration.schema import Code, Name, SettingSchema, is_stored
from navigator.fields import Line
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
    makes_accounts: bool = Field(
        default=True, title="whether it makes an account for whom a rule gives a role"
    )
    lets_invited_in: bool = Field(
        default=False, title="whether it lets in who was invited here, without a rule"
    )
    is_active: bool = Field(default=True, title="whether people can log in by it")
    allows_private: bool = Field(default=False, title="whether it lies in a private network")
    owner: Name = Field(title="who answers for it")
    review_on: date = Field(title="when it is looked at again")


class LoginRuleSetting(SettingSchema):
    """Of whom a provider says that a claim has this value, those have these roles in the service."""

    title: Name = Field(title="what the rule is called")
    provider: Code = Field(title="a provider", json_schema_extra={"words": "Choose a provider"})
    claim: Claim = Field(default="groups", title="the claim")
    value: Name = Field(title="its value")
    roles: Annotated[list[Role], Field(min_length=1), AfterValidator(in_order)] = Field(
        title="a role", json_schema_extra={"words": "Choose a role"}
    )

    @model_validator(mode="after")
    def _check_roles(self) -> "LoginRuleSetting":
        no_intake(frozenset(self.roles))
        return self


class PasswordsSetting(SettingSchema):
    """Whether people can log in by a password, or by providers alone."""

    is_active: bool = Field(default=True, title="whether people can log in by a password")
