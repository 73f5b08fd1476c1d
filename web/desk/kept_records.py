"""How long records are kept: holds, what a night deletes, what past nights did, the data map and papers."""

from typing import Annotated, Any

from sqlmodel import Session
from starlette.responses import Response

from navigator import clock
from navigator.catalogue.hazards import answered_hazards
from navigator.catalogue.retention_period import RECORD_CLASSES
from navigator.pdf import MEDIA_TYPE
from navigator.people import audit_spool
from navigator.people.actor import Actor
from navigator.people.audit_log import Act
from navigator.people.user import Role
from navigator.records import holds, paper_files, papers, retention
from navigator.records.data_map import described, places
from navigator.records.holds import HoldInput
from navigator.records.papers import PaperName
from web.kit.deps import PathId, Reading, Router, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/records")

Keeper = Annotated[Actor, audience(Role.MANAGER, Role.ADMIN)]
_TITLES = {code: each.title for code, each in RECORD_CLASSES.items()}
Holder = Annotated[Actor, audience(Role.MANAGER)]


@router.get("/retention")
def show_retention(page: Render, session: Reading, actor: Keeper) -> Response:
    """What a night would delete now, and what past nights did."""
    due = retention.dry_run(session, actor.services(*retention.MAY_SEE), clock.now())
    runs = retention.list_runs(session, actor)
    return page("desk/records/retention.html", due=due, runs=runs, record_titles=_TITLES)


@router.get("/data-map")
def data_map(page: Render, session: Reading, actor: Keeper) -> Response:  # noqa: ARG001 - who asks must be staff
    """What is stored where, whose it is, why, and how long."""
    rows = sorted(places().values(), key=lambda place: (described(place.record_class).title, place.table))
    lacking = [each for each in answered_hazards(session, clock.today()) if each.lacks]
    shown: dict[str, Any] = {"described": described, "titles": papers.TITLES, "lacking": lacking}
    return page("desk/records/data_map.html", places=rows, **shown)


@router.get("/papers/{name}.pdf")
def paper_as_pdf(session: Reading, actor: Keeper, name: PaperName) -> Response:
    """The starting point of a paper, to be printed, checked and signed by a person."""
    content = paper_files.to_pdf(papers.paper(session, name))
    return _file(actor, f"{name}-start.pdf", MEDIA_TYPE, content)


@router.get("/papers/{name}")
def paper(session: Reading, actor: Keeper, name: PaperName) -> Response:
    """The starting point of a paper as Markdown, to be gone on with."""
    content = paper_files.to_markdown(papers.paper(session, name))
    return _file(actor, f"{name}-start.md", "text/markdown", content)


def _file(actor: Actor, name: str, media_type: str, content: str | bytes) -> Response:
    audit_spool.note(actor, Act.EXPORTED, f"Paper: {name}")
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


@router.get("/holds")
def list_holds(page: Render, session: Reading, actor: Holder, form: ReadForm) -> Response:
    """What is on hold, and why."""
    return _holds(page, session, actor, form)


@router.post("/holds")
def hold(page: Render, session: Writing, actor: Holder, form: ReadForm) -> Response:
    """Hold a ticket, or all of its person."""
    if asked := form.read(HoldInput):
        with form.trying(session):
            holds.hold(session, actor, asked)
            return redirect("/records/holds", "It is on hold.")
    return _holds(page, session, actor, form)


@router.post("/holds/{id}/end")
def lift(session: Writing, actor: Holder, id: PathId, _: ReadForm) -> Response:
    """Lift a hold."""
    holds.lift(session, actor, id)
    return redirect("/records/holds", "The hold is lifted.")


def _holds(page: PageRenderer, session: Session, actor: Actor, form: Form) -> Response:
    return page("desk/records/holds.html", form=form, holds=holds.list_holds(session, actor))
