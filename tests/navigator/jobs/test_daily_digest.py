"""The daily digest: by choice, at its hour on working days, once, without words; never for safety."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.jobs.registry import JOBS
from navigator.outbox import claims
from navigator.outbox.enqueue import TEMPLATES, enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.outbox.render import render
from navigator.outbox.staff_mail import AT_ONCE, CHOSEN, MailChoicesInput, choose_mails
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.user import Membership, Role, User
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput
from navigator.tickets.report_input import ReportInput
from tests.people import People

TO_OTHERS = {
    *("answered", "call_booked", "call_cancelled", "call_moved", "call_reminder", "closed"),
    *("contact_changed", "limit", "link_again", "mail_answered", "news", "passed_on", "quiet_warning"),
    *("notice", "notice_confirm", "received", "resolved", "supplier", "support_card", "try_again"),
    "waiting_for_you",
}
"""Templates that go to reporters, contacts, cards and suppliers, by hand."""


def at(month: int, day: int, hour: int, minute: int = 0) -> None:
    clock.set_to(datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Europe/London")))


def choose(session: Session, actor: Actor, hour: int = 8, **choices: str) -> None:
    chosen = MailChoicesInput.model_validate({"choices": choices, "digest_hour": hour})
    choose_mails(session, actor, chosen)
    session.flush()


def mail(session: Session, template: str, actor: Actor, number: int | None = None) -> OutboxMessage | None:
    message = enqueue(session, template, Recipient.USER, actor.user_id or 0, ticket_number=number)
    session.flush()
    return message


def reported(session: Session) -> int:
    told = ReportInput(service="north", programme="fern", text="my sister Maud cannot log in")
    return staff.report(session, ANONYMOUS, told).ticket.number


def digests(session: Session) -> list[OutboxMessage]:
    JOBS["digests"].run()
    session.expire_all()
    query = select(OutboxMessage).where(OutboxMessage.template == "daily_digest")
    return list(session.exec(query.order_by(col(OutboxMessage.id))))


def test_every_mail_to_staff_is_in_the_table_once() -> None:
    listed = [name for kind in (*CHOSEN.values(), *AT_ONCE) for name in kind.templates]
    assert len(listed) == len(set(listed))
    assert set(listed) == TEMPLATES - TO_OTHERS


def test_what_was_chosen_waits_for_its_hour_and_comes_in_one_mail_without_words(
    session: Session, people: People
) -> None:
    at(6, 9, 15)  # a Tuesday
    number = reported(session)
    choose(session, people.amina, hour=9, given="daily", mentioned="daily")
    for template in ("assigned", "mentioned", "mentioned"):
        mail(session, template, people.amina, number)
    assert digests(session) == []
    at(6, 10, 8, 59)
    assert digests(session) == []
    at(6, 10, 9)
    (digest,) = digests(session)
    assert digests(session) == [digest]
    (line,) = digest.context["told"]
    assert line["words"] == "it was given to you; a colleague named you in a note"
    letter = render("daily_digest", {**digest.context, "link": "https://desk/home"})
    assert letter.subject == "Your day at the desk: 1 ticket"
    assert f"/tickets/{number}" in letter.body
    assert "Due " in letter.body
    assert "Maud" not in letter.body + letter.subject
    assert session.exec(select(OutboxMessage).where(OutboxMessage.is_for_digest)).all() == []


def test_what_waits_for_the_digest_is_not_sent_by_itself(session: Session, people: People) -> None:
    choose(session, people.amina, mentioned="daily")
    message = mail(session, "mentioned", people.amina, reported(session))
    assert message
    message.send_at = clock.now()
    session.flush()
    assert message.id not in [one.id for one in claims.claim(100)]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ((6, 9, 7), (6, 9, 8)),
        ((6, 9, 8), (6, 10, 8)),
        ((6, 12, 12), (6, 15, 8)),  # over the weekend
        ((12, 24, 12), (12, 29, 8)),  # over Christmas, and the day that is given for Boxing Day
        ((10, 23, 12), (10, 26, 8)),  # the clocks go back between
    ],
)
def test_it_comes_at_its_hour_in_london_on_the_next_working_day(
    session: Session, people: People, now: tuple[int, int, int], due: tuple[int, int, int]
) -> None:
    at(*now)
    choose(session, people.amina, mentioned="daily")
    message = mail(session, "mentioned", people.amina, reported(session))
    assert message
    assert message.send_at == datetime(2026, *due, tzinfo=ZoneInfo("Europe/London"))


def test_a_new_hour_counts_for_what_waits_already(session: Session, people: People) -> None:
    at(6, 9, 7)
    choose(session, people.amina, hour=18, mentioned="daily")
    mail(session, "mentioned", people.amina, reported(session))
    choose(session, people.amina, hour=10)
    at(6, 9, 10)
    assert len(digests(session)) == 1


def test_not_by_email_is_not_mailed_and_the_rest_comes_at_once(session: Session, people: People) -> None:
    choose(session, people.amina, given="never", mentioned="daily")
    number = reported(session)
    assert mail(session, "assigned", people.amina, number) is None
    at_once = mail(session, "reporter_wrote", people.amina, number)
    assert at_once
    assert not at_once.is_for_digest


def test_what_keeps_somebody_safe_comes_at_once_whatever_is_chosen(session: Session, people: People) -> None:
    for code in ("clinical_review", "reviews", "guards"):
        with pytest.raises(ValidationError):
            MailChoicesInput.model_validate({"choices": {code: "never"}, "digest_hour": 8})
    with pytest.raises(ValidationError):
        choose(session, people.amina, watched="never")  # that is chosen on each ticket
    user = session.get_one(User, people.amina.user_id)
    user.mail_choices = dict.fromkeys(("reviews", "guards", *CHOSEN), "never")
    for template in (name for kind in AT_ONCE for name in kind.templates):
        message = mail(session, template, people.amina)
        assert message, template
        assert not message.is_for_digest


def test_of_a_service_that_they_left_nothing_is_told_and_no_empty_mail_is_sent(
    session: Session, people: People
) -> None:
    at(6, 9, 15)
    choose(session, people.amina, mentioned="daily")
    mail(session, "mentioned", people.amina, reported(session))
    membership = session.exec(select(Membership).where(Membership.user_id == people.amina.user_id)).one()
    membership.service_id = people.south
    session.flush()
    at(6, 10, 8)
    assert digests(session) == []
    assert session.exec(select(OutboxMessage).where(OutboxMessage.is_for_digest)).all() == []


def test_a_ticket_given_to_somebody_waits_too(session: Session, people: People) -> None:
    choose(session, people.tom, given="daily")
    number = reported(session)
    staff.assign(session, people.amina, number, AssignInput(assignee_id=people.tom.user_id))
    session.flush()
    query = select(OutboxMessage).where(OutboxMessage.template == "assigned", OutboxMessage.is_for_digest)
    assert [each.recipient_id for each in session.exec(query)] == [people.tom.user_id]
    assert session.get_one(Service, people.north).is_demonstration is False


def test_it_names_no_ticket_that_its_reader_may_not_see_any_more(session: Session, people: People) -> None:
    at(6, 9, 15)
    choose(session, people.amina, mentioned="daily")
    mail(session, "mentioned", people.amina, reported(session))
    is_amina = Membership.user_id == people.amina.user_id
    session.exec(select(Membership).where(is_amina)).one().role = Role.PWP
    session.flush()
    at(6, 10, 8)
    assert digests(session) == []
