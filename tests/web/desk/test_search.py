"""The page of what is found: a mistyped word is put right, and said to be."""

from sqlmodel import Session

from tests.navigator.tickets.report_factory import tell
from tests.people import People
from tests.web.conftest import Enter


def test_a_mistyped_word_is_shown_as_it_is_spelt(enter: Enter, session: Session, people: People) -> None:
    ticket = tell(session, text="My password is wrong")
    page = enter("amina").get("/search?sought=pasword").text
    assert "Nothing for ‘pasword’. Showing ‘password’." in page
    assert f'href="/tickets/{ticket.number}"' in page


def test_what_is_found_as_it_was_typed_is_not_put_otherwise(
    enter: Enter, session: Session, people: People
) -> None:
    tell(session, text="My password is wrong")
    tell(session, text="My pasword is wrong")
    page = enter("amina").get("/search?sought=pasword").text
    assert "Showing" not in page
    assert "<mark>password</mark>" not in page


def test_what_is_like_nothing_is_said_not_to_be_found(enter: Enter, session: Session, people: People) -> None:
    tell(session, text="My password is wrong")
    page = enter("amina").get("/search?sought=elephant").text
    assert "Nothing was found." in page
    assert "Showing" not in page
