"""What each page of the report wizard offers to choose from, and who reads for whoever is not sure where."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from navigator.catalogue.accepting_reports import ServiceOffer
from navigator.catalogue.articles import Article, articles_for
from navigator.catalogue.device_needs import device_needs_of
from navigator.catalogue.fixability import questions_that_decide
from navigator.catalogue.lookups import override_for, programme_by_code, programmes_of, service_by_code
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.tickets.reports.common_problems import common_problems
from navigator.triage.cues import cues_in_text
from web.public import report_categories, report_steps
from web.public.report_forms import NOT_SURE, PlaceAnswer

Answers = Mapping[str, Any]


def settle_place(session: Session, place: PlaceAnswer, offers: Sequence[ServiceOffer]) -> None:
    """Put in who reads for whoever is not sure of their service; refuse what is not offered there."""
    programme = "" if place.programme == NOT_SURE else place.programme
    place.service_is_unsure = place.service == NOT_SURE
    if place.service_is_unsure:
        place.service, programme = _reader_for_unsure(offers, programme)
    place.programme = programme
    programme_by_code(session, service_by_code(session, place.service), programme)


def _reader_for_unsure(offers: Sequence[ServiceOffer], programme: str) -> tuple[str, str]:
    """The service that alone has their programme, else the one set to read for them; and the programme."""
    have_it = [offer for offer in offers if programme in {each.code for each in offer.programmes}]
    readers = [offer for offer in offers if offer.service.takes_unsure]
    if not readers:
        raise Invalid("There is a problem", {"service": "Choose your service"})
    if len(have_it) == 1:
        return have_it[0].service.code, programme
    reader = next((offer for offer in readers if offer in have_it), readers[0])
    return reader.service.code, programme if reader in have_it else ""


def place_context(offers: Sequence[ServiceOffer]) -> dict[str, Any]:
    """The services to choose from, and which of them reads for whoever is not sure."""
    reader = next((offer.service for offer in offers if offer.service.takes_unsure), None)
    return {"offers": offers, "reads_for_unsure": reader}


def what_applies(session: Session, answers: Answers) -> dict[str, Any]:
    """The articles and the closed questions of the chosen category in the programme, by their codes."""
    programme = _programme(session, answers)
    category = report_categories.category_chosen(answers)
    override = override_for(session, programme.id if programme else None, category.id if category else None)
    told = cues_in_text(answers.get("words", {}).get("text", ""))
    questions = questions_that_decide(category, override, told) if category else ()
    return {
        "articles": [article.code for article in articles_of(session, answers)],
        "questions": [question.id for question in questions],
    }


def articles_of(session: Session, answers: Answers) -> list[Article]:
    """The knowledge base articles on the chosen category."""
    category, place = report_categories.category_chosen(answers), answers.get("place", {})
    return articles_for(session, category.id, place.get("programme")) if category else []


def _service(session: Session, answers: Answers) -> Service | None:
    code = answers.get("place", {}).get("service")
    return service_by_code(session, code) if code else None


def _programme(session: Session, answers: Answers) -> Programme | None:
    service = _service(session, answers)
    return programme_by_code(session, service, answers["place"]["programme"]) if service else None


def step_context(session: Session, name: str, answers: Answers) -> dict[str, Any]:
    """What the page of a step, or the one to check them all, is drawn from."""
    return _CONTEXTS[name](session, answers) if name in _CONTEXTS else {}


def _words_context(session: Session, answers: Answers) -> dict[str, Any]:
    return {"common": common_problems(session, _programme(session, answers))}


def _which_context(_: Session, answers: Answers) -> dict[str, Any]:
    likely = report_categories.likely_categories(answers)
    return {"likely": likely, "is_sure": report_categories.category_told(answers) in likely[:1]}


def _try_context(session: Session, answers: Answers) -> dict[str, Any]:
    return {
        "articles": articles_of(session, answers),
        "has_fix": report_categories.has_fix(answers),
        "can_check": _can_check(session, answers),
        "questions": report_categories.questions_asked(answers),
    }


def _can_check(session: Session, answers: Answers) -> bool:
    """Whether the phone may be what is wrong, and it is known what the programme needs of it."""
    category, programme = report_categories.category_chosen(answers), _programme(session, answers)
    may_be_device = category is not None and category.may_be_device and programme is not None
    return may_be_device and device_needs_of(session, programme.id if programme else None) is not None


def _session_context(_: Session, __: Answers) -> dict[str, Any]:
    return {"days": report_steps.days_offered()}


def _reach_context(_: Session, answers: Answers) -> dict[str, Any]:
    """Whether somebody must look up the account; by a card it can be found."""
    category = report_categories.category_chosen(answers)
    has_card = bool(answers.get("card", {}).get("support_code"))
    return {"asks_account": category is not None and bool(category.account_reason) and not has_card}


def _check_context(session: Session, answers: Answers) -> dict[str, Any]:
    service = _service(session, answers)
    return _reach_context(session, answers) | {
        "programmes": programmes_of(session, service.id) if service else (),
        "questions": report_categories.questions_asked(answers),
    }


_CONTEXTS = {
    "words": _words_context,
    "which": _which_context,
    "try": _try_context,
    "session": _session_context,
    "reach": _reach_context,
    "check": _check_context,
}
