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
from web.public.report_categories import category_chosen
from web.public.report_offers import what_applies
from web.public.report_session import keep_token


def begin_report(
    page: PageRenderer, session: Session, address: str, article: Article, programme: str
) -> Response:
    """Go on to the report, which knows what it is about, and where if only one service can be meant."""
    if _unsent_draft(page, session):
        return redirect("/report")  # which asks whether to go on with it
    check_draft_limits(session, address, is_new=True)
    draft, token = drafts.start_draft(session)
    answers = _what_it_is(article) | _place(session, programme)
    answers |= _what_was_tried(session, answers)
    drafts.save_answers(draft, answers)
    onward = f"/report/{report_steps.next_step(answers)}"
    known = {"programme": programme} if "place" not in answers else {}
    return _begun(redirect(url(onward, **known)), token)


def _begun(response: Response, token: str) -> Response:
    """Keep the new draft; a confirmation that is still open in this browser would take it along."""
    cookies.delete_cookie(response, cookies.SENT)
    return keep_token(response, cookies.DRAFT, token)


def _what_it_is(article: Article) -> dict[str, Any]:
    """What the help page is about is what is wrong, as if it had been tapped."""
    leaf = catalogue().category(article.category)
    return {"words": {"common": leaf.id, "text": ""}} if leaf.is_for("patient") else {}


def _what_was_tried(session: Session, answers: dict[str, Any]) -> dict[str, Any]:
    """That the usual fix did not help; where questions would change who can put it right, they are asked."""
    offered = what_applies(session, answers)
    is_known = category_chosen(answers) is not None and not offered["questions"]
    tried = {"try": {"has_fix": "yes", "answers": {}, "fixed": "no"}} if is_known else {}
    return {"offered": offered} | tried


def _place(session: Session, programme: str) -> dict[str, Any]:
    services = services_offering(session, programme) if programme else []
    if len(services) != 1:
        return {}
    return {"place": {"service": services[0].code, "service_is_unsure": False, "programme": programme}}


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
    words = draft.answers.get("words", {"common": ""})
    said = "\n".join(filter(None, (text, words.get("text", ""))))[:MAX_TEXT_LENGTH]
    drafts.save_answers(draft, draft.answers | {"words": {**words, "text": said}})
    response = redirect("/report/help")
    return _begun(response, token) if token else response


def _unsent_draft(page: PageRenderer, session: Session) -> Any:
    draft = drafts.draft_of(session, cookies.read_cookie(page.request, cookies.DRAFT), lock=True)
    return None if draft is None or draft.sent_number else draft
