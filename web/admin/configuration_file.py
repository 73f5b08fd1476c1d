"""Configuration as one YAML file: export, and import after a dry run that shows what would change."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from navigator.administration import import_export
from navigator.administration.configuration_file import parse_configuration
from navigator.database import trial
from web.kit.deps import Admin, Reading, Writing
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect

router = APIRouter(prefix="/settings/configuration")


class ConfigurationFile(BaseModel):
    """A configuration file as somebody pasted it."""

    text: str = Field(title="the file", min_length=1, max_length=100_000)


@router.get("")
def configuration_page(page: Render, actor: Admin, form: ReadForm) -> Response:  # noqa: ARG001 - whoever may look
    """The page for export and import."""
    return page("admin/settings/configuration.html", form=form, changes=None)


@router.get("/file")
def export_file(session: Reading, actor: Admin) -> Response:
    """Download the configuration of the services that somebody administers."""
    headers = {"content-disposition": 'attachment; filename="navigator-desk.yaml"'}
    return Response(
        import_export.export_configuration(session, actor), media_type="application/yaml", headers=headers
    )


@router.post("")
def import_file(page: Render, session: Writing, actor: Admin, form: ReadForm) -> Response:
    """Dry run of an import; the import itself once somebody has looked at that."""
    changes = None
    if file := form.read(ConfigurationFile):
        with form.trying(session):
            if form.value("do") == "save":
                import_export.import_configuration(session, parse_configuration(file.text), actor)
                return redirect("/settings/changes", "The file was put in.")
            with trial(session):
                changes = import_export.import_configuration(session, parse_configuration(file.text), actor)
    return page("admin/settings/configuration.html", form=form, changes=changes)
