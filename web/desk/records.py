"""Records of people: found, chosen, copied, corrected and erased, by managers of their service."""

from collections.abc import Sequence
from typing import Annotated, Any

from sqlmodel import Session
from starlette.responses import Response, StreamingResponse

from navigator.errors import Invalid
from navigator.people import audit_spool
from navigator.people.actor import Actor
from navigator.people.audit_log import Act
from navigator.people.user import Role
from navigator.records import in_settings, requests
from navigator.records.copy import as_zip
from navigator.records.find import Mention
from navigator.records.requests import ChoiceInput, CorrectInput, FindInput, WithholdInput
from navigator.records.retention import audit_log_kept
from navigator.records.tables import RecordRequest, RequestStatus
from web.kit.deps import PathId, Reading, Router, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/records")

Finder = Annotated[Actor, audience(Role.MANAGER)]
"""Managers read every ticket of their service; here they see whom it is about, too, and that is audited."""
_LOOK = Invalid("", {"looked": "Confirm that you have looked at each ticket and place"})


@router.get("")
def start(page: Render, session: Reading, actor: Finder, form: ReadForm) -> Response:
    """What can be looked for, and what one looks at now."""
    return _start(page, session, actor, form)


@router.post("")
def find(page: Render, session: Writing, actor: Finder, form: ReadForm) -> Response:
    """Look for a person; by what stands in no address."""
    if asked := form.read(FindInput):
        with form.trying(session):
            return redirect(f"/records/{requests.begin(session, actor, asked).id}")
    return _start(page, session, actor, form)


def _start(page: PageRenderer, session: Session, actor: Actor, form: Form) -> Response:
    return page("desk/records/start.html", form=form, open_requests=requests.open_requests(session, actor))


@router.get("/{id:int}")
def show(page: Render, session: Reading, actor: Finder, id: PathId, form: ReadForm) -> Response:
    """Everything that was found of somebody."""
    return _found(page, session, actor, id, form)


@router.post("/{id:int}")
def choose(page: Render, session: Writing, actor: Finder, id: PathId, form: ReadForm) -> Response:
    """Keep what of it is of the person, and go on to a copy, or to erasing."""
    if choice := form.read(ChoiceInput):
        with form.trying(session):
            requests.choose(session, actor, id, choice)
            return redirect(f"/records/{id}/{'erasure' if form.value('do') == 'erase' else 'copy'}")
    return _found(page, session, actor, id, form)


def _found(page: PageRenderer, session: Session, actor: Actor, id: int, form: Form) -> Response:
    request = requests.own_request(session, actor, id)
    if request.status == RequestStatus.ERASED and request.identifiers:
        return _left(page, session, actor, request)
    found = requests.found_of(session, actor, request) if request.identifiers else None
    sure = [each.key for each in found.mentions if each.is_sure] if found else []
    form.fill({"tickets": [str(each) for each in request.tickets], "mentions": request.mentions or sure})
    mentions = [each for each in found.mentions if each.is_setting] if found else []
    shown: dict[str, Any] = {
        "form": form,
        "request": request,
        "in_settings": _settings(session, actor, mentions),
    }
    return page("desk/records/found.html", **shown, found=found, audit_kept=audit_log_kept(session))


def _left(page: PageRenderer, session: Session, actor: Actor, request: RecordRequest) -> Response:
    """What is still to be done of an erasure: settings that name the person."""
    settings = _settings(session, actor, in_settings.settings_left(session, request))
    return page("desk/records/left_in_settings.html", request=request, in_settings=settings)


def _settings(session: Session, actor: Actor, mentions: Sequence[Mention]) -> list[tuple[Mention, str]]:
    """Each with the page on which the actor may change it; without one where they may not."""
    return [
        (each, in_settings.address_of(session, each) if in_settings.may_change(session, actor, each) else "")
        for each in mentions
    ]


@router.post("/{id:int}/correction")
def correct(page: Render, session: Writing, actor: Finder, id: PathId, form: ReadForm) -> Response:
    """Put a right value beside a wrong one."""
    if correction := form.read(CorrectInput):
        with form.trying(session):
            requests.correct(session, actor, id, correction)
            return redirect(f"/records/{id}", "The right value stands beside the wrong one.")
    return _found(page, session, actor, id, form)


@router.post("/{id:int}/end")
def end(session: Writing, actor: Finder, id: PathId, _: ReadForm) -> Response:
    """Forget by what they were found."""
    requests.forget(session, actor, id)
    return redirect("/records", "It is forgotten. That you looked stays in the audit log.")


@router.get("/{id:int}/copy")
def copy(page: Render, session: Reading, actor: Finder, id: PathId, form: ReadForm) -> Response:
    """What would leave, piece by piece."""
    return _copy(page, session, actor, id, form)


@router.post("/{id:int}/copy")
def withhold(page: Render, session: Writing, actor: Finder, id: PathId, form: ReadForm) -> Response:
    """Leave pieces out, or hand the rest over."""
    if withheld := form.read(WithholdInput):
        with form.trying(session):
            requests.withhold(session, actor, id, withheld)
            return _next_step(session, actor, id, form)
    return _copy(page, session, actor, id, form)


def _next_step(session: Session, actor: Actor, id: int, form: Form) -> Response:
    if form.value("do") != "hand_over":
        return redirect(f"/records/{id}/copy", "Kept. Look at what is left.")
    requests.hand_over(session, actor, id)
    return redirect(f"/records/{id}/copy", "You can download the copy for an hour.")


def _copy(page: PageRenderer, session: Session, actor: Actor, id: int, form: Form) -> Response:
    request = requests.own_request(session, actor, id)
    shown = requests.copy_of(session, request) if request.identifiers else None
    form.fill({"pieces": [*request.withheld]})
    return page("desk/records/copy.html", form=form, request=request, copy=shown)


@router.get("/{id:int}/copy.zip")
def download(session: Reading, actor: Finder, id: PathId) -> Response:
    """The copy that was handed over, as one file."""
    copied = requests.copy_to_fetch(session, actor, id)
    audit_spool.note(actor, Act.EXPORTED, f"Copy for a person: request {id}", is_once=False)
    headers = {"content-disposition": f'attachment; filename="copy-{id}.zip"', "cache-control": "no-store"}
    return StreamingResponse(as_zip(copied), media_type="application/zip", headers=headers)


@router.get("/{id:int}/erasure")
def erasure(page: Render, session: Reading, actor: Finder, id: PathId, form: ReadForm) -> Response:
    """What would be erased, or why it cannot be."""
    return _erasure(page, session, actor, id, form)


@router.post("/{id:int}/erasure")
def erase(page: Render, session: Writing, actor: Finder, id: PathId, form: ReadForm) -> Response:
    """Erase it, once somebody has looked a second time."""
    if form.value("looked") != "yes":
        form.refuse(_LOOK)
    else:
        with form.trying(session):
            requests.erase_person(session, actor, id)
            return _erased(requests.own_request(session, actor, id))
    return _erasure(page, session, actor, id, form)


def _erased(request: RecordRequest) -> Response:
    """Go on to the settings that still name the person, if any do."""
    where = f"/records/{request.id}" if request.identifiers else "/records"
    return redirect(where, "They are erased. What was counted stays, and so does the audit log.")


def _erasure(page: PageRenderer, session: Session, actor: Actor, id: int, form: Form) -> Response:
    request = requests.own_request(session, actor, id)
    if request.status == RequestStatus.ERASED or not request.identifiers:
        return redirect(f"/records/{id}")  # which says that it is done
    why_not = requests.why_not_erased(session, request)
    return page("desk/records/erasure.html", form=form, request=request, why_not=why_not)
