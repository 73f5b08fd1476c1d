"""What a supplier is told of a fault: rounded counts, words that were cleared, and nobody in them."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlmodel import Session, col, select

from navigator.catalogue.service import Service
from navigator.errors import Conflict, Forbidden, NotFound
from navigator.people.actor import SYSTEM, Actor, reporter
from navigator.people.reporter import Reporter
from navigator.people.support_card import SupportCard
from navigator.problems import records
from navigator.problems.affected import count_me
from navigator.problems.problem import Problem
from navigator.problems.supplier_entry import SupplierStep
from navigator.problems.supplier_pack import SupplierPack, problem_pack, ticket_pack, words_as_they_leave
from navigator.tickets.actions import clear_words as clearing
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.actions.redact import redact, redactable
from navigator.tickets.device_check import Aspect, DeviceCheck, Finding, to_json
from navigator.tickets.inputs import RedactInput, SayInput
from navigator.tickets.ticket import Event, Ticket
from tests.navigator.problems.test_problems import opened
from tests.navigator.tickets.report_factory import link_and_tell, tell
from tests.people import People

NAMES = ("Zebedee", "Featherstone", "Amina", "Yusuf", "Priya", "Shah", "Ottoline")
CODES = (
    "DN-000001",
    "DN-00",
    "canary@person.example",
    "07700 900 982",
    "7700900982",
    "943 476 5919",
    "M1 1AE",
)
CANARIES = (*NAMES, *CODES, "4EX-7VE-33R2", "fern-user-88121")
SENTENCE = (
    "Zebedee Featherstone and amina yusuf, DN-000001, canary@person.example, 07700 900 982, +447700900982, "
    "943 476 5919, M1 1AE, 4EX-7VE-33R2, https://fern.example/u/88121 fern-user-88121 of Priya’s"
)


def shown(pack: SupplierPack) -> dict[str, str]:
    """A pack in each form in which it leaves."""
    pages = PdfReader(BytesIO(pack.as_pdf())).pages
    printed = " ".join(" ".join(page.extract_text() for page in pages).split())
    return {
        "text": f"{pack.title}\n{pack.as_text()}",
        "markdown": pack.as_markdown().replace("\\", ""),
        "pdf": printed,
    }


def assert_nobody(pack: SupplierPack) -> None:
    for form, words in shown(pack).items():
        found = [canary for canary in CANARIES if canary.lower() in words.lower()]
        assert found == [], form


@pytest.fixture
def planted(session: Session, people: People) -> Ticket:
    """A report with a canary in every field that it has."""
    card = SupportCard(
        service_id=people.north,
        programme_id=1,
        code="4EX-7VE-33R2",
        label="Zebedee Featherstone",
        pwp_id=None,
    )
    session.add(card)
    return tell(
        session,
        text=f"It says no. {SENTENCE}",
        practitioner="Ottoline Shah",
        support_code="4EX-7VE-33R2",
        found_by="fern-user-88121",
        contact={
            "route": "email",
            "email": "canary@person.example",
            "phone": "07700 900 982",
            "best_time": "Zebedee before nine",
            "needs": "Featherstone needs large print",
            "language": "Zebedee speaks Polish",
        },
    )


def clear(session: Session, actor: Actor, ticket: Ticket, is_cleared: bool = True) -> None:
    clearing.clear_words(session, actor, ticket.number, None, is_cleared)


@pytest.mark.parametrize(
    "field", ["title", "known", "versions", "steps", "expected", "actual", "workaround", "supplier_reference"]
)
def test_no_field_of_a_problem_lets_anybody_out(
    session: Session, people: People, planted: Ticket, field: str
):
    typed = {"title": "It says no", field: SENTENCE[:200]}
    problem = opened(session, people.amina, **typed)
    link_and_tell(session, people.amina, planted, problem.id)
    assert_nobody(problem_pack(session, problem))
    assert_nobody(ticket_pack(session, planted))


def test_no_field_of_a_report_lets_anybody_out(session: Session, people: People, planted: Ticket):
    problem = opened(session, people.amina)
    link_and_tell(session, people.amina, planted, problem.id)
    staff.note(session, people.amina, planted.number, SayInput(body=SENTENCE))
    following.answer(session, reporter(planted.number), planted.number, SayInput(body=SENTENCE))
    findings = to_json([Finding(Aspect.BROWSER, "Safari 12.1", "Safari 15.4", is_fault=True)])
    session.add(DeviceCheck(ticket_number=planted.number, origin_number=planted.number, findings=findings))
    session.flush()
    for pack in (problem_pack(session, problem), ticket_pack(session, planted)):
        assert_nobody(pack)
        assert "It says no" not in pack.as_text()  # nobody has cleared it
        assert "Safari" not in pack.as_text()  # of one phone
    clear(session, people.amina, planted)
    for pack in (problem_pack(session, problem), ticket_pack(session, planted)):
        assert_nobody(pack)
        assert "It says no. [removed]" in pack.as_text()


@pytest.mark.parametrize(
    "code", ["4EX  7VE  33R2", "4ex\n7ve\n33r2", "4EX–7VE–33R2", "4EX.7VE.33R2", "4EX_7VE_33R2"]
)
def test_a_code_is_found_however_it_is_typed(session: Session, people: People, code: str):
    problem = opened(session, people.amina, known=f"Their code {code} is refused")
    assert problem_pack(session, problem).parts["What is known"] == "Their code [removed] is refused"


def test_a_name_of_two_letters_is_a_name_where_it_is_written_so(session: Session, people: People):
    problem = opened(session, people.amina, known="An says that an app of Jo’s is no good. Bo too.")
    for number, called in enumerate(("jo", "An", "Bo")):
        ticket = tell(session, contact={"route": "email", "email": f"p{number}@wren.example"})
        session.get_one(Reporter, ticket.reporter_id).known_as = called
        link_and_tell(session, people.amina, ticket, problem.id)
    words = problem_pack(session, problem).parts["What is known"]
    assert words == "[removed] says that an app of [removed]’s is no good. [removed] too."


def test_a_reference_of_the_supplier_s_own_is_kept(session: Session, people: People):
    problem = opened(session, people.amina, supplier_reference="BH-20931", versions="4.2 and 4.2.1")
    facts = problem_pack(session, problem).facts
    assert (facts["Your reference"], facts["Versions"]) == ("BH-20931", "4.2 and 4.2.1")


def test_counts_are_of_all_services_rounded_and_few_are_hidden(session: Session, people: People):
    problem = opened(session, people.amina, is_public=True)
    for _ in range(4):
        ticket = tell(session, answers={"since": "update"})
        link_and_tell(session, people.amina, ticket, problem.id)
    facts = problem_pack(session, problem).facts
    assert facts["Reports"] == "fewer than 5"
    assert "Last reported" not in facts
    for _ in range(4):
        theirs = tell(session, service="south")
        link_and_tell(session, people.sam, theirs, problem.id)
    facts = problem_pack(session, problem).facts
    assert (facts["Reports"], facts["Reported by"]) == ("about 10", "more than one service")
    south = session.get_one(Service, people.south)
    for n in range(6):
        count_me(session, "10.0.0.1", south, problem.id, f"browser {n}")
    facts = problem_pack(session, problem).facts
    assert facts["People who said that they have it too"] == "about 5"
    assert facts["Last reported"] == "Tuesday 9 June"


def linked(session: Session, people: People, **told: Any) -> tuple[Problem, Ticket]:
    problem, ticket = opened(session, people.amina), tell(session, **told)
    return problem, link_and_tell(session, people.amina, ticket, problem.id)


def test_words_leave_only_where_a_person_cleared_them(session: Session, people: People):
    problem, ticket = linked(session, people, text="The wheel turns for ever")
    assert problem_pack(session, problem).words == () or problem_pack(session, problem).words == []
    for other in (people.mo, people.priya, people.sam, SYSTEM):
        with pytest.raises((Forbidden, NotFound)):
            clear(session, other, ticket)
    clear(session, people.amina, ticket)
    assert "The wheel turns" in problem_pack(session, problem).as_text()
    assert "The wheel turns" in ticket_pack(session, ticket).as_text()
    who = clearing.clearance_of(session, clearing.first_words(session, ticket))
    assert who
    assert who[0] == "Amina Yusuf"
    events = session.exec(select(Event).where(Event.action == "clear_words").order_by(col(Event.id))).all()
    assert [event.details["cleared"] for event in events] == [True]
    clear(session, people.tom, ticket, False)
    assert "The wheel turns" not in problem_pack(session, problem).as_text()


def test_words_that_a_clinician_must_read_stay(session: Session, people: People):
    problem, ticket = linked(session, people, text="The wheel turns for ever")
    clear(session, people.amina, ticket)
    request_review(session, SYSTEM, ticket, ["tried"])
    session.flush()
    assert "wheel" not in problem_pack(session, problem).as_text()
    assert "wheel" not in ticket_pack(session, ticket).as_text()
    with pytest.raises(Conflict):
        clear(session, people.amina, ticket)


def test_words_of_a_report_that_was_withdrawn_stay(session: Session, people: People):
    problem, ticket = linked(session, people, text="The wheel turns for ever")
    clear(session, people.amina, ticket)
    following.withdraw(session, reporter(ticket.number), ticket.number)
    session.flush()
    assert "wheel" not in problem_pack(session, problem).as_text()
    assert "wheel" not in ticket_pack(session, ticket).as_text()
    with pytest.raises(Conflict):
        clear(session, people.amina, ticket)


def test_words_that_are_removed_are_removed_from_the_pack(session: Session, people: People):
    problem, ticket = linked(session, people, text="My word is Hunter and it fails")
    clear(session, people.amina, ticket)
    body = problem_pack(session, problem).as_text()
    assert "Hunter" in body
    sent = records.add_step(session, people.amina, problem, SupplierStep.SENT, body=body)
    message = redactable(session, ticket.number)[0].id
    told = RedactInput.model_validate({"message": message, "words": "Hunter", "reason": "password"})
    redact(session, people.amina, ticket.number, told)
    session.flush()
    session.expire_all()
    assert "Hunter" not in problem_pack(session, problem).as_text()
    assert "Hunter" not in sent.body  # nor is our copy of what was sent
    assert words_as_they_leave(session, ticket) == "My word is [removed] and it fails"


def test_what_was_typed_is_no_markup(session: Session, people: People):
    problem = opened(session, people.amina, title="# A *bold* [link](x)", steps="1. Press <b>\n2. Wait")
    text = problem_pack(session, problem).as_markdown()
    assert "# \\# A \\*bold\\* \\[link\\]\\(x\\)" in text
    assert "1. Press \\<b\\>\n\n2. Wait" in text


def test_a_ticket_of_no_problem_has_a_pack_too(session: Session, people: People):
    ticket = tell(session)
    pack = ticket_pack(session, ticket)
    assert pack.facts["Our reference"] == "none: please quote this file"
    assert pack.facts["Programme"] == "Fern"
