"""Reporters: people without an account, how to reach them, and their private links."""

import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from sqlalchemy import JSON, ColumnElement, Index, TextClause, and_, false, func, text
from sqlmodel import Field, col

from navigator.clock import now
from navigator.database import Table, one_of, partial_index
from navigator.fields import MAX_ID, Id
from navigator.languages import current
from navigator.people import card_codes
from navigator.people.access_needs import blocks_calls, needs_of

MINUS = "\N{MINUS SIGN}"


class ReporterKind(StrEnum):
    """Whether the reporter is a patient or a practitioner (PWP)."""

    PATIENT = "patient"
    PWP = "pwp"


class ContactMethod(StrEnum):
    """How a reporter wants to be contacted."""

    EMAIL = "email"
    TEXT = "text"
    PHONE = "phone"
    NONE = "none"


def _given(column: str, indexed: str | TextClause) -> Index:
    return partial_index(f"ix_reporter_{column}", indexed, where=f"{column} <> ''")


class Reporter(Table, table=True):
    """A reporter's contact details: a table of its own, so that lists of tickets never load them.

    None is what was not asked, or not answered: how to reach them, and whether that is safe. `is_unsent` is
    whoever typed words of risk and did not send them: nothing goes out to them. `known_as` is by
    what words the practitioner who reported knows the patient: for staff, and in no message or export.
    `language` is what they say they prefer, `page_language` the code of that in which they read our pages.
    `access_needs` are the codes of what would help them or keeps them out, as `access_needs` lists them.
    `found_by` is what their account in the programme can be looked up by: it opens nothing and joins nothing.
    """

    __table_args__ = (
        one_of("kind", ReporterKind),
        one_of("route", ContactMethod),
        # Of those that gave one: with all the empty ones an index would say nothing, and not be asked.
        _given("email", text("lower(email)")),
        _given("phone", "phone"),
        _given("support_code", "support_code"),
    )

    id: int = Field(default=None, primary_key=True)
    kind: str = ReporterKind.PATIENT
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    contact_method: str | None = Field(default=None, sa_column_kwargs={"name": "route"})
    email: str = ""
    phone: str = ""
    is_safe_to_contact: bool | None = None
    is_unsent: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    needs: str = ""
    access_needs: list[str] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": text("'[]'")}
    )
    language: str = ""
    page_language: str = Field(
        default_factory=lambda: current().code, sa_column_kwargs={"server_default": text("'en'")}
    )
    best_time: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    voicemail_is_safe: bool | None = None
    found_by: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    support_code: str = ""
    known_as: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    quiet_from_hour: int | None = None
    quiet_until_hour: int | None = None
    other_is_safe: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """The other of email and phone is safe too, and may be used if the first does not arrive."""
    other_way_since_at: datetime | None = None
    """Since when they are written to by the other way, because the first does not arrive."""
    not_arriving_since_at: datetime | None = None
    """Since when what is sent to them does not arrive, by any way that they allowed."""
    texts_stopped_at: datetime | None = None
    """When somebody texted STOP from the number that they gave: until it is changed, no text goes there."""

    @property
    def is_unsafe(self) -> bool:
        """Whether somebody said that it is not safe to contact them."""
        return self.is_safe_to_contact is False

    @property
    def is_written_to(self) -> bool:
        """Whether messages may go out: they sent what they wrote, and nobody said that it is not safe."""
        return not self.is_unsafe and not self.is_unsent

    @property
    def is_not_phoned(self) -> bool:
        """Whether nobody may phone them, because of what they need."""
        return blocks_calls(self.access_needs)

    @property
    def wants_large_print(self) -> bool:
        """Whether what they are sent and shown is in large print."""
        return any(need.wants_large_print for need in needs_of(self.access_needs))

    @property
    def came_by_card(self) -> bool:
        """Whether they gave a card’s code: what stands there of them is not shown to whoever has the code."""
        return card_codes.canonical(self.support_code) is not None

    @property
    def is_out_of_reach(self) -> bool:
        """Whether nobody may write or call: how was not asked, they want none, or it is not safe."""
        return self.contact_method in (None, ContactMethod.NONE) or self.is_unsafe


class LinkChannel(StrEnum):
    """How a private link was given: shown, told to another system, sent, or passed on by staff."""

    PAGE = "page"
    API = "api"
    EMAIL = "email"
    TEXT = "text"
    STAFF = "staff"


class ReporterLink(Table, table=True):
    """A private link to one ticket; several may be live, and all can be revoked at once.

    `sent_to_hash` is of the address to which it was sent alone: whoever opens it reads what comes there.
    """

    __table_args__ = (one_of("channel", LinkChannel),)

    id: int = Field(default=None, primary_key=True)
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    token_hash: str = Field(unique=True)
    channel: str = Field(default=LinkChannel.PAGE, sa_column_kwargs={"server_default": LinkChannel.PAGE})
    sent_to_hash: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    created_at: datetime = Field(default_factory=now)
    opened_at: datetime | None = None
    expires_at: datetime
    revoked_at: datetime | None = None


def gave(column: str, value: Any) -> ColumnElement[bool]:
    """The condition that a reporter gave this email (in lower case), phone or support_code.

    That it is not empty is said as the index says it."""
    columns = {"email": Reporter.email, "phone": Reporter.phone, "support_code": Reporter.support_code}
    given = col(columns[column])
    return and_((func.lower(given) if column == "email" else given) == value, given != text("''"))


def reference(number: int) -> str:
    """A ticket's reference, as people say it on the phone: 123 is DN-000123."""
    return f"DN-{number:06d}"


def number_of(reference: str) -> int | None:
    """The ticket number of a reference as people type it (dn 123, DN–000123, 123), or None.

    Phones and word processors make other signs of a hyphen, and hide signs that nobody sees.
    """
    signs = [sign for sign in unicodedata.normalize("NFKC", reference) if unicodedata.category(sign) != "Cf"]
    digits = "".join(signs).strip().upper().removeprefix("DN")
    while digits and (digits[0].isspace() or unicodedata.category(digits[0]) == "Pd" or digits[0] == MINUS):
        digits = digits[1:]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _as_number(value: object) -> object:
    """The number of what is a reference; what is none, as it stands, to be refused."""
    is_signed = isinstance(value, str) and value.lstrip()[:1] in ("-", "+")
    return (number_of(value) or value) if isinstance(value, str) and not is_signed else value


TicketNumber = Annotated[
    Id,
    BeforeValidator(_as_number),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": MAX_ID},
                {"type": "string", "pattern": "^[Dd][Nn]-?0{0,3}[1-9][0-9]{0,5}$"},
            ],
            "examples": ["DN-000123", 123],
        }
    ),
]
"""A ticket as people name it: 123, DN-000123, dn 123."""
