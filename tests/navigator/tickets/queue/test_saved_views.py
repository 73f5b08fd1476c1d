"""Views kept by name: one's own, shared with a service, and nobody else's."""

import pytest
from sqlmodel import Session

from navigator.errors import Invalid, NotFound
from navigator.people import accounts
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.inputs import NameInput, ViewInput
from navigator.tickets.queue import saved_views
from navigator.tickets.queue.counts import counts
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from navigator.tickets.queue.saved_views import SavedView
from tests.navigator.tickets.report_factory import tell
from tests.people import People, actor_of, join

QUERY = "group=access&due=3"


def keep(session: Session, actor: Actor, name: str = "Log-ins", share: int | None = None) -> SavedView:
    return saved_views.save_view(session, actor, ViewInput(name=name, query=QUERY, share=share))


def names(session: Session, actor: Actor) -> list[str]:
    return [view.name for view in saved_views.list_views(session, actor)]


def test_a_view_is_kept_for_oneself_alone(session: Session, people: People):
    view = keep(session, people.amina)
    assert view.filters == Filters(group="access", due=3)
    assert names(session, people.amina) == ["Log-ins"]
    for stranger in (people.tom, people.mo, people.cole, people.priya, people.ada, people.sam):
        assert names(session, stranger) == []
        with pytest.raises(NotFound):
            saved_views.changeable_view(session, stranger, view.id)
        with pytest.raises(NotFound):
            saved_views.delete_view(session, stranger, view.id)


def test_a_shared_view_is_seen_by_those_who_work_on_the_services_tickets(session: Session, people: People):
    view = keep(session, people.amina, share=people.north)
    for colleague in (people.amina, people.tom, people.mo, people.cole):
        assert names(session, colleague) == ["Log-ins"]
    for stranger in (people.priya, people.ada, people.sam, people.sue):
        assert names(session, stranger) == []
    for other in (people.tom, people.cole, people.sam):
        with pytest.raises(NotFound):
            saved_views.change_view(session, other, view.id, NameInput(name="Mine now"))
    assert (
        saved_views.change_view(session, people.mo, view.id, NameInput(name="Access")).service_id
        == people.north
    )


def test_ones_own_stand_first_by_name(session: Session, people: People):
    keep(session, people.tom, "A", share=people.north)
    keep(session, people.amina, "C")
    keep(session, people.amina, "B", share=people.north)
    assert names(session, people.amina) == ["B", "C", "A"]


@pytest.mark.parametrize(("who", "where"), [("amina", "south"), ("priya", "north"), ("ada", "north")])
def test_it_is_shared_only_where_one_works_on_tickets(session: Session, people: People, who: str, where: str):
    with pytest.raises(Invalid) as refused:
        keep(session, getattr(people, who), share=getattr(people, where))
    assert list(refused.value.fields) == ["share"]


def test_a_view_never_widens_what_anybody_sees(session: Session, people: People):
    """The same view holds as many tickets as its reader may see, in the list and in the count."""
    tell(session)
    tell(session, service="south")
    own = tell(session, people.priya)
    view = keep(session, people.mo, share=people.north)
    assert view.filters
    asked = Filters(group="access")
    held = {"amina": 2, "mo": 2, "priya": 1, "cole": 0, "ada": 0, "sam": 1}
    for who, count in held.items():
        actor = getattr(people, who)
        assert len(queue(session, actor, asked).rows) == count, who
        assert counts(session, actor, Filters(), [asked]).by_filters == {asked: count}, who
    assert [row.number for row in queue(session, people.priya, asked).rows] == [own.number]


def test_a_name_is_used_once_by_one_person(session: Session, people: People):
    first = keep(session, people.amina)
    keep(session, people.tom)
    other = keep(session, people.amina, "Others")
    for again in (
        lambda: keep(session, people.amina, "LOG-INS"),
        lambda: saved_views.change_view(session, people.amina, other.id, NameInput(name="Log-ins")),
    ):
        with pytest.raises(Invalid) as refused:
            again()
        assert "already" in refused.value.fields["name"]
    assert saved_views.change_view(session, people.amina, first.id, NameInput(name="Log-ins")).id == first.id


def test_there_are_only_so_many(session: Session, people: People, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(saved_views, "MAX_VIEWS", 2)
    keep(session, people.amina, "1", share=people.north)
    keep(session, people.amina, "2")
    with pytest.raises(Invalid, match="problem") as refused:
        keep(session, people.amina, "3")
    assert "Delete one first" in refused.value.fields["name"]
    keep(session, people.tom, "4", share=people.north)
    with pytest.raises(Invalid) as refused:
        keep(session, people.mo, "5", share=people.north)
    assert "shares 2 views" in refused.value.fields["share"]


@pytest.mark.parametrize("query", ["colour=red", "view=nothing", "due=soon", "service=%00", "x"])
def test_only_a_view_of_the_queue_is_kept(session: Session, people: People, query: str):
    if query == "x":
        query = "text=" + "x" * 201
    with pytest.raises(Invalid):
        saved_views.save_view(session, people.amina, ViewInput(name="Odd", query=query))


def test_what_is_kept_is_the_shortest_address_of_the_view(session: Session, people: People):
    what = ViewInput(name="Odd", query="due=3&view=all&group=access&programme=")
    assert saved_views.save_view(session, people.amina, what).query == QUERY


def test_a_view_of_a_filter_that_is_gone_is_still_listed(session: Session, people: People):
    view = keep(session, people.amina)
    view.query = "shoe=7"
    session.flush()
    assert [one.filters for one in saved_views.list_views(session, people.amina)] == [None]


def test_a_shared_view_goes_on_when_its_owner_leaves(session: Session, people: People):
    """It is the service's too: colleagues find it, and a manager looks after it."""
    root = join(session, "Ro Root", "ro@north.example", people.north, Role.ADMIN)
    view = keep(session, people.tom, share=people.north)
    keep(session, people.tom, "For me")
    assert people.tom.user_id
    accounts.deactivate(session, root, people.tom.user_id)
    assert names(session, people.amina) == ["Log-ins"]
    saved_views.change_view(session, people.mo, view.id, NameInput(name="Access"))
    assert names(session, people.amina) == ["Access"]
    saved_views.delete_view(session, people.mo, view.id)
    assert names(session, people.amina) == []


def test_who_leaves_a_service_leaves_its_views(session: Session, people: People):
    tom = join(session, "Tim Two", "tim@both.example", people.north, Role.NAVIGATOR)
    view = keep(session, tom, share=people.north)
    gone = Actor(name=tom.name, user_id=tom.user_id, roles=people.sam.roles)
    assert names(session, gone) == []
    with pytest.raises(NotFound):
        saved_views.delete_view(session, gone, view.id)
    assert actor_of(session, tom.user_id or 0).services() == {people.north}


def test_an_owner_keeps_a_shared_view_for_themselves_again(session: Session, people: People):
    view = keep(session, people.amina, share=people.north)
    saved_views.change_view(session, people.amina, view.id, NameInput(name="Log-ins"))
    assert (names(session, people.amina), names(session, people.tom)) == (["Log-ins"], [])
