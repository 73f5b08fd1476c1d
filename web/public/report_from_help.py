"""Beginning a report (draft) from a help page: with what is known of it, or with words of risk."""

from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.accepting_reports import services_taking_reports
from navigator.catalogue.articles import Article
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.service import Service
from navigator.fields import MAX_TEXT_LENGTH
from navigator.tickets.reports import drafts
from navigator.tickets.reports.limits import check_draft_limits
from web.kit import cookies
from web.kit.templating import PageRenderer, redirect, url
from web.public import report_steps
from web.public.report_session import keep_token


def begin_report(
    page: PageRenderer, session: Session, address: str, article: Article, programme: str
) -> Response:
    """Go on to the report, which knows what it is about, and where if only one service can be meant."""
    if _unsent_draft(page, session):
        return redirect("/report")  # which asks whether to go on with it
    check_draft_limits(session, address, is_new=True)
    draft, token = drafts.start_draft(session)
    answers = _known_of(article) | _place(session, programme)
    drafts.save_answers(draft, answers)
    onward = f"/report/{report_steps.next_step(answers)}"
    known = {"programme": programme} if "place" not in answers else {}
    return keep_token(redirect(url(onward, **known)), cookies.DRAFT, token)


def _known_of(article: Article) -> dict[str, Any]:
    """The answers that follow from a help page: what it is about, and that it did not help."""
    leaf = catalogue().category(article.category)
    if not leaf.is_for("patient"):
        return {}
    about = {"group": {"group": leaf.group}, "category": {"category": leaf.id}}
    return about | {"try": {"fixed": "no"}, "articles": {"codes": [article.code]}}


def _place(session: Session, programme: str) -> dict[str, Any]:
    services = services_offering(session, programme) if programme else []
    return {"place": {"service": services[0].code, "programme": programme}} if len(services) == 1 else {}


def services_offering(session: Session, programme: str = "") -> list[Service]:
    """The services that take reports and offer a programme, or any."""
    return [
        offer.service
        for offer in services_taking_reports(session)
        if not programme or programme in {each.code for each in offer.programmes}
    ]


def keep_words_of_risk(page: PageRenderer, session: Session, address: str, text: str) -> Response:
    """Show what to do now: the words are a report that is begun, like any other draft."""
    draft, token = _unsent_draft(page, session), ""
    check_draft_limits(session, address, is_new=draft is None)
    if draft is None:
        draft, token = drafts.start_draft(session)
    words = draft.answers.get("words", {})
    said = "\n".join(filter(None, (text, words.get("text", ""))))[:MAX_TEXT_LENGTH]
    drafts.save_answers(draft, draft.answers | {"words": {"is_needed": "", **words, "text": said}})
    response = redirect("/report/help")
    return keep_token(response, cookies.DRAFT, token) if token else response


def _unsent_draft(page: PageRenderer, session: Session) -> Any:
    draft = drafts.draft_of(session, cookies.read_cookie(page.request, cookies.DRAFT), lock=True)
    return None if draft is None or draft.sent_number else draft
