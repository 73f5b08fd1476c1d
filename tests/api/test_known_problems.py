"""Known problems over the API: kept by navigators and managers, told to everybody linked, read by all."""

import pytest

from navigator.people.user import Role
from navigator.tickets.action_rules import Action
from navigator.tickets.lifecycle import act
from tests.cases import each_case
from tests.navigator.tickets.report_factory import tell

PROBLEM = {
    "service": "north",
    "programme": "fern",
    "category": "access.forgotten_password",
    "title": "The app forgets passwords",
    "known": "INTERNAL",
    "workaround": "Use the web page.",
}


@pytest.fixture
def problem(navigator):
    """A problem that North looks after."""
    answer = navigator.post("/problems", json=PROBLEM)
    assert answer.status_code == 201
    return answer.json()


def changed(problem, **to):
    kept = {name: problem[name] for name in (*PROBLEM, "supplier_due_on", "version")}
    return {name: kept[name] for name in kept.keys() - {"service", "programme"}} | to


def test_a_problem_is_opened_read_listed_and_changed(navigator, with_key, problem):
    where = f"/problems/{problem['id']}"
    assert (problem["service"], problem["programme"], problem["status"]) == ("north", "fern", "open")
    assert navigator.get(where).json() == problem
    edited = with_key(Role.MANAGER).post(where, json=changed(problem, supplier_due_on="2026-07-01"))
    assert (edited.json()["supplier_due_on"], edited.json()["version"]) == ("2026-07-01", 2)
    page = navigator.get("/problems").json()
    assert ([one["id"] for one in page["problems"]], page["next"]) == ([problem["id"]], None)
    assert navigator.get(f"/problems?before={problem['id']}").json()["problems"] == []


def test_a_save_on_an_older_version_is_refused(navigator, problem):
    where = f"/problems/{problem['id']}"
    navigator.post(where, json=changed(problem, title="Theirs"))
    refused = navigator.post(where, json=changed(problem, title="Mine"))
    assert refused.status_code == 409
    assert "This problem has changed" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"category": "x"}, "category"), ({"title": ""}, "title"), ({"service": "south"}, "service")],
)
def test_what_is_wrong_is_said_by_field(navigator, wrong, field):
    refused = navigator.post("/problems", json=PROBLEM | wrong)
    assert (refused.status_code, [*refused.json()["errors"]]) == (422, [field])


def test_a_ticket_is_linked_and_everybody_linked_is_told(navigator, session, people, problem):
    number, where = tell(session).number, f"/problems/{problem['id']}"
    assert navigator.post(f"/tickets/{number}/problem", json={}).status_code == 422
    refused = navigator.post(f"/tickets/{number}/problem", json={"problem_id": problem["id"]})
    words = refused.json()["errors"]["body"]  # 11.A4: shown before anything leaves
    assert (refused.status_code, "Use the web page." in words) == (409, True)
    assert navigator.get(f"/tickets/{number}").json()["problem_id"] is None
    confirmed = {"problem_id": problem["id"], "tell": True, "body": words}
    assert navigator.post(f"/tickets/{number}/problem", json=confirmed).status_code == 200
    ticket = navigator.get(f"/tickets/{number}").json()
    assert ticket["problem_id"] == problem["id"]
    assert "Use the web page." in ticket["messages"][-1]["body"]
    assert navigator.get(where).json()["tickets"] == 1
    assert navigator.post(f"{where}/updates", json={"body": "News", "tickets": []}).status_code == 409
    told = navigator.post(f"{where}/updates", json={"body": "News", "tickets": [number]})
    assert (told.status_code, told.json()["told"]) == (201, 1)
    assert told.json()["left_out"] == []
    assert [one["body"] for one in navigator.get(f"{where}/updates").json()["updates"]] == ["News"]


def test_whom_a_clinician_must_read_is_left_out_and_named(navigator, session, people, problem):
    """11.A3: the answer to a mass update says whom it did not reach."""
    number, where = tell(session).number, f"/problems/{problem['id']}"
    navigator.post(f"/tickets/{number}/problem", json={"problem_id": problem["id"], "tell": False})
    navigator.post(f"/tickets/{number}/hand-over", json={"reason": "Please read."})
    told = navigator.post(f"{where}/updates", json={"body": "News"}).json()
    assert (told["told"], told["left_out"]) == (0, [number])


def test_a_released_fix_needs_words_and_opens_what_waits(navigator, session, people, problem):
    number, where = tell(session).number, f"/problems/{problem['id']}/status"
    navigator.post(f"/tickets/{number}/problem", json={"problem_id": problem["id"], "tell": False})
    act(session, people.amina, Action.PARK, number)
    session.flush()
    assert navigator.post(where, json={"status": "with_supplier"}).json()["status"] == "with_supplier"
    refused = navigator.post(where, json={"status": "released"})
    assert (refused.status_code, [*refused.json()["errors"]]) == (422, ["body"])
    assert navigator.post(where, json={"status": "released", "body": "Try again."}).status_code == 200
    assert navigator.get(f"/tickets/{number}").json()["status"] == "open"


@each_case(
    ("asked", "may"),
    [
        (("/problems", None), "nm"),
        (("/problems/{}", None), "nm"),
        (("/problems/{}/updates", None), "nm"),
        (("/problems", PROBLEM), "nm"),
        (("/problems/{}", {"title": "X", "category": "access.forgotten_password"}), "nm"),
        (("/problems/{}/status", {"status": "closed"}), "nm"),
        (("/problems/{}/updates", {"body": "X"}), "n"),
    ],
)
@each_case("who", [*Role, "reporter", "nobody"])
def test_problems_open_for_whom_they_are_for(with_key, anybody, reporter, problem, asked, may, who):
    path, body = asked
    caller = {"reporter": reporter, "nobody": anybody}.get(who) or with_key(who)
    filled = path.format(problem["id"])
    status = (caller.post(filled, json=body) if body else caller.get(filled)).status_code
    letter = {Role.NAVIGATOR: "n", Role.MANAGER: "m"}.get(who, "-")
    assert status in ((200, 201) if letter in may else (401,) if who == "nobody" else (403,))


def test_another_service_with_the_programme_reads_and_does_not_change(with_key, problem):
    south, where = with_key(Role.NAVIGATOR, "south"), f"/problems/{problem['id']}"
    assert south.get(where).status_code == 200
    assert south.post(where, json=changed(problem, title="Ours")).status_code == 403
    assert south.get("/problems/999").status_code == 404


def test_everybody_reads_what_is_public_and_no_more(navigator, anybody, problem):
    assert anybody.get("/known").json() == {"known": []}
    navigator.post(f"/problems/{problem['id']}", json=changed(problem, is_public=True))
    (one,) = anybody.get("/known?programme=fern").json()["known"]
    assert (one["programme"], one["title"]) == ("Fern", PROBLEM["title"])
    assert one.keys() == {"programme", "title", "workaround", "who", "status", "since_at", "due_on"}
    assert anybody.get("/known?programme=oak").json() == {"known": []}


def test_what_is_no_problem_cannot_lie_behind_a_ticket(navigator, session, people, problem):
    ticket = tell(session)
    answer = navigator.post(f"/tickets/{ticket.number}/problem", json={"problem_id": problem["id"] + 999})
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"problem_id"})


def test_a_key_writes_a_notice_that_everybody_reads_at_once(navigator, anybody, with_key):
    id = navigator.post("/problems", json=PROBLEM).json()["id"]
    told = {"state": "identified", "body": "Call 01632 960 555."}
    refused = navigator.post(f"/problems/{id}/notices", json=told)
    assert refused.status_code == 409
    assert anybody.get("/status").json()["now"] == []
    sent = navigator.post(f"/problems/{id}/notices", json=told | {"confirmed": True})
    assert (sent.status_code, sent.json()["state"]) == (201, "identified")
    (entry,) = anybody.get("/status?programme=fern").json()["now"]
    assert [notice["body"] for notice in entry["notices"]] == ["Call 01632 960 555."]
    assert anybody.get("/status?programme=nothing").status_code == 404
    assert with_key(Role.PWP).post(f"/problems/{id}/notices", json=told).status_code == 403
