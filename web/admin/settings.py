"""Settings: what an administrator sets without code, to be looked at."""

from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from navigator import go_live_check
from navigator.administration import overview
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.catalogue import catalogue
from web.admin.setting_choices import CONTACTS
from web.kit.deps import Admin, Reading
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect

router = APIRouter(prefix="/settings")


@router.get("")
def index(page: Render, session: Reading, actor: Admin) -> Response:
    """The services that somebody administers, and what all of them share."""
    own = overview.own_services(session, actor)
    return page("admin/settings/index.html", own=own, lacks={one.id: missing(session, one) for one in own})


@router.get("/services/{code}")
def service(page: Render, session: Reading, actor: Admin, code: str) -> Response:
    """One service: what it lacks, and everything that is set for it."""
    whole = overview.service_overview(session, actor, code)
    findings = list(go_live_check.of_service(session, whole.service))
    return page(
        "admin/settings/whole.html", whole=whole, findings=findings, kinds=CONTACTS, **_facts(session)
    )


def _facts(session: Session) -> dict[str, Any]:
    """What the words of a rule are made of."""
    known = catalogue()
    labels = {group.id: f"All of “{group.label}”" for group in known.groups}
    labels |= {leaf.id: leaf.staff_label for leaf in known.leaves}
    programmes = {one.programme.code: one.programme.name for one in overview.programme_overviews(session)}
    return {"labels": labels, "programmes": programmes}


@router.get("/programmes")
def programmes(page: Render, session: Reading, actor: Admin) -> Response:  # noqa: ARG001 - whoever may look
    """All programmes with their exceptions, those that were not tried for long marked."""
    described, stale = overview.programme_overviews(session), overview.is_stale
    return page("admin/settings/programmes.html", described=described, is_stale=stale, catalogue=catalogue())


@router.get("/programmes/{code}/exceptions")
def override_form(page: Render, actor: Admin, form: ReadForm, code: str) -> Response:  # noqa: ARG001
    """Which category an exception is for."""
    if category := form.value("category"):
        return redirect(f"/settings/override/{code}/{category}")
    return page("admin/settings/exceptions.html", form=form, code=code, catalogue=catalogue())


@router.get("/articles")
def articles(page: Render, session: Reading, actor: Admin) -> Response:  # noqa: ARG001
    """All articles, with how often each helped; those that were not tried for long marked."""
    written, programmes = overview.articles(session), overview.programme_overviews(session)
    facts: dict[str, Any] = {"articles": written, "programmes": programmes, "is_stale": overview.is_stale}
    return page("admin/settings/articles.html", catalogue=catalogue(), **facts)


@router.get("/categories")
def categories(page: Render, session: Reading, actor: Admin) -> Response:  # noqa: ARG001
    """All categories by group, those in own words marked."""
    return page("admin/settings/categories.html", catalogue=catalogue(), own=overview.in_own_words(session))
