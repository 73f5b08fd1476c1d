"""Problems shared between desks, on pages: switched on, published as it was read, adopted as text."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.people.user import User
from navigator.problems.problem import Problem
from navigator.shared_problems import elsewhere as elsewhere_lists
from navigator.shared_problems import pull
from navigator.shared_problems.read_feed import BadFeed, ReadFeed, read
from navigator.shared_problems.signatures import make_key, sign
from navigator.shared_problems.tables import FeedKey, PeerDesk, PublishedProblem, SharedProblem, Sharing
from tests.navigator.tickets.report_factory import link_and_tell, tell
from tests.page_visitor import Visitor
from tests.people import People, actor_of
from tests.web.conftest import Enter

FEED = "/feeds/known-problems.json"
HOSTILE = '</p><script>alert(1)</script>{{ 7 * 7 }} [a](javascript:alert(1)) ’"><img src=x onerror=y>'


@pytest.fixture
def problem(session: Session, people: People) -> Problem:
    problem = Problem(
        service_id=people.north,
        programme_id=1,
        category="access.forgotten_password",
        title="Log-in ends",
        known="Ask Mrs Canary at canary@wren.example",
        workaround="Use the website",
    )
    session.add(problem)
    session.flush()
    return problem


@pytest.fixture
def elsewhere(session: Session) -> SharedProblem:
    peer = PeerDesk(code="leeds", name="Leeds", owner="Ada", review_on=clock.today())
    session.add(peer)
    session.flush()
    row = SharedProblem(
        peer_id=peer.id,
        item_id="1",
        title=f"Sound {HOSTILE}",
        programme="FERN",
        kind="Their kind",
        category="nobody.knows",
        known=HOSTILE,
        workaround=HOSTILE,
        status="known_error",
        published_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def test_it_is_switched_on_and_a_problem_published_and_taken_back(
    enter: Enter, ada_of_all: Visitor, session: Session, problem: Problem
) -> None:
    amina, ada = enter("amina"), ada_of_all
    amina.get(f"/problems/{problem.id}/sharing")
    assert "This desk shares no problems" in amina.text
    assert amina.get(FEED).status_code == 404
    ada.get("/settings/sharing")
    ada.press("Make a key")
    key = session.exec(select(FeedKey)).one()
    assert key.public_key in ada.text
    assert key.sealed_private_key not in (ada.page.html or "")
    assert amina.get(FEED).status_code == 404
    ada.get("/settings/sharing/desk")
    ada.press("Look at the change", is_active="yes")
    assert ada.problems == ["Say what this desk is called, who answers for it and when they look again"]
    when = {"review_on-day": "1", "review_on-month": "6", "review_on-year": "2027"}
    ada.press("Look at the change", is_active="yes", name="North", owner="Ada", **when)
    ada.press("Save this change")
    assert "Others read it at" in ada.text

    for number in range(8):
        ticket = tell(session, contact={"route": "email", "email": f"p{number}@wren.example"})
        link_and_tell(session, enter_actor(session, "amina"), ticket, problem.id)
    amina.get(f"/problems/{problem.id}/sharing")
    assert "About 10" in amina.text
    amina.press("Share it")
    assert amina.problems == [
        "Take out addresses, links, phone numbers, codes and names of people",
        "Read it, then say that nobody is named in it",
    ]
    amina.press("Share it", known="The page goes back.", is_read="yes")
    assert amina.path == f"/problems/{problem.id}"
    feed = amina.get(FEED)
    assert "canary" not in feed.text.lower()
    assert feed.json()["items"][0]["content_text"].startswith("What it is: The page goes back.")
    amina.get(f"/problems/{problem.id}/sharing")
    amina.press("Take it back")
    assert amina.get(FEED).json()["items"] == []
    assert session.exec(select(PublishedProblem)).all() == []


def test_those_of_own_programmes_come_first_however_many_others_are_newer(
    people: People, session: Session, elsewhere: SharedProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = elsewhere.model_dump(exclude={"id"}) | {"programme": "Nobody’s", "published_at": clock.now()}
    session.add(SharedProblem(**kept | {"item_id": "2"}))
    session.flush()
    monkeypatch.setattr(elsewhere_lists, "PAGE", 1)
    (each,) = elsewhere_lists.list_elsewhere(session, people.amina)
    assert (each.problem.id, each.programme) == (elsewhere.id, "fern")


def enter_actor(session: Session, first: str) -> Actor:
    user_id = session.exec(select(User.id).where(User.email == f"{first}@north.example")).one()
    return actor_of(session, user_id)


def test_small_numbers_do_not_leave(enter: Enter, session: Session, problem: Problem) -> None:
    make_key(session)
    session.add(Sharing(is_active=True, name="North", owner="Ada", review_on=clock.today()))
    for number in range(4):
        ticket = tell(session, contact={"route": "email", "email": f"p{number}@wren.example"})
        link_and_tell(session, enter_actor(session, "amina"), ticket, problem.id)
    amina = enter("amina")
    amina.get(f"/problems/{problem.id}/sharing")
    assert "Fewer than 5, so no number is shared" in amina.text
    amina.press("Share it", known="", is_read="yes")
    assert amina.get(FEED).json()["items"][0]["_navigator_desk"]["reports"] is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Tom saw it", "Tom"),
        ("Zebedee cannot log in", "Zebedee"),
        ("4EX 7VE 33R2 is refused", "4EX 7VE 33R2"),
    ],
)
def test_who_is_known_here_is_named_to_nobody(
    enter: Enter, session: Session, problem: Problem, words: str, found: str
) -> None:
    make_key(session)
    session.add(Sharing(is_active=True, name="North", owner="Ada", review_on=clock.today()))
    ticket = tell(session)
    session.get_one(Reporter, ticket.reporter_id).known_as = "Zebedee"
    link_and_tell(session, enter_actor(session, "amina"), ticket, problem.id)
    amina = enter("amina")
    amina.get(f"/problems/{problem.id}/sharing")
    amina.press("Share it", known=words, is_read="yes")
    assert amina.problems == [f"Take out “{found}”, which is the name or code of somebody"]
    assert session.exec(select(PublishedProblem)).all() == []
    amina.press("Share it", known="The page goes back, and it will do so again.", is_read="yes")
    assert amina.path == f"/problems/{problem.id}"


def test_the_words_of_another_desk_are_text(enter: Enter, session: Session, elsewhere: SharedProblem) -> None:
    """They are drawn as they are, on their own page and once adopted: nothing in them runs or leads away."""
    amina = enter("amina")
    for path in ("/problems/elsewhere", f"/problems/elsewhere/{elsewhere.id}"):
        amina.get(path)
        assert "<script>alert(1)" in amina.text
        assert amina.page.css("main script, main img, main a[href^=javascript]") == []
    amina.press("Make it a known problem here")
    assert amina.problems == ["Choose what kind of problem it is"]  # theirs is none of ours
    amina.press("Make it a known problem here", category="use.outage_or_error")
    assert amina.path.startswith("/problems/")
    assert amina.page.css("main script, main img, main a[href^=javascript]") == []
    made = session.exec(select(Problem)).one()
    assert (made.is_public, made.is_outage) == (False, False)
    assert "1 desk" in amina.text
    amina.get(f"/problems/elsewhere/{elsewhere.id}")
    assert f"Here it is known problem {made.id}" in amina.text
    again = {"service": "north", "programme": "fern", "category": "use.outage_or_error"}
    refused = amina.post(f"/problems/elsewhere/{elsewhere.id}/adoption", data=again)
    assert refused.status_code == 409


def test_it_is_joined_to_a_problem_that_is_known(
    enter: Enter, session: Session, problem: Problem, elsewhere: SharedProblem
) -> None:
    amina = enter("amina")
    amina.get(f"/problems/elsewhere/{elsewhere.id}")
    amina.press("Join them", problem_id=str(problem.id))
    assert amina.path == f"/problems/{problem.id}"
    assert [one.id for one in session.exec(select(Problem))] == [problem.id]


def test_whoever_may_not_see_it_does_not(
    enter: Enter, session: Session, people: People, problem: Problem, elsewhere: SharedProblem
) -> None:
    for who in ("priya", "cole"):
        for path in ("/problems/elsewhere", f"/problems/{problem.id}/sharing"):
            assert enter(who).get(path).status_code == 403
    sam = enter("sam")
    assert sam.get(f"/problems/{problem.id}/sharing").status_code == 403  # North looks after it
    ada = enter("ada")  # of North alone, and the feed is everybody's
    ada.get("/settings/sharing")
    assert "Make a key" not in ada.text
    for path in ("keys", "peers/1/reading", "keys/1/end"):
        assert ada.post(f"/settings/sharing/{path}").status_code == 403
    elsewhere_of_one_that_is_off = session.exec(select(PeerDesk)).one()
    elsewhere_of_one_that_is_off.is_active = False
    session.flush()
    assert enter("amina").get(f"/problems/elsewhere/{elsewhere.id}").status_code == 404


def _item(**more: Any) -> dict[str, Any]:
    facts = {"programme": "Fern", "status": "open", "reports": None, "known": "K"} | more
    return {"id": "1", "title": "T", "date_published": clock.now().isoformat(), "_navigator_desk": facts}


@pytest.mark.parametrize(
    ("items", "made", "words"),
    [
        ([{"id": "1"}], 0, "no feed"),
        ([{}] * 101, 0, "no feed"),
        ("twice", 0, "no feed"),
        ([], 3, "future"),
        ([], -3, "older"),
    ],
)
def test_a_feed_is_refused_that_is_signed_but_wrong(
    session: Session, items: Any, made: int, words: str
) -> None:
    key = make_key(session).public_key
    items = [_item()] * 2 if items == "twice" else items
    at = (clock.now() + timedelta(hours=made)).isoformat()
    text = json.dumps(sign(session, {"items": items, "_navigator_desk": {"made_at": at}}))
    with pytest.raises(BadFeed, match=words):
        read(text, key, clock.now(), clock.now())


@pytest.mark.parametrize(
    "facts", [{"status": "nonsense"}, {"reports": 4}, {"reports": -1}, {"known": "x" * 2001}, {"kind": 7}]
)
def test_an_item_that_says_more_than_it_may_is_refused(session: Session, facts: dict[str, Any]) -> None:
    key = make_key(session).public_key
    feed = {"items": [_item(**facts)], "_navigator_desk": {"made_at": clock.now().isoformat()}}
    with pytest.raises(BadFeed):
        read(json.dumps(sign(session, feed)), key, clock.now(), None)


def test_signs_that_nobody_sees_are_left_out(session: Session) -> None:
    key = make_key(session).public_key
    feed = {
        "items": [_item(known="a\u202eb\u200bc\x07\nd")],
        "_navigator_desk": {"made_at": clock.now().isoformat()},
    }
    found = read(json.dumps(sign(session, feed)), key, clock.now(), None)
    assert found.items[0].facts.known == "abc\nd"


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"])
def test_a_moment_that_no_calendar_has_is_refused(session: Session, moment: str) -> None:
    key = make_key(session).public_key
    made = {"made_at": clock.now().isoformat()}
    feed = {"items": [_item() | {"date_published": moment}], "_navigator_desk": made}
    with pytest.raises(BadFeed):
        read(json.dumps(sign(session, feed)), key, clock.now(), None)


def test_an_id_that_no_database_holds_is_kept_as_it_can_be(session: Session) -> None:
    key = make_key(session).public_key
    made = {"made_at": clock.now().isoformat()}
    feed = {"items": [_item() | {"id": "a\x00b\u202ec"}], "_navigator_desk": made}
    assert read(json.dumps(sign(session, feed)), key, clock.now(), None).items[0].id == "abc"


def test_of_two_answers_the_one_that_was_asked_first_takes_nothing_back(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_key(session).public_key
    session.add(PeerDesk(code="leeds", url="https://leeds.nhs.uk/f", public_key=key, is_active=True))
    session.flush()
    made = {"made_at": clock.now().isoformat()}
    found = read(json.dumps(sign(session, {"items": [], "_navigator_desk": made})), key, clock.now(), None)
    peer = session.exec(select(PeerDesk)).one()

    def late(_: object) -> ReadFeed:
        peer.made_at = clock.now() + timedelta(minutes=1)  # it was read once more meanwhile
        session.add(SharedProblem(peer_id=peer.id, item_id="1", title="New", published_at=clock.now()))
        session.flush()
        return found

    monkeypatch.setattr(pull, "_fetch", late)
    assert pull.pull_due() == 1
    assert session.exec(select(SharedProblem)).one().title == "New"


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000, '{"items": NaN}', "7"])
def test_what_is_no_feed_is_refused(text: str) -> None:
    with pytest.raises(BadFeed):
        read(text, "key", clock.now(), None)


def test_nobody_is_asked_at_an_address_of_examples(session: Session) -> None:
    """The desk of the demonstration is none: it would be told as one that cannot be read."""
    session.add(PeerDesk(code="calder", url="https://desk.calder.example/feeds/a.json", is_active=True))
    session.flush()
    assert pull.pull_due() == 0


def test_nobody_is_told_that_an_example_will_be_read(session: Session, ada_of_all: Visitor) -> None:
    """It said “It is read within a minute.”, and nobody ever asked it."""
    for url in ("https://desk.calder.example/feeds/a.json", "https://leeds.nhs.uk/f"):
        session.add(PeerDesk(code=url[-4:], name=url, url=url, is_active=True, review_on=clock.today()))
    session.flush()
    first, second = session.exec(select(PeerDesk.id).order_by(col(PeerDesk.id)))
    ada = ada_of_all
    ada.get("/settings/sharing")
    forms = [form.attributes["action"] for form in ada.page.css("td form")]
    assert forms == [f"/settings/sharing/peers/{second}/reading"]
    assert "nobody is asked there" in ada.text
    assert ada.post(f"/settings/sharing/peers/{first}/reading").status_code == 409
    assert "nobody is asked there" in ada.text
    assert "within a minute" not in ada.text
