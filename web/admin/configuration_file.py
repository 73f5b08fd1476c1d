"""Configuration as one YAML file: export, and import after a dry run that shows what would change."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel, Field
from starlette.responses import Response

from navigator.administration import crisis_reading, import_export
from navigator.administration.configuration_file import Configuration, parse_configuration
from navigator.administration.crisis_reading import SignedWording
from navigator.database import trial
from navigator.errors import Invalid
from navigator.safe_yaml import MAX_CHARACTERS
from web.kit.deps import Admin, Reading, Router, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import Render, redirect

router = Router(prefix="/settings/configuration")


class ConfigurationFile(BaseModel):
    """A configuration file as somebody pasted it."""

    text: str = Field(title="the file", min_length=1, max_length=MAX_CHARACTERS)


@router.get("")
def configuration_page(page: Render, actor: Admin, form: ReadForm) -> Response:  # noqa: ARG001 - whoever may look
    """The page for export and import."""
    return page("admin/settings/configuration.html", form=form, changes=None, signed=())


@router.get("/file")
def export_file(session: Reading, actor: Admin) -> Response:
    """Download the configuration of the services that somebody administers."""
    headers = {"content-disposition": 'attachment; filename="navigator-desk.yaml"'}
    return Response(
        import_export.export_configuration(session, actor), media_type="application/yaml", headers=headers
    )


async def _read_ahead(form: ReadForm, _actor: Admin) -> Configuration | None:
    if file := form.read(ConfigurationFile):
        with form.trying():
            return parse_configuration(file.text)
    return None


ReadAhead = Annotated[Configuration | None, Depends(_read_ahead)]
"""The file that was pasted, read before a transaction begins; None leaves its errors in the form."""


@router.post("")
def import_file(
    page: Render, configuration: ReadAhead, session: Writing, actor: Admin, form: ReadForm
) -> Response:
    """Dry run of an import; the import itself once somebody has looked at that."""
    changes, signed = None, []
    if configuration:
        with form.trying(session):
            signed = crisis_reading.newly_signed(session, configuration)
            with nullcontext() if (is_final := _is_final(form, signed)) else trial(session):
                changes = import_export.import_configuration(session, configuration, actor)
            if is_final:
                return redirect("/settings/changes", "The file was put in.")
    return page("admin/settings/configuration.html", form=form, changes=changes, signed=signed)


def _is_final(form: Form, signed: Sequence[SignedWording]) -> bool:
    """Whether the file is put in: who is to answer for crisis wording has read it."""
    if form.value("do") != "save":
        return False
    unread = [one.owner for one in signed if not form.chosen("read_as", one.service)]
    if unread:
        form.refuse(Invalid("", {"read_as": f"Confirm that {' and '.join(unread)} read these lines"}))
    return not unread
