"""Dependencies of the report wizard: its session, read or locked, with the texts screened ahead."""

from typing import Annotated

from fastapi import Depends
from sqlmodel import Session

from navigator import database
from navigator.tickets.reports import drafts
from navigator.tickets.reports.limits import are_drafts_used_up
from web.kit import cookies
from web.kit.deps import Address, Reading, Writing
from web.kit.forms import ReadForm
from web.kit.templating import PageRenderer, Render
from web.public.report_session import ReportSession


def _session_of(page: PageRenderer, session: Session) -> ReportSession:
    return ReportSession(
        page, session, drafts.draft_of(session, cookies.read_cookie(page.request, cookies.DRAFT))
    )


async def _reading_session(page: Render, session: Reading) -> ReportSession:
    return _session_of(page, session)


async def _read_ahead(page: Render, form: ReadForm, address: Address) -> None:
    with database.reading() as session:  # ended before the route's own transaction begins
        if not are_drafts_used_up(session, address):
            _session_of(page, session).read_ahead(page.request.path_params.get("name", ""), form)


async def _writing_session(
    page: Render,
    address: Address,
    _read: Annotated[None, Depends(_read_ahead)],
    session: Writing,
) -> ReportSession:
    draft = drafts.draft_of(session, cookies.read_cookie(page.request, cookies.DRAFT), lock=True)
    return ReportSession(page, session, draft, address)


async def _sent_token(page: Render) -> str:
    return cookies.read_cookie(page.request, cookies.SENT)


ReadReport = Annotated[ReportSession, Depends(_reading_session)]
WriteReport = Annotated[ReportSession, Depends(_writing_session)]
SentToken = Annotated[str, Depends(_sent_token)]
