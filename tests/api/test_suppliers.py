"""The supplier of a known problem by the API: for somebody who has read the letter, and no other letter."""

from datetime import date

import pytest
from sqlmodel import select

from navigator.catalogue.programme import Programme
from navigator.catalogue.supplier_terms import SupplierTerms
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.user import Role
from navigator.problems.supplier_entry import SupplierEntry
from tests.api.test_known_problems import PROBLEM
from tests.cases import each_case

BY = "amina@north.example"
TO = "support@fern.example"


@pytest.fixture
def where(session, navigator):
    """The supplier of a problem of Fern, whose address is set."""
    fern = session.exec(select(Programme).where(Programme.code == "fern")).one()
    session.add(SupplierTerms(programme_id=fern.id, email=TO, owner="Mo", review_on=date(2027, 1, 1)))
    session.flush()
    return f"/problems/{navigator.post('/problems', json=PROBLEM).json()['id']}/supplier"


def test_what_somebody_has_read_is_sent_in_their_name(session, people, navigator, where):
    shown = navigator.get(where).json()
    assert (shown["to"], shown["steps"], shown["sent_on"]) == (TO, [], None)
    assert PROBLEM["title"] in shown["subject"]
    assert PROBLEM["known"] in shown["letter"]
    sent = navigator.post(f"{where}/sending", json={"by": BY.upper(), "letter_mark": shown["letter_mark"]})
    (step,) = sent.json()["steps"]
    assert (step["kind"], step["to"], step["by"], step["words"]) == (
        "sent",
        TO,
        "Amina Yusuf",
        shown["letter"],
    )
    entry = session.exec(select(SupplierEntry)).one()
    assert entry.user_id == people.amina.user_id  # so a late supplier is chased, as after a page’s sending
    (mail,) = session.exec(select(OutboxMessage).where(OutboxMessage.recipient == Recipient.SUPPLIER)).all()
    assert mail.recipient_id == entry.id
    mark = navigator.get(where).json()["letter_mark"]
    refused = navigator.post(f"{where}/sending", json={"by": BY, "letter_mark": mark})
    assert refused.status_code == 409
    assert "Say that it is to go once more" in refused.json()["detail"]
    again = {"by": BY, "letter_mark": mark, "again": True}
    assert navigator.post(f"{where}/sending", json=again).json()["steps"][0]["kind"] == "chased"


def test_another_letter_than_the_one_that_was_read_does_not_leave(session, navigator, where):
    mark = navigator.get(where).json()["letter_mark"]
    problem = where.removesuffix("/supplier")
    kept = ("category", "title", "known", "workaround")
    changed = {name: PROBLEM[name] for name in kept} | {"title": "Another title"}
    assert navigator.post(problem, json=changed).status_code == 200
    refused = navigator.post(f"{where}/sending", json={"by": BY, "letter_mark": mark})
    assert refused.status_code == 409
    assert "Read it again" in refused.json()["detail"]
    assert session.exec(select(SupplierEntry)).all() == []


@pytest.mark.parametrize(
    "by",
    ["nobody@north.example", "priya@north.example", "sam@south.example"],
    ids=["a stranger", "a practitioner", "a navigator elsewhere"],
)
def test_only_a_navigator_or_manager_of_the_service_is_named(navigator, where, by):
    mark = navigator.get(where).json()["letter_mark"]
    refused = navigator.post(f"{where}/sending", json={"by": by, "letter_mark": mark})
    assert (refused.status_code, [*refused.json()["errors"]]) == (422, ["by"])


def test_what_they_promised_is_written_down(navigator, where):
    promised = {"by": BY, "kind": "promised", "happened_on": "2026-06-09", "due_on": "2026-07-01"}
    answer = navigator.post(f"{where}/answer", json=promised)
    assert (answer.json()["steps"][0]["due_on"], answer.json()["steps"][0]["by"]) == (
        "2026-07-01",
        "Amina Yusuf",
    )
    assert navigator.get(where.removesuffix("/supplier")).json()["supplier_due_on"] == "2026-07-01"


@each_case("who", [*Role, "nobody"])
def test_it_opens_for_navigators_and_managers(with_key, anybody, where, who):
    caller = anybody if who == "nobody" else with_key(who)
    may = who in (Role.NAVIGATOR, Role.MANAGER)
    assert caller.get(where).status_code == (200 if may else 401 if who == "nobody" else 403)
    body = {"by": BY, "letter_mark": "0" * 64}
    refused = caller.post(f"{where}/sending", json=body).status_code
    assert refused == (409 if may else 401 if who == "nobody" else 403)


def test_another_service_reads_the_letter_and_sends_nothing(with_key, where):
    south = with_key(Role.NAVIGATOR, "south")
    mark = south.get(where).json()["letter_mark"]
    assert south.post(f"{where}/sending", json={"by": BY, "letter_mark": mark}).status_code == 403
    assert south.get("/problems/999/supplier").status_code == 404
