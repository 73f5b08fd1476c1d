"""The audit log: who did what and who looked at what, searched, and taken as a file."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query
from sqlmodel import Session
from starlette.responses import Response

from navigator.administration import audit_export, audit_search
from navigator.administration.audit_export import MEDIA_TYPES, Ending
from navigator.administration.audit_search import ACTS, PAGE_SIZE, AuditFilter
from navigator.errors import Invalid, Refused
from navigator.fields import Id
from navigator.people import directory
from navigator.people.actor import Actor
from navigator.people.audit_log import AuditEntry
from web.kit.deps import Admin, Reading, Router
from web.kit.forms import Form, ReadForm
from web.kit.templating import Render

router = Router(prefix="/settings/audit")

Before = Annotated[Id | None, Query()]


@router.get("")
def audit_log(
    page: Render, session: Reading, actor: Admin, form: ReadForm, before: Before = None
) -> Response:
    """What is found, newest first."""
    form.typed.pop("before", None)
    return page("admin/settings/audit.html", form=form, **_found(session, actor, form, before))


@router.get("/entries.{ending}")
def download(session: Reading, actor: Admin, form: ReadForm, ending: Ending) -> Response:
    """All that is found as a file."""
    content = audit_export.export(session, actor, _asked(form), ending)
    disposition = f'attachment; filename="audit-log.{ending}"'
    return Response(content, media_type=MEDIA_TYPES[ending], headers={"content-disposition": disposition})


def _found(session: Session, actor: Actor, form: Form, before: int | None) -> dict[str, Any]:
    asked, entries = AuditFilter(), list[AuditEntry]()
    try:
        asked = _asked(form)
        entries = [*audit_search.search(session, actor, asked, before)]
    except Refused as refused:
        form.refuse(refused)
    return {
        "entries": entries,
        "in_words": audit_search.in_words,
        "query": asked.model_dump(exclude_defaults=True),
        "acts": [("", "Everything"), *ACTS.items()],
        "people": _people(session, actor),
        "page_size": PAGE_SIZE,
    }


def _asked(form: Form) -> AuditFilter:
    """What is looked for; a choice that was left open is none."""
    form.typed = {name: values for name, values in form.typed.items() if any(values)}
    asked = form.read(AuditFilter)
    if asked is None:
        raise Invalid("There is a problem", form.errors)
    return asked


def _people(session: Session, actor: Actor) -> Sequence[tuple[int | str, str]]:
    staff = directory.list_staff(session, actor)
    return [("", "Everybody"), *((one.user.id, one.user.name) for one in staff)]
