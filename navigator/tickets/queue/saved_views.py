"""Views that people keep by name: filters and no tickets, so each reader sees only what they may see anyway.

A view is its owner's alone, or shared with those who work on the tickets of one service. A shared one belongs
to that service too: it goes on when its owner leaves, and the service's managers can rename and delete it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, UniqueConstraint, and_, or_
from sqlmodel import Field, Session, col, select

from navigator.clock import now
from navigator.database import Table
from navigator.errors import Forbidden, Invalid, NotFound
from navigator.people.actor import Actor
from navigator.people.user import Role, User
from navigator.tickets.inputs import NameInput, ViewInput
from navigator.tickets.queue.filters import Filters

MOST = 20
"""Views that one person may keep, and that one service may share: each look at the queue counts them."""
TEAM = (Role.NAVIGATOR, Role.MANAGER, Role.CLINICIAN)
"""Who shares views: practitioners see only what is theirs."""


class SavedView(Table, table=True):
    """Filters under a name, as the end of an address; of one service when it is shared there."""

    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: int = Field(default=None, primary_key=True)
    owner_id: int = Field(foreign_key="user.id")
    name: str
    service_id: int | None = Field(default=None, foreign_key="service.id", index=True)
    query: str
    created_at: datetime = Field(default_factory=now)

    @property
    def filters(self) -> Filters | None:
        """What it asks; None when the desk knows one of its filters no more."""
        try:
            return Filters.of(self.query)
        except ValueError:
            return None


def saved(session: Session, actor: Actor) -> Sequence[SavedView]:
    """The views that somebody finds beside their queue: their own first, each part by name."""
    is_private, here = col(SavedView.service_id).is_(None), sorted(actor.services(*TEAM))
    own = and_(is_private, col(SavedView.owner_id) == actor.user_id)
    query = select(SavedView).where(or_(own, col(SavedView.service_id).in_(here)))
    found = session.exec(query.order_by(col(SavedView.name), col(SavedView.id))).all()
    return sorted(found, key=lambda view: view.owner_id != actor.user_id)


def may_change(actor: Actor, view: SavedView) -> bool:
    """Whether a view is the actor's own, or of a service that they manage."""
    return view.owner_id == actor.user_id or view.service_id in actor.services(Role.MANAGER)


def changeable(session: Session, actor: Actor, id: int) -> SavedView:
    """A view that the actor finds beside their queue and may change."""
    for view in saved(session, actor):
        if view.id == id and may_change(actor, view):
            return view
    raise NotFound("There is no such view.")


def save(session: Session, actor: Actor, what: ViewInput) -> SavedView:
    """Keep a view by name."""
    if actor.user_id is None:
        raise Forbidden("Only a person keeps views.")
    try:
        query = Filters.of(what.query).query
    except ValueError:
        raise Invalid("This is no view of the queue. Open it again, then save it.") from None
    view = SavedView(owner_id=actor.user_id, name="", query=query)
    return _put(session, actor, view, what)


def change(session: Session, actor: Actor, id: int, what: NameInput) -> SavedView:
    """Rename a view; its owner may also share it, or keep it for themselves again."""
    return _put(session, actor, changeable(session, actor, id), what)


def _put(session: Session, actor: Actor, view: SavedView, what: NameInput) -> SavedView:
    owner = session.exec(
        select(User).where(User.id == view.owner_id).with_for_update()
    ).one()  # one at a time
    theirs = _others(session, view, SavedView.owner_id == owner.id)
    if what.name.casefold() in {one.name.casefold() for one in theirs}:
        raise Invalid("There is a problem", {"name": f"There is a view called {what.name} already."})
    if len(theirs) >= MOST:
        raise Invalid("There is a problem", {"name": f"You have {MOST} views. Delete one first."})
    if view.owner_id == actor.user_id:
        view.service_id = _shared_with(session, actor, view, what.share)
    view.name = what.name
    session.add(view)
    session.flush()
    return view


def _shared_with(session: Session, actor: Actor, view: SavedView, service_id: int | None) -> int | None:
    if service_id is None:
        return None
    if service_id not in actor.services(*TEAM):
        raise Invalid("There is a problem", {"share": "Choose a service that you work in."})
    if len(_others(session, view, SavedView.service_id == service_id)) >= MOST:
        words = f"This service shares {MOST} views. Somebody must delete one first."
        raise Invalid("There is a problem", {"share": words})
    return service_id


def _others(session: Session, view: SavedView, of: ColumnElement[bool] | bool) -> Sequence[SavedView]:
    """The views of a person or a service but for this one."""
    return [one for one in session.exec(select(SavedView).where(of)) if one.id != view.id]


def delete(session: Session, actor: Actor, id: int) -> None:
    """Forget a view; the tickets that it showed stay as they are."""
    session.delete(changeable(session, actor, id))
