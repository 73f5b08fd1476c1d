"""Three tickets of one person become one: every link that was sent there leads on."""

import httpx
import pytest

from navigator import database
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ContactMethod, LinkChannel, reference
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ContactInput, ReportInput
from tests.browser.conftest import NARROW, WIDE, Come, Person


def told(text: str) -> tuple[int, str]:
    """The number and a private link's token of a report by Pat."""
    pat = ContactInput(route=ContactMethod.EMAIL, email="pat@post.example")
    with database.writing() as session:
        report = ReportInput(service="north", category="access.forgotten_password", text=text, contact=pat)
        number = staff.report(session, ANONYMOUS, report).ticket.number
        return number, private_links.mint(session, number, LinkChannel.EMAIL, pat.email)


def merge(navigator: Person, number: int, into: int) -> None:
    navigator.go(f"/tickets/{number}/merge")
    navigator.write("Number of the ticket that goes on", str(into))
    navigator.press("Look at what happens")
    navigator.press(f"Merge into {reference(into)}")


@pytest.mark.slow
def test_answers_by_old_links_and_by_the_api_arrive_on_the_one_that_goes_on(come: Come) -> None:
    amina, pat = come(WIDE), come(NARROW)
    (a, by_a), (b, by_b), (c, _) = told("First words"), told("Second words"), told("Third words")
    amina.log_in("amina")
    merge(amina, a, into=b)
    merge(amina, b, into=c)

    pat.go(f"/t/{by_a}")
    assert reference(c) in pat.words
    pat.write("Write to us", "Later, by the link of the first")
    pat.press("Send")
    api = httpx.Client(
        base_url=f"{amina.address}/api/v1/tickets", headers={"Authorization": f"Bearer {by_b}"}
    )
    answer = api.post(f"/{b}/answers", json={"body": "Later, by the API of the second"})
    assert (answer.status_code, answer.json()["number"]) == (200, c)
    assert api.get(f"/{b}").json()["number"] == c
    api.close()

    for number in (a, b, c):
        amina.go(f"/tickets/{number}")
        assert amina.path == f"/tickets/{c}"
    for words in ("First words", "Second words", "Third words", "by the link of the first", "by the API of"):
        assert amina.words.count(words) == 1, words
    pat.page.reload()
    for words in ("First words", "Second words", "Third words", "by the link of the first", "by the API of"):
        assert words in pat.words
