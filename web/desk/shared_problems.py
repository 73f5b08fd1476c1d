"""Problems shared between desks: publishing one of ours, and adopting one of another desk."""

from typing import Annotated, Any

from fastapi import Path
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import programmes_of, services
from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.problems import records
from navigator.problems.records import MAY_EDIT
from navigator.shared_problems import elsewhere, published
from navigator.shared_problems.elsewhere import AdoptInput
from navigator.shared_problems.published import PublishInput
from web.desk.problems import STATUSES
from web.kit.deps import Reading, Router, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/problems")

Editor = Annotated[Actor, audience(*MAY_EDIT)]
ItemId = Annotated[Id, Path()]


@router.get("/elsewhere")
def list_elsewhere(page: Render, session: Reading, actor: Editor) -> Response:
    """The problems at other desks."""
    found = elsewhere.list_elsewhere(session, actor)
    return page("desk/problems/elsewhere.html", found=found, statuses=STATUSES)


@router.get("/elsewhere/{id}")
def show(page: Render, session: Reading, actor: Editor, form: ReadForm, id: ItemId) -> Response:
    """One of them, in the words of the other desk, to be read before it is adopted."""
    return _elsewhere_page(page, session, actor, id, form)


@router.post("/elsewhere/{id}/adoption")
def adopt(page: Render, session: Writing, actor: Editor, form: ReadForm, id: ItemId) -> Response:
    """Make it a known problem here."""
    if adopt_input := form.read(AdoptInput):
        with form.trying(session):
            problem = elsewhere.adopt(session, actor, id, adopt_input)
            return redirect(f"/problems/{problem.id}", "It is a known problem here now.")
    return _elsewhere_page(page, session, actor, id, form)


def _elsewhere_page(page: PageRenderer, session: Session, actor: Actor, id: int, form: Form) -> Response:
    each = elsewhere.find_elsewhere(session, actor, id)
    own = [service for service in services(session) if service.id in actor.services(*MAY_EDIT)]
    programmes = {each.code: each.name for service in own for each in programmes_of(session, service.id)}
    context: dict[str, Any] = {"services": own, "programmes": programmes, "catalogue": catalogue()}
    context["known_here"] = elsewhere.known_here(session, actor, each)
    form.fill({"programme": each.programme, "category": each.problem.category})
    return page("desk/problems/adopt.html", form=form, each=each, statuses=STATUSES, **context)


@router.get("/{id}/sharing")
def sharing_form(page: Render, session: Reading, actor: Editor, id: ItemId) -> Response:
    """What other desks would read of a problem, to be changed and published."""
    return _sharing_page(page, session, actor, id, Form())


@router.post("/{id}/sharing")
def publish(page: Render, session: Writing, actor: Editor, form: ReadForm, id: ItemId) -> Response:
    """Publish it in these words."""
    if publish_input := form.read(PublishInput):
        with form.trying(session):
            published.publish(session, actor, id, publish_input)
            return redirect(f"/problems/{id}", "Other desks can read it.")
    return _sharing_page(page, session, actor, id, form)


@router.post("/{id}/sharing/withdrawal")
def withdraw(session: Writing, actor: Editor, id: ItemId) -> Response:
    """Take it back."""
    published.withdraw(session, actor, id)
    return redirect(f"/problems/{id}", "It is taken back. Other desks see that when they read next.")


def _sharing_page(page: PageRenderer, session: Session, actor: Actor, id: int, form: Form) -> Response:
    problem = records.find(session, actor, id)
    records.require_editor(actor, problem)
    return page(
        "desk/problems/sharing.html",
        form=form.fill(published.what_to_publish(session, problem)),
        problem=problem,
        published=published.published(session, problem),
        is_shared=published.is_shared(session),
        reports=published.reports_of(session, [problem.id])[problem.id],
        statuses=STATUSES,
        catalogue=catalogue(),
    )
