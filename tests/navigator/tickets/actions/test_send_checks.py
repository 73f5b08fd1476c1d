"""Before something is said, the desk asks about what is easily regretted, and about nothing else."""

import pytest
from sqlmodel import Session

from navigator.catalogue.contact import Contact
from navigator.people import actor
from navigator.people.actor import ANONYMOUS
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import reporter, staff
from navigator.tickets.actions.send_checks import has_nhs_number, send_warnings
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import SayInput
from navigator.tickets.report_input import ReportInput
from tests.people import People


def asked(
    session: Session, people: People, body: str, action: Action = Action.REPLY, **contact: object
) -> str:
    told = ReportInput.model_validate({"service": "north", "text": "it is slow", "contact": contact})
    number = staff.report(session, ANONYMOUS, told).ticket.number
    return " ".join(send_warnings(session, ticket_detail(session, people.amina, number), action, body))


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("Your new password is Sunny-42", "password"),
        ("I set the password to: kettle99", "password"),
        ("Password: Spring2026!", "password"),
        ("Your NHS number 943 476 5919 is wrong there", "NHS number"),
        ("Please call 07700 900 982", "phone number"),
        ("Please call +44 1632 960 001", "phone number"),
    ],
)
def test_it_asks(session: Session, people: People, body: str, word: str):
    assert word in asked(session, people, body)


@pytest.mark.parametrize(
    "body",
    [
        "You can choose a new password now: press Forgot password.",
        "Your password is not the problem. The password is wrong on the old site only.",
        "The code is in your email. DN-000123 is your reference.",
        "It will be ready on 12 December 2026 at 10:30.",
        "Dear Pat, it works again. Kind regards, Amina",
        "Ring us on 01632 960 111 if it does not.",
        "From abroad it is +44 (0)1632 960111.",
    ],
)
def test_it_does_not_ask_about_what_is_in_order(session: Session, people: People, body: str):
    session.add(Contact(service_id=people.north, kind="booking", role_name="Desk", phone="01632 960111"))
    assert asked(session, people, body) == ""


def test_a_note_that_reads_like_a_reply_is_asked_about(session: Session, people: People):
    assert "looks like a reply" in asked(session, people, "Hi Pat, it works again.", Action.NOTE)
    assert "looks like a reply" in asked(session, people, "Done.\nKind regards, Amina", Action.NOTE)
    assert asked(session, people, "Pat said hi, it works", Action.NOTE) == ""
    assert asked(session, people, "Hello, nobody there", Action.CALL) == ""


def test_it_says_when_contact_is_not_safe(session: Session, people: People):
    assert "not safe" in asked(session, people, "It works", is_safe=False)
    assert asked(session, people, "It works", is_safe=True) == ""
    assert asked(session, people, "called", Action.CALL, is_safe=False) == ""


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("943 476 5919", True),
        ("9434765919", True),
        ("943 476 5918", False),
        ("987 654 3210", True),
        ("1234567890", False),
    ],
)
def test_the_check_digit_tells_an_nhs_number_from_ten_digits(text: str, is_one: bool):
    assert has_nhs_number(text) is is_one


@pytest.mark.parametrize("action", [Action.REPLY, Action.WRITE_TO_PERSON])
def test_it_asks_before_the_same_words_are_sent_twice(session: Session, people: People, action: Action):
    """Who went back found what they had sent in the box, and sent it again."""
    told = ReportInput.model_validate({"service": "north", "text": "it is slow", "contact": {}})
    number = staff.report(session, ANONYMOUS, told).ticket.number

    def warned(body: str) -> bool:
        return bool(send_warnings(session, ticket_detail(session, people.amina, number), action, body))

    assert not warned("Which phone is it?")
    staff.reply(session, people.amina, number, SayInput(body="Which phone is it?"))
    assert warned("Which  phone is it?\r\n")
    assert not warned("Which tablet is it?")
    staff.note(session, people.amina, number, SayInput(body="Rang twice."))
    assert warned("Which phone is it?")
    reporter.answer(session, actor.reporter(number, frozenset({number})), number, SayInput(body="An old one"))
    assert not warned("Which phone is it?")
