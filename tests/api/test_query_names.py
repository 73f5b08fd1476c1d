"""Names in the query that a route does not know are refused; numbers are taken as people write them."""

import pytest

from navigator.people.reporter import reference
from tests.api.conftest import make_ticket


@pytest.mark.parametrize(
    ("path", "name", "words"),
    [
        ("/tickets?stauts=open", "stauts", "Did you mean “status”?"),
        ("/tickets?view=all&zzzzzz=1", "zzzzzz", "There are: view, service, programme"),
        ("/services?utm_source=x", "utm_source", "This address takes none."),
        ("/changes?befor=1", "befor", ""),
        ("/training/sessions?afetr=1", "afetr", ""),
        ("/tickets/1?expand=true", "expand", "This address takes none."),
    ],
)
def test_an_unknown_name_is_refused_and_the_nearest_one_is_named(navigator, people, path, name, words):
    """T13 of the peers."""
    refused = navigator.get(path)
    assert refused.status_code == 422
    assert words in refused.json()["errors"][name]


def test_a_made_up_name_is_cut_and_breaks_nothing(navigator, people):
    (name,) = navigator.get("/tickets?" + "%ff" * 200 + "=1").json()["errors"]
    assert len(name) == 100


def test_names_that_are_known_are_taken(navigator, people):
    assert navigator.get("/tickets?view=all&status=new&limit=5").status_code == 200


@pytest.mark.parametrize(
    "form", ["{reference}", "dn {number}", "DN{number}", "dn-{number}", "%20{number} ", "000{number}"]
)
def test_a_ticket_is_found_however_its_number_is_written(navigator, ticket, form):
    written = form.format(reference=reference(ticket.number), number=ticket.number)
    assert navigator.get(f"/tickets/{written}").json()["number"] == ticket.number


def test_bodies_take_a_reference_too(navigator, session, ticket):
    into = make_ticket(session, email="patient@example.org").number
    body = {"into": f"dn{into}", "version": ticket.version}
    merged = navigator.post(f"/tickets/{reference(ticket.number)}/merge", json=body)
    assert (merged.status_code, merged.json()["number"]) == (200, into)
    taken_apart = navigator.post(f"/tickets/{into}/unmerging", json={"merged": reference(ticket.number)})
    assert taken_apart.status_code == 200
    seen = [{"number": reference(into), "version": 99}]
    tried = {"action": "assign", "what": {"assignee_id": None}, "seen": seen, "dry_run": True}
    assert navigator.post("/bulk", json=tried).json()["tickets"][0]["number"] == into
