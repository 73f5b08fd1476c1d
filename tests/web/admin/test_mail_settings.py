"""Mail to a service on pages: said by an administrator, its secret typed once and shown nowhere."""

import pytest
from sqlmodel import Session, select

from navigator.catalogue.mailbox import Mailbox
from navigator.mail_in.secrets import open_secret
from navigator.mail_in.tables import MailboxState
from navigator.people.audit_log import AuditEntry
from navigator.tickets.kept_forms import KeptForm
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter

WORD = "Sunny-42-canary"
TYPED = {
    "is_active": "yes",
    "address": "desk@north.example",
    "host": "imap.north.example",
    "user": "desk",
    "owner": "Ada",
}


@pytest.fixture
def ada(enter: Enter) -> Visitor:
    ada = enter("ada")
    ada.get("/settings/services/north")
    ada.get("/settings/mail/north")
    assert "No mail is taken" in ada.text
    ada.get("/settings/mailbox/north")
    return ada


def test_the_form_begins_with_what_most_mailboxes_have(ada: Visitor):
    """Port, folder and protection were empty, and refused."""
    values = {
        one.attributes["name"]: one.attributes["value"]
        for one in ada.page.css("input[checked], #port, #folder")
    }
    assert values["port"] == "993"
    assert (values["folder"], values["security"], values["takes_plus"]) == ("INBOX", "tls", "yes")


def test_a_mailbox_is_written_down_and_its_secret_typed(ada: Visitor, session: Session, people: People):
    ada.press("Look at the change", **TYPED)
    ada.press("Save this change")
    assert (ada.path, "Secret: to be typed" in ada.text) == ("/settings/mail/north", True)
    ada.press("Keep it", password="")
    assert ada.problems == ["Type the secret"]
    ada.press("Keep it", password=WORD)
    assert "Secret: typed" in ada.text
    mailbox = session.get_one(Mailbox, people.north)
    assert open_secret(session, mailbox) == WORD
    mailbox.host = "imap.another.example"
    assert open_secret(session, mailbox) is None
    kept = [
        *session.exec(select(AuditEntry)),
        *session.exec(select(MailboxState)),
        *session.exec(select(KeptForm)),
    ]
    assert WORD not in str([row.model_dump() for row in kept]) + (ada.page.html or "")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"host": "no host!"}, "Write the name of the mail server, like outlook.office365.com"),
        ({"user": ""}, "Write the user name for the mail server"),
        ({"log_in": "oauth2"}, "Write where tokens are given, and the client id"),
        ({"token_url": "http://login.example"}, "It must begin with https://"),
        ({"security": "none"}, "Only a server on this machine may be read without a protected connection"),
        ({"address": ""}, "Enter an email address in the correct format, like name@example.com"),
        ({"port": "0"}, "The port must be 1 or more"),
    ],
)
def test_what_cannot_work_is_said(ada: Visitor, values: dict[str, str], problem: str):
    ada.press("Look at the change", **(TYPED | values))
    assert [each.rstrip(".") for each in ada.problems] == [problem]


def test_a_secret_that_is_sent_when_the_log_in_has_ended_is_kept_by_nobody(ada: Visitor, session: Session):
    ada.press("Look at the change", **TYPED)
    ada.press("Save this change")
    ada.cookies.clear()
    ada.press("Keep it", password=WORD)
    assert WORD not in str([row.model_dump() for row in session.exec(select(KeptForm))])


@pytest.mark.parametrize("who", ["sam", "amina"])
def test_nobody_else_sees_it(enter: Enter, who: str):
    assert enter(who).get("/settings/mail/north").status_code in (403, 404)
