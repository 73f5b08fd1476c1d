"""How a reporter goes through the journey in tests: each page answered as a person would."""

from sqlmodel import Session, func, select

from navigator.tickets.ticket import Ticket
from tests.page_visitor import Visitor

ANSWERS: dict[str, dict[str, str]] = {
    "place": {"service": "north", "programme": "fern"},
    "words": {"text": "The reset page says no", "common": "access.forgotten_password"},
    "try": {"fixed": "no"},
    "session": {
        "known": "yes",
        "next_session-day": "19",
        "next_session-month": "6",
        "next_session-year": "2026",
        "practitioner": "",
    },
    "reach": {"route": "email", "email": "pat@post.example", "safe": "yes"},
}
"""What is answered to each step unless a test says otherwise."""

IF_ASKED = {"which": {"category": "something_else"}}
"""What is answered to a step that is asked only where the words tell no more."""


def tell(visitor: Visitor, until: str = "check", **otherwise: dict[str, str]) -> None:
    """Go through the journey up to a page; `words={"text": …}` answers that step otherwise."""
    visitor.get("/report")  # who sent one before begins anew; who has begun one goes on
    visitor.get("/report/place")
    visitor.path = "/report/place" if visitor.path == "/report" else visitor.path
    for _ in range(15):
        step = visitor.path.rsplit("/", 1)[1]
        if step == until:
            return
        if step in ("help", "turn-to", "known"):
            visitor.get(visitor.one("main a.nhsuk-button--secondary").attributes["href"] or "")
        else:
            answer(visitor, step, otherwise.get(step, {}))
            assert visitor.problems == []
    raise AssertionError(f"never came to {until}, but to {visitor.path}")


def answer(visitor: Visitor, step: str, otherwise: dict[str, str]) -> None:
    """Answer one page: by the button that says it, where there is one; else by "Continue"."""
    typed = (ANSWERS | IF_ASKED)[step] | otherwise
    for button in visitor.page.css("main form button[name]"):
        name, value = button.attributes["name"] or "", button.attributes["value"]
        if typed.get(name) == value:
            visitor.press(
                button.text(strip=True), **{box: said for box, said in typed.items() if box != name}
            )
            return
    visitor.press("Continue", **{box: said for box, said in typed.items() if box != "fixed"})


def report(visitor: Visitor, **otherwise: dict[str, str]) -> str:
    """Tell a problem and send it; the private link's address comes back."""
    tell(visitor, "check", **otherwise)
    visitor.press("Confirm and send")
    assert visitor.path == "/report/sent"
    return visitor.one("main a[href^='/t/']").attributes["href"] or ""


def tickets(session: Session) -> int:
    """How many tickets there are."""
    return session.exec(select(func.count()).select_from(Ticket)).one()
