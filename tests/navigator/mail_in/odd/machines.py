"""What machines send: automatic answers, lists, delivery reports, and people who look like machines.

osTicket #1041, odoo #66329, faveo #150, bileto #815, frappe/helpdesk #3628: each of these began a loop once.
"""

from tests.navigator.mail_in.mails import letter
from tests.navigator.mail_in.odd import AUTOMATIC, HTML_HEAD, JOINED, STRANGER, TEXT_HEAD, Odd, of, parts

AWAY = "I am away until Monday."


def _marked(**head: str) -> bytes:
    return of(AWAY, head={name.replace("_", "-"): value for name, value in head.items()})


MARKED = [
    Odd("RFC 3834: replied", _marked(Auto_Submitted="auto-replied"), AUTOMATIC),
    Odd("RFC 3834: generated", _marked(Auto_Submitted="auto-generated"), AUTOMATIC),
    Odd("RFC 3834: notified", _marked(Auto_Submitted="auto-notified; owner-email=x"), AUTOMATIC),
    Odd("RFC 3834: in capitals", _marked(AUTO_SUBMITTED="AUTO-REPLIED"), AUTOMATIC),
    Odd("RFC 3834: a person says no", _marked(Auto_Submitted="no"), JOINED, AWAY),
    Odd("X-Autoreply", _marked(X_Autoreply="yes"), AUTOMATIC),
    Odd("X-Autoreply: no", _marked(X_Autoreply="no"), JOINED, AWAY),
    Odd("X-Autorespond", _marked(X_Autorespond="Out"), AUTOMATIC),
    Odd("X-AutoReply-From", _marked(X_AutoReply_From="pat@home.example"), AUTOMATIC),
    Odd("Precedence: auto_reply", _marked(Precedence="auto_reply"), AUTOMATIC),
    Odd("nobody to send it back to", _marked(Return_Path="<>"), AUTOMATIC),
    Odd("Precedence: bulk, and a person by a gateway", _marked(Precedence="bulk"), JOINED, AWAY),
    Odd("a list of their organisation", _marked(List_Id="<all.home.example>"), JOINED, AWAY),
    Odd(
        "asks for no automatic answer, as Exchange does",
        _marked(X_Auto_Response_Suppress="OOF"),
        JOINED,
        AWAY,
    ),
]

_SUBJECTS = (
    "Automatic reply: your message",
    "Auto-Reply: your message",
    "Out of Office: your message",
    "Out of the office Re: your message",
    "Automatische Antwort: DN-000001",
    "Abwesenheitsnotiz",
    "Réponse automatique : DN-000001",
    "Respuesta automática: DN-000001",
    "Risposta automatica: DN-000001",
    "Odpowiedź automatyczna: DN-000001",
    "Automatisch antwoord: DN-000001",
    "Autosvar: DN-000001",
    "Ateb awtomatig: DN-000001",
    "自动回复: DN-000001",
    "Re: Automatic reply: your message",
)
SUBJECTS = [Odd(f"subject: {subject}", of(AWAY, subject=subject), AUTOMATIC) for subject in _SUBJECTS] + [
    Odd("a subject about the office", of(AWAY, subject="The office app does not open"), JOINED, AWAY),
]

_FAILED = "The address pat@home.example was not found."


def _report(
    status: str, sender: str = "MAILER-DAEMON@mx.example", subject: str = "Undelivered Mail", **more: str
) -> bytes:
    pieces = [(TEXT_HEAD, _FAILED), ("Content-Type: message/delivery-status", status)]
    kind = "report; report-type=delivery-status"
    return parts(
        *pieces,
        ("Content-Type: message/rfc822", "Subject: hello\n\nbody"),
        kind=kind,
        sender=sender,
        subject=subject,
        **more,
    )


_POSTFIX = (
    "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; pat@home.example\nAction: failed\nStatus: 5.1.1"
)
STRANGE_BOUNCES = [
    Odd("Postfix, of no letter of ours", _report(_POSTFIX), AUTOMATIC),
    Odd(
        "Exchange, of no letter of ours",
        _report(_POSTFIX, "postmaster@outlook.com", "Undeliverable: hello"),
        AUTOMATIC,
    ),
    Odd(
        "Gmail, of no letter of ours",
        _report(_POSTFIX, "mailer-daemon@googlemail.com", "Delivery Status Notification (Failure)"),
        AUTOMATIC,
    ),
    Odd("delayed", _report(_POSTFIX.replace("failed", "delayed").replace("5.1.1", "4.4.1")), AUTOMATIC),
    Odd("a report without its fields", _report(""), AUTOMATIC),
    Odd("a report whose fields are rubbish", _report("\x00\x01:::\n::\n\n\n:"), AUTOMATIC),
    Odd(
        "qmail, in words alone",
        letter(
            _FAILED, sender="MAILER-DAEMON@mx.example", subject="failure notice", head={"Return-Path": "<>"}
        ),
        AUTOMATIC,
    ),
    Odd(
        "exim, in words alone",
        letter(
            _FAILED,
            sender="Mailer-Daemon@mx.example",
            subject="Mail delivery failed: returning message to sender",
            head={"Return-Path": "<>"},
        ),
        AUTOMATIC,
    ),
    Odd("German", letter(_FAILED, sender="postmaster@mx.example", subject="Unzustellbar: hallo"), AUTOMATIC),
    Odd(
        "a receipt that somebody read it",
        parts(
            (TEXT_HEAD, "Read"),
            ("Content-Type: message/disposition-notification", "Disposition: manual-action; displayed"),
            kind="report; report-type=disposition-notification",
        ),
        AUTOMATIC,
    ),
    Odd(
        "a feedback report of spam",
        parts(
            (TEXT_HEAD, "Spam"),
            ("Content-Type: message/feedback-report", "Feedback-Type: abuse"),
            kind="report; report-type=feedback-report",
            sender="feedback@isp.example",
        ),
        JOINED,
    ),
]

_NEWS = "Buy now. Ten percent off."
BULK = [
    Odd(
        "a newsletter",
        letter(_NEWS, sender="News <news@shop.example>", head={"List-Unsubscribe": "<https://x.example>"}),
        AUTOMATIC,
    ),
    Odd(
        "a mailing list",
        letter(_NEWS, sender="all@list.example", head={"List-Id": "<all.list.example>"}),
        AUTOMATIC,
    ),
    Odd("bulk", letter(_NEWS, sender="a@x.example", head={"Precedence": "bulk"}), AUTOMATIC),
    Odd("junk", letter(_NEWS, sender="a@x.example", head={"Precedence": "junk"}), AUTOMATIC),
    Odd("no-reply", letter(_NEWS, sender="noreply@shop.example"), AUTOMATIC),
    Odd("Feedback-ID", letter(_NEWS, sender="a@x.example", head={"Feedback-ID": "1:2:3"}), AUTOMATIC),
    Odd("an advertisement without marks", letter(_NEWS, sender="Shop <a@shop.example>"), STRANGER),
]

_ICS = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nSUMMARY:Call\nEND:VEVENT\nEND:VCALENDAR"
CALENDARS = [
    Odd(
        "an invitation that was accepted, with words",
        parts(
            (TEXT_HEAD, "Accepted: I will be there"),
            ("Content-Type: text/calendar; method=REPLY", _ICS),
            kind="alternative",
        ),
        JOINED,
        "I will be there",
    ),
    Odd(
        "an invitation with HTML",
        parts((HTML_HEAD, "<p>Come to my call</p>"), ("Content-Type: text/calendar; method=REQUEST", _ICS)),
        JOINED,
        "Come to my call",
    ),
    Odd(
        "nothing but an invitation",
        of(_ICS, head={"Content-Type": "text/calendar; method=REQUEST"}),
        "unsorted: no_words",
    ),
]

ROWS = [*MARKED, *SUBJECTS, *STRANGE_BOUNCES, *BULK, *CALENDARS]
