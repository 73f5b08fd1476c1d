"""The first question of a report is drawn once for all who are asked it, and anew where anything differs."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session, select

from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.service import Service
from tests.page_visitor import Visitor
from tests.people import People
from web.app import app
from web.kit import templating


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The templates that are drawn, while nothing is kept yet."""
    drawn: list[str] = []
    render = templating.render

    def note(template: str, **context: object) -> str:
        drawn.append(template)
        return render(template, **context)

    templating._DRAWN.clear()
    monkeypatch.setattr(templating, "render", note)
    yield drawn
    templating._DRAWN.clear()


def ask(path: str = "/report") -> Visitor:
    visitor = Visitor(app)
    visitor.get(path)
    return visitor


def test_it_is_drawn_once_for_two_people(people: People, drawn: list[str]) -> None:
    assert ask().page.html == ask().page.html
    assert drawn == ["public/report/place.html"]


def test_what_a_printed_link_fills_in_is_chosen_for_its_reader_alone(people: People) -> None:
    for _ in range(2):
        assert ask("/report?service=south").page.css_first("[value=south][checked]")
        assert not ask().page.css_first("[value=south][checked]")


def test_what_no_service_has_is_not_kept(people: People, drawn: list[str]) -> None:
    for _ in range(2):
        ask("/report?service=nowhere-of-mine")
        ask("/report?service=north&name=Pat")
    assert len(drawn) == 4
    assert "nowhere-of-mine" not in str(templating._DRAWN)


def test_a_link_that_names_two_services_chooses_neither_nor_for_the_next_reader(people: People) -> None:
    twice = ask("/report?service=north&service=south&programme=fern").page
    assert twice.css("[name=service][checked]") == []
    assert [box.attributes["value"] for box in twice.css("[name=programme][checked]")] == ["fern"]
    once = ask("/report?service=north&programme=fern").page
    assert [box.attributes["value"] for box in once.css("[name=service][checked]")] == ["north"]


def test_what_another_thread_has_thrown_away_meanwhile_is_shown_all_the_same(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Emptied(dict[object, str]):
        """As when another thread found too many pages kept."""

        def __setitem__(self, key: object, value: str) -> None:
            super().__setitem__(key, value)
            self.clear()

    monkeypatch.setattr(templating, "_DRAWN", Emptied())
    assert "Which programme is it about?" in ask().text


def test_a_service_is_called_as_it_is_called_now(session: Session, people: People) -> None:
    ask()
    session.get_one(Service, people.north).name = "Quite another name"
    session.flush()
    assert "Quite another name" in ask().text


def test_a_service_that_takes_no_reports_any_more_is_not_offered(session: Session, people: People) -> None:
    assert "South Talking Therapies" in ask().text
    wording = select(CrisisWording).where(CrisisWording.service_id == people.south)
    session.delete(session.exec(wording).one())
    session.flush()
    assert "South Talking Therapies" not in ask().text


def test_what_is_missing_is_said_to_whoever_left_it_out(people: People) -> None:
    visitor = ask()
    visitor.press("Continue")
    assert visitor.problems
    assert "There is a problem" not in ask().text


def test_whoever_has_begun_is_shown_their_own_answers(people: People) -> None:
    visitor = ask()
    visitor.press("Continue", service="north", programme="fern")
    visitor.get("/report/place")
    assert visitor.page.css_first("[value=north][checked]")
    assert not ask().page.css_first("[checked]")
