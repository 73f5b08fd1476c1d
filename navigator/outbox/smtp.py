"""The mail server: SMTP with a checked certificate, a log-in, and patience that ends."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from urllib.parse import urlsplit

from navigator.outbox.rendered_message import BackendUnavailable, DeliveryRefused, RenderedMessage, to_email
from navigator.settings import settings

TIMEOUT = 10
_FOR_GOOD = 500


def send(parcel: RenderedMessage) -> None:
    """Hand a parcel to the mail server; what the server says is not repeated, for it may name the address."""
    mail = to_email(parcel)
    try:
        with _connected() as server:
            _send(server, mail, parcel.address.to)
    except smtplib.SMTPResponseException as failed:
        # Our own log-in or sender was refused: no fault of the letter, and a person will put it right.
        raise BackendUnavailable(f"mail server: {type(failed).__name__} {failed.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as failed:
        raise BackendUnavailable(f"mail server: {type(failed).__name__}") from None


@contextmanager
def _connected() -> Iterator[smtplib.SMTP]:
    server = _connect()
    try:
        if settings().mail_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings().mail_user:
            server.login(settings().mail_user, settings().mail_password.get_secret_value())
        yield server
        # Once the server has the mail, a failed farewell must not send it again.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()


def _connect() -> smtplib.SMTP:
    host, port = settings().mail_host, settings().mail_port
    me = urlsplit(settings().base_url).hostname
    if settings().mail_security == "tls":
        return smtplib.SMTP_SSL(host, port, me, timeout=TIMEOUT, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, me, timeout=TIMEOUT)


def _send(server: smtplib.SMTP, mail: EmailMessage, to: str) -> None:
    try:
        server.send_message(mail, to_addrs=[to])
    except smtplib.SMTPRecipientsRefused as refused:
        raise _refusal(refused.recipients[to][0]) from None
    except smtplib.SMTPDataError as refused:
        raise _refusal(refused.smtp_code) from None
    except smtplib.SMTPNotSupportedError:
        raise DeliveryRefused("mail server: takes no such address", for_good=True) from None


def _refusal(code: int) -> DeliveryRefused:
    return DeliveryRefused(f"mail server: {code}", for_good=code >= _FOR_GOOD)
