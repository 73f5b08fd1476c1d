"""What nobody touched is not said to change: in previews, in the history, and in what is written down."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator.administration.access_schema import AccessSetting
from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.configuration_file import parse_configuration
from navigator.administration.import_export import export_configuration, import_configuration
from navigator.administration.inclusion_schemas import InclusionOffersSetting, UsabilityRoundsSetting
from navigator.administration.language_schema import LanguageSetting
from navigator.administration.mail_schema import MailboxSetting
from navigator.administration.programme_schemas import CategorySetting, ReplySetting
from navigator.administration.record_schemas import AuditPeriodSetting, HazardSetting, RetentionSetting
from navigator.administration.role_setting import RoleSetting
from navigator.administration.routing_schemas import RuleSetting
from navigator.administration.service_schemas import MinuteCostSetting
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.administration.sharing_schemas import PeerSetting, SharingSetting
from navigator.administration.supplier_schema import SupplierSetting
from navigator.administration.watch_schemas import WatchSetting
from navigator.administration.webhook_schema import WebhookSetting
from navigator.catalogue import custom_wording
from navigator.catalogue.catalogue import catalogue, use_custom_wording
from navigator.languages import LANGUAGES
from navigator.people.actor import SYSTEM
from navigator.people.audit_log import AuditEntry
from tests.openid.provider import set_up
from tests.page_visitor import Visitor
from tests.people import People


@pytest.fixture
def visitor(ada_of_all: Visitor) -> Visitor:
    """Ada, logged in, who may change what all services share."""
    return ada_of_all


@pytest.fixture
def as_it_ships() -> Iterator[None]:
    """Leave the catalogue of this process as it was."""
    yield
    use_custom_wording({})
    custom_wording.reset_cache()


def shown_differences(visitor: Visitor) -> list[str]:
    return [row.text(separator=" | ", strip=True).strip(" |") for row in visitor.page.css("tbody tr")]


@pytest.mark.parametrize("leaf", [leaf.id for leaf in catalogue().leaves])
def test_a_category_that_nobody_touched_is_not_said_to_change(visitor: Visitor, leaf: str) -> None:
    """11.C12: its questions were all shown as changed: rows left empty, "not sure", None beside ""."""
    visitor.get(f"/settings/category/{leaf}")
    visitor.press("Look at the change")
    assert visitor.problems == []
    assert "Nothing would change." in visitor.text, shown_differences(visitor)


@pytest.mark.usefixtures("as_it_ships")
def test_one_word_of_a_category_is_one_line_of_the_change(visitor: Visitor, session: Session) -> None:
    """11.C12: in the preview, in the history, and in what was stored before by a form with empty rows."""
    visitor.get("/settings/category/access.no_account_or_invite")
    visitor.press("Look at the change", staff_label="Invitation did not come")
    assert [row.split(" | ")[0] for row in shown_differences(visitor)] == ["The name for staff"]
    visitor.press("Save this change")
    change = session.exec(select(AuditEntry)).one()
    assert change.before
    assert change.after
    assert {name for name, value in change.after.items() if change.before[name] != value} == {"staff_label"}
    padded = [*change.after["questions"], {"id": "", "text": "", "staff_only": False, "options": []}]
    stored = change.model_dump(exclude={"id", "position", "hash"})
    stored["after"] = change.after | {"questions": padded, "patient_workaround": ""}
    stored["before"] = change.before | {"patient_workaround": None}
    of_before = AuditEntry(**stored)
    session.add(of_before)
    session.flush()
    visitor.get(f"/settings/changes/{of_before.id}")
    assert [row.split(" | ")[0] for row in shown_differences(visitor)] == ["The name for staff"]


@pytest.mark.usefixtures("as_it_ships")
def test_a_changed_question_is_told_in_words(visitor: Visitor) -> None:
    """11.C12: only the question that changed, as people read it and not as the file writes it."""
    visitor.get("/settings/category/access.no_account_or_invite")
    visitor.press("Look at the change", questions__0__options__1__label="No, nothing at all")
    (row,) = shown_differences(visitor)
    assert row.startswith("The questions")
    assert "No, nothing at all" in row
    assert "not_sure" not in row
    assert "Does your service have your right email address?" not in row


FILE = """
programmes:
- code: fern
  name: Fern
  device_needs: {browsers: ["safari 15.4", "Chrome 109"], hosts: [b.fern.example, A.fern.example],
    owner: Ada, review_on: 2027-01-01}
  overrides:
  - {category: notify.too_many, fixability: service, reason: "Your PWP can. ", next_step: ""}
- {code: aspen, name: Aspen}
articles:
- {code: new-password, title: New password, category: access.forgotten_password, owner: Ada,
   body: "1. Press\\r\\n2. Go  "}
services:
- code: north
  name: North
  hours: {fri: ["09:00", "17:00"], mon: ["09:00", "17:00"]}
  closed_days: [2026-12-28, 2026-12-24, 2026-12-28]
  programmes: [fern, aspen]
  crisis: {owner: Dr Cole}
  contacts: [{kind: booking, role_name: Booking, phone: "01632 960 001"}]
  replies: [{code: later, title: Later, body: "We look at {reference}.\\r\\n\\r\\nSoon. "}]
"""
"""Something of each kind, in another order than a form has, with spaces and line ends."""
RULE = {"title": "First", "position": 1, "people": ["tom@north.example", "amina@north.example"]}
PEER = PeerSetting(
    name="Leeds desk",
    url="https://desk.leeds.example/feeds/known-problems.json",
    public_key="AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    owner="Ada",
    review_on=date(2027, 1, 1),
)
WATCH = WatchSetting(
    recipe="- get: https://a.fern.example/\n- fill: {email: $email}\n- post: ''\n- expect: Your programme",
    hosts=["b.fern.example", "A.fern.example"],
    control_url="https://www.nhs.uk",
    owner="Ada",
    review_on=date(2027, 1, 1),
)
HOOK = WebhookSetting(
    name="Records",
    url="https://hooks.example.nhs.uk/desk",
    events=["ticket.resolved", "ticket.closed"],
    owner="ada@north.example",
    review_on=date(2027, 1, 1),
)
MAILBOX = MailboxSetting(
    address="desk@north.example",
    host="IMAP.north.example",
    user="desk",
    owner="Ada",
    review_on=date(2027, 1, 1),
)
EVERYTHING = (
    "service/north", "hours/north", "targets/north", "practice/north", "calls/north", "followup/north",
    "offers/north",
    "crisis/north", "contact/north/booking", "reply/north/later", "rule/north/first", "programme/fern",
    "device/fern", "override/fern/notify.too_many", "article/new-password", "language/north/pl",
    "access/desk", "sharing/desk", "peer/leeds", "watch/north/fern", "webhook/north/records",
    "inclusion/north", "usability/north", "mailbox/north", "minutes/north", "supplier/fern",
    "provider/works", "loginrule/north/desk-navigators", "passwords/desk",
    "role/north/lead",
    "privacy/north", "retention/north/ticket", "auditperiod/desk", "hazard/1a",
)  # fmt: skip


@pytest.fixture
def everything(session: Session, people: People) -> None:
    import_configuration(session, parse_configuration(FILE))
    rule = RuleSetting.model_validate(RULE)
    apply_change(session, SYSTEM, kind_of("rule"), ("north", "first"), rule)
    sharing = SharingSetting(is_active=True, name="North", owner="Ada", review_on=date(2027, 1, 1))
    apply_change(session, SYSTEM, kind_of("sharing"), ("desk",), sharing)
    access = AccessSetting(factor_roles=["manager", "admin"], factor_from_on=date(2027, 1, 1), owner="Ada")  # type: ignore[list-item]
    apply_change(session, SYSTEM, kind_of("access"), ("desk",), access)
    apply_change(session, SYSTEM, kind_of("peer"), ("leeds",), PEER)
    apply_change(session, SYSTEM, kind_of("watch"), ("north", "fern"), WATCH)
    apply_change(session, SYSTEM, kind_of("webhook"), ("north", "records"), HOOK)
    apply_change(session, SYSTEM, kind_of("mailbox"), ("north",), MAILBOX)
    signed = LanguageSetting(words=LANGUAGES["pl"].mark, owner="Ewa Nowak", review_on=date(2027, 1, 1))
    apply_change(session, SYSTEM, kind_of("language"), ("north", "pl"), signed)
    answers_for: dict[str, Any] = {"owner": "Mo Ali", "review_on": date(2027, 1, 1)}
    has = InclusionOffersSetting(usual=["sim", "device"], own=["Bus fares", "A quiet room"], **answers_for)
    apply_change(session, SYSTEM, kind_of("inclusion"), ("north",), has)
    period = RetentionSetting(days=400, reason="Our policy", **answers_for)
    apply_change(session, SYSTEM, kind_of("retention"), ("north", "ticket"), period)
    audit = AuditPeriodSetting(days=400, reason="Our policy", **answers_for)
    apply_change(session, SYSTEM, kind_of("auditperiod"), ("desk",), audit)
    hazard = HazardSetting(owner="Clinical safety officer", review_on=date(2027, 1, 1))
    apply_change(session, SYSTEM, kind_of("hazard"), ("1a",), hazard)
    asks = UsabilityRoundsSetting(asks_after_fix=True, rounds=[date(2026, 12, 1)], **answers_for)
    apply_change(session, SYSTEM, kind_of("usability"), ("north",), asks)
    costs = MinuteCostSetting(
        minute_pence=50,
        minute_cost_owner="Mo Ali",
        minute_cost_review_on=date(2027, 1, 1),
        text_pence=1.6,
        text_cost_owner="Mo Ali",
        text_cost_review_on=date(2027, 1, 1),
    )
    apply_change(session, SYSTEM, kind_of("minutes"), ("north",), costs)
    owes = SupplierSetting(email="help@fern.example", answer_days=[2, 5, None, None], **answers_for)
    apply_change(session, SYSTEM, kind_of("supplier"), ("fern",), owes)
    set_up(session, "https://login.example.nhs.uk")
    lead = RoleSetting(name="Lead", rights=["training:navigator", "insight:manager"])
    apply_change(session, SYSTEM, kind_of("role"), ("north", "lead"), lead)


@pytest.mark.usefixtures("everything")
def test_every_kind_is_walked() -> None:
    assert {address.split("/")[0] for address in EVERYTHING} == SETTING_KINDS.keys() - {"category"}


@pytest.mark.parametrize("address", EVERYTHING)
def test_no_setting_that_nobody_touched_is_said_to_change(
    everything: None, visitor: Visitor, address: str
) -> None:
    """11.C12: the brothers of a category: every kind of setting, stored in whatever order."""
    visitor.get(f"/settings/{address}")
    visitor.press("Look at the change")
    assert visitor.problems == []
    assert "Nothing would change." in visitor.text, shown_differences(visitor)


@pytest.mark.usefixtures("as_it_ships")
def test_what_means_the_same_is_not_written_down(everything: None, session: Session, people: People) -> None:
    """11.C12: a file or the API that says it in another order, or with None beside "", changes nothing."""
    shuffled = FILE.replace("[fern, aspen]", "[aspen, fern]").replace("28, 2026-12-24", "24, 2026-12-28")
    assert import_configuration(session, parse_configuration(shuffled)) == []
    again = RuleSetting.model_validate(RULE | {"people": RULE["people"][::-1]})  # type: ignore[index]
    assert apply_change(session, SYSTEM, kind_of("rule"), ("north", "first"), again) is None
    kind = kind_of("category")
    for leaf in catalogue().leaves:
        category = kind.read(session, (leaf.id,))
        assert category
        same = CategorySetting.model_validate(_as_typed(category.model_dump()))
        assert apply_change(session, SYSTEM, kind, (leaf.id,), same) is None


def _as_typed(category: dict[str, Any]) -> dict[str, Any]:
    """A category as a form sends it: "" for nothing, no answer “not sure”, and rows left empty."""
    for question in category["questions"]:
        question["options"] = [*(one for one in question["options"] if one["value"] != "not_sure"), {}]
    questions = [*category["questions"], {"staff_only": False, "options": [{}, {}]}][:8]
    return {name: "" if value is None else value for name, value in category.items()} | {
        "questions": questions
    }


def last_change_of_reply(session: Session) -> AuditEntry:
    query = select(AuditEntry).where(AuditEntry.subject == "reply")
    return session.exec(query.order_by(col(AuditEntry.id))).all()[-1]


@pytest.mark.usefixtures("as_it_ships")
def test_what_names_a_category_that_is_gone_can_still_be_read_and_put_right(
    everything: None, visitor: Visitor, session: Session
) -> None:
    """11.C12: the history, and the form, of what once named a category that was taken away since."""
    kind = kind_of("category")
    own = kind.read(session, ("access.no_account_or_invite",))
    assert own
    apply_change(session, SYSTEM, kind, ("access.own_kiosk",), own)
    visitor.get("/settings/categories")  # a request reads what was changed
    reply = {"title": "Later", "category": "access.own_kiosk", "body": "Soon."}
    key = ("north", "later")
    apply_change(session, SYSTEM, kind_of("reply"), key, ReplySetting.model_validate(reply))
    apply_change(session, SYSTEM, kind, ("access.own_kiosk",), None)
    visitor.get("/settings/categories")
    change = last_change_of_reply(session)
    assert visitor.get(f"/settings/changes/{change.id}").status_code == 200
    assert "access.own_kiosk" in visitor.text
    assert visitor.get("/settings/reply/north/later").status_code == 200
    visitor.press("Look at the change", category="")
    assert shown_differences(visitor)[0].startswith("A category")
    assert "access.own_kiosk" in export_configuration(session)
    assert "access.own_kiosk" in visitor.text
    apply_change(session, SYSTEM, kind_of("reply"), key, ReplySetting(title="Later", body="Soon."))
    latest = last_change_of_reply(session)
    visitor.get(f"/settings/changes/{latest.id}")
    visitor.press("Take this change back")
    assert visitor.problems == ["This cannot be taken back: it names what there is no more"]
