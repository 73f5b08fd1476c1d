"""The supplier of a known problem: the pack, sending it, and what they said; the pack of one ticket."""

from typing import Annotated, Any, Literal

from sqlmodel import Session
from starlette.responses import Response

from navigator import clock, pdf
from navigator.catalogue.lookups import programme_of
from navigator.catalogue.supplier_terms import supplier_terms_of
from navigator.errors import Forbidden
from navigator.outbox.delivery import leaves
from navigator.outbox.outbox_message import DeliveryChannel
from navigator.people import audit_spool
from navigator.people.actor import Actor
from navigator.people.audit_log import Act
from navigator.people.user import Role
from navigator.problems import records, suppliers
from navigator.problems.inputs import SaidInput, SendInput
from navigator.problems.supplier_clock import owed_by_contract
from navigator.problems.supplier_pack import SupplierPack, problem_pack, ticket_pack, words_as_they_leave
from navigator.problems.trying_again import tried_again
from navigator.tickets.actions.clear_words import clear_words, clearance_of, first_words, may_leave
from navigator.tickets.enums import TicketRole
from navigator.tickets.inputs import SeenInput
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import find, roles_on
from web.kit.deps import PathId, PathNumber, Reading, Router, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router()

Editor = Annotated[Actor, audience(*records.MAY_EDIT)]
Navigator = Annotated[Actor, audience(Role.NAVIGATOR)]
FileKind = Literal["pdf", "md"]

STEPS = {
    "sent": "sent to",
    "chased": "sent once more to",
    "acknowledged": "They said that they have it",
    "answered": "They said what it is",
    "promised": "They promised to put it right by",
    "missed": "The day that they promised has passed:",
    "released": "A fix was released",
    "failed": "Somebody tried it, and it is still broken",
}
"""What passed between us and a supplier, in words."""
SAID = {kind: STEPS[kind] for kind in ("acknowledged", "answered")} | {"promised": "They promised a day"}


@router.get("/problems/{id}/supplier")
def supplier_page(page: Render, session: Reading, actor: Editor, form: ReadForm, id: PathId) -> Response:
    """The pack as it would go, what was sent, and what they said."""
    return _supplier_page(page, session, actor, id, form)


def _supplier_page(page: PageRenderer, session: Session, actor: Actor, id: int, form: Form) -> Response:
    problem = records.find(session, actor, id)
    pack = problem_pack(session, problem)
    terms = supplier_terms_of(session, problem.programme_id)
    context: dict[str, Any] = {
        "problem": problem,
        "programme": programme_of(session, problem.programme_id),
        "terms": terms,
        "mail_leaves": leaves(DeliveryChannel.EMAIL),
        "letter": suppliers.letter(problem, terms, pack.as_text()),
        "sent_on": suppliers.last_sent_on(session, problem),
        "may_send": records.may_edit(actor, problem) and actor.is_staff,
        "owed": owed_by_contract(session, problem),
        "entries": suppliers.entries(session, problem),
        "tried": tried_again(session, actor, problem),
    }
    form.fill({"happened_on": clock.today()})
    return page("desk/problems/supplier.html", form=form, steps=STEPS, said=SAID, **context)


@router.post("/problems/{id}/supplier/sending")
def send(page: Render, session: Writing, actor: Editor, form: ReadForm, id: PathId) -> Response:
    """Send it; once more only on purpose."""
    if send_input := form.read(SendInput):
        with form.trying(session):
            suppliers.send(session, actor, id, send_input)
            return redirect(f"/problems/{id}/supplier", "It is on its way to the supplier.")
    return _supplier_page(page, session, actor, id, form)


@router.post("/problems/{id}/supplier/answer")
def record_answer(page: Render, session: Writing, actor: Editor, form: ReadForm, id: PathId) -> Response:
    """Write down what they said."""
    if said := form.read(SaidInput):
        with form.trying(session):
            suppliers.record_said(session, actor, id, said)
            return redirect(f"/problems/{id}/supplier", "What they said was saved.")
    return _supplier_page(page, session, actor, id, form)


@router.get("/problems/{id}/supplier/pack.{kind}")
def problem_file(session: Reading, actor: Editor, id: PathId, kind: FileKind) -> Response:
    """The pack of a problem as a file."""
    pack = problem_pack(session, records.find(session, actor, id))
    return _file(actor, pack, kind, f"known-problem-{id}")


def _file(actor: Actor, pack: SupplierPack, kind: FileKind, name: str) -> Response:
    audit_spool.note(actor, Act.EXPORTED, f"Pack for a supplier: {name}.{kind}")
    content = pack.as_pdf() if kind == "pdf" else pack.as_markdown()
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"'}
    media_type = pdf.MEDIA_TYPE if kind == "pdf" else "text/markdown"
    return Response(content, media_type=media_type, headers=headers)


@router.get("/tickets/{number}/supplier")
def ticket_page(page: Render, session: Reading, actor: Navigator, number: PathNumber) -> Response:
    """The pack of one ticket, and whether its first words stand in it."""
    return page("desk/ticket/supplier.html", **_ticket_context(session, _own_ticket(session, actor, number)))


def _ticket_context(session: Session, ticket: Ticket) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "pack": ticket_pack(session, ticket),
        "may_leave": may_leave(ticket),
        "words": words_as_they_leave(session, ticket),
        "clearance": clearance_of(session, first_words(session, ticket)),
    }


def _own_ticket(session: Session, actor: Actor, number: int) -> Ticket:
    ticket = find(session, actor, number)
    if TicketRole.NAVIGATOR not in roles_on(actor, ticket):
        raise Forbidden("You cannot do that to this ticket.")
    return ticket


@router.post("/tickets/{number}/supplier/words")
def change_clearance(session: Writing, actor: Navigator, form: ReadForm, number: PathNumber) -> Response:
    """Clear the first words, or take that back."""
    is_cleared, seen = form.chosen("clear", "yes"), form.read(SeenInput)
    clear_words(session, actor, number, seen.version if seen else None, is_cleared)
    words = "The words now stand in the pack." if is_cleared else "The words stay in the service."
    return redirect(f"/tickets/{number}/supplier", words)


@router.get("/tickets/{number}/supplier/pack.{kind}")
def ticket_file(session: Reading, actor: Navigator, number: PathNumber, kind: FileKind) -> Response:
    """The pack of one ticket as a file, whose name says nothing of it."""
    pack = ticket_pack(session, _own_ticket(session, actor, number))
    return _file(actor, pack, kind, "report-for-supplier")
