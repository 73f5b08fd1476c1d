"""Support cards: a practitioner’s own, or a service’s; made, changed, printed, sent, imported and ended."""

from typing import Annotated, Any, Literal

from fastapi import Depends
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.accepting_reports import services_taking_reports
from navigator.catalogue.lookups import crisis_card_of, programmes_of, service_of
from navigator.errors import Invalid
from navigator.fields import Id, Line
from navigator.outbox.urls import SUPPORT_CARD, absolute_url
from navigator.people.actor import Actor
from navigator.people.support_card import SupportCard
from navigator.people.user import Role
from navigator.support_cards import card_list, cards, csv_lines, overview
from navigator.support_cards.card_input import CardInput
from navigator.support_cards.card_list import ImportedList, ReadList
from navigator.support_cards.never_in import REASONS, PutAway
from navigator.support_cards.overview import CardRow
from navigator.tickets.report_by_card import programme_code, session_ahead
from web.desk.poster import is_localhost
from web.kit.deps import PathId, Reading, Router, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.qr_code import qr_code
from web.kit.screen_ahead import screened_of_staff
from web.kit.templating import PageRenderer, Render, redirect, url

router = Router(prefix="/cards")

Colleague = Annotated[Actor, audience(Role.PWP, Role.NAVIGATOR, Role.MANAGER)]
Maker = Annotated[Actor, audience(Role.PWP, Role.NAVIGATOR)]


class CodeForm(BaseModel):
    """The code of a card that somebody reads out."""

    code: Line = Field(min_length=1, title="the code of the card")


class ListForm(BaseModel):
    """A list of cards to make, copied from a file or a spreadsheet."""

    service: Line = Field(min_length=1, title="the service")
    text: str = Field(title="the list", min_length=1, max_length=csv_lines.MOST_SIGNS)
    do: Literal["check", "save"] = "check"


class Chosen(BaseModel):
    """The cards that were chosen to print: of a page, or of a whole list that was just made."""

    card: list[Id] = Field(default_factory=list, max_length=max(overview.MOST, csv_lines.MOST_LINES))


@router.get("")
def list_cards(page: Render, session: Reading, actor: Colleague, form: ReadForm) -> Response:
    """The cards there are, and what is open by each."""
    return _list_page(page, session, actor, form)


def _list_page(page: PageRenderer, session: Session, actor: Actor, form: Form) -> Response:
    rows = overview.list_cards(session, actor)
    may: dict[str, Any] = {
        "makes": actor.has(Role.PWP, Role.NAVIGATOR),
        "finds": actor.has(Role.NAVIGATOR),
        "is_of_service": actor.has(Role.NAVIGATOR, Role.MANAGER),
    }
    return page("desk/support_cards/list.html", form=form, rows=rows, most=overview.MOST, **may)


@router.post("/found")
def find(page: Render, session: Reading, actor: Maker, form: ReadForm) -> Response:
    """The card whose code somebody reads out."""
    if code := form.read(CodeForm):
        if card := overview.find_by_code(session, actor, code.code):
            return redirect(f"/cards/{card.id}")
        form.refuse(Invalid("", {"code": "No card has this code. It may have ended, or it is misheard"}))
    return _list_page(page, session, actor, form)


@router.get("/new")
def new_card(page: Render, session: Reading, actor: Maker, form: ReadForm) -> Response:
    """The form for a new card."""
    return page("desk/support_cards/new.html", form=form, **_choices(session, actor))


@router.post("/new", dependencies=[screened_of_staff])
def make(page: Render, session: Writing, actor: Maker, form: ReadForm) -> Response:
    """Make a card."""
    if card_input := form.read(CardInput):
        with form.trying(session):
            card = cards.make_card(session, actor, card_input)
            return redirect(f"/cards/{card.id}", "The card is made. Print it, or send it.")
    return page("desk/support_cards/new.html", form=form, **_choices(session, actor))


def _choices(session: Session, actor: Actor) -> dict[str, Any]:
    offers = [
        offer
        for offer in services_taking_reports(session)
        if offer.service.id in actor.services(Role.PWP, Role.NAVIGATOR)
    ]
    programmes = {each.code: each.name for offer in offers for each in offer.programmes}
    return {
        "offers": offers,
        "programme_choices": list(programmes.items()),
        "names_practitioner": actor.has(Role.NAVIGATOR),
    }


@router.get("/print")
def print_cards(page: Render, session: Reading, actor: Maker, form: ReadForm) -> Response:
    """The chosen cards on sheets to cut."""
    chosen = form.read(Chosen)
    rows = overview.cards_to_print(session, actor, chosen.card if chosen else ())
    return page("desk/support_cards/print.html", rows=rows, **_printed(session, rows))


def _printed(session: Session, rows: list[CardRow]) -> dict[str, Any]:
    """What stands on each card beside its code: the square, and whom to call in an emergency."""
    services = {row.card.service_id for row in rows}
    return {
        "is_localhost": is_localhost(absolute_url("/")),
        "squares": {row.card.id: qr_code(_address(row.card)) for row in rows},
        "crises": {id: crisis_card_of(session, service_of(session, id)) for id in services},
    }


def _address(card: SupportCard) -> str:
    return absolute_url(SUPPORT_CARD, code=card.code)


@router.get("/list")
def list_form(page: Render, session: Reading, actor: Maker, form: ReadForm) -> Response:
    """The form for a list of cards."""
    return _import_page(page, session, actor, form)


async def _read_list(form: ReadForm, _actor: Maker) -> ReadList | None:
    """The list, read and screened before a transaction begins; None with what is wrong in the form."""
    if list_form := form.read(ListForm):
        with form.trying():
            return card_list.read_list(list_form.service, list_form.text)
    return None


@router.post("/list")
def import_list(
    page: Render,
    read: Annotated[ReadList | None, Depends(_read_list)],
    session: Writing,
    actor: Maker,
    form: ReadForm,
) -> Response:
    """Say what a list would make and what is wrong with it; make it once somebody has looked at that."""
    imported = _import(session, actor, read, form) if read else None
    if imported and form.value("do") == "save" and not imported.errors:
        return redirect(url("/cards/print", card=[card.id for card in imported.cards]))
    return _import_page(page, session, actor, form, imported)


def _import(session: Session, actor: Actor, read: ReadList, form: Form) -> ImportedList:
    imported = card_list.import_list(session, actor, read, is_dry_run=form.value("do") != "save")
    if imported.errors:
        form.refuse(Invalid("", {"text": "Nothing is made: put the lines right that are named below"}))
    return imported


def _import_page(
    page: PageRenderer, session: Session, actor: Actor, form: Form, imported: ImportedList | None = None
) -> Response:
    context = _choices(session, actor) | {"imported": imported, "most_lines": csv_lines.MOST_LINES}
    return page("desk/support_cards/import.html", form=form, **context)


@router.get("/{id}")
def show_card(page: Render, session: Reading, actor: Maker, form: ReadForm, id: PathId) -> Response:
    """One card: its code, what it knows, and what can be done with it."""
    return _card_page(page, session, actor, form, id)


@router.post("/{id}", dependencies=[screened_of_staff])
def change(page: Render, session: Writing, actor: Maker, form: ReadForm, id: PathId) -> Response:
    """Change what it knows."""
    if card_input := form.read(CardInput):
        with form.trying(session):
            cards.change_card(session, actor, id, card_input)
            return redirect(f"/cards/{id}", "The card is changed. What is printed goes on working.")
    return _card_page(page, session, actor, form, id)


def _card_page(page: PageRenderer, session: Session, actor: Actor, form: Form, id: int) -> Response:
    card = cards.find_card(session, actor, id)
    (row,) = overview.rows_of(session, actor, [card])
    form.fill(_as_boxes(session, card))
    return page(
        "desk/support_cards/card.html",
        form=form,
        row=row,
        card=card,
        qr_code=qr_code(_address(card)),
        letter=overview.last_letter(session, card),
        put_away=REASONS[PutAway(card.put_away_reason)] if card.put_away_at else "",
        programme_choices=[(each.code, each.name) for each in programmes_of(session, card.service_id)],
        names_practitioner=actor.has(Role.NAVIGATOR),
    )


def _as_boxes(session: Session, card: SupportCard) -> dict[str, Any]:
    """What a card knows, as the boxes of its form show it."""
    names = ("email", "phone", "access_needs", "needs", "language", "quiet_from_hour", "quiet_until_hour")
    contact = {name: getattr(card, name) for name in names}
    safe = {True: "yes", False: "no", None: ""}[card.is_safe_to_contact]
    return {
        "service": service_of(session, card.service_id).code,
        "programme": programme_code(session, card) or "",
        "label": card.label,
        "practitioner": overview.practitioner_email(session, card),
        "next_session": session_ahead(card),
        "session_is_weekly": card.session_is_weekly,
        "contact": contact | {"route": card.contact_method or "", "is_safe": safe},
    }


@router.post("/{id}/sending")
def send(session: Writing, actor: Maker, id: PathId) -> Response:
    """Send it to the contact on it."""
    cards.send_card(session, actor, id)
    return redirect(f"/cards/{id}", "The card is on its way.")


@router.post("/{id}/replacement")
def replace(session: Writing, actor: Maker, id: PathId) -> Response:
    """It is lost: a new code, and the old one opens nothing."""
    cards.replace_code(session, actor, id)
    return redirect(f"/cards/{id}", "The card has a new code. The lost one opens nothing any more.")


@router.post("/{id}/ending")
def end(session: Writing, actor: Maker, id: PathId) -> Response:
    """End it, and forget what it knows."""
    cards.end_card(session, actor, id)
    return redirect("/cards", "The card has ended. What it knew is deleted.")
