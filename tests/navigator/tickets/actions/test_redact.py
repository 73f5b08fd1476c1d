"""Words are removed for good from wherever they are kept, that is recorded, and the words are not."""

import inspect
import pkgutil
from functools import _lru_cache_wrapper
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import JSON, String, text
from sqlalchemy import inspect as schema_of
from sqlmodel import Session, col, select
from sqlmodel.sql.sqltypes import AutoString

import navigator.triage
from navigator.clock import now
from navigator.errors import Forbidden, Invalid, NotFound, Stale
from navigator.models import metadata
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import SYSTEM, reporter
from navigator.people.api_keys import actor_by_key, create
from navigator.people.reporter import Reporter
from navigator.people.user import Role
from navigator.tickets import kept_forms
from navigator.tickets.actions import redact as redacting
from navigator.tickets.actions import reply_drafts, staff
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.redact import found_secrets, redact, redactable, redaction_preview
from navigator.tickets.actions.reply_drafts import ReplyDraftInput
from navigator.tickets.actions.split import split
from navigator.tickets.inputs import MergeInput, RedactInput, SayInput, SplitInput, TriageInput
from navigator.tickets.queue.search import search
from navigator.tickets.redaction import Redaction
from navigator.tickets.ticket import ClinicalReview, Event, Message, Ticket
from navigator.training.tables import TrainingRequest
from navigator.triage import article_search, safety_screen
from navigator.triage.forget_texts import CACHES
from navigator.triage.safety_screen import screen
from tests.navigator.tickets.report_factory import tell
from tests.people import People

SECRET = "Hunter2blue"
TOLD = f"I cannot log in. My password is {SECRET}. Please help"
NHS = "943 476 5919"


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    ticket = tell(session, text=TOLD)
    session.flush()
    return ticket


def chosen(session: Session, ticket: Ticket, words: str = SECRET, **other: Any) -> RedactInput:
    message = redactable(session, ticket.number)[0].id
    values = {"message": message, "words": words, "reason": "password"} | other
    return RedactInput.model_validate(values)


def remove(session: Session, people: People, ticket: Ticket, words: str = SECRET, **other: Any) -> None:
    redact(session, people.amina, ticket.number, chosen(session, ticket, words, **other))
    session.flush()
    session.expire_all()


def kept_of(session: Session, words: str) -> list[str]:
    """The columns of the whole database that hold words: of all tables, whoever made them."""
    connection, found = session.connection(), []
    for table in schema_of(connection).get_table_names():
        if table.startswith("message_words"):
            continue
        for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():  # noqa: S608
            found += [f"{table}.{name}" for name, value in row.items() if words.lower() in str(value).lower()]
    return found


def said(session: Session, ticket: Ticket) -> list[str]:
    return [
        one.body
        for one in session.exec(
            select(Message).where(Message.ticket_number == ticket.number).order_by(col(Message.id))
        )
    ]


def test_the_words_are_nowhere_any_more(session: Session, people: People, ticket: Ticket) -> None:
    number = ticket.number
    following.answer(
        session, reporter(number), number, SayInput(body=f"it was {SECRET.lower()}, twice {SECRET}")
    )
    staff.note(session, people.amina, number, SayInput(body=f"They say {SECRET}"))
    draft = ReplyDraftInput(address="replies", body=f"You wrote {SECRET}")
    reply_drafts.save_draft(session, people.tom, number, draft)
    request_review(session, SYSTEM, ticket, ["tried"])
    review = session.exec(select(ClinicalReview)).one()
    review.contact_note = review.outcome = f"say {SECRET}"
    ticket.suggested_why = ["log in", SECRET.lower()]
    ticket.workaround = ticket.practitioner_name_given = f"use {SECRET}"
    session.get_one(Reporter, ticket.reporter_id).needs = f"type {SECRET}"
    session.get_one(Reporter, ticket.reporter_id).known_as = f"the one with {SECRET}"
    session.get_one(Reporter, ticket.reporter_id).best_time = f"at {SECRET}"
    session.get_one(Reporter, ticket.reporter_id).found_by = f"AB, {SECRET}"
    session.add(
        OutboxMessage(
            template="answered", recipient=Recipient.USER, recipient_id=1, ticket_number=number,
            context={"words": [f"x {SECRET}"]},
        )
    )  # fmt: skip
    for owner, path in (("user 1", f"/tickets/{number}/redaction"), ("reporter", f"/follow/{number}")):
        kept_forms.keep(session, owner, path, path, {"words": [SECRET]})
    session.add(
        TrainingRequest(
            service_id=people.north, asked_by=1, topic="own_words", ticket_number=number, details=SECRET
        )
    )
    session.flush()
    assert len(kept_of(session, SECRET)) > 10
    assert search(session, people.amina, SECRET)
    remove(session, people, ticket)
    assert kept_of(session, SECRET) == []
    assert not search(session, people.amina, SECRET)
    assert search(session, people.amina, "cannot log in")
    assert said(session, ticket) == [
        "I cannot log in. My password is [removed]. Please help",
        "it was [removed], twice [removed]",
        "They say [removed]",
    ]
    assert ticket.suggested_why == ["log in"]


def test_a_number_goes_however_it_is_written(session: Session, people: People) -> None:
    ticket = tell(session, text=f"I am {NHS}, that is 9434765919 or 943-476-5919. Not 9434765918.")
    remove(session, people, ticket, NHS, reason="nhs_number")
    assert said(session, ticket) == ["I am [removed], that is [removed] or [removed]. Not 9434765918."]


def test_a_code_that_was_a_number_makes_nobody_the_same_person(session: Session, people: People) -> None:
    ticket = tell(session, text=f"my number is {NHS}", support_code=NHS)
    remove(session, people, ticket, NHS)
    assert session.get_one(Reporter, ticket.reporter_id).support_code == ""


def test_it_is_recorded_without_the_words(session: Session, people: People, ticket: Ticket) -> None:
    message = redactable(session, ticket.number)[0].id
    remove(session, people, ticket)
    row = session.exec(select(Redaction)).one()
    assert (row.ticket_number, row.message_id, row.user_id) == (ticket.number, message, people.amina.user_id)
    assert (row.characters, row.reason, row.created_at) == (len(SECRET), "password", now())
    event = session.exec(select(Event).where(Event.action == "redact")).one()
    assert event.actor_name == "Amina Yusuf"
    assert event.details == {"message": message, "characters": len(SECRET), "reason": "password"}


def test_what_was_learned_of_the_report_is_learned_anew(
    session: Session, people: People, ticket: Ticket
) -> None:
    sorted_as = TriageInput(category="access.signed_out")
    staff.triage(session, people.amina, ticket.number, sorted_as)
    before = session.connection().execute(text("SELECT vector FROM reportvector")).scalars().all()
    remove(session, people, ticket)
    after = session.connection().execute(text("SELECT vector FROM reportvector")).scalars().all()
    assert len(before) == len(after)
    assert not before or before != after


def test_what_was_read_lately_is_forgotten(session: Session, people: People, ticket: Ticket) -> None:
    screen(TOLD)
    remove(session, people, ticket)
    assert all(cached.cache_info().currsize == 0 for cached in CACHES)


def test_another_process_forgets_it_too(
    session: Session, people: People, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redacting._Known, "ids", ())
    redacting.refresh()
    remove(session, people, ticket)
    screen(TOLD)
    redacting.refresh()
    assert safety_screen._reasons.cache_info().currsize == 0
    screen(TOLD)
    redacting.refresh()
    assert safety_screen._reasons.cache_info().currsize == 1


REDACTED = """
    message.body message.search_words unsent.body kept_form.typed letter.facts heldsend.changed
    ticket.suggested_why ticket.workaround ticket.pwp_said
    reporter.needs reporter.language reporter.known_as reporter.support_code reporter.best_time
    reporter.found_by
    handover.reach_by handover.passed_to handover.outcome handover.for_navigators handover.no_concern_reason
    trainingrequest.words trainingrequest.answer recordhold.reason
    inboundmail.subject inboundmail.from_name inboundmail.decision inboundmail.unopened
"""
WITHOUT_WORDS = """
    inclusionoffer.kind reporter.access_needs
    kept_form.owner kept_form.path kept_form.page message.audience message.author message.action
    message.unchecked_language unsent.deed heldsend.action heldsend.parts heldsend.mark heldsend.outbox_ids
    ticket.status ticket.reporter_kind ticket.door ticket.category ticket.reported_category
    ticket.suggested_category ticket.likely ticket.suggested_split ticket.answers ticket.cues
    ticket.fixability ticket.fixability_reason ticket.next_step ticket.passed_to ticket.turn_to ticket.blocks
    ticket.resolution ticket.last_activity
    event.action event.actor_name event.from_status event.to_status event.facts
    reporter.kind reporter.page_language reporter.route reporter.email reporter.phone
    reporterlink.token_hash reporterlink.channel
    reporterlink.sent_to_hash handover.opened_by handover.why handover.result handover.no_concern_by
    phonecall.came phonecall.responsibility phonecall.started_by notice.kind notice.actor_name
    redaction.reason reportvector.category reportvector.encoder trainingrequest.topic trainingrequest.form
    trainingrequest.status bulkitem.state bulkitem.outcome affectedperson.token_hash
    affectedperson.contact_hash devicecheck.findings draft.token_hash draft.answers bookedcall.phone
    letter.template letter.channel letter.recipient letter.once letter.last_error
    letter.provider_id letter.sent_to_hash inboundmail.channel
    attachment.name attachment.kind attachment.draft_hash attachment.address
    repeatedreport.numbers repeatedreport.reason
    importedticket.source importedticket.source_id
    inboundmail.fingerprint inboundmail.message_ref inboundmail.state inboundmail.reason
    inboundmail.from_address inboundmail.checks
"""
"""Codes, hashes, names of staff, addresses, what the desk itself says; a draft ends when it is sent; and
`handover.why`, what the screen noticed, which stays."""


def test_every_column_that_may_hold_words_of_a_ticket_is_known() -> None:
    of_ticket = {"ticket", "reporter", "message"}
    tables = [
        table
        for table in metadata.sorted_tables
        if table.name in {*of_ticket, "kept_form", "letter"}
        or of_ticket & {key.column.table.name for key in table.foreign_keys}
    ]
    texts = (AutoString, String, JSON)
    found = {str(one) for table in tables for one in table.columns if isinstance(one.type, texts)}
    assert found == set(f"{REDACTED} {WITHOUT_WORDS}".split())


def test_every_memory_of_texts_is_known() -> None:
    found = set()
    for module in pkgutil.iter_modules(navigator.triage.__path__, "navigator.triage."):
        if module.ispkg:
            continue
        for _, cached in inspect.getmembers(import_module(module.name)):
            is_cache = isinstance(cached, _lru_cache_wrapper)
            if is_cache and (cached.cache_parameters()["maxsize"] or 0) > 1:
                found.add(cached)
    of_help_pages = {article_search._cached_weights}  # which are the service’s words, and nobody’s who told
    assert found - of_help_pages == set(CACHES)


def test_what_was_split_or_merged_loses_them_too(session: Session, people: People, ticket: Ticket) -> None:
    message = redactable(session, ticket.number)[0].id
    second = split(session, people.amina, ticket.number, SplitInput(messages=[message]))
    third = tell(session, text=f"me again, {SECRET}")
    merge(session, people.amina, third.number, MergeInput(into=second.number))
    stranger = tell(session, text=f"my dog is called {SECRET}", contact={"route": "none"})
    session.flush()
    remove(session, people, ticket)
    assert kept_of(session, SECRET) == ["message.body", "message.search_words"] + (
        ["message.words"] if session.get_bind().dialect.name == "postgresql" else []
    )
    assert said(session, stranger) == [f"my dog is called {SECRET}"]
    events = session.exec(
        select(Event.ticket_number).where(Event.action == "redact").order_by(col(Event.id))
    ).all()
    assert set(events) == {ticket.number, second.number}


def test_the_findings_of_the_screen_stay(session: Session, people: People) -> None:
    ticket = tell(session, text=f"I want to die. My password is {SECRET}")
    review = session.exec(select(ClinicalReview)).one()
    reasons = list(review.reasons)
    remove(session, people, ticket)
    session.refresh(review)
    assert (review.reasons, review.ended_at, ticket.has_open_review) == (reasons, None, True)


@pytest.mark.parametrize("words", ["I want to die", "want to die", "I want to die. My password is"])
def test_words_of_risk_are_not_removed(session: Session, people: People, words: str) -> None:
    ticket = tell(session, text=f"I want to die. My password is {SECRET}")
    with pytest.raises(Invalid) as refused:
        redact(session, people.amina, ticket.number, chosen(session, ticket, words))
    assert "a clinician must be able to read them" in refused.value.fields["words"]
    assert "die" in said(session, ticket)[0]


@pytest.mark.parametrize("is_split", [False, True])
def test_words_that_are_of_risk_in_another_message_are_not_removed(
    session: Session, people: People, is_split: bool
) -> None:
    ticket = tell(session, text=f"My password is {SECRET}, and I want to log in")
    following.answer(session, reporter(ticket.number), ticket.number, SayInput(body="I want to die"))
    session.flush()
    number = ticket.number
    if is_split:
        first = SplitInput(messages=[redactable(session, number)[0].id], category="access.forgotten_password")
        number = split(session, people.amina, number, first).number
    harmless = redactable(session, number)[0]
    asked = RedactInput.model_validate({"message": harmless.id, "words": "I want to", "reason": "mistake"})
    for do in (redaction_preview, redact):
        with pytest.raises(Invalid) as refused:
            do(session, people.amina, number, asked)
        assert "a clinician must be able to read them" in refused.value.fields["words"]
    assert "I want to die" in said(session, ticket)


@pytest.mark.parametrize(
    "words",
    [
        "hunter3",
        "unter2blu",
        "Hunter2",
        "[removed]",
        "x",
        ".",
        " - ",
        "\\w+",
        ".*",
        "(",
        "Hunter2blue Please",
    ],
)
def test_what_does_not_stand_there_is_not_removed(
    session: Session, people: People, ticket: Ticket, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        redact(session, people.amina, ticket.number, chosen(session, ticket, words))
    assert "Copy whole words" in refused.value.fields["words"]
    assert said(session, ticket) == [TOLD]


@pytest.mark.parametrize(
    "secret", ["a+b(c)[d]", "50% off?!", "naïve Ünïcode", "😀😀 x", "two\n  lines", "日本語"]
)
def test_any_signs_are_removed(session: Session, people: People, secret: str) -> None:
    ticket = tell(session, text=f"before {secret} after")
    remove(session, people, ticket, secret)
    assert said(session, ticket) == ["before [removed] after"]


def test_only_what_a_reporter_wrote_on_this_ticket_is_chosen(
    session: Session, people: People, ticket: Ticket
) -> None:
    staff.note(session, people.amina, ticket.number, SayInput(body=SECRET))
    staff.reply(session, people.amina, ticket.number, SayInput(body=SECRET))
    other = tell(session, text=f"another {SECRET}", contact={"route": "none"})
    session.flush()
    of_staff = session.exec(
        select(Message.id).where(Message.author == "staff").order_by(col(Message.id))
    ).all()
    assert len(of_staff) == 2
    for message in (*of_staff, redactable(session, other.number)[0].id, 4711):
        with pytest.raises(NotFound):
            redact(session, people.amina, ticket.number, chosen(session, ticket, message=message))


def test_who_may_not_is_refused(session: Session, people: People, ticket: Ticket) -> None:
    wanted = chosen(session, ticket)
    for actor, refusal in (
        (people.mo, Forbidden),
        (people.priya, NotFound),
        (people.cole, NotFound),
        (people.ada, NotFound),
        (people.sam, NotFound),
        (reporter(ticket.number), Forbidden),
    ):
        with pytest.raises(refusal):
            redact(session, actor, ticket.number, wanted)
    key = actor_by_key(session, create(session, people.north, Role.NAVIGATOR, "Another system"))
    assert key
    with pytest.raises(Forbidden):
        redact(session, key, ticket.number, wanted)
    with pytest.raises(Stale):
        redact(session, people.amina, ticket.number, chosen(session, ticket, version=0))
    assert said(session, ticket) == [TOLD]


def test_the_preview_shows_the_message_and_removes_nothing(
    session: Session, people: People, ticket: Ticket
) -> None:
    staff.note(session, people.amina, ticket.number, SayInput(body=f"They say {SECRET}"))
    session.flush()
    shown = redaction_preview(session, people.amina, ticket.number, chosen(session, ticket))
    assert shown.text == "I cannot log in. My password is [removed]. Please help"
    assert shown.others == 1
    assert said(session, ticket)[0] == TOLD


def test_likely_secrets_are_found(session: Session, people: People) -> None:
    ticket = tell(session, text=f"NHS {NHS}, not 943 476 5918. My PIN: 4711x! Password is Sunny#Day9.")
    found = [(one.words, one.reason) for one in found_secrets(redactable(session, ticket.number))]
    assert found == [(NHS, "nhs_number"), ("4711x!", "password"), ("Sunny#Day9", "password")]
    for words, reason in found:
        remove(session, people, ticket, words, reason=reason)
    assert not found_secrets(redactable(session, ticket.number))


def test_what_is_too_short_for_a_password_goes_only_as_it_stands(session: Session, people: People) -> None:
    ticket = tell(session, text="Module 5? I did 5 of 6")
    remove(session, people, ticket, "5?")
    assert said(session, ticket)[0] == "Module [removed] I did 5 of 6"


@pytest.mark.parametrize("again", ["hunter2 again", "hunter2! again", "and HUNTER2."])
def test_a_password_goes_with_and_without_the_end_of_its_sentence(
    session: Session, people: People, again: str
) -> None:
    ticket = tell(session, text=f"My password is hunter2! I typed {again}, not hunter22")
    (found,) = {one.words for one in found_secrets(redactable(session, ticket.number))}
    remove(session, people, ticket, found)
    assert "hunter2" not in said(session, ticket)[0].lower().replace("hunter22", "")
    assert "not hunter22" in said(session, ticket)[0]
