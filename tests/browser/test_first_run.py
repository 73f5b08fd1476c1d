"""From an empty database to the first ticket put right, in the browser alone."""

import email
import re
from collections.abc import Iterator
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlmodel import select

from navigator import database
from navigator.administration import first_run
from navigator.catalogue.service import Service
from navigator.outbox import sender
from navigator.settings import settings
from tests.browser.conftest import NARROW, WIDE, Come, Person, coming, served
from tests.browser.test_ticket_life import tell

PASSWORD = "nine dry teapots"


@pytest.fixture
def come(browser: Browser, committing: str) -> Iterator[Come]:
    """Somebody before a desk at which nobody has an account."""
    with served() as address, coming(browser, address) as come:
        yield come


def begin(fay: Person) -> None:
    fay.go("/log-in")
    fay.write("Code", first_run.setup_code())
    fay.write("Name of your service", "Fell Talking Therapies")
    fay.write("Your full name", "Fay Fell")
    fay.write("Your email address", "fay@fell.example")
    fay.write("Choose a password", PASSWORD)
    fay.press("Begin")


def complete(fay: Person) -> None:
    """Set what a service must have."""
    for kind in ("duty_clinician", "deputy", "manager"):
        fay.go(f"/settings/contact/fell-talking-therapies/{kind}")
        fay.write("Name of the role", kind.replace("_", " ").capitalize())
        fay.write("Email address (optional)", f"{kind}@fell.example")
        save(fay)
    fay.go("/settings/crisis/fell-talking-therapies")
    fay.write("Who answers for this wording", "Dr Khan")
    for part, number in (("Day", "1"), ("Month", "12"), ("Year", "2026")):
        fay.write(part, number)
    fay.press("Look at the change")
    fay.choose("Dr Khan has read these lines as they stand here")
    fay.press("Save this change")
    fay.go("/settings/privacy/fell-talking-therapies")
    for box in ("Who decides about these records", "Why the law allows it", "How long reports are kept"):
        fay.write(box, f"{box}: Fell")
    fay.write("Whom to ask about their information", "The data protection officer")
    fay.write("Who answers for this notice", "Fay Fell")
    for part, number in (("Day", "1"), ("Month", "12"), ("Year", "2026")):
        fay.write(part, number)
    save(fay)
    fay.go("/settings/programme/new")
    fay.write("Name", "Fern")
    save(fay)
    fay.go("/settings/offers/fell-talking-therapies")
    fay.choose("Fern")
    save(fay)


def save(fay: Person) -> None:
    fay.press("Look at the change")
    fay.press("Save this change")
    assert "Changed." in fay.words


def invite(fay: Person, name: str, role: str) -> None:
    fay.go("/people/invite")
    fay.write("Full name", name)
    fay.write("Email address", f"{name.split(maxsplit=1)[0].lower()}@fell.example")
    fay.choose(role)
    fay.press("Invite")


def enter(person: Person, address: str) -> None:
    """Follow the invitation, choose a password and log in."""
    person.go(newest_link(address))
    person.write("New password", PASSWORD)
    person.press("Set my password")
    person.write("Email address", address)
    person.write("Password", PASSWORD)
    person.press("Log in")


def newest_link(to: str) -> str:
    """The link in the newest letter to somebody, as it lies in the folder for mail."""
    sender.send_waiting()
    letters = [email.message_from_bytes(file.read_bytes(), policy=default) for file in _mail()]
    words = next(one for one in reversed(letters) if to in str(one["to"])).get_body(("plain",))
    assert words is not None
    return re.search(r"https?://[^/\s]+(/\S+)", words.get_content())[1]  # type: ignore[index]


def _mail() -> list[Path]:
    return sorted(settings().mail_dir.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)


@pytest.mark.slow
def test_an_empty_desk_puts_its_first_ticket_right(come: Come) -> None:
    fay, noor, khan, pat = come(WIDE), come(WIDE), come(WIDE), come(NARROW, scripts=False)
    pat.go("/report/place")
    assert "Fell" not in pat.words
    begin(fay)
    complete(fay)
    invite(fay, "Noor Ahmed", "Digital navigator")

    invite(fay, "Karim Khan", "Duty clinician")
    enter(noor, "noor@fell.example")
    pat.go("/report/place")
    assert "Fell" not in pat.words
    enter(khan, "karim@fell.example")

    with database.writing() as session:
        session.exec(select(Service)).one().undo_seconds = 0
    reference = tell(pat, service="")
    noor.follow("Queue")
    noor.leave_by(noor.page.get_by_role("link", name=reference))
    noor.follow("Resolve")
    noor.choose("Put right")
    noor.write("What do you tell the reporter?", "You can choose a new password now.")
    noor.press("Send and resolve")
    assert "We ask if it works" in noor.words
    pat.go(newest_link("pat@post.example"))
    assert "You can choose a new password now." in pat.words
    pat.press("It works now")
    assert "closed" in pat.words.lower()
