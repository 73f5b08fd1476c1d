"""A form says in plain words what is wrong, keeps what was typed, and stores nothing half."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from fastapi import FastAPI
from jinja2 import ChoiceLoader, DictLoader
from pydantic import BaseModel, Field, StringConstraints, field_validator
from sqlmodel import Session, select
from starlette.responses import Response

from navigator.catalogue.service import Service
from navigator.errors import Conflict, Invalid, NotFound
from navigator.tickets.inputs import SnoozeInput
from tests.page_visitor import Visitor
from web.app import Desk
from web.kit import templating
from web.kit.error_pages import register_error_handlers
from web.kit.forms import Form, ReadForm
from web.kit.templating import Render, redirect


class Trouble(StrEnum):
    LOG_IN = "log_in"
    APP = "app"


class Contact(BaseModel):
    email: str = Field(default="", title="your email address", max_length=20)


class Told(BaseModel):
    text: str = Field(title="what happened", max_length=5000)
    trouble: Trouble = Field(title="what is wrong")
    times: int = Field(default=1, title="the number of times", ge=1, le=9)
    session: date | None = Field(default=None, title="your next session")
    safe: bool = False
    ways: list[Literal["email", "phone"]] = Field(title="at least one way", min_length=1)
    contact: Contact = Contact()
    answers: dict[str, Annotated[str, StringConstraints(max_length=5)]] = {}
    code: str = Field(
        default="", max_length=4, json_schema_extra={"words": {"string_too_long": "The code has 4 signs."}}
    )

    @field_validator("text")
    @classmethod
    def _in_words(cls, value: str) -> str:
        if value.isdigit():
            raise ValueError("Tell us in words.")
        return value


ENOUGH = {"text": "x", "trouble": "app", "ways": ["phone"]}


def form(**typed: Any) -> Form:
    return Form(
        (name, one) for name, value in typed.items() for one in ([value] if isinstance(value, str) else value)
    )


def test_what_was_typed_becomes_the_model():
    typed = ENOUGH | {"times": "3", "safe": "yes", "contact.email": "a@b.org", "answers.since": "today"}
    told = form(**typed, **{"session-day": "7", "session-month": "4", "session-year": "2026"}).read(Told)
    assert told == Told(
        text="x",
        trouble=Trouble.APP,
        times=3,
        safe=True,
        session=date(2026, 4, 7),
        ways=["phone"],
        contact=Contact(email="a@b.org"),
        answers={"since": "today"},
    )


def test_what_is_left_empty_is_not_given():
    told = form(**ENOUGH, times=" ", **{"session-day": "", "session-month": " ", "session-year": ""}).read(
        Told
    )
    assert told is not None
    assert (told.times, told.session, told.safe) == (1, None, False)


@pytest.mark.parametrize(
    ("typed", "where", "words"),
    [
        ({"text": ""}, "text", "Enter what happened"),
        ({"text": "x" * 5001}, "text", "What happened must be 5,000 characters or fewer"),
        ({"text": "123"}, "text", "Tell us in words"),
        ({"trouble": ""}, "trouble", "Choose what is wrong"),
        ({"trouble": "other"}, "trouble", "Choose what is wrong from the list"),
        ({"times": "many"}, "times", "The number of times must be a whole number"),
        ({"times": "0"}, "times", "The number of times must be 1 or more"),
        ({"times": "10"}, "times", "The number of times must be 9 or less"),
        ({"ways": []}, "ways", "Choose at least one way"),
        ({"ways": ["pigeon"]}, "ways", "Choose at least one way from the list"),
        ({"contact.email": "x" * 21}, "contact.email", "Your email address must be 20 characters or fewer"),
        ({"answers.since": "always"}, "answers.since", "Since must be 5 characters or fewer"),
        ({"code": "12345"}, "code", "The code has 4 signs"),
    ],
)
def test_each_mistake_has_plain_words_at_its_box(typed: dict[str, Any], where: str, words: str):
    read = form(**ENOUGH | typed)
    assert read.read(Told) is None
    assert read.errors == {where: words}
    assert read.status == 422


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("7", "4", "2026"), date(2026, 4, 7)),
        (("07", "04", "26"), date(2026, 4, 7)),
        (("7", "Apr", "2026"), date(2026, 4, 7)),
        (("7", "april", "2026"), date(2026, 4, 7)),
        (("31", "2", "2026"), None),
        (("7", "", "2026"), None),
        (("7", "4", ""), None),
        (("seven", "4", "2026"), None),
    ],
)
def test_a_date_is_read_as_people_write_it(typed: tuple[str, str, str], meant: date | None):
    boxes = dict(zip(("session-day", "session-month", "session-year"), typed, strict=True))
    read = form(**ENOUGH, **boxes)
    told = read.read(Told)
    assert (told and told.session) == meant
    if meant is None:
        assert read.errors == {
            "session": "Your next session must be a real date with a day, a month and a year"
        }


@pytest.mark.parametrize(
    ("year", "words"),
    [
        ("9999", "The date must be before 1 January 2100"),
        ("1999", "The date must be 1 January 2000 or later"),
    ],
)
def test_the_bounds_of_a_date_are_said_as_dates(year: str, words: str):
    read = form(until="on", **{"on-day": "7", "on-month": "4", "on-year": year})
    assert read.read(SnoozeInput) is None
    assert read.errors == {"on": words}


def test_what_is_known_fills_only_what_was_not_typed():
    known = Told(
        text="old",
        trouble=Trouble.APP,
        ways=["phone"],
        session=date(2026, 4, 7),
        safe=True,
        answers={"a": "b"},
    )
    filled = form(text="new").fill(known)
    assert filled.value("text") == "new"
    assert filled.chosen("trouble", "app")
    assert filled.chosen("safe", "yes")
    assert (filled.value("session-day"), filled.value("session-month")) == ("7", "4")
    assert filled.value("answers.a") == "b"
    assert filled.read(Told) == known.model_copy(update={"text": "new"})


def test_a_refusal_is_shown_and_undoes_only_what_was_tried(session: Session):
    read = form()
    session.add(Service(code="kept", name="Kept"))
    with read.trying(session):
        session.add(Service(code="undone", name="Undone"))
        session.flush()
        raise Invalid("There is a problem", {"code": "This code is taken."})
    assert read.errors == {"code": "This code is taken"}
    assert read.status == 422
    assert session.exec(select(Service.code)).all() == ["kept"]


def test_a_refusal_without_a_field_is_shown_for_the_whole_form(session: Session):
    read = form()
    with read.trying(session):
        raise Conflict("Somebody else has claimed it. Load the page again.")
    assert read.errors == {"": "Somebody else has claimed it. Load the page again."}
    assert read.status == 409


def test_what_a_person_may_not_know_of_is_not_shown_in_the_form(session: Session):
    with pytest.raises(NotFound), form().trying(session):
        raise NotFound("No such ticket")


PAGE = """{% extends "kit/staff.html" %}{% block title %}Tell{% endblock %}{% block content %}<h1>Tell</h1>
{% set code = field(form, "code", "Code") %}
<form method="post" action="/tell" novalidate>
{{ textarea(form, "text", "What happened?", hint="In a few words", most=5000) }}
{{ radios(form, "trouble", "What is wrong?", [("log_in", "Log-in"), ("app", "App", "It closes", code)]) }}
{{ field(form, "times", "How often?", kind="number", optional=true) }}
{{ date_input(form, "session", "Next session") }}
{{ checkboxes(form, "ways", "How to reach you?", [("email", "Email"), ("phone", "Phone")]) }}
{{ select(form, "contact.email", "Address", [("", "None"), ("a@b.org", "a@b.org")]) }}
{{ checkbox(form, "safe", "It is safe") }}
{{ field(form, "password", "Password", kind="password") }}
{{ button("Continue") }}</form>{% endblock %}"""


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    loader = ChoiceLoader([DictLoader({"tell.html": PAGE}), templating.environment.loader])  # type: ignore[list-item]
    monkeypatch.setattr(templating.environment, "loader", loader)
    with Visitor(telling()) as visitor:
        yield visitor


def telling() -> FastAPI:
    app = Desk()
    register_error_handlers(app)

    @app.get("/tell")
    @app.post("/tell")
    def tell(page: Render, form: ReadForm) -> Response:
        if form.typed and (told := form.read(Told)):
            return redirect("/tell", f"{len(told.text)} characters")
        return page("tell.html", form=form)

    return app


def test_a_bad_form_comes_back_with_its_problems_and_everything_that_was_typed(visitor: Visitor):
    visitor.get("/tell")
    typed: dict[str, str | list[str]] = {
        "text": 'I "can\'t" <b>log in</b>\n\nat all',
        "trouble": "app",
        "code": "1",
        "times": "lots",
        "ways": ["email"],
    }
    answer = visitor.press("Continue", **typed, password="secret")
    assert answer.status_code == 422
    assert visitor.problems == ["The number of times must be a whole number"]
    assert visitor.one("#text").text() == typed["text"]
    assert "checked" in visitor.one("#trouble-2").attributes
    assert visitor.one("#times").attributes["value"] == "lots"
    assert visitor.one("#code").attributes["value"] == "1"
    assert "checked" in visitor.one("#ways").attributes
    assert "secret" not in answer.text
    assert visitor.one("#times").attributes["aria-describedby"] == "times-error"


@pytest.mark.parametrize("sign", ["x", "é", "語", "😀", "\n"])
def test_five_thousand_signs_of_any_script_are_taken_and_one_more_is_not(visitor: Visitor, sign: str):
    fits = f"a{sign * 4998}b"
    answer = visitor.post("/tell", data=ENOUGH | {"text": fits.replace("\n", "\r\n")}, follow_redirects=False)
    assert answer.status_code == 303
    answer = visitor.post("/tell", data=ENOUGH | {"text": fits + "c"})
    assert answer.status_code == 422
    assert visitor.one("#text").text() == fits + "c"


def test_a_sign_that_no_database_can_hold_is_left_out(visitor: Visitor):
    visitor.post("/tell", data=ENOUGH | {"text": "a\0b"})
    assert "2 characters" in visitor.text


def test_a_message_after_a_form_is_shown_once(visitor: Visitor):
    visitor.post("/tell", data=ENOUGH)
    assert "1 characters" in visitor.text
    visitor.get("/tell")
    assert "1 characters" not in visitor.text


def test_a_message_that_the_desk_did_not_write_is_not_shown(visitor: Visitor):
    visitor.cookies.set(templating.FLASH, "Call this number")
    visitor.get("/tell")
    assert "Call this number" not in visitor.text


def test_the_address_fills_in_the_form(visitor: Visitor):
    assert form(text="hello").value("text") == "hello"
    visitor.get("/tell", params=ENOUGH | {"text": "", "times": "2"})
    assert visitor.one("#times").attributes["value"] == "2"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"&".join(b"a%d=1" % n for n in range(300)), "application/x-www-form-urlencoded"),
        (
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\xfe\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nf\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=y"),
        (b"text=" + b"x" * 50_000, "application/x-www-form-urlencoded"),
    ],
)
def test_what_no_form_sends_is_refused_with_a_page(visitor: Visitor, body: bytes, kind: str):
    answer = visitor.post("/tell", content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 422)


def test_a_form_that_goes_on_and_on_is_cut_off(visitor: Visitor):
    fields = (b"a%d=%s&" % (n, b"x" * 100_000) for n in range(9))  # its length is not announced
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert visitor.post("/tell", content=fields, headers=kind).status_code == 413


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "evil"])
def test_nobody_is_sent_to_another_site(elsewhere: str):
    """T23 of the peers."""
    with pytest.raises(ValueError, match="desk itself"):
        redirect(elsewhere)
