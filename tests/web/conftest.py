"""Who visits the pages: staff of the tests, logged in."""

from collections.abc import Callable

import pytest
from sqlmodel import Session

from tests.page_visitor import Visitor
from tests.people import People, administer_all, token_of
from web.app import app

Enter = Callable[[str], Visitor]


@pytest.fixture
def enter(session: Session, people: People) -> Enter:
    """Call it with a first name: that person's browser, logged in."""

    def enter(who: str) -> Visitor:
        visitor = Visitor(app)
        visitor.cookies.set("desk_log_in", token_of(session, getattr(people, who)))
        return visitor

    return enter


@pytest.fixture
def ada_of_all(session: Session, people: People, enter: Enter) -> Visitor:
    """Ada, logged in, who administers every service."""
    administer_all(session, people)
    return enter("ada")
