"""Which mails a member of staff has at once, once a day or not at all."""

from sqlmodel import Session
from starlette.responses import Response

from navigator.outbox.staff_mail import (
    AT_ONCE,
    CHOSEN,
    EARLIEST_HOUR,
    LATEST_HOUR,
    MailChoicesInput,
    MailTiming,
    choose_mails,
)
from navigator.people import directory
from navigator.people.actor import Actor
from web.kit.deps import Reading, Router, Staff, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/account/mail")

TIMING_WORDS = {
    MailTiming.NOW: "At once",
    MailTiming.DAILY: "Once a day",
    MailTiming.NEVER: "Not by email",
}


@router.get("")
def mail_choices(page: Render, session: Reading, actor: Staff, form: ReadForm) -> Response:
    """The choices as they stand."""
    return _choices(page, session, actor, form)


@router.post("")
def save_mail_choices(page: Render, session: Writing, actor: Staff, form: ReadForm) -> Response:
    """Choose when one’s own mails come."""
    if chosen := form.read(MailChoicesInput):
        choose_mails(session, actor, chosen)
        return redirect("/account", "Saved")
    return _choices(page, session, actor, form)


def _choices(page: PageRenderer, session: Session, actor: Actor, form: Form) -> Response:
    user = directory.own_account(session, actor).user
    chosen = {code: user.mail_choices.get(code, MailTiming.NOW.value) for code in CHOSEN}
    form.fill({"choices": chosen, "digest_hour": user.digest_hour})
    hours = range(EARLIEST_HOUR, LATEST_HOUR + 1)
    return page(
        "auth/mail_choices.html",
        form=form,
        kinds=CHOSEN,
        at_once=AT_ONCE,
        timing_words=TIMING_WORDS,
        hours=[(str(hour), f"{hour}:00") for hour in hours],
    )
