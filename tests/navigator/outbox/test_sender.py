"""The courier: every letter goes out once, by the right way, and what fails is tried again or told."""

import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import jwt
import pytest
from sqlmodel import Session, select
from structlog.testing import capture_logs

from navigator import clock
from navigator.catalogue.service import Service
from navigator.jobs.registry import JOBS
from navigator.jobs.review_alerts import send_next_alert
from navigator.outbox import claims, sender
from navigator.outbox.claims import Sent
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ContactMethod, Reporter, reference
from navigator.people.user import User
from navigator.settings import settings
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import ClinicalReview, Ticket
from tests.mail_and_sms_servers import Mailbox, Notify, mail_server, make_certificate, notify_server
from tests.people import People, number_by_token

KEY = "desk-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Call it with settings."""

    def set_up(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"NAVIGATOR_{name.upper()}", str(value))
        settings.cache_clear()

    return set_up


@pytest.fixture
def box(set_up: Callable[..., None]) -> Iterator[Mailbox]:
    """A mail server, which the desk is set up to use."""
    with mail_server() as box:
        set_up(mail_host="127.0.0.1", mail_port=box.port, mail_security="none")
        yield box


@pytest.fixture
def notify(set_up: Callable[..., None]) -> Iterator[Notify]:
    """GOV.UK Notify, which the desk is set up to use."""
    with notify_server() as notify:
        set_up(notify_url=notify.url, notify_key=KEY, notify_template="f33517ff-2a88-4f6e-b855-c550268ce08a")
        yield notify


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody trusts yet."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trust(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it to trust the certificate."""
    return lambda: monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    """A ticket whose reporter reads e-mail; nothing is queued."""
    contact = ContactInput(route=ContactMethod.EMAIL, email="pat@home.example", phone="07700 900982")
    told = ReportInput(service="north", text="My password is refused: marmalade", contact=contact)
    ticket = staff.report(session, ANONYMOUS, told).ticket
    for letter in session.exec(select(OutboxMessage)):
        session.delete(letter)
    session.flush()
    return ticket


def plain(mail: EmailMessage) -> str:
    """The words of a mail, as a program without HTML shows them."""
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


def tell(session: Session, ticket: Ticket, template: str = "answered", **facts: object) -> OutboxMessage:
    letter = enqueue(
        session, template, Recipient.REPORTER, ticket.reporter_id, ticket_number=ticket.number, context=facts
    )
    assert letter
    session.flush()
    return letter


def by_text(session: Session, ticket: Ticket) -> None:
    session.get_one(Reporter, ticket.reporter_id).contact_method = "text"
    session.flush()


def later(**time: float) -> None:
    clock.set_to(clock.now() + timedelta(**time))


def files() -> list[Path]:
    folder = settings().mail_dir
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_mail_goes_out_once_with_a_link_to_the_ticket(session: Session, ticket: Ticket, box: Mailbox):
    letter = tell(session, ticket)
    assert (sender.send_waiting(), sender.send_waiting()) == (1, 0)
    session.refresh(letter)
    assert (letter.sent_at, letter.attempts) == (clock.now(), 1)
    (mail,) = box.mails
    assert box.recipients == ["pat@home.example"]
    assert mail["Subject"] == f"{reference(ticket.number)}: there is an answer for you"
    assert (mail["From"], mail["Auto-Submitted"]) == ("navigator-desk@localhost", "auto-generated")
    assert "marmalade" not in mail.as_string()
    token = plain(mail).partition("/t/")[2].split()[0]
    assert number_by_token(session, token) == ticket.number


@pytest.mark.parametrize(("seconds", "sent"), [(600.0, 5), (0.0, 2)])
def test_while_more_are_waiting_it_goes_on_as_long_as_its_turn_lasts(
    session: Session, ticket: Ticket, monkeypatch: pytest.MonkeyPatch, seconds: float, sent: int
):
    monkeypatch.setattr(sender, "BATCH_SIZE", 2)
    monkeypatch.setattr(sender, "GOES_ON_SECONDS", seconds)
    for _ in range(5):
        tell(session, ticket)
    assert sender.send_waiting() == sent
    assert len(files()) == sent


def test_before_each_letter_others_may_write(
    session: Session, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
):
    """A report in the process that sends letters took five times as long as in the other one."""
    pauses: list[float] = []
    monkeypatch.setattr(sender, "sleep", pauses.append)
    for _ in range(3):
        tell(session, ticket)
    assert sender.send_waiting() == len(pauses) == 3
    assert min(pauses) > 0


def test_its_turn_ends_before_the_next_one_begins():
    assert JOBS["send"].every.total_seconds() > sender.GOES_ON_SECONDS


def test_without_a_mail_server_mail_is_put_in_a_folder(session: Session, ticket: Ticket):
    letter = tell(session, ticket)
    by_text_too(session, ticket)
    assert sender.send_waiting() == 2
    text, mail = sorted(files(), key=lambda file: file.suffix, reverse=True)
    assert (mail.suffix, text.suffix) == (".eml", ".txt")
    assert stat.S_IMODE(mail.stat().st_mode) == 0o600
    read = message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert (read["To"], read["Message-ID"][1:].split(".")[0]) == ("pat@home.example", str(letter.id))
    assert text.read_text().startswith("To: +447700900982\n\nDN-")


def by_text_too(session: Session, ticket: Ticket) -> None:
    """A second letter, to a reporter who reads text messages."""
    other = Reporter(contact_method="text", phone="07700 900982")
    session.add(other)
    session.flush()
    assert enqueue(session, "answered", Recipient.REPORTER, other.id, ticket_number=ticket.number)
    session.flush()


def test_a_demonstration_sends_nothing_to_a_network(
    session: Session, people: People, ticket: Ticket, box: Mailbox, notify: Notify
):
    session.get_one(Service, people.north).is_demonstration = True
    tell(session, ticket)
    by_text_too(session, ticket)
    assert sender.send_waiting() == 2
    assert (box.mails, notify.asked) == ([], [])
    assert len(files()) == 2


def test_a_mail_that_is_refused_for_now_is_tried_again_and_is_the_same_mail(
    session: Session, ticket: Ticket, box: Mailbox
):
    letter = tell(session, ticket)
    box.refuses["pat@home.example"] = "451 4.7.1 <pat@home.example> try again later"
    with capture_logs() as logs:
        assert sender.send_waiting() == 1
    session.refresh(letter)
    assert (letter.attempts, letter.sent_at, letter.last_error) == (1, None, "mail server: 451")
    assert "pat@home.example" not in str(logs)
    assert (sender.send_waiting(), box.mails) == (0, [])
    box.refuses.clear()
    later(minutes=1)
    assert sender.send_waiting() == 1
    session.refresh(letter)
    assert (letter.attempts, letter.sent_at, letter.last_error) == (2, clock.now(), "")


def test_a_mail_whose_receipt_was_lost_is_sent_again_as_the_same_mail(
    session: Session, ticket: Ticket, box: Mailbox
):
    tell(session, ticket)
    box.hangs_up = "DATA"
    sender.send_waiting()
    box.hangs_up = ""
    later(minutes=1)
    assert sender.send_waiting() == 1
    first, second = box.mails
    assert (first["Message-ID"], first["Date"]) == (second["Message-ID"], second["Date"])


def test_a_claim_lapses_when_its_courier_dies(session: Session, ticket: Ticket, box: Mailbox):
    tell(session, ticket)
    assert claims.claim()
    later(minutes=2)
    assert sender.send_waiting() == 0
    later(minutes=2)
    assert sender.send_waiting() == 1


def test_what_was_queued_claimed_or_put_off_while_the_clock_stood_ahead_is_sent(
    session: Session, ticket: Ticket, box: Mailbox
):
    """11.F5: it waited for as long as the clock had been ahead."""
    later(days=3)
    queued, claimed, put_off = (tell(session, ticket) for _ in range(3))
    later(days=-3)
    claimed.queued_at = put_off.queued_at = claimed.send_at = clock.now()
    claimed.claimed_until_at, claimed.attempts, put_off.attempts = clock.now() + timedelta(days=3), 1, 1
    session.flush()
    assert queued.send_at > clock.now()
    assert sender.send_waiting() == 3


def test_what_is_put_off_by_a_clock_that_is_right_is_not_sent_early(
    session: Session, ticket: Ticket, box: Mailbox
):
    """11.F5."""
    held, again = tell(session, ticket), tell(session, ticket)
    held.send_at, again.send_at = clock.now() + timedelta(days=1), clock.now() + timedelta(hours=1)
    again.attempts = 9
    session.flush()
    assert sender.send_waiting() == 0


def test_what_was_queued_ahead_of_time_waits_between_tries_as_others_do(
    session: Session, ticket: Ticket, box: Mailbox
):
    """Else a server that says “later” uses up five days’ tries in minutes, and the message is given up."""
    box.refuses["pat@home.example"] = "451 4.7.1 <pat@home.example> try again later"
    later(days=1)
    letter = tell(session, ticket)
    later(days=-1)
    assert [sender.send_waiting() for _ in range(3)] == [1, 0, 0]
    session.refresh(letter)
    assert letter.attempts == 1
    later(minutes=1)
    assert sender.send_waiting() == 1


def test_a_courier_that_comes_late_does_not_undo_what_another_did(session: Session, ticket: Ticket):
    letter = tell(session, ticket)
    (late,) = claims.claim()
    later(minutes=4)
    (sooner,) = claims.claim()
    claims.mark_failed(late, "too late")
    session.refresh(letter)
    assert (letter.failed_at, letter.claimed_until_at) == (None, clock.now() + claims.CLAIM_DURATION)
    claims.mark_alone(Sent(sooner))
    claims.retry_later(sooner, "too late")
    session.refresh(letter)
    assert (letter.sent_at, letter.last_error) == (clock.now(), "")


def test_a_mail_that_is_refused_for_good_is_given_up_at_once_and_loudly(
    session: Session, ticket: Ticket, box: Mailbox
):
    letter = tell(session, ticket)
    box.refuses["pat@home.example"] = "550 5.1.1 <pat@home.example> no such person"
    with capture_logs() as logs:
        sender.send_waiting()
    session.refresh(letter)
    assert (letter.failed_at, letter.last_error) == (clock.now(), "mail server: 550")
    assert [log["event"] for log in logs if log["log_level"] == "error"] == ["message failed"]
    assert "pat@home.example" not in str(logs)
    later(days=1)
    assert sender.send_waiting() == 0


@pytest.mark.parametrize("address", ["pät@home.example", "用户@例子.广告"])
@pytest.mark.parametrize("takes_unicode", [True, False])
def test_an_address_in_the_letters_of_its_owner_is_given_to_the_server(
    session: Session, ticket: Ticket, set_up: Callable[..., None], address: str, takes_unicode: bool
):
    """The form took it, and it was given up before any server was asked."""
    session.get_one(Reporter, ticket.reporter_id).email = address
    letter = tell(session, ticket)
    with mail_server(takes_unicode=takes_unicode) as box:
        set_up(mail_host="127.0.0.1", mail_port=box.port, mail_security="none")
        sender.send_waiting()
    session.refresh(letter)
    assert box.recipients == ([address] if takes_unicode else [])
    assert letter.last_error == ("" if takes_unicode else "mail server: takes no such address")


@pytest.mark.parametrize(
    "address", ["pat@home.example\nBcc: all@b.example", "a@b.example, c@d.example", "pat"]
)
def test_an_address_that_is_none_or_several_is_refused(
    session: Session, ticket: Ticket, box: Mailbox, address: str
):
    session.get_one(Reporter, ticket.reporter_id).email = address
    letter = tell(session, ticket)
    sender.send_waiting()
    session.refresh(letter)
    assert (letter.failed_at, box.mails) == (clock.now(), [])


def test_a_server_that_is_down_stops_the_round_and_costs_no_letter(
    session: Session, ticket: Ticket, set_up: Callable[..., None]
):
    waiting = [tell(session, ticket) for _ in range(3)]
    with mail_server() as gone:
        set_up(mail_host="127.0.0.1", mail_port=gone.port, mail_security="none")
    assert sender.send_waiting() == 1
    assert [letter.attempts for letter in map(fresh(session), waiting)] == [1, 0, 0]
    assert waiting[0].last_error == "mail server: ConnectionRefusedError"
    with mail_server() as box:
        set_up(mail_port=box.port)
        later(minutes=1)
        assert sender.send_waiting() == 3
    assert len(box.mails) == 3


def fresh(session: Session) -> Callable[[OutboxMessage], OutboxMessage]:
    def fresh(letter: OutboxMessage) -> OutboxMessage:
        session.refresh(letter)
        return letter

    return fresh


def test_a_channel_that_is_closed_does_not_hold_the_other_up(
    session: Session, ticket: Ticket, box: Mailbox, notify: Notify
):
    notify.answer = (503, {})
    by_text_too(session, ticket)
    by_text_too(session, ticket)
    tell(session, ticket)
    assert sender.send_waiting() == 2
    assert (len(box.mails), len(notify.asked)) == (1, 1)


def test_a_failed_farewell_does_not_send_a_mail_again(session: Session, ticket: Ticket, box: Mailbox):
    box.hangs_up = "QUIT"
    letter = tell(session, ticket)
    sender.send_waiting()
    session.refresh(letter)
    assert letter.sent_at


@pytest.mark.parametrize(
    "ends",
    [{}, {"hangs_up": "RSET"}, *({"has_enough_at": command} for command in ("MAIL", "RCPT", "DATA"))],
)
def test_the_letters_of_a_turn_go_by_one_connection_while_the_server_keeps_it(
    session: Session,
    ticket: Ticket,
    set_up: Callable[..., None],
    certificate: Path,
    trust: Callable[[], None],
    ends: Mapping[str, str],
):
    """222: each letter took a connection, its encryption and a log-in."""
    trust()
    for _ in range(3):
        tell(session, ticket)
    with mail_server(certificate, at_once=True) as box:
        vars(box).update(ends)
        set_up(**KNOWN, mail_port=box.port, mail_security="tls")
        assert sender.send_waiting() == 3
        assert len({mail["Message-ID"] for mail in box.mails}) == len(box.mails) == 3
        assert len(box.logins) == (log_ins := 3 if ends else 1)
        tell(session, ticket)
        assert sender.send_waiting() == 1
        assert len(box.logins) == log_ins + 1  # a turn leaves none open


def test_a_letter_that_is_refused_leaves_the_connection_to_the_others(
    session: Session, people: People, ticket: Ticket, box: Mailbox
):
    assert people.amina.user_id
    tell(session, ticket)
    box.refuses["pat@home.example"] = "550 No such mailbox"
    enqueue(session, "invite", Recipient.USER, people.amina.user_id)
    session.flush()
    assert sender.send_waiting() == 2
    assert (len(box.mails), box.opened) == (1, 1)


def test_whoever_is_no_longer_to_be_written_to_gets_nothing(session: Session, ticket: Ticket, box: Mailbox):
    tell(session, ticket)
    session.get_one(Reporter, ticket.reporter_id).is_safe_to_contact = False
    session.flush()
    sender.send_waiting()
    assert (box.mails, session.exec(select(OutboxMessage)).all()) == ([], [])


def test_a_change_of_route_is_followed(session: Session, ticket: Ticket, box: Mailbox, notify: Notify):
    letter = tell(session, ticket)
    by_text(session, ticket)
    sender.send_waiting()
    session.refresh(letter)
    assert (box.mails, len(notify.asked), letter.channel) == ([], 1, "text")


def test_a_letter_that_cannot_be_written_waits_and_says_where_it_broke(
    session: Session, ticket: Ticket, box: Mailbox
):
    broken, good = tell(session, ticket, "quiet_warning"), tell(session, ticket)
    with capture_logs() as logs:
        assert sender.send_waiting() == 2
    session.refresh(broken)
    assert broken.last_error.startswith("UndefinedError at quiet_warning.txt:")
    assert {log["log_level"] for log in logs} == {"warning", "info"}
    session.refresh(good)
    assert (broken.sent_at, good.sent_at) == (None, clock.now())


def test_in_the_end_a_letter_is_given_up(session: Session, ticket: Ticket, box: Mailbox):
    letter = tell(session, ticket)
    letter.attempts = claims.MAX_ATTEMPTS - 1
    session.flush()
    box.refuses["pat@home.example"] = "450 busy"
    sender.send_waiting()
    session.refresh(letter)
    assert letter.failed_at == clock.now()


def test_letters_rest_longer_each_time_and_outlast_easter():
    rests = [claims.retry_delay(attempts) for attempts in range(1, claims.MAX_ATTEMPTS)]
    assert timedelta(seconds=20) < rests[0] < timedelta(seconds=40)
    assert timedelta(minutes=3) < rests[3] < timedelta(minutes=6)
    assert max(rests) < timedelta(hours=1.3)
    assert sum(rests, timedelta()) > timedelta(days=4)
    assert len(set(rests)) > 100


KNOWN = {"mail_host": "localhost", "mail_user": "desk", "mail_password": "correct horse"}


def test_mail_is_sent_encrypted_to_a_server_whose_certificate_is_good(
    session: Session,
    ticket: Ticket,
    set_up: Callable[..., None],
    certificate: Path,
    trust: Callable[[], None],
):
    letter = tell(session, ticket)
    with mail_server(certificate) as box:
        set_up(**KNOWN, mail_port=box.port, mail_security="starttls")
        sender.send_waiting()
        session.refresh(letter)
        assert letter.last_error == "mail server: SSLCertVerificationError"
        assert (box.mails, box.logins) == ([], [])
        trust()
        later(minutes=1)
        sender.send_waiting()
        assert (len(box.mails), box.is_encrypted, box.logins) == (1, True, [("desk", "correct horse")])


def test_a_log_in_that_is_refused_costs_no_letter(
    session: Session,
    ticket: Ticket,
    set_up: Callable[..., None],
    certificate: Path,
    trust: Callable[[], None],
):
    letter = tell(session, ticket)
    with mail_server(certificate, at_once=True) as box:
        set_up(**KNOWN | {"mail_password": "forgotten"}, mail_port=box.port, mail_security="tls")
        sender.send_waiting()
        session.refresh(letter)
        assert letter.last_error == "mail server: SSLCertVerificationError"
        trust()
        later(minutes=1)
        sender.send_waiting()
        session.refresh(letter)
        assert letter.last_error == "mail server: SMTPAuthenticationError 535"
        set_up(mail_password="correct horse")
        later(minutes=5)
        sender.send_waiting()
        assert len(box.mails) == 1


def test_mail_is_never_sent_in_the_clear_when_it_should_be_encrypted(
    session: Session, ticket: Ticket, box: Mailbox, set_up: Callable[..., None]
):
    set_up(mail_security="starttls")
    letter = tell(session, ticket)
    sender.send_waiting()
    session.refresh(letter)
    assert (box.mails, letter.last_error) == ([], "mail server: SMTPNotSupportedError")


def test_a_text_message_goes_to_notify_signed_with_the_key(session: Session, ticket: Ticket, notify: Notify):
    by_text(session, ticket)
    letter = tell(session, ticket)
    sender.send_waiting()
    session.refresh(letter)
    ((path, authorization, body),) = notify.asked
    assert (letter.sent_at, path) == (clock.now(), "/v2/notifications/sms")
    scheme, _, token = authorization.partition(" ")
    claimed = jwt.decode(token, KEY[-36:], algorithms=["HS256"], options={"verify_iat": False})
    assert (scheme, claimed["iss"], claimed["iat"]) == ("Bearer", KEY[5:41], int(clock.now().timestamp()))
    message = body["personalisation"].pop("message")
    assert body == {
        "phone_number": "+447700900982",
        "template_id": "f33517ff-2a88-4f6e-b855-c550268ce08a",
        "personalisation": {},
        "reference": str(letter.id),
    }
    assert message.startswith(f"{reference(ticket.number)}: there is an answer for you\nhttp")
    assert number_by_token(session, message.rpartition("/")[2]) == ticket.number


@pytest.mark.parametrize(
    ("status", "kind", "is_given_up"),
    [
        (400, "ValidationError", True),
        (400, "BadRequestError", False),
        (403, "AuthError", False),
        (429, "TooManyRequestsError", False),
        (500, "Exception", False),
    ],
)
def test_notify_refuses_a_number_for_good_and_everything_else_for_now(
    session: Session, ticket: Ticket, notify: Notify, status: int, kind: str, is_given_up: bool
):
    by_text(session, ticket)
    letter = tell(session, ticket)
    error = {"error": kind, "message": "phone_number 07700 900982 is wrong"}
    notify.answer = (status, {"status_code": status, "errors": [error]})
    with capture_logs() as logs:
        sender.send_waiting()
    session.refresh(letter)
    assert (letter.failed_at is not None, letter.last_error) == (is_given_up, f"Notify: {status} {kind}")
    assert "900982" not in str(logs)


def test_a_desk_that_sends_mail_but_cannot_send_texts_says_so(session: Session, ticket: Ticket, box: Mailbox):
    by_text(session, ticket)
    letter = tell(session, ticket)
    sender.send_waiting()
    session.refresh(letter)
    assert (letter.last_error, files()) == ("text messages are not set up", [])


def test_an_invitation_leads_to_choosing_a_password(session: Session, people: People, box: Mailbox):
    assert people.amina.user_id
    session.get_one(User, people.amina.user_id).name = "Amina\nBcc: all@home.example"
    enqueue(session, "invite", Recipient.USER, people.amina.user_id)
    session.flush()
    sender.send_waiting()
    (mail,) = box.mails
    assert f"{settings().base_url}/password/" in plain(mail)
    assert (mail["Bcc"], box.recipients) == (None, ["amina@north.example"])


def test_staff_are_led_to_the_page_where_they_log_in(
    session: Session, people: People, ticket: Ticket, box: Mailbox
):
    assert people.cole.user_id
    for template in ("assigned", "clinical_review"):
        enqueue(session, template, Recipient.USER, people.cole.user_id, ticket_number=ticket.number)
    session.flush()
    sender.send_waiting()
    assigned, handed = (plain(mail) for mail in box.mails)
    assert f"{settings().base_url}/tickets/{ticket.number}" in assigned.splitlines()
    assert f"{settings().base_url}/clinical-reviews" in handed.splitlines()
    assert "/t/" not in assigned + handed


def test_an_alert_leads_straight_to_what_must_be_read(session: Session, people: People, box: Mailbox):
    """11.A7: every alert, to clinicians and to contacts, names the page of its clinical review."""
    staff.report(session, ANONYMOUS, ReportInput(service="north", text="I want to end my life"))
    review = session.exec(select(ClinicalReview)).one()
    send_next_alert(session, clock.now(), review.id)
    send_next_alert(session, clock.now(), review.id)
    session.flush()
    sender.send_waiting()
    alerts = [plain(mail) for mail in box.mails if "needs reading" in mail["Subject"]]
    assert len(alerts) == 5
    for alert in alerts:
        assert f"{settings().base_url}/clinical-reviews/{review.id}" in alert.splitlines()


def test_a_message_that_was_queued_before_a_template_was_renamed_is_sent(
    session: Session, people: People, ticket: Ticket, box: Mailbox
):
    assert people.cole.user_id
    enqueue(session, "clinical_review", Recipient.USER, people.cole.user_id, ticket_number=ticket.number)
    session.flush()
    session.exec(select(OutboxMessage)).one().template = "hand_over"
    session.flush()
    sender.send_waiting()
    (mail,) = (plain(mail) for mail in box.mails)
    assert "needs reading by a clinician" in mail
    assert f"{settings().base_url}/clinical-reviews" in mail.splitlines()


def test_a_round_ends(session: Session, ticket: Ticket, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sender, "GOES_ON_SECONDS", 0)
    for _ in range(sender.BATCH_SIZE + 1):
        tell(session, ticket)
    assert (sender.send_waiting(), sender.send_waiting()) == (sender.BATCH_SIZE, 1)
