"""Notices with real commits and real deaths: nobody gets one twice, and nobody is left out."""

import os
import subprocess
import sys
from collections import Counter
from email.message import EmailMessage

import pytest
from sqlmodel import select

from navigator import clock, database
from navigator.catalogue.programme import Programme
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.notice_subscriber import NoticeSubscriber, sealed
from navigator.people.private_links import address_hash
from navigator.problems.notice import ProblemNotice
from tests.committing.notice_kills import BEGIN, MOMENTS
from tests.committing.processes import PATIENCE, ROOT
from tests.mail_and_sms_servers import mail_server
from tests.navigator.problems.test_problems import opened
from tests.people import settle

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("NAVIGATOR_TEST_NOTICE_KILLS", str(len(MOMENTS))))
"""How often the process is killed."""
WHO = [f"{name}@home.example" for name in ("ann", "ben", "cat", "dan", "eve")]


def subscribed(committing: str) -> tuple[int, int]:
    """A public problem of a programme to whose notices five are subscribed; it, and who writes them."""
    with clock.stopped_at(BEGIN), database.writing() as session:
        people = settle(session)
        problem = opened(session, people.amina)
        programme = session.exec(select(Programme.id)).one()
        for address in WHO:
            row = NoticeSubscriber(
                programme_id=programme, contact_hash=address_hash(address), sealed_contact=sealed(address)
            )
            row.confirmed_at = clock.now()
            session.add(row)
        session.flush()
        assert people.amina.user_id
        return problem.id, people.amina.user_id


def test_killed_at_every_step_everybody_gets_each_notice_once(committing: str):
    problem, author = subscribed(committing)
    words = [sys.executable, "-m", "tests.committing.notice_kills", str(problem), str(author), str(ROUNDS)]
    with mail_server() as box:
        at = {"HOST": "127.0.0.1", "PORT": str(box.port), "SECURITY": "none"}
        environment = os.environ | {f"NAVIGATOR_MAIL_{name}": value for name, value in at.items()}
        environment |= {"NAVIGATOR_DATABASE_URL": committing}
        ran = subprocess.run(
            words,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE * 5,
        )
        assert ran.returncode == 0, ran.stderr
    once = Counter({(f"Notice number {number}.", who): 1 for number in range(ROUNDS) for who in WHO})
    by_id = {mail["Message-ID"]: (_said(mail), mail["To"]) for mail in box.mails}
    assert Counter(by_id.values()) == once
    # The mail that its server took from a process that could no longer note it down comes again, as the same.
    unknown = sum(MOMENTS[each % len(MOMENTS)].name == "mark_sent" for each in range(ROUNDS))
    assert len(box.mails) == len(by_id) + unknown
    with database.reading() as session:
        notices = session.exec(select(ProblemNotice)).all()
        letters = session.exec(select(OutboxMessage).where(OutboxMessage.template == "notice")).all()
    assert {bool(each.published_at and each.letters_ended_at) for each in notices} == {True}
    assert (len(letters), {bool(each.sent_at) for each in letters}) == (len(once), {True})


def _said(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    return next(str(line).strip() for line in body.get_content().splitlines() if "Notice number" in line)
