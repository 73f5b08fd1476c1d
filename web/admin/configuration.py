"""Everything that is set as one file: taken out, and put in after a look at what it would change."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from navigator.administration import import_export
from navigator.administration.configuration import parse
from navigator.database import trial
from web.kit.deps import Admin, Reading, Writing
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect

router = APIRouter(prefix="/settings/configuration")


class File(BaseModel):
    """A file as somebody pasted it."""

    text: str = Field(title="the file", min_length=1, max_length=100_000)


@router.get("")
def ask(page: Render, actor: Admin, form: ReadForm) -> Response:  # noqa: ARG001 - whoever may look
    """Offer both ways."""
    return page("admin/settings/configuration.html", form=form, done=None)


@router.get("/file")
def taken_out(session: Reading, actor: Admin) -> Response:
    """Everything that is set in the services that somebody administers."""
    named = {"content-disposition": 'attachment; filename="navigator-desk.yaml"'}
    return Response(import_export.export(session, actor), media_type="application/yaml", headers=named)


@router.post("")
def put_in(page: Render, session: Writing, actor: Admin, form: ReadForm) -> Response:
    """Say what a file would change; change it once somebody has looked at that."""
    done = None
    if what := form.read(File):
        with form.trying(session):
            if form.value("do") == "save":
                import_export.load(session, parse(what.text), actor)
                return redirect("/settings/changes", "The file was put in.")
            with trial(session):
                done = import_export.load(session, parse(what.text), actor)
    return page("admin/settings/configuration.html", form=form, done=done)
