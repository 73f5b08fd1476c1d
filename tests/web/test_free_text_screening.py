"""Every box that a person can type in is known here, and what is written in it reaches the safety screen."""

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import BaseModel
from sqlmodel import Session, select

from navigator.people.actor import ANONYMOUS, reporter
from navigator.problems import inputs as problems
from navigator.problems import notice_inputs
from navigator.records import holds, requests
from navigator.shared_problems import elsewhere, published
from navigator.support_cards import card_input
from navigator.tickets import (
    booking_inputs,
    confirmed_words,
    contact_inputs,
    inclusion_inputs,
    inputs,
    outcome_input,
    report_input,
)
from navigator.tickets.actions import calls, no_concern, reply_drafts, staff
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions.snooze import snooze
from navigator.tickets.actions.split import split
from navigator.tickets.enums import CallOutcome
from navigator.tickets.inputs import CallInput, PicturesInput, SayInput, SnoozeInput, SplitInput
from navigator.tickets.queue import filters
from navigator.tickets.report_input import ContactInput, ReportInput, StaffReportInput
from navigator.tickets.reports import drafts
from navigator.tickets.ticket import ClinicalReview
from tests.people import People
from web.desk import card_engagement, clinical_reviews, new_report, support_cards
from web.public import card, help_search, report_forms, report_steps, track, usability

RISK = "I want to end my life"
ROOMS = (
    inputs,
    booking_inputs,
    confirmed_words,
    contact_inputs,
    inclusion_inputs,
    outcome_input,
    report_input,
    filters,
    reply_drafts,
    no_concern,
    problems,
    notice_inputs,
    report_forms,
    help_search,
    track,
    new_report,
    clinical_reviews,
    card_input,
    support_cards,
    card_engagement,
    card,
    published,
    elsewhere,
    usability,
    requests,
    holds,
)

UNSEEN = {
    "requests.FindInput.who": "by what a person is looked for; forgotten once it is done",
    "requests.ChoiceInput.mentions": "names of rows, each looked up in what was found",
    "requests.WithholdInput.pieces": "names of rows, which are only compared",
    "requests.WithholdInput.reason": "why staff leave something out of a copy",
    "requests.CorrectInput.number": "its shape leaves no room for a sentence",
    "requests.CorrectInput.wrong": "becomes a note, which the screen reads",
    "requests.CorrectInput.right": "becomes a note, which the screen reads",
    "holds.HoldInput.number": "its shape leaves no room for a sentence",
    "holds.HoldInput.reason": "why staff hold a ticket",
    "report_input.ContactMethodInput.email": "an address: its shape leaves no room for a sentence",
    "report_input.ContactMethodInput.phone": "a number: its shape leaves no room for a sentence",
    "report_input.ReportInput.service": "a code, looked up in a list",
    "report_input.ReportInput.programme": "a code, looked up in a list",
    "report_input.ReportInput.category": "a code, looked up in a list",
    "report_input.ReportInput.answers": "codes: what is in no list is dropped",
    "booking_inputs.BookCallInput.phone": "a number: its shape leaves no room for a sentence",
    "inputs.TriageInput.category": "a code, looked up in a list",
    "inputs.TriageInput.workaround": "written by a navigator to the reporter",
    "inputs.WriteInput.sort_as": "a code, looked up in a list",
    "inputs.SplitInput.category": "a code, looked up in a list",
    "inputs.RedactInput.words": "words that the screen read where they stand; those of risk are not removed",
    "confirmed_words.ConfirmedWords.body": "written by a navigator to the reporter",
    "inputs.ResolveInput.body": "written by a navigator to the reporter",
    "inputs.ReviewRequestInput.reason": "opens a hand-over whatever it says",
    "outcome_input.OutcomeInput.passed_to": "written by the clinician",
    "outcome_input.OutcomeInput.outcome": "written by the clinician",
    "outcome_input.OutcomeInput.for_navigators": "written by the clinician",
    "inputs.NewProblemInput.service": "a code, looked up in a list",
    "inputs.NewProblemInput.programme": "a code, looked up in a list",
    "inputs.OutageInput.programme": "a code, looked up in a list",
    "inputs.OutageInput.category": "a code, looked up in a list",
    "inputs.ProblemInput.category": "a code, looked up in a list",
    "inputs.ProblemInput.title": "written by staff about a programme",
    "inputs.ProblemInput.known": "written by staff about a programme",
    "inputs.ProblemInput.versions": "written by staff about a programme",
    "inputs.ProblemInput.steps": "written by staff about a programme",
    "inputs.ProblemInput.expected": "written by staff about a programme",
    "inputs.ProblemInput.actual": "written by staff about a programme",
    "notice_inputs.NoticeInput.body": "written by staff about a programme",
    "inputs.SaidInput.body": "written by staff about a programme",
    "inputs.ProblemInput.workaround": "written by staff about a programme",
    "inputs.ProblemInput.supplier_reference": "written by staff about a programme",
    "inputs.UpdateInput.body": "written by a navigator to all linked reporters",
    "inputs.StatusInput.body": "written by a navigator to all linked reporters",
    "reply_drafts.ReplyDraftInput.body": "its writer is told what the screen heard; screened again when said",
    "no_concern.NoConcernInput.reason": "goes to the clinician of a review that is open",
    "reply_drafts.ReplyDraftInput.address": "a code, looked up in a list",
    "filters.Filters.service": "a code, looked up in a list",
    "filters.Filters.programme": "a code, looked up in a list",
    "filters.Filters.group": "a code, looked up in a list",
    "filters.Filters.category": "a code, looked up in a list",
    "filters.Filters.text": "looked for by staff; kept only in a view that they save",
    "inputs.NameInput.name": "what staff call a list of tickets",
    "inputs.ViewInput.query": "filters, each checked: what else an address says is refused",
    "new_report.SimilarQuery.service": "a code, looked up in a list",
    "new_report.SimilarQuery.programme": "a code, looked up in a list",
    "new_report.SimilarQuery.category": "a code, looked up in a list",
    "new_report.SimilarQuery.text": "compared and forgotten; what the screen hears is said at once",
    "report_forms.ReachByAnswer.reach_by": "goes to the clinician of a hand-over that is open",
    "report_forms.PlaceAnswer.service": "a code, looked up in a list",
    "report_forms.PlaceAnswer.programme": "a code, looked up in a list",
    "report_forms.WordsAnswer.common": "a code, looked up in a list",
    "report_forms.WhichAnswer.category": "a code, looked up in a list",
    "report_forms.TryAnswer.fixed": "a code, looked up in a list",
    "report_forms.TryAnswer.answers": "codes: what is in no list is dropped",
    "report_forms.ReachAnswer.access_needs": "codes, each looked up in a list",
    "report_input.ContactInput.access_needs": "codes, each looked up in a list",
    "contact_inputs.HowReachedInput.access_needs": "codes, each looked up in a list",
    "contact_inputs.HowReachedInput.page_language": "a code, looked up in a list",
    "inclusion_inputs.NeedsInput.access_needs": "codes, each looked up in a list",
    "inclusion_inputs.OfferInput.kind": "a code, looked up in a list",
    "usability.AnswersByCard.code": "its shape leaves no room for a sentence",
    "report_forms.ReachAnswer.call_phone": "a number: its shape leaves no room for a sentence",
    "report_forms.ReachAnswer.other_email": "an address: its shape leaves no room for a sentence",
    "report_forms.ReachAnswer.other_phone": "a number: its shape leaves no room for a sentence",
    "card_input.CardInput.service": "a code, looked up in a list",
    "card_input.CardInput.programme": "a code, looked up in a list",
    "card_input.CardInput.practitioner": "compared and forgotten",
    "card_input.CardInput.label": "refused where the screen hears something, for nobody reads a card",
    "card_input.CardContactInput.needs": "refused where the screen hears something",
    "card_input.CardContactInput.language": "refused where the screen hears something",
    "support_cards.CodeForm.code": "compared and forgotten",
    "support_cards.ListForm.service": "a code, looked up in a list",
    "support_cards.ListForm.text": "each line is the input of a card",
    "card_engagement.UseForm.service": "a code, looked up in a list",
    "card_engagement.UseForm.text": "codes and days: a line that is anything else is refused, and not kept",
    "card.CardCode.code": "its shape leaves no room for a sentence",
    "card.CardCode.afresh": "a hidden yes",
    "help_search.SearchInput.sought": "screened first, kept as a draft: tests/web/public/test_help_pages.py",
    "help_search.SearchInput.programme": "a code, looked up in a list",
    "published.PublishInput.title": "written by staff about a programme",
    "published.PublishInput.known": "written by staff about a programme",
    "published.PublishInput.workaround": "written by staff about a programme",
    "published.PublishInput.versions": "written by staff about a programme",
    "elsewhere.AdoptInput.service": "a code, looked up in a list",
    "elsewhere.AdoptInput.programme": "a code, looked up in a list",
    "elsewhere.AdoptInput.category": "a code, looked up in a list",
    "track.LostLinkInput.reference": "compared and forgotten",
    "track.LostLinkInput.phone": "a number: its shape leaves no room for a sentence",
    "track.LostLinkInput.email": "compared and forgotten",
}
"""Boxes whose words no screen sees, each with why that is right."""


def boxes(room: ModuleType) -> Iterator[str]:
    """Every field of a room's own models that takes words."""
    for name, model in inspect.getmembers(room, inspect.isclass):
        if issubclass(model, BaseModel) and model.__module__ == room.__name__:
            own = inspect.get_annotations(model)
            for field in own.keys() & model.model_fields.keys():
                if str in _kinds(get_type_hints(model)[field]):
                    yield f"{room.__name__.rsplit('.', 1)[1]}.{name}.{field}"


def _kinds(annotation: Any) -> set[Any]:
    parts = get_args(annotation)
    return {annotation}.union(*(_kinds(part) for part in parts)) if parts else {annotation}


def _report(session: Session, _: People, **typed: Any) -> None:
    staff.report(session, ANONYMOUS, ReportInput(service="north", category="other.suggestion", **typed))


def _label(session: Session, people: People) -> None:
    told = StaffReportInput(service="north", category="other.suggestion", known_as=RISK)
    staff.report(session, people.priya, told)


def _ticket(session: Session) -> int:
    return staff.report(session, ANONYMOUS, ReportInput(service="north", text="it is slow")).ticket.number


def _answer(session: Session, _: People, said: SayInput) -> None:
    number = _ticket(session)
    following.answer(session, reporter(number), number, said)


def _note(session: Session, people: People, said: SayInput) -> None:
    staff.note(session, people.amina, _ticket(session), said)


def _call(session: Session, people: People) -> None:
    calls.call(session, people.amina, _ticket(session), CallInput(came=CallOutcome.SPOKE, body=RISK))


def _snooze(session: Session, people: People) -> None:
    snooze(session, people.amina, _ticket(session), SnoozeInput(until="morning", body=RISK))


def _split(session: Session, people: People) -> None:
    split(session, people.amina, _ticket(session), SplitInput(body=RISK))


HEARD: dict[str, Callable[[Session, People], None]] = {
    "report_input.ReportInput.text": partial(_report, text=RISK),
    "report_input.ReportInput.practitioner": partial(_report, practitioner=RISK),
    "report_input.ReportInput.support_code": partial(_report, support_code=RISK),
    "report_input.ReportInput.found_by": partial(_report, found_by=RISK),
    "report_input.ContactInput.best_time": partial(_report, contact=ContactInput(best_time=RISK)),
    "report_input.StaffReportInput.known_as": _label,
    "report_input.ContactInput.needs": partial(_report, contact=ContactInput(needs=RISK)),
    "report_input.ContactInput.language": partial(_report, contact=ContactInput(language=RISK)),
    "inputs.SayInput.body as an answer": partial(_answer, said=SayInput(body=RISK)),
    "inputs.PicturesInput.body": partial(_answer, said=PicturesInput(body=RISK)),
    "inputs.SayInput.body as a note": partial(_note, said=SayInput(body=RISK)),
    "inputs.CallInput.body": _call,
    "inputs.SnoozeInput.body": _snooze,
    "inputs.SplitInput.body": _split,
}

STEPS = {
    "report_forms.WordsAnswer.text",
    "report_forms.SessionAnswer.practitioner",
    "report_forms.ReachAnswer.best_time",
    "report_forms.ReachAnswer.needs",
    "report_forms.ReachAnswer.language",
    "report_forms.ReachAnswer.found_by",
}
"""Boxes of the journey: a draft is screened as it is kept, so that words abandoned there are answered too."""


def test_every_box_is_known_here():
    found = {box for room in ROOMS for box in boxes(room)}
    assert len(found) > 20
    known = UNSEEN.keys() | {box.split(" ")[0] for box in HEARD} | STEPS
    assert found - known == set(), "new boxes: let the screen see them, or say here why not"
    assert known - found == set(), "boxes that are gone"


@pytest.mark.parametrize("box", HEARD)
def test_what_is_written_in_it_is_heard(session: Session, people: People, box: str):
    HEARD[box](session, people)
    session.exec(select(ClinicalReview)).one()


@pytest.mark.parametrize("box", sorted(STEPS))
def test_what_is_typed_on_the_way_is_heard_before_it_is_sent(session: Session, box: str):
    _, model, field = box.split(".")
    step = next(step.name for step in report_steps.STEPS if step.model.__name__ == model)
    draft, _ = drafts.start_draft(session)
    assert drafts.save_answers(draft, {step: {field: RISK}})
    assert draft.is_of_concern
