"""Who got into the programme: a supplier’s list is put in, and who never did is helped in or put away."""

from typing import Annotated, Any, Literal

from fastapi import Depends
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.lookups import services
from navigator.errors import Invalid
from navigator.fields import Line
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.support_cards import csv_lines, engagement, never_in
from navigator.support_cards.cards import find_card
from navigator.support_cards.engagement import ImportedUse, ReadUse
from navigator.support_cards.never_in import REASONS, PutAwayInput
from web.kit.deps import PathId, Reading, Router, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/cards")

Colleague = Annotated[Actor, audience(Role.PWP, Role.NAVIGATOR, Role.MANAGER)]
Maker = Annotated[Actor, audience(Role.PWP, Role.NAVIGATOR)]
Importer = Annotated[Actor, audience(Role.NAVIGATOR)]


class UseForm(BaseModel):
    """A supplier’s list of who got in, copied from a file or a spreadsheet."""

    service: Line = Field(min_length=1, title="the service")
    text: str = Field(title="the list", min_length=1, max_length=csv_lines.MOST_SIGNS)
    do: Literal["check", "save"] = "check"


@router.get("/never-in")
def never_in_page(page: Render, session: Reading, actor: Colleague) -> Response:
    """Who never got into the programme, the soonest session first."""
    may: dict[str, Any] = {role.value: actor.has(role) for role in (Role.PWP, Role.NAVIGATOR, Role.MANAGER)}
    return page("desk/support_cards/never_in.html", rows=never_in.never_got_in(session, actor), may=may)


@router.get("/engagement")
def list_form(page: Render, session: Reading, actor: Importer, form: ReadForm) -> Response:
    """The form for a supplier’s list."""
    return _import_page(page, session, actor, form)


async def _read_list(form: ReadForm, _actor: Importer) -> ReadUse | None:
    """The list, read before a transaction begins; None with what is wrong in the form."""
    if use_form := form.read(UseForm):
        with form.trying():
            return engagement.read_list(use_form.text)
    return None


@router.post("/engagement")
def import_list(
    page: Render,
    read: Annotated[ReadUse | None, Depends(_read_list)],
    session: Writing,
    actor: Importer,
    form: ReadForm,
) -> Response:
    """Say what a list would tell and what is wrong with it; keep it once somebody has looked at that."""
    imported = _import(session, actor, read, form) if read else None
    if imported and form.value("do") == "save" and not imported.errors:
        return redirect("/cards/never-in", f"The list is kept: {imported.cards} cards are known from it.")
    return _import_page(page, session, actor, form, imported)


def _import(session: Session, actor: Actor, read: ReadUse, form: Form) -> ImportedUse:
    is_dry_run = form.value("do") != "save"
    imported = engagement.import_list(session, actor, form.value("service"), read, is_dry_run=is_dry_run)
    if imported.errors:
        form.refuse(Invalid("", {"text": "Nothing is kept: put the lines right that are named below"}))
    return imported


def _import_page(
    page: PageRenderer, session: Session, actor: Actor, form: Form, imported: ImportedUse | None = None
) -> Response:
    own = [each for each in services(session) if each.id in actor.services(*engagement.MAY_IMPORT)]
    limits: dict[str, Any] = {"most_lines": engagement.MOST_LINES, "services": own}
    return page("desk/support_cards/engagement.html", form=form, imported=imported, **limits)


@router.get("/{id}/putting-away")
def put_away_form(page: Render, session: Reading, actor: Maker, form: ReadForm, id: PathId) -> Response:
    """Why somebody needs no help to get in."""
    card = find_card(session, actor, id)
    return page("desk/support_cards/put_away.html", form=form, card=card, reasons=REASONS)


@router.post("/{id}/putting-away")
def put_away(page: Render, session: Writing, actor: Maker, form: ReadForm, id: PathId) -> Response:
    """Put a card away from the worklist."""
    if chosen := form.read(PutAwayInput):
        never_in.put_away(session, actor, id, chosen.reason)
        return redirect("/cards/never-in", "Put away. You can bring it back from the card.")
    return put_away_form(page, session, actor, form, id)


@router.post("/{id}/bringing-back")
def bring_back(session: Writing, actor: Maker, id: PathId) -> Response:
    """Bring a card back to the worklist."""
    never_in.bring_back(session, actor, id)
    return redirect(f"/cards/{id}", "It is on the list of who never got in again.")
