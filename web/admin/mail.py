"""Mail to a service: how its mailbox is read, and its secret, which is typed and never shown."""

from sqlmodel import Session
from starlette.responses import Response

from navigator.administration import mailboxes
from navigator.administration.mailboxes import MailSecretInput
from navigator.people.actor import Actor
from web.kit.deps import Admin, Reading, Router, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/settings/mail")


@router.get("/{code}")
def show(page: Render, session: Reading, actor: Admin, code: str) -> Response:
    """How the mailbox is read, and how it goes."""
    return _mail_page(page, session, actor, code, Form())


def _mail_page(page: PageRenderer, session: Session, actor: Actor, code: str, form: Form) -> Response:
    shown = mailboxes.mailbox_of(session, actor, code)
    return page("admin/settings/mail.html", form=form, shown=shown)


# The path ends so because what is sent to it is a secret: it is kept for nobody when a log-in has ended.
@router.post("/{code}/password")
def change_secret(page: Render, session: Writing, actor: Admin, form: ReadForm, code: str) -> Response:
    """Keep the secret of the mailbox: it is not shown again."""
    if typed := form.read(MailSecretInput):
        with form.trying(session):
            mailboxes.change_secret(session, actor, code, typed)
            return redirect(f"/settings/mail/{code}", "Kept. It is not shown again.")
    return _mail_page(page, session, actor, code, form)
