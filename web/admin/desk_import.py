"""Tickets of another desk: its export and a mapping are pasted, tried, and then brought in."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from pydantic import BaseModel, Field
from starlette.responses import Response

from navigator.administration.overview import own_services
from navigator.database import trial
from navigator.desk_import.bring_in import Outcome, import_in
from navigator.desk_import.foreign import Fault
from navigator.desk_import.formats import Source, read_export
from navigator.desk_import.mapping import EXAMPLE, read_mapping
from navigator.desk_import.prepare import Prepared, prepare
from navigator.errors import Invalid
from navigator.people.actor import Actor
from navigator.people.reporter import reference
from web.kit.deps import Admin, Reading, Router, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/settings/desk-import")

MOST = 200
"""Tickets that are brought in at once here: more go by the command line, each in a transaction of its own."""
LONGEST = 100_000
SOURCES = (
    (Source.ZAMMAD, "Zammad: JSON of its API"),
    (Source.OSTICKET, "osTicket: CSV of a queue"),
    (Source.DJANGO_HELPDESK, "django-helpdesk: JSON of dumpdata"),
)


class PastedExport(BaseModel):
    """An export as somebody pasted it, with what its words mean here."""

    service: str = Field(min_length=1, max_length=100, title="the service")
    source: Source = Field(title="the desk that it is from", json_schema_extra={"words": "Choose the desk"})
    mapping: str = Field(default="", max_length=20_000, title="the mapping")
    export: str = Field(min_length=1, max_length=LONGEST, title="the export")


@dataclass(frozen=True)
class Ready:
    """What was pasted, read, mapped, screened and sorted."""

    pasted: PastedExport
    prepared: Sequence[Prepared | Fault | None]
    faults: Sequence[Fault]


async def _read_ahead(form: ReadForm, _actor: Admin) -> Ready | None:
    if pasted := form.read(PastedExport):
        with form.trying():
            return _ready(pasted)
    return None


def _ready(pasted: PastedExport) -> Ready:
    try:
        mapping = read_mapping(pasted.mapping)
    except Invalid as invalid:
        raise Invalid("", {"mapping": invalid.message}) from None
    read = read_export(pasted.export, pasted.source)
    if len(read.tickets) > MOST:
        raise Invalid("", {"export": f"Paste up to {MOST} tickets. For more use: navigator import desk"})
    return Ready(pasted, list(prepare(pasted.service, pasted.source, mapping, read.tickets)), read.faults)


ReadAhead = Annotated[Ready | None, Depends(_read_ahead)]
"""What was pasted, made ready before a transaction begins; None leaves its errors in the form."""


@router.get("")
def show(page: Render, session: Reading, actor: Admin, form: ReadForm) -> Response:
    """The form."""
    form.fill({"mapping": EXAMPLE})
    services = [(service.code, service.name) for service in own_services(session, actor)]
    return _page(page, services, form, None)


@router.post("")
def bring_in(page: Render, ready: ReadAhead, session: Writing, actor: Admin, form: ReadForm) -> Response:
    """Say what would be made; make it once somebody has looked at that."""
    services, outcome = [(each.code, each.name) for each in own_services(session, actor)], None
    if ready:
        with form.trying(session):
            is_final = form.value("do") == "save"
            with nullcontext() if is_final else trial(session):
                outcome = _import(session, actor, ready)
            if is_final:
                return redirect("/settings/desk-import", _said(outcome))
    return _page(page, services, form, outcome)


def _import(session: Writing, actor: Actor, ready: Ready) -> Outcome:
    outcome = import_in(session, actor, ready.pasted.service, ready.pasted.source, ready.prepared)
    outcome.faults[:0] = ready.faults
    return outcome


def _said(outcome: Outcome) -> str:
    words = f"{outcome.made} tickets were brought in, {outcome.there} were here already."
    if outcome.faults:
        words += f" {len(outcome.faults)} could not be read."
    if outcome.to_read:
        words += f" A person should read: {', '.join(map(reference, outcome.to_read))}."
    return words


def _page(
    page: PageRenderer, services: list[tuple[str, str]], form: Form, outcome: Outcome | None
) -> Response:
    shown: dict[str, Any] = {"services": services, "sources": SOURCES, "outcome": outcome, "most": MOST}
    return page("admin/settings/desk_import.html", form=form, **shown)
