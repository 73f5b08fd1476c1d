"""Roles that a service composes: each right opens what it names, at its service, and nothing else.

The tables are written by hand: they are not those that the desk asks.
"""

import re
from typing import Any

import pytest
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from navigator import clock
from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.role_setting import RoleSetting
from navigator.catalogue.programme import Programme
from navigator.people import accounts, api_keys, calendar_feeds
from navigator.people.actor import SYSTEM, Actor
from navigator.people.actor import reporter as reporter_of
from navigator.people.audit_log import AuditEntry
from navigator.people.card_codes import mint
from navigator.people.rights import NEEDS, RIGHTS, Area
from navigator.people.support_card import SupportCard
from navigator.people.user import Membership, Role
from navigator.problems.problem import Problem
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import reporter, staff
from navigator.tickets.inputs import SayInput
from navigator.tickets.lifecycle import allowed_actions
from navigator.tickets.notice import Notice
from navigator.tickets.notices import watch
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to
from tests.navigator.tickets.report_factory import tell
from tests.people import People, actor_of, join, token_of
from tests.web.conftest import Enter
from tests.web.test_route_access import OURS, PRIVATE, audiences, filled
from web.app import app
from web.kit.areas import WITHOUT, area_of

AREAS = (
    ("reporting", r"/desk/report(/|$)"),
    ("bulk", r"/(bulk|desk/shares)(/|$)"),
    ("tickets", r"/(desk(?!/report|/shares)|tickets|search|live)(/|$)"),
    ("reviews", r"/clinical-reviews(/|$)"),
    ("problems", r"/(problems|log-in-alarms)(/|$)"),
    ("cards", r"/cards(/|$)"),
    ("training", r"/training(/|$)"),
    ("insight", r"/insight(/|$)"),
)
GUARDED = [
    (method, path, frozenset(said.removeprefix("staff: ").split(", ")))
    for method, path, route in PRIVATE
    for said in audiences(route)
    if said.startswith("staff: ") and said != "staff: all"
]


def compose(session: Session, people: People, *rights: str, code: str = "own") -> Actor:
    """Somebody at North who has nothing but a role of these rights."""
    setting = RoleSetting(name="Of its own", rights=list(rights))
    apply_change(session, SYSTEM, kind_of("role"), ("north", code), setting)
    actor = join(session, "Olga Own", f"{code}@north.example", people.north)
    membership = accounts.MembershipInput(service_id=people.north, composed=code)
    session.add(Membership(user_id=actor.user_id or 0, service_id=people.north, role=Role.PWP))
    session.flush()  # an administrator finds them by it
    accounts.set_membership(session, people.ada, actor.user_id or 0, membership)
    return actor_of(session, actor.user_id or 0)


def browser_of(session: Session, actor: Actor) -> TestClient:
    client = TestClient(app, follow_redirects=False, headers=OURS)
    client.cookies.set("desk_log_in", token_of(session, actor))
    return client


def of_area(path: str) -> str:
    return next((area for area, pattern in AREAS if re.match(pattern, path)), "")


def with_needs(right: str) -> list[str]:
    return [right, *filter(None, [NEEDS.get(right)])]


def test_every_page_of_staff_lies_in_an_area_or_is_named_as_lying_in_none():
    pages = {path for _, path, route in PRIVATE if any("staff" in said for said in audiences(route))}
    for path in pages:
        area = area_of(path)
        assert (area or "") == of_area(path), path
        assert area or any(path == each or path.startswith(f"{each}/") for each in WITHOUT), path


def test_a_practitioner_by_a_composed_role_is_the_practitioner_of_whoever_they_report_for(
    session: Session, people: People
):
    page = browser_of(session, compose(session, people, "reporting:pwp")).get("/desk/report")
    assert page.status_code == 200
    assert "Their practitioner" not in page.text


@pytest.mark.slow
@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    "right", [right for right in RIGHTS if right.split(":")[0] not in ("joining", "removing")]
)
def test_a_right_opens_the_pages_of_its_area_and_role_and_no_others(
    session: Session, people: People, right: str
):
    """T10 of the peers."""
    rights = with_needs(right)
    client = browser_of(session, compose(session, people, *rights))
    opened, expected = set(), set()
    for method, path, roles in GUARDED:
        if client.request(method, filled(path)).status_code != 403:
            opened.add(f"{method} {path}")
        if any(f"{of_area(path)}:{role}" in rights for role in roles):
            expected.add(f"{method} {path}")
    assert opened == expected
    assert len(GUARDED) > 100


NAVIGATORS = {
    Action.TRIAGE, Action.ASSIGN, Action.REPLY, Action.NOTE, Action.CALL, Action.SNOOZE, Action.LINK,
}  # fmt: skip
NOT_BY_TICKETS_ALONE = {Action.CLAIM, Action.MERGE, Action.UNMERGE, Action.SPLIT, Action.REDACT}


def allowed(session: Session, actor: Actor, number: int) -> frozenset[Action]:

    return allowed_actions(actor.within(Area.TICKETS), session.get_one(Ticket, number))


@pytest.mark.both_engines
def test_the_actions_of_a_right_are_those_of_its_role_without_what_takes_its_own(
    session: Session, people: People
):
    ticket = tell(session, people.priya)
    full = allowed(session, people.amina, ticket.number)
    trainee = compose(session, people, "tickets:navigator", code="trainee")
    assert allowed(session, trainee, ticket.number) == full - NOT_BY_TICKETS_ALONE
    assert full >= NAVIGATORS
    joins = compose(session, people, "tickets:navigator", "joining:navigator", code="joins")
    assert allowed(session, joins, ticket.number) == full - {Action.CLAIM, Action.REDACT}
    removes = compose(session, people, "tickets:navigator", "removing:navigator", code="removes")
    assert Action.REDACT in allowed(session, removes, ticket.number)
    assert allowed_actions(trainee, ticket) == frozenset()  # in no area it counts for nothing


@pytest.mark.parametrize(
    "right", sorted(set(RIGHTS) - NEEDS.keys() - {"tickets:manager", "tickets:navigator"})
)
def test_no_other_right_shows_a_ticket(session: Session, people: People, right: str):
    ticket = tell(session, people.priya)
    client = browser_of(session, compose(session, people, right))
    assert client.get(f"/tickets/{ticket.number}").status_code == 404
    assert f"/tickets/{ticket.number}" not in client.get("/desk").text


def test_a_right_ends_at_its_service(session: Session, people: People):
    ticket = tell(session, people.sam, service="south")
    olga = compose(session, people, "tickets:navigator", "training:navigator", "insight:manager")
    client = browser_of(session, olga)
    assert client.get(f"/tickets/{ticket.number}").status_code == 404
    assert client.get("/insight").status_code == 200
    assert "South" not in client.get("/insight").text


def test_the_way_from_one_area_to_another_adds_nothing_up(session: Session, people: People):

    olga = compose(session, people, "training:navigator", "insight:manager")
    there = olga.within(Area.TRAINING).within(Area.INSIGHT)
    assert there.roles[people.north] - {Role.COMPOSED} == {Role.MANAGER}
    assert there.within(None).roles[people.north] == {Role.COMPOSED}
    assert not olga.has(*set(Role) - {Role.COMPOSED})


def test_the_menu_leads_where_the_rights_lead(session: Session, people: People):
    client = browser_of(session, compose(session, people, "training:navigator", "insight:manager"))
    page = client.get("/home").text
    assert {
        href
        for href in ("/insight", "/training", "/desk", "/people", "/settings", "/problems")
        if f'href="{href}"' in page
    } == {"/insight", "/training"}
    titles = {each["href"] for each in client.get("/pages").json()}
    assert "/training/plan" in titles
    assert not {href for href in titles if href.startswith(("/settings", "/bulk", "/desk"))}


def test_a_colleague_with_the_right_is_named_and_watches_and_reads_of_it_under_the_bell(
    session: Session, people: People
):
    number = tell(session).number
    olga = compose(session, people, "tickets:navigator")
    watch(session, olga.within(Area.TICKETS), number, is_mailed=False)
    session.flush()
    staff.note(session, people.amina, number, SayInput(body="@Olga have a look"))
    reporter.answer(
        session, reporter_of(number, reads=frozenset({number})), number, SayInput(body="It is worse")
    )
    session.flush()
    page = browser_of(session, olga).get("/notices").text
    assert "named you in a note" in page
    assert f"DN-{number:06d}" in page
    assert "cannot open now" not in page
    kinds = session.exec(select(Notice.kind).where(Notice.user_id == olga.user_id)).all()
    assert sorted(kinds) == ["mentioned", "wrote"]


def test_a_practitioner_by_right_reads_of_their_programmes_and_has_their_cards_in_their_calendar(
    session: Session, people: People
):
    olga = compose(session, people, "tickets:pwp", "cards:pwp")
    programme = session.exec(select(Programme).where(Programme.code == "fern")).one()
    values: dict[str, Any] = {"service_id": people.north, "programme_id": programme.id}
    session.add(SupportCard(**values, code=mint(), label="", pwp_id=olga.user_id, session_on=clock.today()))
    session.add(Problem(**values, category="use.outage_or_error", title="Fern is down", is_public=True))
    session.flush()
    assert "Fern is down" in browser_of(session, olga).get("/home").text
    token = calendar_feeds.make_feed(session, olga, shows_own_words=False)
    assert "Session (a card)" in browser_of(session, olga).get(f"/calendar/{token}.ics").text


def test_figures_leave_by_their_right_alone(session: Session, people: People):
    with_figures = browser_of(session, compose(session, people, "insight:manager", code="figures"))
    without = browser_of(
        session, compose(session, people, "problems:manager", "training:manager", code="other")
    )
    assert with_figures.get("/insight/categories.csv").status_code in (200, 404)
    assert without.get("/insight/categories.csv").status_code == 403


def test_nobody_is_given_tickets_by_a_right(session: Session, people: People):
    olga = compose(session, people, "tickets:navigator")
    for _ in range(3):
        assert tell(session, people.priya).assignee_id != olga.user_id


def test_an_administrator_composes_gives_and_takes_away(session: Session, people: People, enter: Enter):
    ada = enter("ada")
    ada.get("/settings/role/north/new")
    ada.press("Look at the change", name="manager", rights=["training:navigator"])
    assert ada.problems == ["One of the five roles is called that. Choose another name."]
    ada.press("Look at the change", name="Training lead", rights=["training:navigator"])
    assert "Training: answer, plan and lead it" in ada.text, "she reads again what she ticked, not its code"
    ada.press("Save this change")
    ada.get(f"/people/{people.priya.user_id}/places/{people.north}")
    ada.press("Save", composed="training-lead", roles=["pwp"])
    ada.get("/people")
    assert "Practitioner (PWP), Training lead" in ada.text
    priya = enter("priya")
    assert priya.get("/training/plan").status_code == 200
    ada.get("/settings/role/north/training-lead")
    ada.press("Take this role away from everybody")
    ada.press("Save this change")
    assert priya.get("/training/plan").status_code == 403
    assert actor_of(session, people.priya.user_id or 0).roles == {people.north: {Role.PWP}}
    subjects = session.exec(select(AuditEntry.subject).order_by(col(AuditEntry.id))).all()
    assert subjects == ["role", "person", "role"]


@pytest.mark.parametrize(
    ("rights", "problem"),
    [
        ([], "Choose what they may do"),
        (["people:admin"], ""),
        (["settings:admin"], ""),
        (["holding:navigator"], ""),
        (["removing:navigator"], "goes on from"),
        (["bulk:manager", "tickets:navigator"], "goes on from"),
    ],
)
def test_what_no_role_may_give_is_refused(enter: Enter, session: Session, rights: list[str], problem: str):
    ada = enter("ada")
    ada.get("/settings/role/north/new")
    ada.post("/settings/role/north/new", data={"name": "Too much", "rights": rights, "do": "save"})
    assert ada.problems
    assert problem in ada.problems[0]
    assert session.exec(select(AuditEntry)).all() == []


def test_a_role_is_composed_and_given_at_its_own_service_alone(
    session: Session, people: People, enter: Enter
):
    compose(session, people, "insight:manager", code="figures")
    sue = enter("sue")
    assert sue.get("/settings/role/north/figures").status_code == 404
    sue.get(f"/people/{people.sam.user_id}/places/{people.south}")
    sent = {"roles": "navigator", "composed": "figures"}
    sue.post(f"/people/{people.sam.user_id}/places/{people.south}", data=sent)
    assert sue.problems == ["Choose a role of this service"]


@pytest.mark.both_engines
def test_a_ticket_is_seen_by_one_condition_whoever_asks(session: Session, people: People):

    tell(session, people.priya)
    tell(session, people.sam, service="south")
    olga = compose(session, people, "tickets:manager")
    seen = session.exec(select(Ticket.service_id).where(visible_to(olga.within(Area.TICKETS)))).all()
    assert set(seen) == {people.north}
    assert session.exec(select(Ticket).where(visible_to(olga))).all() == []


def test_the_api_gives_a_composed_role_too(session: Session, people: People):

    compose(session, people, "insight:manager", code="figures")
    key = api_keys.create(session, people.north, Role.ADMIN, "directory")
    session.flush()
    api = TestClient(app, headers={"authorization": f"Bearer {key}"})
    url = f"/api/v1/people/{people.tom.user_id}/place"
    assert api.post(url, json={"roles": ["navigator"], "composed": "figures"}).status_code == 200
    assert api.post(url, json={"roles": ["navigator"], "composed": "nothing"}).status_code == 422
    assert api.post(url, json={"composed": ""}).status_code == 422
    assert session.exec(select(Membership.role).where(Membership.user_id == people.tom.user_id)).all()
