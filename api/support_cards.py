"""Routes for support cards: make one or many, list those of the key's service, end one."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from api.deps import Caller, Reading, Router, Writing, audience
from api.errors import error_responses
from api.pagination import Before
from navigator.fields import MAX_ID, Input, YesNo
from navigator.outbox.urls import SUPPORT_CARD, absolute_url
from navigator.pagination import PAGE_SIZE
from navigator.people.actor import Actor
from navigator.people.support_card import SupportCard
from navigator.people.user import Role
from navigator.support_cards import card_list, cards, csv_lines, engagement, overview
from navigator.support_cards.card_input import CardInput
from navigator.support_cards.card_list import ReadList
from navigator.support_cards.engagement import ReadUse
from navigator.support_cards.overview import CardRow

router = Router(prefix="/cards", tags=["support cards"], responses=error_responses(401, 403))

makers = audience(Role.NAVIGATOR, Role.INTAKE)
Id = Annotated[int, Path(ge=1, le=MAX_ID, examples=[1])]


class CardOut(BaseModel):
    """A support card: what is printed on it, and what a list says of it. Of its contact nothing is said."""

    id: int
    code: str = Field(description="To print and to read out, and the `support_code` of reports by it")
    url: str = Field(description="What its QR code holds: it opens the report form")
    label: str = Field(description="By what words the practitioner knows the patient")
    programme: str
    practitioner: str = Field(description="Their name; empty without one")
    next_session: date | None
    session_is_weekly: bool
    reported_at: datetime | None = Field(description="When a report came by it last")
    tickets: list[int] = Field(description="The numbers of its open tickets, as far as the key may see them")


class CardPage(BaseModel):
    """Some cards, and the cursor of those that follow."""

    cards: list[CardOut]
    next: int | None


class ListBody(Input):
    """A list of cards to make, as CSV: all or none."""

    service: str = Field(min_length=1, max_length=200)
    text: str = Field(
        min_length=1,
        max_length=csv_lines.MOST_SIGNS,
        description=f"The first line names the columns: {', '.join(card_list.COLUMNS)}",
    )
    dry_run: YesNo = Field(default=False, description="Say what would be made, and make nothing")


class LineFault(BaseModel):
    """What is wrong with one line of a list."""

    model_config = ConfigDict(from_attributes=True)

    line: int
    column: str
    message: str


class ImportResult(BaseModel):
    """The cards that were made; with any error, or on a dry run, none is."""

    lines: int = Field(description="How many cards the list would make, or made")
    cards: list[CardOut]
    errors: list[LineFault]


class UseBody(Input):
    """A supplier’s list of who got in, as CSV: all or nothing."""

    service: str = Field(min_length=1, max_length=200)
    text: str = Field(
        min_length=1,
        max_length=csv_lines.MOST_SIGNS,
        description=f"The first line names the columns: {', '.join(engagement.COLUMNS)}; no others, no names",
    )
    dry_run: YesNo = Field(default=False, description="Say what it tells, and keep nothing")


class UseResult(BaseModel):
    """What a list tells; with any error, or on a dry run, nothing is kept."""

    cards: int = Field(description="How many of its codes are those of the service’s cards")
    never_in: int = Field(description="How many of those patients never logged in")
    unknown: int = Field(description="How many of its codes no card of the service has")
    errors: list[LineFault]


@router.get("", dependencies=[audience(Role.NAVIGATOR)])
def list_cards(session: Reading, actor: Caller, before: Before = None) -> CardPage:
    """The cards of the key's service, newest first."""
    rows = overview.newest_cards(session, actor, before)
    following = rows[-1].card.id if len(rows) == PAGE_SIZE else None
    return CardPage(cards=[_card_out(row) for row in rows], next=following)


@router.post("", status_code=201, dependencies=[makers])
def make_card(session: Writing, actor: Caller, card: CardInput) -> CardOut:
    """Make a card for a patient: a code that holds no identity."""
    return _shown(session, actor, [cards.make_card(session, actor, card)])[0]


async def _read_list(body: ListBody) -> ReadList:
    return card_list.read_list(body.service, body.text)


Lines = Annotated[ReadList, Depends(_read_list)]
"""The list, read and screened before a transaction begins: name it first among the arguments."""


@router.post("/list", dependencies=[makers])
def import_cards(lines: Lines, session: Writing, actor: Caller, body: ListBody) -> ImportResult:
    """Make a card for each line of a list, all or none; errors are told by line."""
    imported = card_list.import_list(session, actor, lines, is_dry_run=body.dry_run)
    errors = [LineFault.model_validate(one, from_attributes=True) for one in imported.errors]
    made = [] if body.dry_run or errors else _shown(session, actor, imported.cards)
    return ImportResult(lines=len(imported.cards), cards=made, errors=errors)


async def _read_use(body: UseBody) -> ReadUse:
    return engagement.read_list(body.text)


UseLines = Annotated[ReadUse, Depends(_read_use)]
"""The list, read before a transaction begins: name it first among the arguments."""


@router.post("/engagement", dependencies=[makers])
def import_engagement(lines: UseLines, session: Writing, actor: Caller, body: UseBody) -> UseResult:
    """Note on the cards of a service who got in and when they were active, all or nothing; no names."""
    imported = engagement.import_list(session, actor, body.service, lines, is_dry_run=body.dry_run)
    return UseResult.model_validate(imported, from_attributes=True)


@router.post("/{id}/ending", status_code=204, responses=error_responses(404), dependencies=[makers])
def end_card(session: Writing, actor: Caller, id: Id) -> None:
    """End a card, such as a lost one: it opens nothing any more, and what it knows is deleted."""
    cards.end_card(session, actor, id)


def _shown(session: Session, actor: Actor, made: list[SupportCard]) -> list[CardOut]:
    return [_card_out(row) for row in overview.rows_of(session, actor, made)]


def _card_out(row: CardRow) -> CardOut:
    card = row.card
    return CardOut(
        id=card.id,
        code=card.code,
        url=absolute_url(SUPPORT_CARD, code=card.code),
        label=card.label,
        programme=row.programme,
        practitioner=row.practitioner,
        next_session=row.session_on,
        session_is_weekly=card.session_is_weekly,
        reported_at=card.reported_at,
        tickets=list(row.tickets),
    )
