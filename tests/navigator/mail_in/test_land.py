"""Where mail lands: on its ticket by the signed address alone, as a report, or with a person."""

from datetime import timedelta
from importlib.resources import files

import pytest
from sqlalchemy import event
from sqlmodel import Session, or_, select

from navigator import clock
from navigator.catalogue.mailbox import Mailbox
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.errors import Conflict
from navigator.mail_in import land, noticed, store, unsorted
from navigator.mail_in.html_text import text_of
from navigator.mail_in.letters import enclose
from navigator.mail_in.read_mail import as_it_came, read_mail
from navigator.mail_in.retention import forget_machines
from navigator.mail_in.store import Arrived
from navigator.mail_in.tables import Mail, MailboxState, MailOriginal, MailState, UnsortedReason
from navigator.mail_in.texts import read_of
from navigator.mail_in.unsorted import AsideInput, set_aside
from navigator.mail_in.watch import what_is_wrong
from navigator.outbox.outbox_message import OutboxMessage
from navigator.outbox.render import render
from navigator.people import private_links
from navigator.people.audit_log import Act, AuditEntry
from navigator.people.reporter import Reporter, reference
from navigator.people.user import Membership, Role
from navigator.records import retention
from navigator.settings import settings
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import staff
from navigator.tickets.actions.messages import said_in
from navigator.tickets.actions.redact import redact
from navigator.tickets.inputs import RedactInput, ResolveInput
from navigator.tickets.redaction import RedactionReason
from navigator.tickets.ticket import Channel, ClinicalReview, Message, Resolution, Status, Ticket
from navigator.triage.safety_screen import screen
from tests.navigator.mail_in.mails import (
    DESK,
    PAT,
    TEXT,
    arrive,
    give_mailbox,
    letter,
    letters,
    many,
    reply_to,
    reported,
    said_on,
    token_of,
)
from tests.people import People, actor_of, join

pytestmark = pytest.mark.both_engines


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    give_mailbox(session, people)
    return reported(session)


def test_an_answer_by_mail_is_added_and_opens_the_ticket_again(
    session: Session, people: People, ticket: Ticket
):
    staff.resolve(
        session, people.amina, ticket.number, ResolveInput(resolution=Resolution.FIXED, body="Try it now")
    )
    mail = arrive(session, people, letter("It fails again.\n\n> Try it now", reply_to(session, ticket)))
    assert (mail.state, mail.ticket_number, mail.differs) == (MailState.JOINED, ticket.number, False)
    assert said_on(session, ticket.number)[-1] == "It fails again."
    assert (ticket.status, ticket.needs_answer_since_at) == (Status.OPEN, clock.now())


def test_the_token_in_a_header_leads_as_well_where_addresses_have_no_plus(
    session: Session, people: People, ticket: Ticket
):
    thread = f"<ticket.1@x.example> <{token_of(session, ticket)}@north.example> <9.1@x.example>"
    mail = arrive(session, people, letter(head={"References": thread}))
    assert (mail.state, mail.ticket_number) == (MailState.JOINED, ticket.number)


def test_no_subject_leads_to_a_ticket_nor_does_the_address_of_its_reporter(
    session: Session, people: People, ticket: Ticket
):
    """T4 of the peers."""
    mail = arrive(session, people, letter(subject=f"Re: {reference(ticket.number)}: there is an answer"))
    assert (mail.state, mail.reason, mail.ticket_number) == ("unsorted", UnsortedReason.STRANGER, None)
    assert len(said_on(session, ticket.number)) == 1


@pytest.mark.parametrize("how", ["revoked", "expired", "forged", "another"])
def test_a_token_that_ended_or_was_made_up_leads_nowhere(
    session: Session, people: People, ticket: Ticket, how: str
):
    """T2 of the peers."""
    to = reply_to(session, ticket)
    if how == "revoked":
        private_links.revoke_all(session, ticket.number)
    elif how == "expired":
        clock.set_to(clock.now() + private_links.LINK_LIFETIME)
    elif how == "forged":
        where = to.index(".") + 2
        to = to[:where] + ("a" if to[where] != "a" else "b") + to[where + 1 :]
    else:
        other = reply_to(session, reported(session, "kim@home.example"))
        to = to.partition(".")[0] + "." + other.partition(".")[2]
    mail = arrive(session, people, letter(to=to))
    assert (mail.state, mail.reason) == (MailState.UNSORTED, UnsortedReason.UNKNOWN_TOKEN)
    assert len(said_on(session, ticket.number)) == 1


def test_who_answers_from_another_address_is_said_and_not_believed(
    session: Session, people: People, ticket: Ticket
):
    """T3 of the peers."""
    mail = arrive(session, people, letter(to=reply_to(session, ticket), sender="Boss <boss@nhs.example>"))
    assert (mail.state, mail.differs, mail.from_address) == (MailState.JOINED, True, "boss@nhs.example")
    assert session.get_one(Reporter, ticket.reporter_id).email == PAT


def test_one_mail_comes_once_by_whatever_way(session: Session, people: People, ticket: Ticket):
    content = letter(to=reply_to(session, ticket))
    first = arrive(session, people, content)
    again = arrive(session, people, b"Received: by another.example\r\n" + content)
    assert (first.id, len(said_on(session, ticket.number))) == (again.id, 2)
    other = arrive(session, people, content.replace(b"still does", b"now does"))
    assert (other.id != first.id, len(said_on(session, ticket.number))) == (True, 3)


def test_words_of_risk_open_a_review_wherever_the_mail_belongs(
    session: Session, people: People, ticket: Ticket
):
    arrive(session, people, letter("I want to kill myself tonight", to=reply_to(session, ticket)))
    assert ticket.has_open_review
    assert "mail_of_concern" in letters(session)
    stranger = arrive(session, people, letter("I want to end my life", sender="kim@other.example"))
    assert stranger.state == MailState.REPORTED
    told = session.get_one(Ticket, stranger.ticket_number)
    assert (told.has_open_review, told.channel) == (True, Channel.EMAIL)


def test_risk_in_what_seems_quoted_is_noticed_too(session: Session, people: People, ticket: Ticket):
    arrive(session, people, letter("ok\n\n> I am going to kill myself", to=reply_to(session, ticket)))
    assert session.exec(select(ClinicalReview)).one().ticket_number == ticket.number


def test_the_words_of_our_own_subject_are_not_theirs(
    session: Session, people: People, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
):
    assert noticed.ANSWERED in files("navigator.outbox").joinpath("templates/answered.txt").read_text()
    monkeypatch.setattr(noticed, "ANSWERED", "%(reference)s: I want to end my life")  # as if we wrote so
    ours, to = f"{reference(ticket.number)}: I want to end my life", reply_to(session, ticket)
    arrive(session, people, letter("Hello", to, subject=f"Re: AW: {ours}"))
    assert session.exec(select(ClinicalReview)).all() == []
    arrive(session, people, letter("Hello", to, subject=f"Re: {ours} now"))
    assert len(session.exec(select(ClinicalReview)).all()) == 1


def test_what_stands_before_our_own_subject_is_its_writers(session: Session, people: People, ticket: Ticket):
    ours = noticed.ANSWERED % {"reference": reference(ticket.number)}
    arrive(session, people, letter("Hello", reply_to(session, ticket), subject=f"I want to die: me: {ours}"))
    assert len(session.exec(select(ClinicalReview)).all()) == 1
    assert "mail_of_concern" in letters(session)


def test_an_automatic_answer_is_no_concern_because_of_our_own_subject(
    session: Session, people: People, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(noticed, "ANSWERED", "%(reference)s: I want to end my life")  # as if we wrote so
    ours = noticed.ANSWERED % {"reference": reference(ticket.number)}
    away, head = "I am out of the office until 3 January.", {"Auto-Submitted": "auto-replied"}
    assert screen(away, f"Automatic reply: {ours}").hit, "else this shows nothing"
    sent = letter(away, reply_to(session, ticket), subject=f"Automatic reply: {ours}", head=head)
    mail = arrive(session, people, sent)
    assert (mail.state, mail.is_of_concern) == (MailState.AUTOMATIC, False)
    unsorted.join(session, people.amina, mail.id, unsorted.JoinInput(number=ticket.number))
    assert session.exec(select(ClinicalReview)).all() == []


def test_what_the_desk_writes_above_a_mail_is_not_its_senders():
    """The screen read it as theirs: a harmless text became a concern because of “not proven”."""
    framed = "[By mail from kim@x.example. Who sent it is not proven.]\n\nHello"
    joined, forged = (Message(action=action, body=framed) for action in (Action.JOIN_MAIL, Action.ANSWER))  # type: ignore[call-arg]
    assert (said_in(joined), said_in(forged)) == ("Hello", framed)


def test_risk_in_an_automatic_answer_is_not_set_aside(session: Session, people: People, ticket: Ticket):
    words = letter(
        "I want to kill myself", reply_to(session, ticket), head={"Auto-Submitted": "auto-replied"}
    )
    assert arrive(session, people, words).state == MailState.JOINED
    assert ticket.has_open_review


def test_a_stranger_is_answered_once_and_a_machine_never(session: Session, people: People, ticket: Ticket):
    """T19 of the peers."""
    for number in range(3):
        arrive(session, people, letter(f"Hello {number}", sender="kim@other.example"))
    assert letters(session) == ["mail_answered"]
    for head in ({"Auto-Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"Return-Path": "<>"}):
        assert arrive(session, people, letter("Away", sender="lee@x.example", head=head)).state == "automatic"
    arrive(session, people, letter("Hi", sender="lee@x.example", head={"X-Auto-Response-Suppress": "All"}))
    arrive(session, people, letter("Hi", sender=f"Desk <{DESK}>"))
    assert letters(session) == ["mail_answered"]


@pytest.mark.parametrize("sender", ["k@north.example", "desktop@north.example"])
def test_a_person_whose_address_is_like_one_of_ours_is_a_person(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch, sender: str
):
    monkeypatch.setattr(settings(), "mail_from", f"Navigator Desk <{DESK}>")
    mailbox = give_mailbox(session, people)
    arrive(session, people, letter("Hello", sender=sender))
    assert letters(session) == ["mail_answered"]
    for own in (DESK, f"desk+{'a' * 20}@north.example"):
        arrive(session, people, letter("Hello", sender=own))
    mailbox.address = "desk+north@north.example"
    arrive(session, people, letter("Hello", sender="desk+north+a@north.example"))
    assert letters(session) == ["mail_answered"]


def test_where_it_is_not_safe_to_write_nothing_is_sent_whatever_comes(session: Session, people: People):
    give_mailbox(session, people)
    unsafe = reported(session)
    session.get_one(Reporter, unsafe.reporter_id).is_safe_to_contact = False
    session.flush()
    assert arrive(session, people, letter("Hello", sender=f"Pat <{PAT.upper()}>")).state == "unsorted"
    told = arrive(session, people, letter("I want to end my life")).ticket_number
    assert session.get_one(Ticket, told).has_open_review
    arrive(session, people, letter("I want to end my life", to=reply_to(session, unsafe)))
    to_reporters = (OutboxMessage.recipient == "reporter", OutboxMessage.recipient == "mail")
    assert session.exec(select(OutboxMessage).where(or_(*to_reporters))).all() == []


def test_a_strangers_mail_is_a_report_where_the_service_says_so(session: Session, people: People):
    give_mailbox(session, people, strangers="report")
    mail = arrive(session, people, letter("The app shows a blank page", subject="Blank page"))
    told = session.get_one(Ticket, mail.ticket_number)
    reporter = session.get_one(Reporter, told.reporter_id)
    assert (mail.state, told.channel, reporter.email) == (MailState.REPORTED, Channel.EMAIL, PAT)
    assert "received" in letters(session)


@pytest.mark.parametrize("strangers", ["report", "link"])
def test_while_the_notice_is_empty_a_mail_waits_and_is_screened(
    session: Session, people: People, strangers: str
):
    give_mailbox(session, people, strangers=strangers)
    session.get_one(PrivacyNotice, people.north).periods = ""
    session.flush()
    risk = arrive(session, people, letter("I want to end my life", sender="kim@x.example"))
    assert (risk.state, risk.reason, risk.is_of_concern) == ("unsorted", "no_reports", True)
    assert session.get(MailOriginal, risk.id)
    plain = arrive(session, people, letter("The app shows a blank page"))
    assert (plain.state, plain.is_of_concern) == ("unsorted", False)
    assert plain.reason == ("no_reports" if strangers == "report" else "stranger")
    answer = session.exec(select(OutboxMessage).where(OutboxMessage.recipient_id == plain.id)).one()
    enclosed = enclose(session, answer)
    assert enclosed
    words = render("mail_answered", {"link": "/report", **enclosed.facts}).body
    assert "Please phone your service" in words
    assert "use this form" not in words


def test_more_of_one_sender_than_a_person_writes_waits_for_a_person(session: Session, people: People):
    give_mailbox(session, people, strangers="report")
    states = [arrive(session, people, letter(f"Blank page {number}")).state for number in range(7)]
    assert states == ["reported"] * 5 + ["unsorted"] * 2


def test_a_program_that_answers_each_letter_is_stopped(
    session: Session, people: People, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
):
    """T19 of the peers."""
    to = reply_to(session, ticket)
    found = [arrive(session, people, letter(f"Got {number}", to=to)) for number in range(41)]
    found.append(arrive(session, people, letter("Hello", to=to, subject="I want to end my life")))
    assert [mail.reason for mail in found[39:]] == ["", UnsortedReason.TOO_MANY, UnsortedReason.TOO_MANY]
    assert [mail.is_of_concern for mail in found[40:]] == [False, True]


def test_a_mail_that_cannot_be_processed_is_given_to_a_person_and_stops_no_other(
    session: Session, people: People, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(land, "_describe", _fails_on("poison", land._describe))
    for words in ("poison", "Good"):
        content = letter(words, to=reply_to(session, ticket))
        store.keep(session, people.north, Arrived(content, len(content)))
    for _ in range(6):
        land.land_waiting()
    session.expire_all()
    found = [(mail.state, mail.reason) for mail in session.exec(select(Mail).order_by(Mail.id))]  # type: ignore[arg-type]
    assert found == [(MailState.UNSORTED, UnsortedReason.FAILED), (MailState.JOINED, "")]


def _fails_on(word: str, really):
    def describe(session, mail, read, *others):
        if word in read.words:
            raise RuntimeError(word)
        return really(session, mail, read, *others)

    return describe


def test_private_links_that_a_mail_quotes_are_shown_to_nobody(
    session: Session, people: People, ticket: Ticket
):
    to = reply_to(session, ticket)
    words = f"See http://127.0.0.1:8000/t/{'A1b2-' * 8} and write to {to}"
    arrive(session, people, letter(words, to=to))
    assert said_on(session, ticket.number)[-1] == (
        "See [private link] and write to desk+[reply address]@north.example"
    )


def test_words_that_are_removed_from_a_mail_stand_in_no_original(
    session: Session, people: People, ticket: Ticket
):
    content = letter("My password is marmalade99", to=reply_to(session, ticket), subject="marmalade99")
    mail = arrive(session, people, content)
    told = RedactInput(message=mail.message_id or 0, words="marmalade99", reason=RedactionReason.PASSWORD)
    redact(session, people.amina, ticket.number, told)
    session.flush()
    session.expire_all()
    assert session.get(MailOriginal, mail.id) is None
    assert "marmalade99" not in f"{mail.subject}{said_on(session, ticket.number)}"


def test_originals_go_in_time_and_what_waits_for_a_person_stays(
    session: Session, people: People, ticket: Ticket
):
    joined = arrive(session, people, letter(to=reply_to(session, ticket)))
    waiting = arrive(session, people, letter(sender="kim@x.example"))
    machine = arrive(session, people, letter("Away", head={"Auto-Submitted": "auto-replied"}))

    def kept_after(days: int) -> list[bool]:
        now = clock.now() + timedelta(days=days)
        forget_machines(session, now, held=())
        retention.run(now)
        session.expire_all()
        return [session.get(MailOriginal, mail.id) is not None for mail in (joined, waiting, machine)]

    assert (kept_after(29), kept_after(31), kept_after(91)) == (
        [True, True, True],
        [True, True, False],
        [False, True, False],
    )
    assert session.exec(select(Mail.from_address).where(Mail.id == joined.id)).one() == ""
    assert (machine.from_address, waiting.from_address) == ("", "kim@x.example")


def test_what_must_not_fail_silently_is_said(session: Session, people: People, ticket: Ticket):
    assert what_is_wrong(session, clock.now()) == ""
    arrive(session, people, letter(sender="kim@x.example"))
    assert what_is_wrong(session, clock.now() + timedelta(hours=23)) == ""
    assert "waits to be sorted" in what_is_wrong(session, clock.now() + timedelta(hours=25))
    session.get_one(Mailbox, people.north).host = "imap.north.example"
    session.add(MailboxState(service_id=people.north, failing_since_at=clock.now()))
    session.flush()
    later = what_is_wrong(session, clock.now() + timedelta(minutes=31))
    assert later == "Mail cannot be read: North Talking Therapies since 10am on Tuesday 9 June."


def test_a_mail_that_names_thousands_of_letters_asks_the_database_for_few(
    session: Session, people: People, ticket: Ticket
):
    asked: list[str] = []

    def note(_connection: object, _cursor: object, text: str, *_: object) -> None:
        asked.append(text)

    event.listen(session.connection(), "before_cursor_execute", note)
    tokens = "".join(f"Delivered-To: desk+r{n}.{'a' * 26}@n.example\r\n" for n in range(2, 1_000))
    moment = "2" * 20
    ours = " ".join(f"<{n}.{moment}@n.example>" for n in range(2, 1_000))
    for head in ({}, {"From": "mailer-daemon@x.example", "Subject": "Undeliverable"}):
        arrive(session, people, tokens.encode() + letter(ours, head={"References": ours} | head))
    event.remove(session.connection(), "before_cursor_execute", note)
    assert len(asked) < 600


def test_mail_that_may_be_about_safety_is_told_of_before_any_other(
    session: Session, people: People, ticket: Ticket
):
    arrive(session, people, many(*[(TEXT, "I want to kill myself tonight")] * 300))
    assert what_is_wrong(session, clock.now() + timedelta(minutes=29)) == ""
    later = what_is_wrong(session, clock.now() + timedelta(minutes=31))
    assert later == "Mail that may be about safety waits to be sorted since 10am on Tuesday 9 June."


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    "html",
    [
        "<div " + "class=" * 60_000,
        "<a" * 200_000,
        "<a display:none>" * 20_000,
        "<div>" * 100_000,
        "<ul><li>" * 50_000,
    ],
    ids=lambda html: html[:12],
)
def test_a_mail_that_was_made_to_keep_the_desk_busy_is_read_like_any_other(html: str):
    assert text_of(f"<p>I want to end my life</p>{html}").startswith("I want to end my life")


@pytest.mark.sqlite_is_enough
def test_flowed_lines_without_end_are_one():
    body = letter("a \n" * 300_000 + "b", head={"Content-Type": "text/plain; charset=utf-8; format=flowed"})
    assert read_mail(body).whole.startswith("a a a ")


@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
@pytest.mark.parametrize("head", [{}, {"Auto-Submitted": "auto-replied"}])
def test_a_mail_that_is_longer_than_it_is_read_goes_to_a_person(
    session: Session, people: People, ticket: Ticket, kind: str, head: dict[str, str]
):
    long = "It is slow.\n" + "<i></i>" * 143_000 if kind == "text/html" else "It is slow.\n" * 16_700
    head = head | {"Content-Type": f"{kind}; charset=utf-8"}
    content = letter(f"{long}I want to end my life", to=reply_to(session, ticket), head=head)
    mail = arrive(session, people, content)
    assert (mail.state, mail.reason) == (MailState.UNSORTED, UnsortedReason.TOO_LONG)


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(("length", "is_cut"), [(190_000, False), (210_000, True), (410_000, True)])
def test_what_is_shown_of_a_mail_that_cannot_be_taken_apart_says_where_it_goes_on(length: int, is_cut: bool):
    assert as_it_came(letter("a" * length)).is_cut is is_cut


@pytest.mark.parametrize("how", ["fails", "too many parts"])
def test_words_of_risk_are_seen_in_what_cannot_be_read_or_processed(
    session: Session, people: People, ticket: Ticket, monkeypatch: pytest.MonkeyPatch, how: str
):
    words = "I want to kill myself tonight"
    parts = [(TEXT, words)] * (300 if how == "too many parts" else 1)
    monkeypatch.setattr(land, "_describe", _fails_on("kill", land._describe))
    store.keep(session, people.north, Arrived(content := many(*parts), len(content)))
    for _ in range(6):
        land.land_waiting()
    session.expire_all()
    mail = session.exec(select(Mail)).one()
    assert (mail.state, mail.is_of_concern) == (MailState.UNSORTED, True)


def test_a_mail_that_another_thread_lands_is_not_counted_as_one_that_fails(
    session: Session, people: People, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
):
    store.keep(session, people.north, Arrived(content := letter(to=reply_to(session, ticket)), len(content)))

    def read_slowly(mail: Mail, content: bytes) -> object:
        for _ in range(land.MOST_ATTEMPTS + 1):  # so often others look meanwhile
            assert land.land_waiting() == 0
        return read_of(mail, content)

    monkeypatch.setattr(land, "read_of", read_slowly)
    assert land.land_waiting() == 1
    session.expire_all()
    assert session.exec(select(Mail)).one().state == MailState.JOINED


def test_who_set_an_answer_aside_is_found_by_the_ticket_that_it_answers(
    session: Session, people: People, ticket: Ticket
):
    mail = arrive(session, people, letter(" ", reply_to(session, ticket)))
    set_aside(session, people.amina, mail.id, AsideInput(decision="nothing in it"))
    of_ticket = select(AuditEntry.act).where(AuditEntry.ticket_number == ticket.number)
    assert session.exec(of_ticket).all() == [Act.SET_ASIDE_MAIL]


def test_a_role_in_another_service_sets_no_mail_of_concern_aside(session: Session, people: People):
    both = join(session, "Bo", "bo@north.example", people.north, Role.NAVIGATOR)
    session.add(Membership(user_id=both.user_id or 0, service_id=people.south, role=Role.CLINICIAN))
    session.flush()
    give_mailbox(session, people)
    mail = arrive(session, people, letter("Hello"))
    mail.is_of_concern = True
    session.flush()
    with pytest.raises(Conflict, match="safety"):
        set_aside(session, actor_of(session, both.user_id or 0), mail.id, AsideInput(decision="spam"))


def test_mails_without_any_header_are_told_apart_by_their_words(session: Session, people: People):
    kept = [
        store.keep(session, people.north, Arrived(words, len(words))) for words in (b"One", b"Two", b"One")
    ]
    assert (kept[0] == kept[2], kept[0] == kept[1]) == (True, False)
