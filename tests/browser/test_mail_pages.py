"""The pages of mail in a real browser, small and wide: a mail is read and becomes a report."""

import pytest

from navigator import database
from navigator.catalogue.mailbox import Mailbox
from navigator.mail_in import land, store
from navigator.mail_in.store import Arrived
from tests.browser.conftest import NARROW, WIDE, Come
from tests.navigator.mail_in.mails import TEXT, letter, many


@pytest.fixture
def mails(address: str) -> None:
    """A mailbox, and mails of every kind that waits or was set aside."""
    picture = ('Content-Type: application/zip\nContent-Disposition: attachment; filename="a.zip"', b"PK")
    contents = (
        many((TEXT, "My app shows a white page since Monday."), picture, sender="Kim Lee <kim@home.example>"),
        letter("Away", sender="Lee <lee@home.example>", head={"Auto-Submitted": "auto-replied"}),
        letter("", sender="x" * 200 + "@home.example", subject="about the log in code and the app " * 10),
    )
    with database.writing() as session:
        session.add(Mailbox(service_id=1, address="desk@north.example", is_active=True, owner="Ada"))
        for content in contents:
            store.keep(session, 1, Arrived(content, len(content)))
    land.land_waiting()


@pytest.mark.parametrize(("screen", "colours"), [(NARROW, "light"), (WIDE, "dark")])
def test_mail_is_read_and_sorted(come: Come, mails: None, screen: dict[str, int], colours: str):
    amina = come(screen, color_scheme=colours)
    amina.log_in("amina")
    amina.go("/home")
    assert "2 mails to sort" in amina.words
    for path in ("/mail", "/mail?show=automatic", "/mail/2", "/mail/3", "/mail/1"):
        amina.go(path)
    amina.page.get_by_text("Make a report of it").first.click()
    with amina.page.expect_navigation():
        amina.page.get_by_role("button", name="Make a report of it").click()
    assert "By mail" in amina.words
    amina.look()


@pytest.mark.parametrize(("screen", "colours"), [(NARROW, "dark"), (WIDE, "light")])
def test_a_mailbox_is_set(come: Come, mails: None, screen: dict[str, int], colours: str):
    ada = come(screen, color_scheme=colours)
    ada.log_in("ada")
    for path in ("/settings/mail/north", "/settings/mailbox/north"):
        ada.go(path)
