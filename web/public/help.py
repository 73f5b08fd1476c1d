"""Help pages: knowledge base articles that are found without reporting, and whether they helped."""

from typing import Any, Literal

from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.accepting_reports import services_taking_reports
from navigator.catalogue.article_answers import count_answer
from navigator.catalogue.articles import (
    Article,
    articles_for,
    is_overdue,
    offered_article,
    offered_articles,
    review_due_on,
)
from navigator.catalogue.catalogue import Category, catalogue
from navigator.catalogue.turn_to import whom_to_call
from navigator.people.tokens import mint
from navigator.settings import settings
from web.kit.deps import Address, Reading, Router, Writing, leaves_confirmation, public
from web.kit.forms import Form, ReadForm
from web.kit.qr_code import qr_code
from web.kit.templating import PageRenderer, Render, redirect, url
from web.public import counted_once, report_from_help
from web.public.help_search import LookedFor, check_search_limit

router = Router(prefix="/help", dependencies=[public, leaves_confirmation])

MOST_CALLED = 5
"""So many services are named with their numbers, where nobody said which one is theirs."""


class AnswerInput(BaseModel):
    """Whether a help page helped."""

    helped: Literal["yes", "no"] = Field(json_schema_extra={"words": "Choose if it helped"})


@router.get("")
def help_pages(page: Render, session: Reading, form: ReadForm) -> Response:
    """All help pages, of one programme or of any; or those that were found."""
    return _list_page(page, session, form)


@router.post("")
def search(
    page: Render,
    session: Writing,
    address: Address,
    form: ReadForm,
    looked_for: LookedFor,
) -> Response:
    """Go on to what was found; to what to do now, if the words say that somebody may not be safe."""
    if looked_for is None:
        return _list_page(page, session, form)
    if looked_for.is_of_concern:
        return report_from_help.keep_words_of_risk(page, session, address, looked_for.sought)
    check_search_limit(session, address)
    return redirect(looked_for.found_url)


def _list_page(page: PageRenderer, session: Session, form: Form) -> Response:
    programme, found = form.value("programme"), form.value("found")
    articles = offered_articles(session, programme)
    return page(
        "public/help/list.html",
        form=form,
        articles=_of_ids(articles, found) if found else articles,
        is_search=bool(found),
        about=_category(form.value("about")) if found else None,
        **_place(session, programme, _category(form.value("about")) if found else None),
    )


def _of_ids(articles: list[Article], found: str) -> list[Article]:
    by_id = {str(article.id): article for article in articles}
    return [by_id[id] for id in found.split(".")[:20] if id in by_id]


def _category(id: str) -> Category | None:
    leaf = next((leaf for leaf in catalogue().leaves if leaf.id == id), None)
    return leaf if leaf and leaf.is_for("patient") else None


def _place(session: Session, programme: str, about: Category | None) -> dict[str, Any]:
    """The programmes to choose from, the one that was chosen, and whom to call about what is a divert."""
    offers = services_taking_reports(session)
    programmes = {each.code: each.name for offer in offers for each in offer.programmes}
    called = report_from_help.services_offering(session, programme)[:MOST_CALLED]
    is_divert = about is not None and about.fixability == "divert"
    return {
        "programmes": programmes,
        "programme": programme if programme in programmes else "",
        "lines": whom_to_call(session, called, about) if is_divert else (),
        "catalogue": catalogue(),
    }


@router.get("/{code}")
def help_page(page: Render, session: Reading, form: ReadForm, code: str) -> Response:
    """One help page: what to do, who answers for it, and when it was last looked at."""
    return _article_page(page, session, form, "page", code)


def _article_page(page: PageRenderer, session: Session, form: Form, name: str, code: str) -> Response:
    article = offered_article(session, code)
    programme = article.programme or form.value("programme")
    place = _place(session, programme, None)
    others = [each for each in articles_for(session, article.category, programme) if each.id != article.id]
    href = settings().base_url.rstrip("/") + url(f"/help/{article.code}")
    return page(
        f"public/help/{name}.html",
        form=form,
        article=article,
        others=others,
        is_overdue=is_overdue(article),
        review_due_on=review_due_on(article),
        device=mint(),
        href=href,
        qr_code=qr_code(href),
        **place,
    )


@router.post("/{code}/answer")
def answer(page: Render, session: Writing, address: Address, form: ReadForm, code: str) -> Response:
    """Count whether it helped, once a device; who was not helped may tell us the rest."""
    article, token = offered_article(session, code), counted_once.token_of(page.request, form)
    if (said := form.read(AnswerInput)) is None:  # by a crafted form
        return redirect(url(f"/help/{article.code}"))
    count_answer(session, address, article, token, said.helped == "yes")
    return counted_once.keep(_after_answer(article, said, form.value("programme")), token)


def _after_answer(article: Article, said: AnswerInput, programme: str) -> Response:
    if said.helped == "yes":
        return redirect(
            url(f"/help/{article.code}", programme=programme), "Thank you. Good to hear that it helped."
        )
    return redirect(url(f"/help/{article.code}/not-helped", programme=programme))


@router.get("/{code}/not-helped")
def not_helped(page: Render, session: Reading, form: ReadForm, code: str) -> Response:
    """What else may help, and a report that knows already what it is about."""
    return _article_page(page, session, form, "not_helped", code)


@router.post("/{code}/report")
def tell_us(page: Render, session: Writing, address: Address, form: ReadForm, code: str) -> Response:
    """Begin a report of what a help page did not put right."""
    article = offered_article(session, code)
    programme = article.programme or form.value("programme")
    return report_from_help.begin_report(page, session, address, article, programme)


@router.get("/{code}/poster")
def poster(page: Render, session: Reading, form: ReadForm, code: str) -> Response:
    """A sheet for a wall, with a QR code that leads to the help page."""
    return _article_page(page, session, form, "poster", code)
