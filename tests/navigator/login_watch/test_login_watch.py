"""A stand-in programme breaks and heals: what is said, drafted, told and closed; and what never leaves."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.import_export import export_configuration
from navigator.administration.log_in_watches import SecretsInput, change_secrets, list_watches
from navigator.administration.watch_schemas import WatchSetting
from navigator.errors import Conflict, NotFound
from navigator.login_watch import alarms, watch
from navigator.login_watch.alarms import AgreeInput
from navigator.login_watch.recipe import parse_recipe
from navigator.login_watch.tables import LoginAlarm, LoginWatch, WatchSecret, WatchStatus
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.audit_log import AuditEntry
from navigator.people.reporter import ReporterKind
from navigator.people.support_card import SupportCard
from navigator.people.user import Role
from navigator.problems.problem import Problem, ProblemStatus, ProblemUpdate
from navigator.settings import settings
from tests.navigator.login_watch.stand_in import EMAIL, WORD, Programme, stand_in
from tests.navigator.tickets.report_factory import tell
from tests.people import People, join


@pytest.fixture
def programme(monkeypatch: pytest.MonkeyPatch) -> Iterator[Programme]:
    monkeypatch.setattr(settings(), "asks_itself", True)
    with stand_in() as programme:
        yield programme


@pytest.fixture
def watched(session: Session, people: People, programme: Programme) -> LoginWatch:
    return _watch(session, people, programme)


def _watch(session: Session, people: People, programme: Programme, **more: object) -> LoginWatch:
    setting = WatchSetting.model_validate(
        {
            "is_active": True,
            "recipe": programme.recipe,
            "hosts": ["127.0.0.1"],
            "control_url": programme.address + "/home",
            "owner": "Ada",
            "review_on": date(2027, 6, 1),
        }
        | more
    )
    apply_change(session, people.ada, kind_of("watch"), ("north", "fern"), setting)
    secrets = SecretsInput.model_validate({"password": {"email": EMAIL, "password": WORD}})
    change_secrets(session, people.ada, "north", "fern", secrets)
    return session.exec(select(LoginWatch)).one()


def _try(session: Session, watched: LoginWatch) -> LoginWatch:
    clock.set_to(clock.now() + timedelta(minutes=10))
    session.flush()
    assert watch.try_due() == 1
    session.expire_all()
    return session.get_one(LoginWatch, watched.id)


def test_it_logs_in_with_the_hidden_token_the_cookie_and_what_a_browser_would_send(
    session: Session, watched: LoginWatch, programme: Programme
) -> None:
    assert _try(session, watched).status == WatchStatus.WORKS
    (sent,) = programme.seen
    assert sent.keys() == {"csrf_token", "email", "password", "remember", "region", "do"}
    assert (sent["remember"], sent["region"], sent["do"]) == ("on", "n", "enter")
    session.flush()
    assert watch.try_due() == 0  # not before its minutes are over


@pytest.mark.parametrize(
    ("breaks", "says"),
    [
        ("down", "Step 3 (post): there is no such form on the page"),
        ("refuses", "Step 4 (expect): the words that are expected are not on the page"),
        ("renamed", "Step 3 (post): the form has no box email"),
        ("elsewhere", "Step 3 (post): it leads to a host that is not named"),
        ("leads away", "Step 3 (post): it leads to a host that is not named"),
        ("loops", "Step 3 (post): it leads on and on"),
        ("address", "Step 3 (post): the form would put what is typed into an address"),
    ],
)
def test_the_step_that_failed_is_said_and_no_secret(
    session: Session, watched: LoginWatch, programme: Programme, breaks: str, says: str,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    programme.breaks = breaks
    found = _try(session, watched)
    assert (found.status, found.failed_step) == (WatchStatus.FAILS, says)
    out = "".join(capfd.readouterr())
    assert WORD not in out
    assert EMAIL not in out


def test_two_failures_draft_the_outage_a_person_agrees_and_it_closes_when_it_works(
    session: Session, people: People, watched: LoginWatch, programme: Programme
) -> None:
    own = tell(session, people.priya, reporter=ReporterKind.PWP)
    own.pwp_id, own.practitioner_is_confirmed, own.session_on = people.priya.user_id, True, clock.today()
    by_card = join(session, "Pia Card", "pia@north.example", people.north, Role.PWP)
    session.add(
        SupportCard(
            service_id=people.north,
            programme_id=watched.programme_id,
            pwp_id=by_card.user_id,
            code="7K3M9PQX2C",
            label="",
            session_on=clock.today(),
        )
    )
    tomorrow = clock.today() + timedelta(days=1)
    later = join(session, "Has Them Later", "later@north.example", people.north, Role.PWP)
    other = tell(session, later, reporter=ReporterKind.PWP, text="no sound")
    other.pwp_id, other.practitioner_is_confirmed, other.session_on = later.user_id, True, tomorrow
    session.flush()
    programme.breaks = "refuses"
    _try(session, watched)
    assert alarms.open_alarms(session, people.amina) == []  # once may be chance
    _try(session, watched)
    (listed,) = alarms.open_alarms(session, people.amina)
    assert listed.alarm.step.startswith("Step 4 (expect)")
    _try(session, watched)
    assert len(alarms.open_alarms(session, people.amina)) == 1
    assert _letters(session, "log_in_fails") == {people.amina.user_id, people.tom.user_id}
    assert session.exec(select(Problem)).all() == []  # nobody agreed yet
    assert _letters(session, "programme_down") == set()

    outage = alarms.agree(session, people.amina, listed.alarm.id, AgreeInput(tells=True, is_public=True))
    assert (outage.is_outage, outage.is_public, outage.category) == (True, True, "use.outage_or_error")
    assert "Step 4 (expect)" in outage.known
    assert _letters(session, "programme_down") == {people.priya.user_id, by_card.user_id}
    with pytest.raises(Conflict):
        alarms.dismiss(session, people.tom, listed.alarm.id)
    with pytest.raises(Conflict):
        alarms.agree(session, people.tom, listed.alarm.id, AgreeInput())
    assert _try(session, watched).failures == 4
    assert session.get_one(Problem, outage.id).status == ProblemStatus.OPEN

    programme.breaks = ""
    assert _try(session, watched).failures == 0
    assert session.get_one(Problem, outage.id).status == ProblemStatus.CLOSED
    notes = [note.body for note in session.exec(select(ProblemUpdate).order_by(col(ProblemUpdate.id)))]
    assert any(note.startswith("The test account logs in again") for note in notes)
    assert session.exec(select(LoginAlarm)).one().ended_at == clock.now()
    programme.breaks = "down"
    _try(session, watched)
    _try(session, watched)
    assert len(alarms.open_alarms(session, people.amina)) == 1  # a new one


def test_an_outage_that_was_open_before_is_closed_by_a_person(
    session: Session, people: People, watched: LoginWatch, programme: Programme
) -> None:
    before = Problem(
        service_id=people.north,
        programme_id=watched.programme_id,
        category="use.outage_or_error",
        title="The exercises are empty",
        is_outage=True,
    )
    session.add(before)
    programme.breaks = "down"
    _try(session, watched)
    _try(session, watched)
    (listed,) = alarms.open_alarms(session, people.amina)
    assert alarms.agree(session, people.amina, listed.alarm.id, AgreeInput()).id == before.id
    programme.breaks = ""
    _try(session, watched)
    assert session.exec(select(LoginAlarm)).one().ended_at
    assert session.get_one(Problem, before.id).status == ProblemStatus.OPEN
    notes = [note.body for note in session.exec(select(ProblemUpdate).order_by(col(ProblemUpdate.id)))]
    assert notes[-1].startswith("The test account logs in again")


@pytest.mark.parametrize("quirk", ["leads to a part", "marked section"])
def test_what_a_browser_takes_is_no_failure(
    session: Session, watched: LoginWatch, programme: Programme, quirk: str
) -> None:
    programme.breaks = quirk
    assert _try(session, watched).status == WatchStatus.WORKS


def _letters(session: Session, template: str) -> set[int | None]:
    query = select(OutboxMessage).where(OutboxMessage.template == template)
    return {message.recipient_id for message in session.exec(query)}


def test_what_is_dismissed_is_not_asked_again_before_it_worked(
    session: Session, people: People, watched: LoginWatch, programme: Programme
) -> None:
    programme.breaks = "refuses"
    _try(session, watched)
    _try(session, watched)
    (listed,) = alarms.open_alarms(session, people.amina)
    with pytest.raises(NotFound):
        alarms.dismiss(session, people.sam, listed.alarm.id)
    alarms.dismiss(session, people.amina, listed.alarm.id)
    _try(session, watched)
    assert alarms.open_alarms(session, people.amina) == []
    assert session.exec(select(Problem)).all() == []


def test_where_our_own_network_is_down_the_programme_is_not_blamed(
    session: Session, people: People, programme: Programme
) -> None:
    watched = _watch(session, people, programme, control_url="http://127.0.0.1:9/")
    programme.breaks = "down"
    _try(session, watched)
    _try(session, watched)
    found = _try(session, watched)
    assert (found.status, found.failures) == (WatchStatus.OUR_NETWORK, 0)
    assert alarms.open_alarms(session, people.amina) == []


def test_secrets_are_sealed_for_their_hosts_and_stand_nowhere_else(
    session: Session, people: People, watched: LoginWatch, programme: Programme
) -> None:
    rows = session.exec(select(WatchSecret)).all()
    assert {row.name for row in rows} == {"email", "password"}
    everything = [row.sealed for row in rows] + [
        str(row.model_dump()) for row in session.exec(select(AuditEntry))
    ]
    everything += [watched.recipe, export_configuration(session), repr(watch._claim())]
    assert [text for text in everything if WORD in text or EMAIL in text] == []
    assert list_watches(session, people.ada, "north")[0].has_secrets
    watched.hosts = ["127.0.0.1", "evil.example"]  # they were not typed for this one
    assert not list_watches(session, people.ada, "north")[0].has_secrets
    watched.tried_at = None
    session.flush()
    seen = len(programme.seen)
    assert _try(session, watched).status == WatchStatus.NO_SECRETS
    assert len(programme.seen) == seen


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ("- get: {address}/\n- fill: {{password: Sunny-42}}\n- expect: a", "Step 2: write a name like"),
        ("- get: http://fern.example/\n- expect: a", "https"),
        ("- get: https://evil.example/\n- expect: a", "Step 1 asks a host that is not named"),
        ("- get: {address}/\n  post: x\n- expect: a", "Step 1 is none of"),
        ("- shell: ls\n- expect: a", "Step 1 is none of"),
        ("- get: {address}/\n- post: x", "end with what is to be expected"),
        ("- !!python/object/apply:os.system [ls]", "no YAML"),
        ("get: x", "one step a line"),
        ("- get: [", "no YAML"),
        ("- " + "[" * 1_500, "no YAML"),
        ("- 2026-13-45", "no YAML"),
        ("- get: {address}/\n" * 21, "2 to 20"),
    ],
)
def test_a_recipe_that_may_not_be_is_refused_in_words(programme: Programme, recipe: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        WatchSetting(
            recipe=recipe.format(address=programme.address),
            hosts=["127.0.0.1"],
            control_url=programme.address,
            owner="Ada",
            review_on=date(2027, 6, 1),
        )


def test_of_weekly_sessions_on_a_card_each_is_one(
    session: Session, people: People, watched: LoginWatch, programme: Programme
) -> None:
    by_days = {}
    for ago, is_weekly in ((14, True), (14, False), (13, True), (0, False)):
        email = f"p{ago}{is_weekly}@north.example".lower()
        person = join(session, "Pia Card", email, people.north, Role.PWP)
        by_days[ago, is_weekly] = person.user_id
        card = SupportCard(
            service_id=people.north,
            programme_id=watched.programme_id,
            pwp_id=person.user_id,
            code=f"7K3M9PQX{ago:02}{int(is_weekly)}"[:10] + str(int(is_weekly)),
            label="",
            session_on=clock.today() - timedelta(days=ago),
            session_is_weekly=is_weekly,
        )
        session.add(card)
    session.flush()
    programme.breaks = "refuses"
    _try(session, watched)
    _try(session, watched)
    (listed,) = alarms.open_alarms(session, people.amina)
    assert set(alarms.practitioners_today(session, listed)) == {by_days[14, True], by_days[0, False]}


def test_a_recipe_cannot_make_a_few_words_grow():
    """Each line of merge keys made it ten times as much: seven took a second."""
    merges = "\n".join(
        f"- &{name} {{<<: [{', '.join([f'*{of}'] * 10)}]}}" for of, name in pairwise("abcdefghij")
    )
    with pytest.raises(ValueError, match="no YAML"):
        parse_recipe(f"- &a {{x: y}}\n{merges}")
