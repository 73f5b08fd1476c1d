"""The managers’ report (“What needs a decision”), its files and letters, and how good suggestions are."""

from typing import Annotated

from sqlmodel import Session
from starlette.responses import Response

from navigator.errors import Invalid
from navigator.insight import report_mail
from navigator.insight.accuracy import accuracy
from navigator.insight.csv_export import to_csv
from navigator.insight.pdf_export import to_pdf
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.report_mail import ReportMailInput
from navigator.insight.rows import period_in_words
from navigator.insight.shared_words import file_name, scope_in_words
from navigator.insight.tables import MOST_FINDINGS, ManagersReport, managers_report
from navigator.pdf import MEDIA_TYPE
from navigator.people import audit_spool
from navigator.people.actor import Actor
from navigator.people.audit_log import Act
from navigator.people.user import Role
from web.kit.deps import ReadingCopy, Router, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/insight")

Manager = Annotated[Actor, audience(Role.MANAGER)]
Triager = Annotated[Actor, audience(Role.MANAGER, Role.NAVIGATOR)]

MAILS = (("", "Never"), ("week", "Every week, on Monday"), ("month", "Every month, on the first day"))
SAVED = {
    "": "The report is not sent to you.",
    "week": "The report will be sent to you every Monday.",
    "month": "The report will be sent to you on the first day of each month.",
}
BARS_SHOWN = 5
"""So many bars a picture has; all stand in its table."""
REPORTERS = (("", "Everybody"), ("patient", "Patients"), ("pwp", "Practitioners"))
PERIODS = (
    ("week", "The last 7 days"),
    ("month", "The last 4 weeks"),
    ("quarter", "The last 90 days"),
    ("own", "My own days"),
)


@router.get("")
def insight(page: Render, session: ReadingCopy, actor: Manager, form: ReadForm) -> Response:
    """What needs a decision, then the twelve questions; of the last four weeks unless others are chosen."""
    return _report_page(page, session, actor, form, form.read(PeriodFilter) or PeriodFilter())


def _report_page(
    page: PageRenderer, session: Session, actor: Actor, form: Form, period_filter: PeriodFilter
) -> Response:
    days = period_filter.days
    form.fill({"period": period_filter.period, "since": days.first, "until": days.last})
    form.fill({"every": report_mail.chosen(session, actor)})
    return page(
        "desk/insight/insight.html",
        form=form,
        report=managers_report(session, actor, period_filter),
        query=period_filter.model_dump(exclude_defaults=True),
        span=period_in_words,
        periods=PERIODS,
        reporters=REPORTERS,
        most=MOST_FINDINGS,
        bars_shown=BARS_SHOWN,
        mails=MAILS,
    )


@router.get("/triage")
def triage(page: Render, session: ReadingCopy, actor: Triager) -> Response:
    """How good the desk's suggestions were in the last 90 days, and which version makes them."""
    return page("desk/insight/triage.html", accuracy=accuracy(session, actor))


@router.post("/mail")
def choose_mail(session: Writing, actor: Manager, form: ReadForm) -> Response:
    """Have the report sent weekly or monthly, or not any more."""
    if mail_input := form.read(ReportMailInput):
        report_mail.choose(session, actor, mail_input.every)
        return redirect("/insight", SAVED[mail_input.every])
    raise Invalid("There is a problem", form.errors)


@router.get("/{name}.csv")
def download_csv(session: ReadingCopy, actor: Manager, form: ReadForm, name: str) -> Response:
    """One table, or the one screen, with the numbers that may leave the service."""
    report = _asked_report(session, actor, form)
    content = to_csv(report.table(name), scope_in_words(report.scope)).encode()
    return _file(actor, report, name, "csv", content, "text/csv; charset=utf-8")


@router.get("/{name}.pdf")
def download_pdf(session: ReadingCopy, actor: Manager, form: ReadForm, name: str) -> Response:
    """The same as a PDF, or all of it."""
    report = _asked_report(session, actor, form)
    return _file(actor, report, name, "pdf", to_pdf(report, name), MEDIA_TYPE)


def _asked_report(session: Session, actor: Actor, form: Form) -> ManagersReport:
    period_filter = form.read(PeriodFilter)
    if period_filter is None:
        raise Invalid("There is a problem", form.errors)
    return managers_report(session, actor, period_filter)


def _file(
    actor: Actor, report: ManagersReport, name: str, ending: str, content: bytes, media_type: str
) -> Response:
    audit_spool.note(actor, Act.EXPORTED, f"Managers’ report: {name}.{ending}")
    disposition = f'attachment; filename="{file_name(report.scope, name, ending)}"'
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})
