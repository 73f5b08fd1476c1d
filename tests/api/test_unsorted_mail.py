"""Unsorted mail by the API: listed, read and sorted as on its page, for a navigator who is named."""

import base64
import re
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.attachments.attachment import Attachment
from navigator.mail_in import unsorted
from navigator.mail_in.tables import Mail, MailState
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.audit_log import Act, AuditEntry
from navigator.people.user import Role
from navigator.tickets.ticket import Audience, ClinicalReview, Event, Message, Status, Ticket
from tests.api.client import Caller
from tests.cases import each_case
from tests.navigator.mail_in.mails import arrive, give_mailbox, letter, many, reported
from tests.people import People
from tests.web.desk.test_unsorted_mail import ATTACHED, PICTURE

AMINA = "amina@north.example"
ROUTES = {
    "": None,
    "/{id}": None,
    "/{id}/files/0": None,
    "/{id}/report": {"by": AMINA},
    "/{id}/ticket": {"by": AMINA, "number": 1},
    "/{id}/aside": {"by": AMINA, "decision": "Advertising"},
}


@pytest.fixture
def mail(session: Session, people: People) -> Mail:
    """A stranger’s mail with a picture, which waits."""
    give_mailbox(session, people)
    html = "Content-Type: text/html; charset=utf-8\nContent-Disposition: inline"
    picture = (ATTACHED + "image/png; name=screen.png", base64.b64encode(PICTURE))
    body = '<script>alert(1)</script><p onclick="x()">The app shows <b>nothing</b></p>'
    return arrive(session, people, many((html, body), picture, sender="Kim <kim@other.example>"))


def ask(caller: Caller, where: str, id: int) -> int:
    body = ROUTES[where]
    path = f"/mail{where.format(id=id)}"
    return (caller.get(path) if body is None else caller.post(path, json=body)).status_code


def test_it_is_listed_and_read_as_text(navigator: Caller, mail: Mail):
    (listed,) = navigator.get("/mail").json()["mail"]
    assert (listed["state"], listed["reason"], listed["from_name"]) == ("unsorted", "stranger", "Kim")
    shown = navigator.get(f"/mail/{mail.id}").json()
    assert {name: shown[name] for name in listed} == listed
    assert "The app shows nothing" in shown["text"]
    assert "alert" not in shown["text"]
    assert shown["files"] == [{"place": 0, "name": "screen.png", "size": len(PICTURE)}]
    file = navigator.get(f"/mail/{mail.id}/files/0")
    assert (file.content, file.headers["content-disposition"]) == (
        PICTURE,
        "attachment; filename*=UTF-8''screen.png",
    )
    assert navigator.get("/mail?show=sorted").json() == {"mail": [], "next": None}


@each_case("where", ROUTES)
@each_case("who", [*Role, "nobody"])
def test_it_opens_for_navigators_alone(with_key, anybody, mail, where, who):
    caller = anybody if who == "nobody" else with_key(who)
    refused = {"nobody": 401, Role.NAVIGATOR: 422 if where.endswith("/ticket") else 200}
    assert ask(caller, where, mail.id) == refused.get(who, 403)


@each_case("where", [where for where in ROUTES if where])
def test_another_services_mail_is_not_there(with_key, session, mail, where):
    assert ask(with_key(Role.NAVIGATOR, "south"), where, mail.id) == 404
    assert with_key(Role.NAVIGATOR, "south").get("/mail").json()["mail"] == []
    session.expire_all()
    assert mail.state == MailState.UNSORTED


def test_a_report_is_made_of_it_once_with_its_files(session: Session, people: People, navigator, mail: Mail):
    made = navigator.post(f"/mail/{mail.id}/report", json={"by": AMINA, "answers": True}).json()
    assert made["state"] == "reported"
    ticket = session.get_one(Ticket, made["ticket"])
    said = session.exec(select(Message).where(Message.ticket_number == ticket.number)).one()
    assert "The app shows nothing" in said.body
    assert session.exec(select(Attachment.message_id)).all() == [said.id]
    assert len(session.exec(select(OutboxMessage).where(OutboxMessage.template == "received")).all()) == 1
    event = session.exec(select(Event).where(Event.action == "report")).one()
    assert event.actor_name == "Amina Yusuf (north navigator)"
    again = navigator.post(f"/mail/{mail.id}/aside", json={"by": AMINA, "decision": "Advertising"})
    assert again.status_code == 409
    session.expire_all()
    assert (mail.state, mail.decided_by) == (MailState.REPORTED, people.amina.user_id)


def test_it_is_joined_to_a_ticket_of_its_service_for_staff_alone(session: Session, navigator, mail: Mail):
    ticket = reported(session)
    for number in (999_999, "999999"):
        refused = navigator.post(f"/mail/{mail.id}/ticket", json={"by": AMINA, "number": number})
        assert (refused.status_code, "number" in refused.json()["errors"]) == (422, True)
    joined = navigator.post(f"/mail/{mail.id}/ticket", json={"by": AMINA, "number": f"dn {ticket.number}"})
    assert joined.json()["ticket"] == ticket.number
    newest = session.exec(select(Message).order_by(col(Message.id).desc())).first()
    assert newest
    assert (newest.audience, newest.has_attachments) == (Audience.STAFF, True)
    assert ticket.status != Status.CLOSED


def test_whoever_sorts_it_is_a_navigator_of_the_service(session: Session, navigator, mail: Mail):
    for by in ("mo@north.example", "sam@south.example", "nobody@north.example"):
        refused = navigator.post(f"/mail/{mail.id}/aside", json={"by": by, "decision": "Advertising"})
        assert (refused.status_code, list(refused.json()["errors"])) == (422, ["by"])
    done = navigator.post(f"/mail/{mail.id}/aside", json={"by": AMINA, "decision": "Advertising"}).json()
    assert (done["state"], done["decision"]) == ("set_aside", "Advertising")
    (listed,) = navigator.get("/mail?show=sorted").json()["mail"]
    assert listed["id"] == mail.id
    entry = session.exec(select(AuditEntry).where(AuditEntry.act == Act.SET_ASIDE_MAIL)).one()
    assert entry.title == f"mail {mail.id}"
    assert re.fullmatch(r"Amina Yusuf \(.+\)", entry.actor_name)  # and the key that did it for her


def test_words_of_risk_are_set_aside_by_no_key_and_a_clinician_reads_the_report(
    session: Session, people: People, navigator, mail: Mail
):
    mail.is_of_concern = True
    session.flush()
    refused = navigator.post(f"/mail/{mail.id}/aside", json={"by": AMINA, "decision": "Advertising"})
    assert (refused.status_code, "safety" in refused.json()["detail"]) == (409, True)
    risk = arrive(session, people, letter("I want to end my life", sender="Lee <lee@other.example>"))
    risk.state = MailState.UNSORTED
    session.flush()
    before = len(session.exec(select(ClinicalReview)).all())
    made = navigator.post(f"/mail/{risk.id}/report", json={"by": AMINA}).json()
    reviews = session.exec(select(ClinicalReview).order_by(col(ClinicalReview.id))).all()
    assert (len(reviews), reviews[-1].ticket_number) == (before + 1, made["ticket"])


def test_a_long_list_comes_in_pages_what_may_be_about_safety_first(
    session: Session, people: People, navigator, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(unsorted, "MOST", 2)
    at = clock.now()
    for number in range(5):
        is_of_concern, came = number in (1, 3), at - timedelta(minutes=number // 2)
        row = Mail(service_id=people.north, fingerprint=str(number), size=1, state=MailState.UNSORTED)
        row.is_of_concern, row.received_at = is_of_concern, came
        session.add(row)
    session.flush()
    found, after = [], ""
    while after is not None:
        page = navigator.get("/mail" + (f"?after={after}" if after else "")).json()
        found += [mail["id"] for mail in page["mail"]]
        after = page["next"]
    whole = session.exec(
        select(Mail.id).order_by(
            col(Mail.is_of_concern).desc(), col(Mail.received_at).desc(), col(Mail.id).desc()
        )
    )
    assert found == list(whole)
    assert navigator.get("/mail?after=1.2").status_code == 422
