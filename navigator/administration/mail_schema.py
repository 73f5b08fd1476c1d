"""Schema of a mailbox: where mail arrives, how it is read, and what becomes of a stranger’s."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from navigator.administration.schema import Name, SettingSchema, is_stored
from navigator.catalogue.mailbox import MailLogIn, MailSecurity, StrangersMail
from navigator.fields import Email, Line, YesNo
from navigator.outgoing import LOOPBACK, check_url, is_test_of_own

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?")


def _check_host(host: str, info: ValidationInfo) -> str:
    host = host.lower()
    if host and not is_stored(info) and not _HOST.fullmatch(host):
        raise ValueError("Write the name of the mail server, like outlook.office365.com")
    return host


def _check_token_url(url: str, info: ValidationInfo) -> str:
    return url if is_stored(info) or not url else check_url(url)


def _check_folder(name: str) -> str:
    if not name.isprintable() or '"' in name:
        raise ValueError("Write the name of the folder as the mail server has it")
    return name


Folder = Annotated[Line, AfterValidator(_check_folder)]


class MailboxSetting(SettingSchema):
    """How the mail to a service is read: no secret is in it."""

    TICKED = frozenset({"takes_plus"})

    is_active: YesNo = Field(default=False, title="whether mail is taken")
    address: Annotated[Email, Field(min_length=3)] = Field(
        title="the address that people write to",
        json_schema_extra={"words": "Enter an email address in the correct format, like name@example.com"},
    )
    takes_plus: YesNo = Field(default=True, title="whether address+anything arrives too")
    sends_from: YesNo = Field(default=False, title="whether letters leave from it")
    host: Annotated[Line, AfterValidator(_check_host)] = Field(default="", title="the mail server")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=993, title="the port")
    security: MailSecurity = Field(default=MailSecurity.TLS, title="how the connection is protected")
    user: Line = Field(default="", title="the user name")
    log_in: MailLogIn = Field(default=MailLogIn.PASSWORD, title="how the desk logs in")
    token_url: Annotated[Line, AfterValidator(_check_token_url)] = Field(
        default="", title="where tokens are given"
    )
    client_id: Line = Field(default="", title="the client id")
    scope: Line = Field(default="", title="the scope")
    folder: Annotated[Folder, Field(min_length=1)] = Field(default="INBOX", title="the folder that is read")
    done_folder: Folder = Field(default="", title="the folder for what was read")
    strangers: StrangersMail = Field(default=StrangersMail.LINK, title="what becomes of a stranger’s mail")
    receiving_server: Line = Field(default="", title="the server whose checks are shown")
    owner: Name = Field(title="who answers for it")
    review_on: date | None = Field(default=None, title="when it is looked at again")

    @model_validator(mode="after")
    def _is_whole(self, info: ValidationInfo) -> "MailboxSetting":
        if is_stored(info) or not self.host:
            return self
        if not self.user:
            raise ValueError("Write the user name for the mail server.")
        if self.log_in is MailLogIn.OAUTH2 and not (self.token_url and self.client_id):
            raise ValueError("Write where tokens are given, and the client id.")
        is_own = self.host in LOOPBACK or is_test_of_own(self.host)
        if self.security is MailSecurity.NONE and not is_own:
            raise ValueError("Only a server on this machine may be read without a protected connection.")
        return self
