"""Pictures with a report: they wait with its draft, in which the words are kept already, until it is sent."""

from starlette.responses import Response

from navigator.errors import NotFound
from navigator.tickets import attached_files
from navigator.tickets.reports.drafts import touch
from web.kit.deps import Files, PathId, Router, public
from web.kit.forms import Form, ReadForm
from web.kit.stored_files import Size, to_file
from web.kit.templating import redirect
from web.public.report_deps import ReadReport, WriteReport
from web.public.report_session import ReportSession

router = Router(prefix="/report/pictures", dependencies=[public])

HERE = "/report/pictures"


@router.get("")
def pictures(wizard: ReadReport) -> Response:
    """The pictures that go with the report, and the box for more."""
    return _page(wizard, Form())


@router.post("")
def add(wizard: WriteReport, form: ReadForm, files: Files) -> Response:
    """Add pictures; what is wrong with one is said, and nothing that was typed is lost."""
    if wizard.draft and files.is_taken(form):
        with form.trying(wizard.session):
            attached_files.add_to_draft(wizard.session, wizard.draft, files.stored)
            touch(wizard.draft)
            return redirect(wizard.next_url if form.value("then") == "go_on" else HERE)
    return _page(wizard, form)


@router.post("/{file_id}/removal")
def remove(wizard: WriteReport, file_id: PathId) -> Response:
    """Remove one of them."""
    if wizard.draft:
        attached_files.remove_from_draft(wizard.session, wizard.draft, file_id)
    return redirect(HERE)


@router.get("/{file_id}/{size}")
def picture(wizard: ReadReport, file_id: PathId, size: Size) -> Response:
    """One of them, for the browser in which the report is written."""
    for one in attached_files.draft_files(wizard.session, wizard.draft):
        if one.id == file_id:
            return to_file(one, size)
    raise NotFound("We cannot find that picture.")


def _page(wizard: ReportSession, form: Form) -> Response:
    if wizard.draft is None:
        return redirect(wizard.next_url)
    return wizard.render("pictures", form=form, onward=wizard.next_url)
