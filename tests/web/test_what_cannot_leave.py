"""What cannot leave the desk is said, and nobody is offered a way that does not work."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from navigator import readiness
from navigator.catalogue.service import Service
from navigator.outbox import delivery
from navigator.people.reporter import ContactMethod
from navigator.problems.inputs import NewProblemInput
from navigator.problems.records import open_problem
from navigator.settings import settings
from navigator.tickets.report_input import ContactInput
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from tests.web.report_journey import report, tell
from web.app import app

NOTIFY = {"NOTIFY_KEY": "key", "NOTIFY_TEMPLATE": "template"}
HOURS = {"quiet_from_hour": "22", "quiet_until_hour": "7"}
SetUp = Callable[..., None]


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch) -> SetUp:
    """Call it with the settings of an installation for real people."""

    def set_up(**values: str) -> None:
        for name, value in {"DEMONSTRATION": "off", **values}.items():
            monkeypatch.setenv(f"NAVIGATOR_{name}", value)
        settings.cache_clear()

    return set_up


def routes(visitor: Visitor) -> list[str]:
    return [one.attributes["value"] or "" for one in visitor.page.css("[name=route][type=radio]")]


def test_reporters_are_offered_only_the_ways_that_work(set_up: SetUp, people: People) -> None:
    """11.D8: text messages were offered without a Notify key."""
    visitor, expected = Visitor(app), {}
    for offered, values in {
        ("phone", "none"): {},
        ("email", "phone", "none"): {"MAIL_HOST": "127.0.0.1"},
        ("email", "text", "phone", "none"): {"MAIL_HOST": "127.0.0.1", **NOTIFY},
    }.items():
        set_up(**values)
        tell(visitor, "reach")
        expected[offered] = (tuple(routes(visitor)), "Your mobile phone number" in visitor.text)
    assert expected == {way: (way, "text" in way) for way in expected}


def test_a_reporter_who_changes_the_way_is_offered_what_works(set_up: SetUp, people: People) -> None:
    """11.D8: and is told when their own way does not work any more."""
    visitor = Visitor(app)
    link = report(visitor, reach={"route": "text", "phone": "07700 900123"})
    set_up(MAIL_HOST="127.0.0.1")
    visitor.get(link)
    assert "We cannot send text messages at the moment." in visitor.text
    assert routes(visitor) == ["email", "phone", "none"]
    visitor.get("/lost-link")
    assert "We cannot send text messages" in visitor.text


def test_nobody_is_asked_about_texts_that_are_not_sent(set_up: SetUp, people: People, enter: Enter) -> None:
    """The hint promised a text, and hours of quiet were for texts."""
    set_up(MAIL_HOST="127.0.0.1", TEXTS_BY="nobody")
    visitor, amina = Visitor(app), enter("amina")
    tell(visitor, "reach")
    said = [" ".join(one.text().split()) for one in visitor.page.css("form")]
    visitor.press("Continue", route="email", email="a@b.example", safe="yes", **HOURS)
    tell(visitor, "check")
    said.append(visitor.text)
    visitor.get(report(visitor, reach=HOURS))
    said += [one.text() for one in visitor.page.css("form[action$=how-reached]")]
    amina.get("/tickets/new")
    said += [one.text() for one in amina.page.css("label[for*=quiet]")]
    assert [words for words in said if " text" in words.lower()] == []
    assert ["phone" in words for words in said] == [True] * len(said)


def test_staff_are_offered_what_works(set_up: SetUp, enter: Enter) -> None:
    """11.D8."""
    set_up(MAIL_HOST="127.0.0.1")
    visitor = enter("amina")
    visitor.get("/desk/report")
    found = visitor.page.css("select[name='contact.route'] option")
    assert [one.attributes["value"] for one in found] == ["", "none", "email", "phone"]


def test_a_text_message_that_cannot_be_sent_is_refused_at_every_door(set_up: SetUp, people: People) -> None:
    """11.D8: the API, and a form that was open since before."""
    visitor = Visitor(app)
    tell(visitor, "reach")
    told = {"service": "north", "programme": "fern", "text": "It will not open"}
    body = told | {"contact": {"route": "text", "phone": "07700 900123"}}
    set_up(MAIL_HOST="127.0.0.1")
    visitor.press("Continue", route="text", phone="07700 900123")
    assert visitor.problems == ["We cannot send text messages. Choose another way."]
    answer = visitor.post("/api/v1/reports", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"contact.route": "We cannot send text messages. Choose another way."}
    set_up(**NOTIFY)
    assert visitor.post("/api/v1/reports", json=body).status_code == 201


@pytest.mark.parametrize("values", [{}, {"MAIL_HOST": "127.0.0.1"}, {"NOTIFY_KEY": "key"}])
def test_who_is_counted_is_offered_no_text_message_that_cannot_be_sent(
    set_up: SetUp, people: People, session: Session, values: dict[str, str]
) -> None:
    """And a page that was open since before says so, instead of failing."""
    told = NewProblemInput(
        service="north", programme="fern", category="use.outage_or_error", title="Fern is down",
        known="INTERNAL", workaround="Write on paper.", is_public=True,
    )  # fmt: skip
    problem = open_problem(session, people.amina, told)
    problem.is_outage = True
    session.flush()
    visitor = Visitor(app)
    tell(visitor, "known")
    visitor.post(f"/report/known/{problem.id}")
    set_up(**values)
    visitor.press("Tell me", phone="07700 900123")
    assert visitor.problems == ["We cannot send text messages. Enter your email address."]
    visitor.press("Tell me", email="pat@post.example")
    assert visitor.problems == []
    assert "We write to you once" in visitor.text


def test_a_trial_offers_all_because_all_is_written_to_a_folder() -> None:
    """11.D8."""
    assert all(delivery.works(route) for route in ContactMethod)
    assert ContactInput.model_validate({"route": "text", "phone": "07700 900123"}).has_route


def test_a_trial_does_not_say_that_text_messages_are_not_offered() -> None:
    """Settings said "Nobody is offered text messages" beside a report form that offered them."""
    assert delivery.works(ContactMethod.TEXT)
    texts = delivery.what_cannot_leave()[-1]
    assert "written to a folder" in texts
    assert "offered" not in texts


def test_who_wants_no_texts_is_not_told_of_them(set_up: SetUp, enter: Enter) -> None:
    """The warning stood on Today for ever where a service had decided to send none."""
    set_up(MAIL_HOST="127.0.0.1", TEXTS_BY="nobody", **NOTIFY)
    assert (delivery.what_cannot_leave(), delivery.works(ContactMethod.TEXT)) == ([], False)
    visitor = enter("ada")
    visitor.get("/settings")
    assert "cannot leave" not in visitor.text


def test_administrators_read_what_cannot_leave(set_up: SetUp, enter: Enter) -> None:
    """11.D8: a service was "Complete" without a mail server."""
    pages = ("/settings", "/settings/services/north", "/home")
    set_up()
    visitor = enter("ada")
    for page in pages:
        visitor.get(page)
        assert delivery.NO_MAIL in visitor.text, page
        assert delivery.NO_TEXTS in visitor.text, page
        assert "Complete" not in visitor.text, page
    set_up(MAIL_HOST="127.0.0.1", **NOTIFY)
    for page in pages:
        visitor.get(page)
        assert "cannot leave" not in visitor.text, page


def test_readiness_and_every_staff_page_say_that_no_mail_leaves(
    set_up: SetUp, enter: Enter, session: Session
) -> None:
    """11.D8: readiness was ok, and no clinician could be alerted."""
    set_up()
    assert {check.name: check.message for check in readiness.run_checks()}["mail"] == delivery.NO_MAIL
    visitor = enter("amina")
    assert visitor.get("/readyz").json()["mail"] == delivery.NO_MAIL
    visitor.get("/home")
    assert delivery.NO_MAIL in visitor.page.text()
    set_up(MAIL_HOST="127.0.0.1")
    assert visitor.get("/readyz").json()["mail"] == "ok"
    set_up()
    for service in session.exec(select(Service)):
        service.is_demonstration = True
    session.flush()
    assert visitor.get("/readyz").json()["mail"] == "ok"
