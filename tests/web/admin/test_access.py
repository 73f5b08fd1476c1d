"""Two administrators reset somebody's second step by the pages; and the rules of logging in are a setting."""

import pytest
from sqlmodel import Session, select

from navigator.people import recovery_codes
from navigator.people.access_rules import AccessRules
from navigator.people.factor_tables import Totp
from navigator.people.user import Role
from tests.page_visitor import Visitor
from tests.people import People, join, token_of
from tests.web.conftest import Enter
from web.app import app


@pytest.fixture
def eve(session: Session, people: People) -> Visitor:
    """A second administrator of North, logged in."""
    visitor = Visitor(app)
    visitor.cookies.set(
        "desk_log_in",
        token_of(session, join(session, "Eve Adams", "eve@north.example", people.north, Role.ADMIN)),
    )
    return visitor


@pytest.fixture
def page(session: Session, people: People) -> str:
    """The page about Tom's log-in, who has an app."""
    tom = people.tom.user_id or 0
    session.add(Totp(user_id=tom, sealed_secret="sealed"))
    recovery_codes.make(session, tom)
    session.flush()
    return f"/people/{tom}/access"


def ask(ada: Visitor, page: str) -> None:
    ada.get(page)
    ada.press("Ask for a reset", reason="He phoned me, and I know his voice")


def test_one_asks_and_another_confirms(enter: Enter, eve: Visitor, session: Session, page: str):
    ada = enter("ada")
    ada.get(page)
    ada.press("Ask for a reset", reason=" ")
    assert ada.problems == ["Enter how you know that it is they who ask"]
    ask(ada, page)
    assert "Another administrator must confirm it within 3 days" in ada.text
    assert "Confirm the reset" not in ada.text
    eve.get("/people")
    assert "Reset waits" in eve.text
    eve.get(page)
    assert "He phoned me" in eve.text
    eve.press("Confirm the reset")
    assert "Their second step is reset" in eve.text
    assert not session.exec(select(Totp)).all()


def test_whoever_asked_cannot_confirm_by_the_address_either(enter: Enter, session: Session, page: str):
    ada = enter("ada")
    ask(ada, page)
    (removal,) = [one for one in ada.page.css("form") if "/removal" in (one.attributes["action"] or "")]
    address = (removal.attributes["action"] or "").replace("/removal", "/confirmation")
    assert ada.post(address).status_code == 403
    assert enter("ada").post(address).status_code == 403
    assert enter("sue").post(address).status_code == 404
    assert enter("tom").post(address).status_code == 403
    assert session.exec(select(Totp)).all()


def test_the_person_sees_and_stops_it(enter: Enter, eve: Visitor, session: Session, page: str):
    ask(enter("ada"), page)
    tom = enter("tom")
    tom.get("/second-step")
    tom.press("Stop the reset")
    assert "The reset is stopped" in tom.text
    eve.get(page)
    assert "A reset waits" not in eve.text
    amina = enter("amina")
    assert amina.post("/second-step/resets/1/removal", follow_redirects=False).status_code == 303
    assert session.exec(select(Totp)).all()


def test_nobody_is_offered_their_own_reset(enter: Enter, people: People, session: Session):
    session.add(Totp(user_id=people.ada.user_id or 0, sealed_secret="sealed"))
    session.flush()
    ada = enter("ada")
    ada.get(f"/people/{people.ada.user_id}/access")
    assert "Ask for a reset" not in ada.text
    answer = ada.post(f"/people/{people.ada.user_id}/access/reset", data={"reason": "It is me"})
    assert answer.status_code == 403


def test_who_must_have_one_is_set_and_looked_at_first(ada_of_all: Visitor, session: Session):
    ada_of_all.get("/settings/access/desk")
    ada_of_all.press("Look at the change", factor_roles=["admin"], lock_minutes="3", owner="Ada")
    assert ada_of_all.problems == ["Choose 5 minutes or more, or 0 to lock nothing"]
    ada_of_all.press("Look at the change", lock_minutes="15", owner="")
    assert ada_of_all.problems == ["Say who answers for it"]
    ada_of_all.press("Look at the change", owner="Ada Byrne")
    assert "Administrator" in ada_of_all.page.css_first("main table").text()  # type: ignore[union-attr]
    ada_of_all.press("Save this change")
    rules = session.exec(select(AccessRules)).one()
    assert (rules.factor_roles, rules.lock_minutes, rules.owner) == (["admin"], 15, "Ada Byrne")


def test_an_administrator_of_one_service_does_not_set_it_for_all(enter: Enter):
    assert enter("ada").get("/settings/access/desk").status_code == 403
