"""Automatic mail: what a machine sent, by the marks of RFC 3834 and those that programs use instead."""

import re
from email.message import Message
from enum import StrEnum

from navigator.mail_in.headers import header, sender


class Machine(StrEnum):
    """What kind of machine sent a mail; `no` where a person seems to have."""

    NO = "no"
    REPLY = "reply"
    BULK = "bulk"
    BOUNCE = "bounce"


_SUBJECTS = re.compile(
    r"^(?:\W*(?:re|aw|sv|wg|fw|fwd)\s*:)?\s*(?:auto(?:matic)?[ -]?(?:reply|response)|automatische antwort|"
    r"abwesenheit|out of (?:the )?office|autosvar|réponse automatique|absence du bureau|respuesta automática|"
    r"risposta automatica|odpowiedź automatyczna|automatisch antwoord|resposta automática|"
    r"ateb awtomatig|отсутствие на рабочем месте|автоответ|自動返信|自动回复|رد تلقائي)",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"^(?:undeliver(?:able|ed)|delivery (?:status notification|has failed|failure)|"
    r"mail delivery (?:failed|system)|"
    r"returned mail|failure notice|unzustellbar|non remis|message undeliverable|nicht zustellbar|"
    r"undelivered mail|não entregue|niedostarcz)",
    re.IGNORECASE,
)
_DAEMONS = ("mailer-daemon@", "postmaster@", "mail-daemon@", "microsoftexchange", "bounce@", "bounces@")
_MACHINES = ("no-reply@", "noreply@", "do-not-reply@", "donotreply@")
_BULK = ("bulk", "junk", "list")


def machine(mail: Message) -> Machine:
    """Whether a machine sent a mail, as its marks say: a missing mark proves no person."""
    if _is_report(mail) or _is_daemons(mail):
        return Machine.BOUNCE
    submitted = header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted not in ("", "no") or _is_reply(mail):
        return Machine.REPLY
    return Machine.BULK if _is_bulk(mail) else Machine.NO


def _is_report(mail: Message) -> bool:
    if mail.get_content_type() != "multipart/report":
        return False
    kind = str(mail.get_param("report-type") or "").lower()
    return kind in ("", "delivery-status") and not _is_reply(mail)


def _is_daemons(mail: Message) -> bool:
    """Whether a mail system says that something did not arrive, without the form that there is for it."""
    address = sender(mail)[1].lower()
    is_daemon = address.startswith(_DAEMONS) or has_null_path(mail)
    is_failed = bool(_FAILED.match(header(mail, "Subject"))) or bool(header(mail, "X-Failed-Recipients"))
    return is_daemon and is_failed


def has_null_path(mail: Message) -> bool:
    """Whether it was sent so that nothing ever comes back."""
    return header(mail, "Return-Path").replace(" ", "") == "<>"


def _is_reply(mail: Message) -> bool:
    precedence = header(mail, "Precedence").lower()
    marks = ("X-Autoreply", "X-Autorespond", "X-AutoReply-From", "X-Auto-Reply-From", "X-Vacation")
    is_receipt = "disposition-notification" in str(mail.get_param("report-type") or "").lower()
    return (
        precedence in ("auto_reply", "auto-reply")
        or any(header(mail, mark).lower() not in ("", "no") for mark in marks)
        or bool(_SUBJECTS.match(header(mail, "Subject")))
        or is_receipt
        or has_null_path(mail)
    )


def _is_bulk(mail: Message) -> bool:
    if (
        header(mail, "Precedence").lower() in _BULK
        or header(mail, "List-Id")
        or header(mail, "List-Unsubscribe")
    ):
        return True
    return bool(header(mail, "Feedback-ID")) or sender(mail)[1].lower().startswith(_MACHINES + _DAEMONS)


def wants_no_answer(mail: Message) -> bool:
    """Whether whoever sent it asks for no automatic answer, in the words of Exchange."""
    asks = {word.strip().lower() for word in header(mail, "X-Auto-Response-Suppress").split(",")}
    return bool(asks & {"all", "autoreply", "oof"})
