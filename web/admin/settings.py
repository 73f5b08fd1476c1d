"""Settings pages: what an administrator configures without code, to be looked at."""

from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from navigator import go_live_check
from navigator.administration import overview
from navigator.administration.apply_change import administers_all
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.articles import is_overdue, review_due_on
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.retention_period import RECORD_CLASSES
from web.admin.setting_choices import CONTACTS
from web.kit.deps import Admin, Reading, Router
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect

router = Router(prefix="/settings")


@router.get("")
def index(page: Render, session: Reading, actor: Admin) -> Response:
    """The services that somebody administers, and what all of them share."""
    services = overview.own_services(session, actor)
    lacks = {service.id: missing(session, service) for service in services}
    may_change = administers_all(session, actor)
    return page("admin/settings/index.html", services=services, lacks=lacks, may_change=may_change)


@router.get("/services/{code}")
def show_service(page: Render, session: Reading, actor: Admin, code: str) -> Response:
    """One service: what it lacks, and everything that is set for it."""
    settings = overview.service_overview(session, actor, code)
    checks = list(go_live_check.check_service(session, settings.service))
    context: dict[str, Any] = {"overview": settings, "checks": checks, "contact_kinds": CONTACTS}
    context["record_classes"] = RECORD_CLASSES
    return page("admin/settings/service_overview.html", **context, **_rule_labels(session))


def _rule_labels(session: Session) -> dict[str, Any]:
    """The names of groups, categories and programmes that routing rules are described with."""
    labels = {group.id: f"All of “{group.label}”" for group in catalogue().groups}
    labels |= {leaf.id: leaf.staff_label for leaf in catalogue().leaves}
    programmes = {each.programme.code: each.programme.name for each in overview.programme_overviews(session)}
    return {"labels": labels, "programmes": programmes}


@router.get("/programmes")
def list_programmes(page: Render, session: Reading, actor: Admin) -> Response:
    """All programmes with their exceptions, those that were not tried for long marked."""
    programmes, is_stale = overview.programme_overviews(session), overview.is_stale
    context: dict[str, Any] = {"overviews": programmes, "is_stale": is_stale, "catalogue": catalogue()}
    return page("admin/settings/programmes.html", may_change=administers_all(session, actor), **context)


@router.get("/programmes/{code}/exceptions")
def override_form(page: Render, actor: Admin, form: ReadForm, code: str) -> Response:  # noqa: ARG001
    """The form that asks which category an exception (override) is for."""
    if category := form.value("category"):
        return redirect(f"/settings/override/{code}/{category}")
    return page("admin/settings/exceptions.html", form=form, code=code, catalogue=catalogue())


@router.get("/articles")
def list_articles(page: Render, session: Reading, actor: Admin) -> Response:
    """All knowledge base articles, how often each helped, and which are to be looked at again."""
    names = {each.programme.code: each.programme.name for each in overview.programme_overviews(session)}
    context: dict[str, Any] = {"articles": overview.list_articles(session), "programme_names": names}
    context |= {"is_overdue": is_overdue, "review_due_on": review_due_on}
    context["may_change"] = administers_all(session, actor)
    return page("admin/settings/articles.html", catalogue=catalogue(), **context)


@router.get("/categories")
def list_categories(page: Render, session: Reading, actor: Admin) -> Response:
    """All categories by group, those in own words marked."""
    context: dict[str, Any] = {"catalogue": catalogue(), "may_change": administers_all(session, actor)}
    customised = overview.customised_categories(session)
    return page("admin/settings/categories.html", customised=customised, **context)
