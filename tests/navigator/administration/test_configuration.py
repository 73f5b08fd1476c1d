"""The configuration as a file: out and in again is the same, and what cannot be meant is refused by place."""

import time
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError
from sqlmodel import Session, select

from navigator import safe_yaml
from navigator.administration.configuration_file import parse_configuration, read_configuration
from navigator.administration.import_export import export_configuration, import_configuration
from navigator.administration.programme_schemas import CategorySetting, ReplySetting
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.contact import Contact
from navigator.catalogue.lookups import service_by_code
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.people.user import Role
from tests.people import join, settle

FILE = """
programmes:
- code: steps
  name: Steps Online
  supplier: Stepwise
  overrides:
  - {category: notify.too_many, fixability: service, reason: Your PWP can., verified_on: 2026-05-01}
services:
- code: riverside
  name: Riverside Talking Therapies
  hours: {mon: ["08:00", "16:00"], thu: ["09:00", "17:00"]}
  closed_days: [2026-12-29]
  targets: {resolution: [4, 8, 16, 40, 80]}
  contacts:
  - {kind: duty_clinician, role_name: Duty clinician, email: duty@example.org}
  - {kind: deputy, role_name: Deputy, phone: "01632 960 001"}
  - {kind: manager, role_name: Service manager, email: manager@example.org}
  crisis: {owner: Dr Cole, review_on: 2027-01-01}
  programmes: [steps]
  privacy: {controller: Us, lawful_basis: A, periods: B, contact: C, owner: Ada, review_on: 2027-01-01}
  retention: [{record_class: ticket, days: 365, reason: Our policy, owner: Ada, review_on: 2027-01-01}]
articles:
- code: new-password
  title: Make a new password
  category: access.forgotten_password
  programme: steps
  body: "1. Press **Forgot password**"
  owner: Ada
  is_offered: false
"""


def test_an_empty_installation_becomes_a_complete_service(session: Session) -> None:
    assert "service riverside: new" in import_configuration(session, parse_configuration(FILE))
    service = service_by_code(session, "riverside")
    staffed = ["a navigator who can log in", "a clinician who can log in"]
    assert missing(session, service) == staffed
    join(session, "Nav", "nav@riverside.example", service.id, Role.NAVIGATOR)
    assert missing(session, service) == staffed[1:]
    join(session, "Dr Read", "read@riverside.example", service.id, Role.CLINICIAN)
    assert missing(session, service) == []
    assert service.closed_days == ["2026-12-29"]


def test_out_and_in_again_is_the_same_and_changes_nothing(session: Session) -> None:
    import_configuration(session, parse_configuration(FILE))
    first = export_configuration(session)
    assert import_configuration(session, parse_configuration(first)) == []
    assert export_configuration(session) == first


def test_into_an_empty_database_gives_an_identical_file(session: Session) -> None:
    settle(session)
    whole = export_configuration(session)
    for table in (Contact, Service):
        assert session.exec(select(table)).first()
    session.rollback()
    assert not session.exec(select(Service)).all()
    import_configuration(session, parse_configuration(whole))
    assert export_configuration(session) == whole


def test_two_swap_their_names_by_one_file_and_none_takes_one(session: Session) -> None:
    """The first of them was refused: the second had its name still."""
    import_configuration(session, parse_configuration(_named("North", "South")))
    import_configuration(session, parse_configuration(_named("South", "NORTH")))
    names = session.exec(select(Service.name).order_by(Service.code)).all()
    assert names == ["South", "NORTH"]
    with pytest.raises(Invalid) as refusal:
        import_configuration(session, parse_configuration(_named("Fell", "FELL")))
    assert "There is a service called F" in refusal.value.fields["name"]


def _named(*names: str) -> str:
    return yaml.safe_dump(
        {"services": [{"code": name, "name": words} for name, words in zip("ab", names, strict=True)]}
    )


def test_what_a_file_does_not_name_stays(session: Session) -> None:
    """A file without crisis wording unsigned it, and the service took no reports any more."""
    import_configuration(session, parse_configuration(FILE))
    service = session.exec(select(Service).where(Service.code == "riverside")).one()
    service.phone = "01632 960 009"
    session.flush()
    lacked, before = missing(session, service), export_configuration(session)
    short = """
services:
- {code: riverside, name: Riverside, contacts: [{kind: deputy, role_name: Second, email: a@example.org}]}
"""
    assert import_configuration(session, parse_configuration(short)) == [
        "service riverside: changed name",
        "contact riverside/deputy: changed role_name, email",
    ]
    assert missing(session, service) == lacked
    expected = before.replace("Riverside Talking Therapies", "Riverside")
    expected = expected.replace("Deputy\n    email: ''", "Second\n    email: a@example.org")
    assert export_configuration(session) == expected


def test_a_category_keeps_what_a_file_does_not_name(session: Session) -> None:
    id = "access.forgotten_password"
    setting = SETTING_KINDS["category"].read(session, (id,))
    assert isinstance(setting, CategorySetting)
    assert setting.patient_label
    assert setting.questions
    optional = {"patient_label", "patient_workaround", "questions", "try_first", "is_offered"}
    entry = setting.model_dump(mode="json", exclude=optional) | {"id": id}
    text = yaml.safe_dump({"categories": [entry]})
    assert import_configuration(session, parse_configuration(text)) == []


def test_a_change_says_what_it_changes(session: Session) -> None:
    import_configuration(session, parse_configuration(FILE))
    done = import_configuration(
        session,
        parse_configuration(FILE.replace("Riverside Talking", "River Talking").replace("duty@", "day@")),
    )
    assert done == ["service riverside: changed name", "contact riverside/duty_clinician: changed email"]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ("services: [", "line 1"),
        (FILE.replace("mon:", "moonday:"), "line 9: services.0"),
        (FILE.replace("notify.too_many", "notify.nothing"), "line 7: programmes.0.overrides.0.category"),
        (FILE.replace("programmes: [steps]", "programmes: [leaps]"), "file"),
        (FILE.replace("code: riverside", "code: River Side"), "line 9: services.0.code"),
        (FILE.replace("owner: Dr Cole", "ovner: Dr Cole"), "line 18: services.0.crisis.ovner"),
        (FILE.replace("[4, 8, 16, 40, 80]", "[80, 40, 16, 8, 4]"), "services.0"),
        (
            FILE.replace(
                "review_on: 2027-01-01",
                "lines: [{when: now, do: Text Samaritans, short: Samaritans, text: '0794 0000'}]",
            ),
            "services.0.crisis",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_and_says_where(session: Session, wrong: str, where: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_configuration(wrong)
    assert where in refused.value.message
    assert not session.exec(select(Service)).all()


MERGES = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 9))
ALIASES = "a: &a [x]\nb: &b [*a, *a]\nservices: *b"


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (MERGES, "line 1: write it out: & and * are not read"),
        (ALIASES, "line 1: write it out"),
        ("services:\n- <<: {code: a}", "line 2: write it out: << is not read"),
        ("services:\n- code: !!python/name:os.system x", "line 2: write it without !"),
        (
            "services:\n- code: a\n  crisis:\n    review_on: 2024-99-99",
            "line 4: there is no such date or number",
        ),
        ("services:\n- quiet_days: " + "9" * 5000, "line 2: a number or date has at most 30 characters"),
        (
            "services:\n- quiet_days: " + "1:" * 2000 + "1",
            "line 2: a number or date has at most 30 characters",
        ),
        ("services: " + "[" * 5000, "line 1: nested too deep"),
        ("services: " + "{a: " * 50 + "1" + "}" * 50, "line 1: nested too deep"),
        ("x" * 100_001, "the file is too long: at most 100,000 characters are read"),
        ("- a\n" * 24_000, "the file holds more than can be read at once"),
        ("a: \0", "cannot be read"),
        ('services:\n- code: "\\ud800"', "line 2"),
        ("? [a, b]\n: c", "line 1: this is not YAML"),
        ("services:\n" + "- 1\n" * 5000, "and 4980 more"),
        ("[]: 1", "line 1"),
        ("- 1", "line 1"),
    ],
)
def test_what_would_grow_or_is_no_value_is_refused_at_once(wrong: str, where: str) -> None:
    """11.F7."""
    began = time.process_time()
    with pytest.raises(Invalid) as refused:
        parse_configuration(wrong)
    assert where in refused.value.message
    assert len(refused.value.message) < 12_000
    assert time.process_time() - began < 3


def test_a_file_that_is_read_for_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """11.F7."""
    monkeypatch.setattr(safe_yaml, "MAX_SECONDS", -1.0)
    with pytest.raises(Invalid, match="more than can be read at once"):
        parse_configuration("services: []")


def test_a_file_of_the_machine_is_read_within_the_same_limits(tmp_path: Path) -> None:
    """11.F7: by the command line."""
    file = tmp_path / "desk.yaml"
    for content, problem in (
        (b"\xff\xfe", "UTF-8"),
        (b"x" * 500_000, "too long"),
        (ALIASES.encode(), "line 1"),
    ):
        file.write_bytes(content)
        with pytest.raises(Invalid, match=problem):
            read_configuration(file)
    file.write_text(FILE)
    assert read_configuration(file) == parse_configuration(FILE)


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ({"does": "wait", "follow_up": "5_days", "sort_as": "use.feature_fault"}, ""),
        ({"does": "fixed", "follow_up": "5_days"}, "has no next step"),
        ({"sort_as": "divert.clinical"}, "passes the ticket on"),
        ({"sort_as": "no.such"}, "There is no category"),
        ({"does": "shout"}, "does"),
        ({"follow_up": "never"}, "follow_up"),
    ],
)
def test_what_a_reply_does_is_checked_when_it_is_set(parts: dict[str, str], wrong: str) -> None:
    values = {"title": "Ask", "body": "{greeting}", **parts}
    if not wrong:
        assert ReplySetting.model_validate(values).form_values() == {"programme": "", "category": ""} | values
        return
    with pytest.raises(ValidationError, match=wrong):
        ReplySetting.model_validate(values)
