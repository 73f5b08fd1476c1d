"""The managers' figures over the API: those that may leave the service, each with its tickets."""

import pytest

from navigator.people.user import Role
from tests.api.conftest import make_ticket


@pytest.fixture
def manager(with_key):
    """A key of North's managers."""
    return with_key(Role.MANAGER)


def test_figures_are_rounded_and_open_their_tickets(manager, navigator, session, people):
    for _ in range(7):
        number = make_ticket(session).number
        navigator.post(f"/tickets/{number}/triage", json={"category": "notify.too_many"})
    found = manager.get("/insight").json()
    assert found["period"] == {"since": "2026-05-13", "until": "2026-06-09"}
    assert found["period_before"] == {"since": "2026-04-15", "until": "2026-05-12"}
    assert found["period_earlier"] == {"since": "2026-03-18", "until": "2026-04-14"}
    now, before, _, _ = found["reported"]["figures"]
    assert (now["says"], now["count"], before["says"], before["count"]) == ("5", 5, "fewer than 5", None)
    recurs = next(one for one in found["tables"] if one["name"] == "recurs")
    opens = recurs["rows"][0]["figures"][0]["opens"]
    assert len(manager.get("/tickets", params=opens | {"programme": ""}).json()["tickets"]) == 7


def test_every_figure_opens_a_list_that_the_api_knows(manager, session, people):
    make_ticket(session)
    for table in manager.get("/insight").json()["tables"]:
        for row in table["rows"]:
            for figure in row["figures"]:
                assert manager.get("/tickets", params=figure["opens"]).status_code == 200, figure


def test_a_period_of_ones_own(manager, people):
    asked = {"period": "own", "since": "2026-06-01", "until": "2026-06-02", "programme": "fern"}
    assert manager.get("/insight", params=asked).json()["period"] == {
        "since": "2026-06-01",
        "until": "2026-06-02",
    }


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"period": "year"}, "period"),
        ({"period": "own", "until": "2026-06-02"}, "since"),
        ({"period": "own", "since": "2026-06-03", "until": "2026-06-02"}, "until"),
        ({"service": "south"}, "service"),
        ({"programme": "nothing"}, "programme"),
    ],
)
def test_what_is_wrong_is_named(manager, people, asked, field):
    answer = manager.get("/insight", params=asked)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER}))
def test_only_a_managers_key_comes_in(with_key, people, role):
    assert with_key(role).get("/insight").status_code == 403
