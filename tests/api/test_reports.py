"""Reporting a problem from another system."""

import json
from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from api import schemas
from api.schemas import ReportBody
from navigator import clock
from navigator.outbox.outbox_message import OutboxMessage
from navigator.outbox.urls import PRIVATE_LINK
from navigator.people.api_keys import ApiKey
from navigator.people.rate_limit import Limit
from navigator.people.reporter import Reporter, ReporterLink
from navigator.people.user import Role
from navigator.settings import settings
from navigator.tickets.actions import messages, staff
from navigator.tickets.reports import limits
from navigator.tickets.ticket import Channel, ClinicalReview, Message, Ticket
from tests.api.conftest import WORDS

RISK = "I can not do this any more, I want to end my life."
TOLD = {
    "service": "north",
    "programme": "fern",
    "category": "access.forgotten_password",
    "body": "I forgot my password and cannot log in.",
    "next_session": "2026-06-11",
    "contact": {"route": "email", "email": "patient@example.org"},
}


def tickets(session):
    return list(session.exec(select(Ticket).order_by(col(Ticket.number))))


def test_a_report_is_answered_with_what_happens_next(anybody, session, people):
    answer = anybody.post("/reports", json=TOLD)
    (ticket,) = tickets(session)
    assert answer.status_code == 201
    promise = answer.json()
    assert promise.pop("private_url").startswith(f"http://127.0.0.1:8000{PRIVATE_LINK.format(token='')}")
    assert promise == {
        "number": ticket.number,
        "reference": f"DN-{ticket.number:06d}",
        "category": "access.forgotten_password",
        "fixability": "navigator",
        "fixable": True,
        "reason": ticket.fixability_reason,
        "next_step": ticket.next_step,
        "workaround": ticket.workaround,
        "promises": [
            f"{ticket.fixability_reason} {ticket.next_step}",
            "We try to put it right before your session on Thursday 11 June.",
            "We try to answer you by 10am on Wednesday 10 June.",
        ],
        "due_at": "2026-06-10T11:00:00Z",  # noon in London, the working day before the session
        "safety_notice": None,
        "language_notice": "",
    }
    assert (ticket.channel, ticket.session_on.isoformat()) == (Channel.API, "2026-06-11")


def test_the_private_link_opens_the_ticket_and_is_kept_as_a_hash(anybody, enter, session):
    url = anybody.post("/reports", json=TOLD).json()["private_url"]
    token = url.rpartition("/")[2]
    (ticket,) = tickets(session)
    assert enter(token).get(f"/tickets/{ticket.number}").json()["number"] == ticket.number
    assert token not in str([link.model_dump() for link in session.exec(select(ReporterLink))])


def test_words_alone_are_enough(anybody, session, people):
    promise = anybody.post("/reports", json={"service": "north", "body": "?!"}).json()
    assert (promise["category"], promise["fixability"], promise["fixable"]) == (None, None, None)
    assert "will read what you wrote" in promise["next_step"]


def test_whom_nobody_may_call_is_talked_through_nothing(anybody, people):
    promise = anybody.post("/reports", json=TOLD | {"contact": {"route": "none"}}).json()
    assert promise["next_step"].startswith("We answer you on the page of your private link.")
    assert "talk you through" not in " ".join(promise["promises"])


def test_what_cannot_be_put_right_here_is_said(anybody, people):
    told = {"service": "north", "category": "notify.too_many"}
    promise = anybody.post("/reports", json=told).json()
    assert promise["fixable"] is False
    assert promise["fixability"] in ("supplier", "protocol")
    assert promise["workaround"]


def test_words_of_risk_are_taken_and_answered_with_help_at_once(anybody, session, people):
    notice = anybody.post("/reports", json={"service": "north", "body": RISK}).json()["safety_notice"]
    assert notice["heading"]
    assert {"999", "111", "116 123"} <= {line["call"] for line in notice["lines"]}
    assert notice["read_at"] == "2026-06-09T09:00:00Z"
    who = "Someone from the clinical team of North Talking Therapies"
    assert notice["who_reads"] == f"{who} will read what you wrote."
    assert session.exec(select(ClinicalReview)).one().ticket_number == tickets(session)[0].number


def test_help_says_when_nobody_reads_before_the_service_opens(anybody, people):
    clock.set_to(datetime(2026, 4, 3, 12, 0, tzinfo=UTC))  # Good Friday
    notice = anybody.post("/reports", json={"service": "north", "body": RISK}).json()["safety_notice"]
    assert notice["read_at"] == "2026-04-07T08:00:00Z"
    assert "No one reads these messages until 9am on Tuesday 7 April." in notice["who_reads"]


@pytest.mark.parametrize("box", ["practitioner", "support_code", "contact.needs", "contact.language"])
def test_every_box_is_screened(anybody, people, box):
    where, _, name = box.rpartition(".")
    said = {where: {name: RISK}} if where else {name: RISK}
    told = {"service": "north", "body": "It is broken"} | said
    assert anybody.post("/reports", json=told).json()["safety_notice"]


def test_the_body_is_validated_once(anybody, people, monkeypatch):
    """13: FastAPI validates it for each dependency that asks for it."""
    read = []
    questions = schemas._questions

    def noted(category):
        read.append(category)
        return questions(category)

    monkeypatch.setattr(schemas, "_questions", noted)
    told = TOLD | {"answers": {"tried_usual_fix": "yes"}}
    assert anybody.post("/reports", json=told).status_code == 201
    assert len(read) == 1


def test_answers_move_the_fix_on(anybody, session, people):
    told = TOLD | {"answers": {"tried_usual_fix": "yes"}}
    anybody.post("/reports", json=TOLD)
    anybody.post("/reports", json=told)
    before, after = tickets(session)
    assert after.answers == {"tried_usual_fix": "yes"}
    assert (before.fixability, after.fixability) == ("navigator", "service")


@pytest.mark.parametrize(
    "answers",
    [{"tried_usual_fix": RISK}, {RISK: "yes"}, {"tried_usual_fix": "\ud800"}, {"tried_usual_fix": 1}],
)
def test_an_answer_that_nobody_offered_is_refused(anybody, session, people, answers):
    refused = anybody.post("/reports", content=_json(TOLD | {"answers": answers}), headers=JSON)
    assert refused.status_code == 422
    assert [name.split(".")[0] for name in refused.json()["errors"]] == ["answers"]
    assert tickets(session) == []


def test_answers_without_a_category_are_refused(anybody, people):
    told = {"service": "north", "body": "It is broken", "answers": {"tried_usual_fix": "yes"}}
    assert "answers" in anybody.post("/reports", json=told).json()["errors"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"service": "nowhere"}, "service"),
        ({"service": None}, "service"),
        ({"programme": "nothing"}, "programme"),
        ({"category": "no.such"}, "category"),
        ({"body": "x" * 5001}, "body"),
        ({"next_session": "2026-02-30"}, "next_session"),
        ({"next_session": "soon"}, "next_session"),
        ({"reporter": "manager"}, "reporter"),
        ({"contact": {"route": "email"}}, "contact.email"),
        ({"contact": {"route": "email", "email": "no address"}}, "contact.email"),
        ({"contact": {"route": "text", "phone": "123"}}, "contact.phone"),
        ({"contact": {"route": "pigeon"}}, "contact.route"),
        ({"nhs_number": "9434765919"}, "nhs_number"),
        ({"category": None, "body": " "}, "body"),
    ],
)
def test_bad_input_is_refused_by_field_without_repeating_it(anybody, session, people, changed, field):
    refused = anybody.post("/reports", json=TOLD | changed)
    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == [field]
    assert all(str(value) not in refused.text for value in changed.values() if value and value != " ")
    assert "example.org" not in refused.text
    assert tickets(session) == []


@pytest.mark.parametrize(
    "text",
    ["x" * 5000, "🧠" * 5000, "a\0b", "half \ud83d a pair", "\u202e right to left", "e\u0301", "\ufffe"],
    ids=["longest", "astral", "nul", "surrogate", "direction", "combining", "noncharacter"],
)
def test_any_text_is_taken(anybody, session, people, text):
    answer = anybody.post("/reports", content=_json({"service": "north", "body": text}), headers=JSON)
    assert answer.status_code == 201
    kept = session.exec(select(Message.body)).one()
    assert kept == text.replace("\0", "").replace("\ud83d", "?").strip()


@pytest.mark.parametrize("service", ["north\0", "\ud800", "🧠", "' OR 1=1 --", "x" * 201])
def test_any_code_is_only_a_code_that_is_not_known(anybody, people, service):
    refused = anybody.post("/reports", content=_json({"service": service, "body": "x"}), headers=JSON)
    assert (refused.status_code, list(refused.json().get("errors", {}))) in ((422, ["service"]), (201, []))


def test_a_session_that_is_past_or_far_is_refused_in_words_and_costs_no_time(anybody, people):
    """11.C7: it was taken, and then dropped without a word."""
    for day in ("9999-12-31", "2206-06-18", "0001-01-01", "2026-06-08"):
        answer = anybody.post("/reports", json={"service": "north", "body": "x", "next_session": day})
        assert (answer.status_code, [*answer.json()["errors"]]) == (422, ["next_session"])
        assert "Enter the date of a session" in answer.json()["errors"]["next_session"]
        assert answer.elapsed.total_seconds() < 2


# Who gets the private link


def test_an_intake_key_gets_the_link_to_show_it(with_key, people):
    assert with_key(Role.INTAKE).post("/reports", json=TOLD).json()["private_url"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.INTAKE}))
def test_a_key_of_staff_does_not_and_the_link_is_sent_to_the_patient(with_key, session, people, role):
    assert with_key(role).post("/reports", json=TOLD).json()["private_url"] is None
    assert session.exec(select(ReporterLink)).all() == []
    letters = session.exec(select(OutboxMessage).where(OutboxMessage.recipient == "reporter")).all()
    assert [letter.template for letter in letters] == ["received"]


@pytest.mark.parametrize("role", list(Role))
def test_a_key_reports_for_its_own_service_only(with_key, session, people, role):
    assert with_key(role, "south").post("/reports", json=TOLD).status_code == 403
    assert tickets(session) == []


def test_a_wrong_or_an_ended_key_is_not_taken_for_nobody(anybody, enter, with_key, session, people):
    ended = with_key(Role.INTAKE)
    session.exec(select(ApiKey)).one().revoked_at = clock.now()
    session.flush()
    for caller in (ended, enter("ndk_wrong"), enter("wrong")):
        refused = caller.post("/reports", json=TOLD)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
    assert tickets(session) == []


def test_nothing_of_the_report_is_mailed(anybody, session, people):
    """T18 of the peers."""
    anybody.post("/reports", json=TOLD)
    letters = [letter.model_dump() for letter in session.exec(select(OutboxMessage))]
    assert letters
    assert "password twice" not in str(letters)


def test_a_practitioner_may_report_too(anybody, session, people):
    anybody.post("/reports", json=TOLD | {"reporter": "pwp", "category": "staff.cannot_see_progress"})
    assert tickets(session)[0].reporter_kind == "pwp"


# How often


@pytest.mark.usefixtures("any_clock")
def test_one_address_may_not_send_a_flood(anybody, session, people, monkeypatch):
    monkeypatch.setattr(limits, "PER_ADDRESS", Limit(2, limits.PER_ADDRESS.per))
    statuses = [
        anybody.post("/reports", json={"service": "north", "body": WORDS}).status_code for _ in range(4)
    ]
    assert statuses == [201, 201, 429, 429]
    assert len(tickets(session)) == 2


def test_a_refused_flood_is_told_when_to_come_back(anybody, people, monkeypatch):
    monkeypatch.setattr(limits, "PER_ADDRESS", Limit(0, limits.PER_ADDRESS.per))
    refused = anybody.post("/reports", json=TOLD)
    assert int(refused.headers["retry-after"]) == 3600
    assert "hour" in refused.json()["detail"]


@pytest.mark.usefixtures("any_clock")
def test_nobody_is_bombed_with_mail_through_the_desk(anybody, with_key, session, people):
    """T18 of the peers. 11.F4: over the limit a report is taken as before; only the letter is held."""
    callers = [anybody, with_key(Role.INTAKE)]
    many = messages.RECEIPTS.times + 2
    statuses = [callers[n % 2].post("/reports", json=TOLD).status_code for n in range(many)]
    assert statuses == [201] * many
    assert len(session.exec(select(Reporter).where(Reporter.email == "patient@example.org")).all()) == many
    assert len(receipts(session)) == messages.RECEIPTS.times


def receipts(session):
    return session.exec(select(OutboxMessage).where(OutboxMessage.template == "received")).all()


SPELT = ["07700 900 982", "+44 7700 900982", "0044 (0)7700 900982", "07700-900-982", "447700900982"]


@pytest.mark.usefixtures("any_clock")
def test_texts_are_counted_by_their_number_however_it_is_spelt(anybody, session, people):
    """11.F4: a new email address each time, or another spelling, does not pass the limit."""
    for n in range(12):
        contact = {"route": "text", "phone": SPELT[n % len(SPELT)], "email": f"new{n}@example.org"}
        assert anybody.post("/reports", json=TOLD | {"contact": contact}).status_code == 201
    assert len(receipts(session)) == messages.RECEIPTS.times


@pytest.mark.usefixtures("any_clock")
def test_letters_are_counted_by_their_address_however_it_is_spelt(anybody, session, people):
    """11.F4: in capitals, or with a phone number that is not used, it is the same address."""
    for n in range(12):
        email = "Patient@Example.ORG" if n % 2 else "patient@example.org"
        contact = {"route": "email", "email": email, "phone": f"07700 900 {n:03}"}
        assert anybody.post("/reports", json=TOLD | {"contact": contact}).status_code == 201
    assert len(receipts(session)) == messages.RECEIPTS.times


@pytest.mark.usefixtures("any_clock")
def test_who_must_not_be_written_to_is_counted_by_nothing(anybody, session, people):
    """11.F4: an address that gets no letter has none to use up."""
    for _ in range(messages.RECEIPTS.times + 1):
        anybody.post("/reports", json=TOLD | {"contact": {"route": "phone", "phone": SPELT[0]}})
    anybody.post("/reports", json=TOLD | {"contact": {"route": "text", "phone": SPELT[0]}})
    assert len(receipts(session)) == 1


def test_staff_who_report_for_a_patient_always_send_the_letter(anybody, with_key, session, people):
    """11.F4: it brings the only private link, and a stranger cannot use it up."""
    for _ in range(messages.RECEIPTS.times + 1):
        anybody.post("/reports", json=TOLD)
    with_key(Role.NAVIGATOR).post("/reports", json=TOLD)
    staff.report(session, people.amina, ReportBody.model_validate(TOLD))
    assert len(receipts(session)) == messages.RECEIPTS.times + 2


@pytest.mark.usefixtures("any_clock")
def test_one_address_sends_exactly_as_many_as_are_allowed(anybody, session, people):
    """11.C3: 45 of 45 were taken while the clock went on."""
    told = {"service": "north", "body": WORDS}
    many = limits.PER_ADDRESS.times + 15
    statuses = [anybody.post("/reports", json=told).status_code for _ in range(many)]
    assert statuses == [201] * limits.PER_ADDRESS.times + [429] * 15


def test_a_key_is_not_counted_by_its_address(with_key, people, monkeypatch):
    monkeypatch.setattr(limits, "PER_ADDRESS", Limit(0, limits.PER_ADDRESS.per))
    assert with_key(Role.INTAKE).post("/reports", json=TOLD).status_code == 201


@pytest.mark.usefixtures("any_clock")
def test_only_a_trusted_proxy_is_believed_where_a_caller_is(anybody, people, monkeypatch):
    monkeypatch.setattr(limits, "PER_ADDRESS", Limit(1, limits.PER_ADDRESS.per))
    told = {"service": "north", "body": WORDS}

    def send(forwarded):
        return anybody.post("/reports", json=told, headers={"x-forwarded-for": forwarded}).status_code

    assert [send("192.0.2.1"), send("192.0.2.2")] == [201, 429]
    monkeypatch.setenv("NAVIGATOR_PROXIES", "1")
    settings.cache_clear()
    assert [send("192.0.2.3"), send("192.0.2.4"), send("192.0.2.9, 192.0.2.3")] == [201, 201, 429]
    assert [send("2001:db8::1"), send("2001:db8::2"), send("2001:db8:0:1::1")] == [201, 429, 201]


JSON = {"content-type": "application/json"}


def _json(body):
    """JSON with lone surrogates as some callers write them: escaped."""
    return json.dumps(body).encode()


def test_words_that_are_not_english_are_answered_with_who_reads_them(anybody, navigator, people):
    """11.A6: the API said nothing of them either."""
    told = {"service": "north", "body": "Nie mogę się zalogować do aplikacji."}
    receipt = anybody.post("/reports", json=told).json()
    assert receipt["safety_notice"] is None
    assert receipt["language_notice"].startswith("Your message may not be in English")
    shown = navigator.get(f"/tickets/{receipt['number']}").json()
    assert shown["messages"][0]["unchecked_language"] == "pl"
    assert shown["hand_overs"][0]["why"] == ["not checked: language"]
    receipt = anybody.post("/reports", json=told | {"body": "I cannot log in"}).json()
    assert receipt["language_notice"] == ""
