"""Nothing of a report is lost on its way: each box is a field, each is stored, and somebody is shown it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlmodel import Session

from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ReporterKind
from navigator.tickets.actions import staff
from navigator.tickets.inputs import TriageInput
from navigator.tickets.report_input import ContactInput, ReportInput
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from tests.web.report_journey import ANSWERS, tell
from web.app import app
from web.kit.templating import TEMPLATES
from web.public import report_steps
from web.public.report_forms import PlaceAnswer

PAGES = {file.stem: file for file in sorted((TEMPLATES / "public/report").glob("*.html"))}
MODELS: dict[str, type[BaseModel]] = {step.name: step.model for step in report_steps.STEPS} | dict[
    str, type[BaseModel]
](
    begun=PlaceAnswer,  # what a printed link filled in goes on
)
INTERPRETED = {
    "common": "category, where one was tapped",
    "fixed": "whether there is anything to send",
    "has_fix": "whether it must be said if a fix helped",
    "known": "whether the date counts",
    "call_phone": "contact.phone, where a call was chosen",
    "safe": "contact.is_safe, where it was asked",
    "other_email": "contact.email, to be used if a text does not arrive",
    "other_phone": "contact.phone, to be used if an email does not arrive",
}
"""Fields of steps that are no field of a report, each with what is made of it."""

_BOX = re.compile(r"\b(?:field|textarea|select|radios|checkbox(?:es)?|date_input)\(\s*form,\s*\"([^\"]+)\"")
_HIDDEN = re.compile(r"\bhidden\(\s*\"([^\"]+)\"")


def boxes(page: Path) -> set[str]:
    """The names of all boxes in the source of a page, seen or not, as fields of a model."""
    source = page.read_text()
    assert not re.search(r"<(input|textarea|select)\b", source), f"{page.stem}: use the macros"
    return {name.split(".")[0] for name in _BOX.findall(source) + _HIDDEN.findall(source)}


@pytest.mark.parametrize("page", PAGES)
def test_every_box_is_a_field_of_its_step(page: str):
    """11: a box without a field is dropped, and no screen ever sees it."""
    model = MODELS.get(page)
    assert boxes(PAGES[page]) <= (model.model_fields.keys() if model else set())


def test_every_step_has_its_page():
    assert MODELS.keys() <= PAGES.keys()
    assert sum(len(boxes(file)) for file in PAGES.values()) > 12


def test_what_is_shown_on_the_way_is_a_field_too(people: People):
    """11: what macros put into a page counts as well as what stands in its source."""
    visitor = Visitor(app)
    for step in ANSWERS:
        tell(visitor, step)
        shown = {one.attributes["name"] or "" for one in visitor.page.css("main form [name]")}
        names = {re.sub(r"(\..*|-(day|month|year))$", "", name) for name in shown}
        assert names <= MODELS[step].model_fields.keys(), step


def _parts(annotation: Any, metadata: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any]]:
    """What an annotation allows: its types, and what limits them."""
    for one in metadata:
        yield from (("limit", each) for each in (one.metadata if isinstance(one, FieldInfo) else [one]))
    if get_origin(annotation) is Annotated:
        inner, *limits = get_args(annotation)
        yield from _parts(inner, tuple(limits))
    elif get_origin(annotation) is Union or type(annotation).__name__ == "UnionType":
        for one in get_args(annotation):
            yield from _parts(one)
    else:
        yield ("type", annotation)


def allowed(field: FieldInfo, which: str) -> set[str]:
    """The types of a field, or its limits."""
    return {repr(one) for kind, one in _parts(field.annotation, tuple(field.metadata)) if kind == which}


@pytest.mark.parametrize("step", report_steps.BY_NAME)
def test_no_step_takes_what_a_report_would_refuse(step: str):
    """11: a type wider than the report's is taken, and crashes when it is sent."""
    for name, field in MODELS[step].model_fields.items():
        report = ReportInput.model_fields.get(name) or ContactInput.model_fields.get(name)
        if report is None:
            assert name in INTERPRETED, f"{name} is no field of a report: it would be lost"
            continue
        assert allowed(field, "type") <= allowed(report, "type"), name
        assert allowed(report, "limit") <= allowed(field, "limit"), name


FILLED: dict[str, Any] = {
    "service": "north",
    "programme": "fern",
    "category": "access.forgotten_password",
    "text": "The reset page shows a heron",
    "service_is_unsure": True,
    "is_none_suggested": True,
    "answers": {"tried_usual_fix": "yes"},
    "next_session": "2026-06-19",
    "session_is_weekly": True,
    "practitioner": "Zebedee Quill",
    "contact": {
        "route": "email",
        "email": "pat@post.example",
        "phone": "01632 960001",
        "other_is_safe": True,
        "is_safe": True,
        "best_time": "After the wren",
        "voicemail_is_safe": False,
        "access_needs": ["large_print"],
        "needs": "A large kestrel",
        "language": "Cornish",
        "quiet_from_hour": 20,
        "quiet_until_hour": 8,
    },
    "reporter": "patient",
    "support_code": "RTT-77",
    "found_by": "P.Q., quill@post.example",
}
SHOWN: dict[str, str] = {
    "service": "North Talking Therapies",
    "programme": "Fern",
    "category": "They chose I forgot my password",
    "text": "The reset page shows a heron",
    "service_is_unsure": "They are not sure of their service",
    "is_none_suggested": "None of what the desk suggested",
    "answers": "Did you choose a new one, and it was refused? Yes, and it did not help",
    "next_session": "Friday 19 June",
    "session_is_weekly": ", weekly",
    "practitioner": "Zebedee Quill (not confirmed)",
    "contact.route": "Email to",
    "contact.email": "pat@post.example",
    "contact.phone": "01632 960001",
    "contact.is_safe": "They said that it is safe",
    "contact.other_is_safe": "If that does not arrive: text or call 01632 960001",
    "contact.best_time": "After the wren",
    "contact.voicemail_is_safe": "Leave no message",
    "contact.access_needs": "Large print. A large kestrel",
    "contact.needs": "A large kestrel",
    "contact.language": "Cornish",
    "contact.quiet_from_hour": "Not between 20:00 and 8:00",
    "contact.quiet_until_hour": "Not between 20:00 and 8:00",
    "reporter": "A patient",
    "support_code": "RTT-77",
    "found_by": "P.Q., quill@post.example",
}
"""What stands on the ticket's page for each field of a report."""


def report_fields() -> set[str]:
    contact = {f"contact.{name}" for name in ContactInput.model_fields}
    return ReportInput.model_fields.keys() - {"contact"} | contact


def filed(session: Session, **otherwise: Any) -> int:
    report = ReportInput.model_validate(FILLED | otherwise)
    number = staff.report(session, ANONYMOUS, report).ticket.number
    session.flush()
    return number


def test_every_field_of_a_report_is_shown_to_somebody(enter: Enter, session: Session, people: People):
    """11: what is stored and shown to nobody might as well not have been asked."""
    assert SHOWN.keys() == FILLED_FIELDS == report_fields(), "a new field: say where it is shown"
    number = filed(session)
    seen = ""
    for who in ("amina", "cole"):
        visitor = enter(who)
        visitor.get(f"/tickets/{number}")
        seen += visitor.text
    assert {field: words for field, words in SHOWN.items() if words not in seen} == {}


FILLED_FIELDS = FILLED.keys() - {"contact"} | {f"contact.{name}" for name in FILLED["contact"]}


@pytest.mark.parametrize(
    ("contact", "words"),
    [
        ({"route": "phone", "email": "pat@post.example", "phone": "01632 960001 ext 12"}, "pat@post.example"),
        ({"route": "phone", "email": "pat@post.example", "phone": "01632 960001 ext 12"}, "960001 ext 12"),
        ({"route": "none", "email": "pat@post.example"}, "pat@post.example"),
        ({"route": "none", "phone": "01632 960001"}, "01632 960001"),
        (
            {"route": "email", "email": "pat@post.example", "phone": "01632 960001", "is_safe": False},
            "01632 960001",
        ),
        ({"phone": "01632 960001", "is_safe": False}, "01632 960001"),
        ({"is_safe": False}, "They said that it is not safe"),
        ({}, "was not asked"),
    ],
)
def test_whatever_is_known_of_how_to_reach_somebody_is_shown(
    enter: Enter, session: Session, people: People, contact: dict[str, Any], words: str
):
    """11: an address that was given beside the one that was chosen, too."""
    amina = enter("amina")
    amina.get(f"/tickets/{filed(session, contact=contact)}")
    assert words in amina.text


def test_what_was_answered_stays_when_it_is_sorted_otherwise(enter: Enter, session: Session, people: People):
    """11: and as it was answered, not to a question of the same name that another category asks."""
    number = filed(session)
    staff.triage(session, people.amina, number, TriageInput(category="access.signed_out"))
    session.flush()
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    assert SHOWN["answers"] in amina.text
    assert "Did you check these settings" not in amina.text


def test_a_practitioner_who_reports_is_shown_as_one(enter: Enter, session: Session, people: People):
    amina = enter("amina")
    amina.get(f"/tickets/{filed(session, reporter=ReporterKind.PWP)}")
    assert "A practitioner" in amina.text
