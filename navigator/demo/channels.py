"""Mail and texts of the demonstration that come in, as bytes that the desk itself reads and sorts."""

from collections.abc import Generator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from sqlmodel import Session, col, select

from navigator import clock, languages
from navigator.administration.apply_change import apply_change
from navigator.administration.mail_schema import MailboxSetting
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.demo.context import DemoContext, get_ticket
from navigator.demo.event_queue import Scenario
from navigator.demo.story_of_desk import ChannelStory, MailStory, ReaderStory, WrittenReport
from navigator.jobs.delivery_failures import go_on
from navigator.mail_in import land, unsorted
from navigator.mail_in.store import Arrived, keep
from navigator.mail_in.tables import Mail, MailOriginal
from navigator.mail_in.texts import ReceivedText, read_of, take_text
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.outbox.staff_mail import MailChoicesInput, MailTiming, choose_mails
from navigator.outbox.texts_sent import count_text
from navigator.people import calendar_feeds, private_links
from navigator.people.actor import ANONYMOUS, SYSTEM
from navigator.people.private_links import address_hash
from navigator.people.reply_tokens import reply_token
from navigator.people.reporter import ContactMethod, LinkChannel, reference
from navigator.phone_numbers import e164
from navigator.tickets.actions import staff
from navigator.tickets.inputs import SayInput
from navigator.tickets.report_input import ContactInput, ReportInput

HALF_A_YEAR = timedelta(days=180)


def add_channels(context: DemoContext, told: ChannelStory) -> None:
    """Add what comes in, and what people of the service chose."""
    add = context.queue.add
    add(_set_up(context, told))
    add(_answered_by_mail(context, told))
    add(_answered_by_text(context, told))
    add(_bounced(context, told))
    for mail in told.arrived:
        add(_arrived(context, told, mail))


def _set_up(context: DemoContext, told: ChannelStory) -> Scenario:
    """The service has a mailbox, which no server is named for; staff choose how they are told."""
    session = yield context.dates.moment(told.begins)
    review_on = context.dates.today + HALF_A_YEAR
    setting = MailboxSetting(is_active=True, address=told.address, owner=told.owner, review_on=review_on)
    apply_change(session, SYSTEM, SETTING_KINDS["mailbox"], (told.service,), setting)
    for reader in told.readers:
        _choose(context, session, reader)


def _choose(context: DemoContext, session: Session, reader: ReaderStory) -> None:
    actor, choices = context.people.actors[reader.name], dict.fromkeys(reader.daily, MailTiming.DAILY)
    choose_mails(session, actor, MailChoicesInput(choices=choices, digest_hour=reader.hour))
    if reader.has_calendar:
        context.calendars[reader.name] = calendar_feeds.make_feed(session, actor, shows_own_words=False)


def _written_to(
    context: DemoContext, told: ChannelStory, report: WrittenReport
) -> Generator[datetime, Session, int]:
    """Somebody reports, and a navigator writes to them; the number of their ticket."""
    session = yield context.dates.moment(report.at)
    with languages.speaking(report.language):
        number = staff.report(session, ANONYMOUS, _report_input(told, report)).ticket.number
    session = yield context.people.calendars[told.service].add(clock.now(), report.minutes)
    navigator = context.navigator_of(get_ticket(session, number), told.service)
    staff.wait(session, navigator, number, SayInput(body=report.said))
    session.flush()
    return number


def _report_input(told: ChannelStory, report: WrittenReport) -> ReportInput:
    begins, ends = report.quiet or (None, None)
    contact = ContactInput(
        route=ContactMethod.EMAIL if report.email else ContactMethod.TEXT,
        email=report.email,
        phone=report.phone,
        is_safe=True,
        quiet_from_hour=begins,
        quiet_until_hour=ends,
    )
    values = report.model_dump(include={"programme", "category", "text", "practitioner"})
    return ReportInput(service=told.service, contact=contact, **values)


def _answered_by_mail(context: DemoContext, told: ChannelStory) -> Scenario:
    """They answer the letter, above its words."""
    number = yield from _written_to(context, told, told.mail)
    session = yield clock.now() + timedelta(hours=told.mail.hours)
    token = private_links.mint(session, number, LinkChannel.EMAIL, told.mail.email)
    link = private_links.link_by_token(session, token)
    local_part, _, host = told.address.partition("@")
    to = f"{local_part}+{reply_token(link)}@{host}" if link else told.address
    quoted = f"On {clock.today():%d %B} Navigator Desk wrote:\n> There is an answer for you.\n"
    body = f"{told.mail.answer}\n\n{quoted}"
    _come(
        context,
        session,
        told,
        _mail(told.mail.email, to, f"Re: {reference(number)}: there is an answer for you", body),
    )


def _answered_by_text(context: DemoContext, told: ChannelStory) -> Scenario:
    """What was written went as a text, which is counted, and they text back."""
    number = yield from _written_to(context, told, told.text)
    session = yield clock.now() + timedelta(minutes=1)
    letter = _letter(session, number)
    letter.sent_at, letter.sent_to_hash = clock.now(), address_hash(e164(told.text.phone))
    count_text(session, letter, 1)
    session = yield clock.now() + timedelta(hours=told.text.hours)
    dialled = e164(told.text.phone).removeprefix("+")
    text = ReceivedText(id=f"demonstration {number}", source_number=dialled, message=told.text.answer)
    take_text(session, text)
    _land(session, session.exec(select(Mail).where(Mail.fingerprint == f"text {text.id}")).one())


def _bounced(context: DemoContext, told: ChannelStory) -> Scenario:
    """Where they said that they are reached, nothing arrives: a navigator is asked to phone them."""
    number = yield from _written_to(context, told, told.bounced)
    session = yield clock.now() + timedelta(minutes=3)
    letter = _letter(session, number)
    name = f"<{letter.id}.{letter.queued_at:%Y%m%d%H%M%S%f}@demo.example>"
    body = f"550 5.1.1 <{told.bounced.email}>: there is no such address.\n\nMessage-ID: {name}\n"
    returned = _mail("MAILER-DAEMON@mail.example", told.address, "Undelivered mail", body)
    _come(context, session, told, returned)
    go_on(session, clock.now(), letter.id)


def _letter(session: Session, number: int) -> OutboxMessage:
    """The newest letter to the reporter of a ticket."""
    of_ticket = (OutboxMessage.ticket_number == number, OutboxMessage.recipient == Recipient.REPORTER)
    query = select(OutboxMessage).where(*of_ticket).order_by(col(OutboxMessage.id).desc()).limit(1)
    return session.exec(query).one()


def _arrived(context: DemoContext, told: ChannelStory, mail: MailStory) -> Scenario:
    """A mail that answers no letter; a navigator sets it aside, if it belongs nowhere."""
    session = yield _when(context, mail)
    head = {"Auto-Submitted": "auto-replied"} if mail.is_of_machine else {}
    id = _come(context, session, told, _mail(mail.sender, told.address, mail.subject, mail.body, head))
    if mail.set_aside:
        session = yield context.people.calendars[told.service].add(clock.now(), 30)
        aside = unsorted.AsideInput(decision=mail.set_aside)
        unsorted.set_aside(session, context.people.actors[told.by], id, aside)


def _when(context: DemoContext, mail: MailStory) -> datetime:
    if mail.at:
        return context.dates.moment(mail.at)
    return context.dates.now - timedelta(minutes=mail.minutes_ago)


def _mail(sender: str, to: str, subject: str, body: str, head: dict[str, str] | None = None) -> bytes:
    """A mail as it comes from its writer’s server."""
    mail = EmailMessage()
    at = clock.now()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{at:%Y%m%d%H%M%S}@mail.example>"
    for name, value in (head or {}).items():
        mail[name] = value
    mail.set_content(body)
    return mail.as_bytes()


def _come(context: DemoContext, session: Session, told: ChannelStory, content: bytes) -> int:
    """Keep a mail and lead it to where it belongs; its id."""
    id = keep(session, context.people.service_ids[told.service], Arrived(content, len(content)))
    _land(session, session.get_one(Mail, id))
    return id


def _land(session: Session, mail: Mail) -> None:
    read = read_of(mail, session.get_one(MailOriginal, mail.id).content)
    land.land(session, mail, read, [], [])
    session.flush()
