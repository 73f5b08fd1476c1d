"""An administrator's settings: looked at before they count, written down, taken back, and one's own only."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from navigator import cli
from navigator.administration import first_run, import_export
from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue import custom_wording
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.catalogue import catalogue, use_custom_wording
from navigator.catalogue.contact import Contact
from navigator.catalogue.crisis_card import default_crisis_card
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.lookups import service_by_code
from navigator.catalogue.programme import Programme, ProgrammeCategoryOverride
from navigator.catalogue.service import Service
from navigator.people import api_keys
from navigator.people.actor import ANONYMOUS
from navigator.people.api_keys import ApiKey, actor_by_key
from navigator.people.audit_log import AuditEntry
from navigator.people.user import Role, User
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ReportInput
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from web.app import app


@pytest.fixture
def visitor(enter: Enter) -> Visitor:
    """Ada, logged in."""
    return enter("ada")


@pytest.fixture
def as_it_ships() -> Iterator[None]:
    """Leave the catalogue of this process as it was."""
    yield
    use_custom_wording({})
    custom_wording.reset_cache()


def test_hours_are_looked_at_then_saved_then_taken_back(visitor: Visitor, session: Session) -> None:
    visitor.get("/settings/services/north")
    visitor.get("/settings/hours/north")
    visitor.press("Look at the change", hours__sat="9am to 1pm", closed_days="24 December 2026\n28/12/2026")
    assert "Saturday: 09:00 to 13:00" in visitor.text
    assert "24 December 2026" in visitor.text
    assert "sat" not in service_by_code(session, "north").hours
    visitor.press("Save this change")
    assert visitor.path == "/settings/services/north"
    north = service_by_code(session, "north")
    assert north.hours["sat"] == ["09:00", "13:00"]
    assert north.closed_days == ["2026-12-24", "2026-12-28"]
    visitor.get("/settings/changes")
    assert "Opening hours and holidays: North Talking Therapies" in visitor.text
    assert "Ada Byrne" in visitor.text
    visitor.get(visitor.one("tbody a").attributes["href"] or "")
    visitor.press("Take this change back")
    north = service_by_code(session, "north")
    assert ("sat" in north.hours, north.closed_days) == (False, [])
    assert [one.undoes is None for one in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))] == [
        True,
        False,
    ]


def test_nothing_counts_until_it_was_looked_at(visitor: Visitor, session: Session) -> None:
    visitor.get("/settings/targets/north")
    visitor.press("Look at the change", targets__resolution="2, 4, 8, 16, 32", alert_minutes="10, 20")
    assert "After this change" not in visitor.text
    visitor.press("Change something")
    assert visitor.one("#targets\\.resolution").attributes["value"] == "2, 4, 8, 16, 32"
    assert service_by_code(session, "north").targets == {}
    assert not session.exec(select(AuditEntry)).all()


@pytest.mark.parametrize(
    ("where", "typed", "problem"),
    [
        ("hours/north", {"hours__mon": "nine to five"}, "Write the hours like 09:00 to 17:00"),
        ("hours/north", {"closed_days": "Christmas"}, "“Christmas” is not a date"),
        ("targets/north", {"alert_minutes": "30, 15"}, "Each alert must come later"),
        ("targets/north", {"targets__resolution": "1, 2"}, "Targets are five numbers"),
        ("contact/north/complaints", {"role_name": "Complaints"}, "Enter an email address or a phone number"),
        (
            "reply/north/new",
            {"title": "Hello", "body": "Dear {name}"},
            "There is nothing to put in",
        ),
        ("service/new", {"name": ""}, "Enter the name of the service"),
        ("service/new", {"name": "north talking therapies"}, "There is a service called north talking"),
        ("programme/new", {"name": "FERN"}, "There is a programme called FERN already"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_done(
    ada_of_all: Visitor, session: Session, where: str, typed: dict[str, str], problem: str
) -> None:
    ada_of_all.get(f"/settings/{where}")
    ada_of_all.press("Look at the change", **typed)
    assert any(one.startswith(problem) for one in ada_of_all.problems), ada_of_all.problems
    assert not session.exec(select(AuditEntry)).all()


def test_taking_a_needed_contact_away_warns_that_reports_stop(visitor: Visitor, session: Session) -> None:
    visitor.get("/settings/contact/north/deputy")
    visitor.press("Take this contact away")
    assert "The service takes no reports" in visitor.text
    assert missing(session, service_by_code(session, "north")) == []
    visitor.press("Save this change")
    assert missing(session, service_by_code(session, "north")) == ["a contact for deputy"]
    visitor.get(f"/settings/changes/{session.exec(select(AuditEntry)).one().id}")
    visitor.press("Take this change back")
    assert missing(session, service_by_code(session, "north")) == []


def test_a_change_made_by_somebody_else_is_not_overwritten(enter: Enter, session: Session) -> None:
    first, second = enter("ada"), enter("ada")
    for one in (first, second):
        one.get("/settings/practice/north")
    first.press("Look at the change", assigns_at_once="no")
    first.press("Save this change")
    second.press("Look at the change", draft_policy="hand_over")
    second.press("Save this change")
    assert second.problems == ["This has changed since you opened it. Look at it as it is now."]
    assert service_by_code(session, "north").draft_policy == "help_only"


def test_other_services_are_as_if_they_were_not(visitor: Visitor, session: Session) -> None:
    for where in ("services/south", "hours/south", "contact/south/deputy", "reply/south/new"):
        assert visitor.get(f"/settings/{where}").status_code == 404, where
    gone = {"gone": "yes", "do": "save"}
    assert visitor.post("/settings/contact/south/deputy", data=gone).status_code == 404
    assert len(session.exec(select(Contact).where(Contact.kind == "deputy")).all()) == 2


@pytest.mark.parametrize(
    "where",
    [
        "nothing/north",
        "hours/nowhere",
        "programme/nothing",
        "category/nothing",
        "hours/north/x",
        "contact/north/nobody",
    ],
)
def test_what_there_is_not_is_not_found(ada_of_all: Visitor, where: str) -> None:
    assert ada_of_all.get(f"/settings/{where}").status_code == 404


def test_a_new_service_is_its_makers_and_takes_no_reports_yet(ada_of_all: Visitor, session: Session) -> None:
    ada_of_all.get("/settings/service/new")
    ada_of_all.press("Look at the change", name="Moor & Dale Talking Therapies")
    assert not session.exec(select(Service).where(Service.code == "moor-dale-talking-therapies")).all()
    ada_of_all.press("Save this change")
    ada_of_all.get("/settings/services/moor-dale-talking-therapies")
    assert "a contact for duty clinician" in ada_of_all.text
    ada_of_all.get("/")
    ada_of_all.get("/report/place")
    assert "Moor" not in ada_of_all.text


def test_a_programme_and_its_exception(ada_of_all: Visitor, session: Session) -> None:
    ada_of_all.get("/settings/programme/new")
    ada_of_all.press("Look at the change", name="Meadow", supplier="Meadow Ltd")
    ada_of_all.press("Save this change")
    ada_of_all.get("/settings/programmes/meadow/exceptions")
    ada_of_all.press("Continue", category="notify.too_many")
    ada_of_all.press("Look at the change", fixability="service", reason="Your practitioner can change it.")
    ada_of_all.press("Save this change")
    assert "Try it again" in ada_of_all.text
    override = session.exec(select(ProgrammeCategoryOverride)).one()
    assert (override.category, override.fixability) == ("notify.too_many", "service")
    ada_of_all.get("/settings/offers/north")
    ada_of_all.press("Look at the change", programmes=["fern", "meadow"])
    ada_of_all.press("Save this change")
    assert "Meadow" in ada_of_all.text
    assert len(session.exec(select(Programme)).all()) == 2


def test_crisis_wording_is_changed_line_by_line(visitor: Visitor, session: Session) -> None:
    visitor.get("/settings/crisis/north")
    visitor.press(
        "Look at the change",
        **{"lines__2__do": "Call Samaritans", "lines__2__text": "07725 90 90 90"},
    )
    assert any("Samaritans have no text number" in one for one in visitor.problems)
    visitor.press("Look at the change", **{"lines__2__text": "", "owner": "Dr Khan"})
    visitor.press("Save this change", read_as=read_as(visitor))
    visitor.get("/settings/services/north")
    assert "Dr Khan" in visitor.text


def read_as(visitor: Visitor) -> str:
    """The value of the box by which the person who answers for crisis wording confirms it."""
    return visitor.one("[name=read_as]").attributes["value"] or ""


def test_crisis_wording_is_signed_only_when_its_lines_were_shown(visitor: Visitor, session: Session) -> None:
    """11.D9: and the person named confirms that they have read them, as they then stand."""
    visitor.get("/settings/crisis/north")
    visitor.press("Look at the change", owner="Dr Khan")
    for line in default_crisis_card().lines:
        assert f"{line['when']}: {line['do']}" in visitor.text
    seen = read_as(visitor)
    visitor.press("Save this change")
    assert visitor.problems == ["Confirm that Dr Khan has read these lines"]
    assert "Dr Khan has read these lines as they stand here" in visitor.text
    visitor.press("Change something")
    visitor.press("Look at the change", lines__0__do="Wait")
    assert "checked" not in visitor.one("[name=read_as]").attributes
    assert read_as(visitor) != seen
    answer = visitor.post(
        "/settings/crisis/north", data=_form_data(visitor) | {"read_as": seen, "do": "save"}
    )
    assert answer.status_code == 422
    wording = session.exec(select(CrisisWording).order_by(col(CrisisWording.service_id))).first()
    assert wording is not None
    assert wording.owner != "Dr Khan"
    visitor.press("Save this change", read_as=read_as(visitor))
    assert visitor.path == "/settings/services/north"


def _form_data(visitor: Visitor) -> dict[str, str]:
    hidden = visitor.page.css("main form input[type=hidden]")
    return {one.attributes["name"] or "": one.attributes["value"] or "" for one in hidden}


def test_a_file_signs_crisis_wording_only_when_its_lines_were_shown(
    visitor: Visitor, session: Session
) -> None:
    """11.D9."""
    file = visitor.get("/settings/configuration/file").text.replace("owner: Dr Cole", "owner: Dr Khan")
    assert "owner: Dr Khan" in file
    visitor.get("/settings/configuration")
    visitor.press("Look at what would change", text=file)
    for line in default_crisis_card().lines:
        assert f"{line['when']}: {line['do']}" in visitor.text
    visitor.press("Put it in")
    assert visitor.problems[0].startswith("Confirm that Dr Khan")
    boxes = [one.attributes["value"] or "" for one in visitor.page.css("[name=read_as]")]
    visitor.press("Put it in", read_as=boxes)
    assert visitor.path == "/settings/changes"


def test_the_command_line_signs_crisis_wording_only_when_the_person_confirms(
    session: Session, people: People, tmp_path: Path
) -> None:
    """11.D9."""
    file = tmp_path / "desk.yaml"
    file.write_text(import_export.export_configuration(session).replace("owner: Dr Cole", "owner: Dr Khan"))
    words = ["configuration", "import", str(file)]
    assert CliRunner().invoke(cli.app, words).exit_code == 1  # nobody is there to answer
    refused = CliRunner().invoke(cli.app, words, input="Ada\n")
    assert (refused.exit_code, "has not confirmed" in refused.output) == (2, True)
    for line in default_crisis_card().lines:
        assert f"{line['when']}: {line['do']}" in refused.output
    north = session.get_one(CrisisWording, people.north)
    assert north.owner != "Dr Khan"
    done = CliRunner().invoke(cli.app, words, input="Dr Khan\nDr Khan\n")
    assert done.exit_code == 0, done.output
    session.refresh(north)
    assert north.owner == "Dr Khan"
    assert CliRunner().invoke(cli.app, words).output.strip() == "nothing changed"


def test_a_reply_is_shown_as_it_will_be_read_and_used_on_a_ticket(
    visitor: Visitor, session: Session, enter: Enter
) -> None:
    visitor.get("/settings/reply/north/new")
    visitor.press("Look at the change", title="Reset", body="We look at {reference}. {next_step}")
    assert "We look at DN-000123. We look at it with you." in visitor.text
    visitor.press("Save this change")
    assert session.exec(select(CannedReply.code)).one() == "reset"
    told = ReportInput(service="north", category="access.forgotten_password", text="I forgot my password")
    number = staff.report(session, ANONYMOUS, told).ticket.number
    navigator = enter("amina")
    navigator.get(f"/tickets/{number}")
    navigator.press("Reset")
    assert f"We look at DN-{number:06}. " in navigator.one("#body").text()
    navigator.get(f"/tickets/{number}?use=nothing")
    assert navigator.one("#body").text().strip() == ""


@pytest.mark.usefixtures("as_it_ships")
def test_a_category_in_own_words_and_as_it_ships_again(ada_of_all: Visitor) -> None:
    ada_of_all.get("/settings/category/access.forgotten_password")
    ada_of_all.press("Look at the change", patient_label="I lost my password", is_offered="no")
    ada_of_all.press("Save this change")
    assert "Cannot be chosen" in ada_of_all.text
    leaf = catalogue().category("access.forgotten_password")
    assert (leaf.patient_label, leaf.is_offered) == ("I lost my password", False)
    assert leaf not in catalogue().for_audience("patient")
    ada_of_all.get("/settings/category/access.forgotten_password")
    ada_of_all.press("Use it as it ships again")
    ada_of_all.press("Save this change")
    ada_of_all.get("/settings/categories")
    assert catalogue().category("access.forgotten_password").is_offered


@pytest.mark.usefixtures("as_it_ships")
def test_a_category_of_ones_own_with_a_question(ada_of_all: Visitor) -> None:
    ada_of_all.get("/settings/category/new")
    ada_of_all.press(
        "Look at the change",
        group="access",
        staff_label="Kiosk is locked",
        patient_label="The kiosk is locked",
        fixability="service",
        blocks_session="maybe",
        reason="Reception can unlock it.",
        next_step="We ask reception.",
        usual_fix="Call reception.",
        workaround="Use a phone.",
        escalate_when="Reception cannot.",
        **{
            "questions__0__text": "Which kiosk?",
            "questions__0__options__0__label": "The left one",
            "questions__0__options__1__label": "The right one",
            "questions__0__options__1__cue": "several_people",
        },
    )
    assert ada_of_all.problems == []
    ada_of_all.press("Save this change")
    leaf = catalogue().category("access.own_kiosk_is_locked")
    assert [option.label for option in leaf.questions[0].options][:2] == ["The left one", "The right one"]
    assert leaf in catalogue().in_group("access", "patient")


def test_only_administrators_come_in(enter: Enter, people: People) -> None:
    for who in ("amina", "mo", "cole", "priya"):
        assert enter(who).get("/settings").status_code == 403
        assert enter(who).get("/settings/hours/north").status_code == 403


def test_a_key_is_shown_once_works_and_ends(visitor: Visitor, session: Session, people: People) -> None:
    visitor.get("/settings/keys")
    visitor.press("Make the key", **_key(people.north, "Booking system"))
    key = visitor.one("code").text()
    actor = actor_by_key(session, key)
    assert actor is not None
    assert actor.roles == {people.north: {Role.INTAKE}}
    visitor.get("/settings/keys")
    assert key not in visitor.text
    visitor.press("End it: Booking system")
    assert actor_by_key(session, key) is None
    assert [one.title for one in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))] == [
        "Key made: Booking system",
        "Key ended: Booking system",
    ]


def _key(service_id: int, name: str, year: str = "2027") -> dict[str, str]:
    ends = {"expires_on-day": "1", "expires_on-month": "6", "expires_on-year": year}
    return {"service_id": str(service_id), "name": name, "role": "intake", **ends}


def test_a_key_must_end_and_be_for_an_own_service(visitor: Visitor, session: Session, people: People) -> None:
    visitor.get("/settings/keys")
    visitor.press("Make the key", **_key(people.north, "Booking", "2031"))
    assert visitor.problems == ["The last day must be after today, and within two years"]
    assert visitor.post("/settings/keys", data=_key(people.south, "Theirs")).status_code == 403
    theirs = api_keys.create(session, people.south, Role.INTAKE, "theirs")
    id = session.exec(select(ApiKey.id).where(ApiKey.name == "theirs")).one()
    assert visitor.post(f"/settings/keys/{id}/revocation").status_code == 404
    assert actor_by_key(session, theirs)


@pytest.mark.parametrize("role", ["admin", "clinician"])
def test_a_key_is_not_made_for_a_role_that_the_form_does_not_offer(
    visitor: Visitor, people: People, role: str
) -> None:
    """11.F12: the page took roles that the API refuses."""
    answer = visitor.post("/settings/keys", data=_key(people.north, "Booking") | {"role": role})
    assert answer.status_code == 422


def test_a_key_of_the_command_line_ends_and_is_written_down(session: Session, people: People) -> None:
    """11.D6: it never ended, and nobody could see that it was made."""
    words = ["key", "create", "--service", "north", "--role", "admin", "--name", "Nightly"]
    assert CliRunner().invoke(cli.app, words).exit_code == 1  # nobody is there to answer when it ends
    for wrong in ("2026-06-09", "2031-01-01", "next week"):
        refused = CliRunner().invoke(cli.app, [*words, "--until", wrong])
        assert (refused.exit_code, "expires_on" in refused.output) == (2, True)
    made = CliRunner().invoke(cli.app, words, input="2027-06-01\n")
    assert made.exit_code == 0
    key = session.exec(select(ApiKey)).one()
    assert key.expires_at == datetime(2027, 6, 1, 22, 59, 59, 999999, UTC)
    actor = actor_by_key(session, made.output.splitlines()[-1])
    assert actor is not None
    assert actor.roles == {people.north: {Role.ADMIN}}
    change = session.exec(select(AuditEntry)).one()
    assert (change.title, change.actor_name) == ("Key made: Nightly", "Navigator Desk")


def test_the_file_is_taken_out_looked_at_and_put_in(visitor: Visitor, session: Session) -> None:
    file = visitor.get("/settings/configuration/file").text
    assert "north" in file
    assert "south" not in file
    visitor.get("/settings/configuration")
    visitor.press("Look at what would change", text=file)
    assert "Nothing would change" in visitor.text
    changed = file.replace("North Talking", "Northern Talking")
    visitor.press("Look at what would change", text=changed)
    assert "service north: changed name" in visitor.text
    assert service_by_code(session, "north").name == "North Talking Therapies"
    visitor.press("Put it in")
    assert service_by_code(session, "north").name == "Northern Talking Therapies"


def test_a_file_that_cannot_be_meant_names_its_line(visitor: Visitor) -> None:
    visitor.get("/settings/configuration")
    visitor.press("Look at what would change", text="services:\n- code: north\n  nome: North")
    assert visitor.problems[0].startswith("line ")


def test_a_file_touches_no_service_of_others(visitor: Visitor, session: Session) -> None:
    text = "services:\n- {code: south, name: Taken}"
    assert visitor.post("/settings/configuration", data={"text": text, "do": "save"}).status_code == 404
    assert service_by_code(session, "south").name == "South Talking Therapies"


def test_an_empty_desk_begins_with_the_code_alone(session: Session) -> None:
    first = Visitor(app)
    first.get("/log-in")
    assert first.path == "/begin"
    first.press("Begin")
    assert first.problems == [
        "Enter the code",
        "Enter the name of your service",
        "Enter your full name",
        "Enter an email address in the correct format, like name@example.com",
        "Enter a password",
    ]
    typed = {
        "service": "Fell Talking Therapies",
        "name": "Fay Fell",
        "email": "fay@fell.example",
        "password": "nine dry teapots",
    }
    first.press("Begin", code="aaaa-bbbb-cccc", **typed)
    assert first.problems == ["This is not the code. It stands where the server was started."]
    easy = typed | {"password": "FayFellTalking2026"}  # 11.F11
    first.press("Begin", code=first_run.setup_code().upper(), **easy)
    assert "It holds your name, your email address" in first.problems[0]
    session.add(Service(code="other", name="Fell talking therapies"))  # as by a file of settings
    session.flush()
    first.press("Begin", code=first_run.setup_code().upper(), **typed)
    assert "There is a service called Fell Talking Therapies already" in first.problems[0]
    first.one("#service.nhsuk-input--error")  # the box of its name
    session.delete(session.exec(select(Service).where(Service.code == "other")).one())
    session.flush()
    first.press("Begin", code=first_run.setup_code().upper(), **typed)
    assert first.path == "/settings"
    assert "Fell Talking Therapies" in first.text
    first.get("/settings/services/fell-talking-therapies")
    assert "a contact for duty clinician" in first.text


@pytest.mark.usefixtures("people")
def test_nobody_begins_twice(session: Session) -> None:
    late = Visitor(app)
    late.get("/begin")
    assert late.path == "/log-in"
    typed = {"code": first_run.setup_code(), "service": "X", "name": "X", "email": "x@x.example"}
    refused = late.post("/begin", data=typed | {"password": "nine dry teapots"})
    assert refused.status_code == 404
    assert not session.exec(select(User).where(User.email == "x@x.example")).all()


def test_the_form_of_a_new_provider_lets_nobody_in_by_itself(enter: Enter):
    """Its boxes came ticked: people can log in by it, and whoever a rule names gets an account."""
    ada = enter("ada")
    ada.get("/settings/provider/new")
    assert not [box.attributes["name"] for box in ada.page.css("main input[checked]")]
