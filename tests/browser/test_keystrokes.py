"""A navigator's day by keyboard alone: what each kind of ticket costs in keys, beside the words written."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from navigator import database
from navigator.tickets.ticket import Ticket
from tests.browser.conftest import WIDE, Come, Person
from tests.browser.test_live import report


class Keys:
    """Somebody's keyboard, counted; the words of an answer are not."""

    def __init__(self, person: Person) -> None:
        self.person, self.keyboard, self.count = person, person.page.keyboard, 0

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.keyboard.press(key)
        self.count += len(keys)

    def go(self, *keys: str) -> None:
        """Press keys of which the last one opens another page."""
        self.press(*keys[:-1])
        with self.person.page.expect_navigation():
            self.press(keys[-1])
        self.person.page.wait_for_load_state()
        self.person.look()

    def open(self, *keys: str) -> None:
        """Press keys that open a deed in place, and wait for the box that has the focus."""
        self.press(*keys)
        self.person.page.locator(".desk-dialog[open] :focus").wait_for()

    def act(self, letters: str) -> None:
        """Choose in the palette what these letters narrow it to."""
        self.press("Control+k", *letters, "Enter")


def resolve(keys: Keys) -> None:
    keys.open("e")
    keys.press("Space", "Tab")
    keys.keyboard.type("It works again.")
    keys.go("Control+Enter")


def ask(keys: Keys) -> None:
    keys.act("wait")
    keys.person.page.locator(".desk-dialog[open] :focus").wait_for()
    keys.keyboard.type("What do you see?")
    keys.go("Control+Enter")


def answer(keys: Keys) -> None:
    keys.press("r")
    keys.person.page.locator("textarea:focus").wait_for()
    keys.keyboard.type("Use the newest link.")
    keys.go("Control+Enter")


def take(keys: Keys) -> None:
    keys.go("c")


def snooze(keys: Keys) -> None:
    keys.open("s")
    keys.press("Space")
    keys.go("Enter")


DAY: tuple[tuple[Callable[[Keys], None], str, int], ...] = (
    (resolve, "resolved", 5),
    (ask, "waiting_for_reporter", 8),
    (answer, "open", 3),
    (take, "open", 2),
    (snooze, "new", 4),
)
"""What is done to each ticket, what it is then, and the most keys that it and going on may cost."""


@pytest.mark.slow
def test_a_day_by_keyboard_costs_few_keys_a_ticket(come: Come) -> None:
    amina = come(WIDE)
    numbers = [int(report().removeprefix("DN-")) for _ in DAY]
    amina.log_in("amina")
    amina.go("/desk")
    keys = Keys(amina)
    keys.go("j", "Enter")
    for n, (do, _, most) in enumerate(DAY):
        assert amina.path == f"/tickets/{numbers[n]}"
        keys.count = 0
        do(keys)
        keys.go("j")
        assert keys.count <= most, do.__name__
    assert amina.path == f"/tickets/{numbers[1]}", "it waits for its reporter, at the end of what is to do"
    keys.go("j")
    assert amina.path.startswith("/desk")
    assert "That was the last one in this view" in amina.words
    with database.reading() as session:
        became = {row.number: row.status for row in session.exec(select(Ticket))}
    assert became == {number: status for number, (_, status, _) in zip(numbers, DAY, strict=True)}
