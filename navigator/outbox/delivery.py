"""Ways by which a message can leave this installation, and which of them reporters may be offered."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated

from pydantic import AfterValidator

from navigator.outbox.outbox_message import DeliveryChannel
from navigator.people.reporter import ContactMethod
from navigator.settings import Settings, settings

CHANNELS = {ContactMethod.EMAIL: DeliveryChannel.EMAIL, ContactMethod.TEXT: DeliveryChannel.TEXT}
"""The channel of each way by which somebody can be written to."""

NO_MAIL = (
    "No mail leaves the desk, not even alerts to clinicians: "
    "no mail server is set (NAVIGATOR_MAIL_HOST). Mail is written to a folder."
)
NO_TEXTS = (
    "No text message leaves the desk: GOV.UK Notify is not set "
    "(NAVIGATOR_NOTIFY_KEY and NAVIGATOR_NOTIFY_TEMPLATE). Nobody is offered text messages. "
    "If you want none, set NAVIGATOR_TEXTS_BY=nobody."
)
NO_TEXTS_BY_NHS_NOTIFY = (
    "No text message leaves the desk: NHS Notify is not set whole (NAVIGATOR_NHS_NOTIFY_KEY, _KEY_ID, "
    "_PRIVATE_KEY and _PLAN). Nobody is offered text messages."
)
TEXTS_TO_FOLDER = NO_TEXTS.replace("Nobody is offered text messages.", "They are written to a folder.")
NOBODY = "nobody"
"""Who carries texts where none are wanted."""


_is_as_in_a_trial: ContextVar[bool] = ContextVar("as_in_a_trial", default=False)


@contextmanager
def as_in_a_trial() -> Iterator[None]:
    """Meanwhile every way works, whatever is set: the demonstration’s past is sent to nobody."""
    token = _is_as_in_a_trial.set(True)
    try:
        yield
    finally:
        _is_as_in_a_trial.reset(token)


def leaves(channel: DeliveryChannel) -> bool:
    """Whether what is sent by a channel can leave this installation."""
    config = settings()
    if channel == DeliveryChannel.EMAIL:
        return bool(config.mail_host)
    if config.texts_by == "nhs_notify":
        key = config.nhs_notify_key.get_secret_value()
        return bool(
            key and config.nhs_notify_key_id and config.nhs_notify_private_key and config.nhs_notify_plan
        )
    is_set = bool(config.notify_key.get_secret_value() and config.notify_template)
    return is_set and config.texts_by != NOBODY


def works(route: ContactMethod) -> bool:
    """Whether a reporter can be reached so: always by phone, and in a trial, where all goes to a folder."""
    channel = CHANNELS.get(route)
    return channel is None or leaves(channel) or _is_trial(settings())


def _is_trial(config: Settings) -> bool:
    if _is_as_in_a_trial.get():
        return True
    is_for_trying = config.demonstration == "auto" and not config.database_url
    is_for_trying = is_for_trying and config.texts_by == "govuk_notify"
    return is_for_trying and not config.mail_host and not config.notify_key.get_secret_value()


def what_cannot_leave() -> list[str]:
    """What an administrator must know: each kind of message that cannot leave and is wanted, in words."""
    no_texts = TEXTS_TO_FOLDER if works(ContactMethod.TEXT) else NO_TEXTS
    no_texts = NO_TEXTS_BY_NHS_NOTIFY if settings().texts_by == "nhs_notify" else no_texts
    sentences = {DeliveryChannel.EMAIL: NO_MAIL}
    if settings().texts_by != NOBODY:
        sentences[DeliveryChannel.TEXT] = no_texts
    return [words for channel, words in sentences.items() if not leaves(channel)]


def _require_texts(route: ContactMethod) -> ContactMethod:
    if route is ContactMethod.TEXT and not works(route):
        raise ValueError("We cannot send text messages. Choose another way.")
    return route


ReachableBy = Annotated[ContactMethod, AfterValidator(_require_texts)]
"""A contact method that somebody chooses now: text messages only where they can be sent."""
