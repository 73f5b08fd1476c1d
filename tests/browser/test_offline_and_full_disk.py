"""What somebody sees when there is no connection or the disk is full: nothing they wrote is lost."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import expect
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from navigator import database
from navigator.tickets.ticket import Message
from tests.browser.conftest import NARROW, WIDE, Come, Person
from tests.browser.test_live import report
from tests.browser.test_ticket_life import fill_in

LONG = "Please open the newest email from us and use the link in it. " * 75


@contextmanager
def full_disk() -> Iterator[None]:
    """The database file can grow no more, and every page of it is used."""
    _run("CREATE TABLE filler (blob)")
    _run("PRAGMA max_page_count=1")
    for size in (4000, 400, 40):
        with suppress(OperationalError):
            while True:
                _run(f"INSERT INTO filler VALUES (zeroblob({size}))")  # noqa: S608 - a number of this test
    for n in range(_free_pages()):  # too few for a row: a table takes just one
        _run(f"CREATE TABLE filler_{n} (blob)")
    assert _free_pages() == 0
    yield
    _run("PRAGMA max_page_count=1000000")
    _run("DROP TABLE filler")


def _free_pages() -> int:
    with database.reading() as session:
        return int(session.connection().exec_driver_sql("PRAGMA freelist_count").scalar_one())


def _run(statement: str) -> None:
    with database.writing() as session:
        session.connection().exec_driver_sql(statement)


def said(words: str) -> int:
    with database.reading() as session:
        return len(session.exec(select(Message.id).where(col(Message.body).startswith(words))).all())


def at_a_ticket(come: Come) -> Person:
    amina = come(WIDE)
    report()
    amina.log_in("amina")
    amina.go("/tickets/1")
    return amina


def test_a_reply_that_finds_no_connection_is_still_in_its_box(come: Come) -> None:
    amina = at_a_ticket(come)
    amina.page.context.set_offline(True)
    amina.write("Reply to the reporter", "Use the newest link.")
    amina.page.get_by_text("This draft is not kept: there is no connection").wait_for()
    amina.page.get_by_role("button", name="Send", exact=True).click()
    amina.page.wait_for_url("chrome-error://**")
    assert said("Use the newest link.") == 0
    amina.page.context.set_offline(False)
    amina.page.go_back()
    expect(amina.page.get_by_label("Reply to the reporter")).to_have_value("Use the newest link.")
    amina.complaints.clear()
    amina.press("Send")
    assert "Sent in" in amina.words
    assert said("Use the newest link.") == 1


def test_a_reply_that_finds_a_full_disk_is_still_in_its_box(come: Come) -> None:
    amina = at_a_ticket(come)
    with full_disk():
        amina.write("Reply to the reporter", LONG)
        amina.page.get_by_role("button", name="Send", exact=True).click()
        amina.page.get_by_role("heading", name="This desk is not working at the moment").wait_for()
        assert "Nothing was saved." in amina.words
        assert said("Please open") == 0
    amina.page.go_back()
    assert amina.page.get_by_label("Reply to the reporter").input_value().strip() == LONG.strip()
    amina.press("Send")
    assert said("Please open") == 1


def test_a_patient_who_finds_a_full_disk_is_told_whom_to_phone(come: Come) -> None:
    patient = come(NARROW, scripts=False)
    fill_in(patient, words="It says no.")
    patient.go("/report/words")
    with full_disk():
        patient.write("Tell us what you see, or what does not work (optional)", LONG)
        patient.press("Continue")
        assert "Nothing was saved. Try again later, or phone your service." in patient.words
        assert "116 123" in patient.words
    patient.page.go_back()
    patient.press("Continue")
    patient.go("/report/check")
    patient.press("Confirm and send")
    assert "DN-000001" in patient.words
    assert said("Please open") == 1
