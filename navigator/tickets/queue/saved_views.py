"""Saved views: filters under a name and no tickets, so each reader sees only what they may see anyway.

A view is its owner's alone, or shared with those who work on the tickets of one service. A shared one belongs
to that service too: it goes on when its owner leaves, and the service's managers can rename and delete it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, UniqueConstraint, and_, literal, or_
from sqlmodel import Field, Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from navigator.clock import now
from navigator.database import Table
from navigator.errors import Forbidden, Invalid, NotFound
from navigator.people.actor import Actor
from navigator.people.user import TEAM, Role, User
from navigator.rows_to_read import rows_to_read
from navigator.tickets.inputs import NameInput, ViewInput
from navigator.tickets.queue.filters import Filters

MAX_VIEWS = 20
"""Views that one person may keep, and that one service may share: each look at the queue counts them."""


class SavedView(Table, table=True):
    """Filters under a name, as a query string; of one service when it is shared there."""

    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: int = Field(default=None, primary_key=True)
    owner_id: int = Field(foreign_key="user.id")
    name: str
    service_id: int | None = Field(default=None, foreign_key="service.id", index=True)
    query: str
    created_at: datetime = Field(default_factory=now)

    @property
    def filters(self) -> Filters | None:
        """Its filters; None when one of them exists no more."""
        try:
            return Filters.from_query(self.query)
        except ValueError:
            return None


def list_views(session: Session, actor: Actor) -> Sequence[SavedView]:
    """The views that somebody finds beside their queue: their own first, each part by name."""
    views = rows_to_read(session, _views_query(actor))
    return sorted(views, key=lambda view: view.owner_id != actor.user_id)


@lru_cache(maxsize=100)
def _views_query(actor: Actor) -> SelectOfScalar[SavedView]:
    services = [literal(id) for id in sorted(actor.services(*TEAM))]
    own = and_(col(SavedView.service_id).is_(None), col(SavedView.owner_id) == actor.user_id)
    query = select(SavedView).where(or_(own, col(SavedView.service_id).in_(services)))
    return query.order_by(col(SavedView.name), col(SavedView.id))


def may_change(actor: Actor, view: SavedView) -> bool:
    """Whether a view is the actor's own, or of a service that they manage."""
    return view.owner_id == actor.user_id or view.service_id in actor.services(Role.MANAGER)


def changeable_view(session: Session, actor: Actor, id: int) -> SavedView:
    """A view that the actor finds beside their queue and may change."""
    for view in list_views(session, actor):
        if view.id == id and may_change(actor, view):
            return view
    raise NotFound("There is no such view.")


def save_view(session: Session, actor: Actor, view_input: ViewInput) -> SavedView:
    """Save a view under a name."""
    if actor.user_id is None:
        raise Forbidden("Only a person keeps views.")
    try:
        query = Filters.from_query(view_input.query).query
    except ValueError:
        raise Invalid("This is no view of the queue. Open it again, then save it.") from None
    view = SavedView(owner_id=actor.user_id, name="", query=query)
    return _rename_and_share(session, actor, view, view_input)


def change_view(session: Session, actor: Actor, id: int, name_input: NameInput) -> SavedView:
    """Rename a view; its owner may also share it, or keep it for themselves again."""
    return _rename_and_share(session, actor, changeable_view(session, actor, id), name_input)


def _rename_and_share(session: Session, actor: Actor, view: SavedView, name_input: NameInput) -> SavedView:
    owner = session.exec(
        select(User).where(User.id == view.owner_id).with_for_update()
    ).one()  # one at a time
    other_views = _other_views(session, view, SavedView.owner_id == owner.id)
    if name_input.name.casefold() in {other.name.casefold() for other in other_views}:
        raise Invalid("There is a problem", {"name": f"There is a view called {name_input.name} already."})
    if len(other_views) >= MAX_VIEWS:
        raise Invalid("There is a problem", {"name": f"You have {MAX_VIEWS} views. Delete one first."})
    if view.owner_id == actor.user_id:
        view.service_id = _checked_service_id(session, actor, view, name_input.share)
    view.name = name_input.name
    session.add(view)
    session.flush()
    return view


def _checked_service_id(
    session: Session, actor: Actor, view: SavedView, service_id: int | None
) -> int | None:
    if service_id is None:
        return None
    if service_id not in actor.services(*TEAM):
        raise Invalid("There is a problem", {"share": "Choose a service that you work in."})
    if len(_other_views(session, view, SavedView.service_id == service_id)) >= MAX_VIEWS:
        message = f"This service shares {MAX_VIEWS} views. Somebody must delete one first."
        raise Invalid("There is a problem", {"share": message})
    return service_id


def _other_views(
    session: Session, view: SavedView, condition: ColumnElement[bool] | bool
) -> Sequence[SavedView]:
    """The views of a person or a service but for this one."""
    return [other for other in session.exec(select(SavedView).where(condition)) if other.id != view.id]


def delete_view(session: Session, actor: Actor, id: int) -> None:
    """Delete a view; the tickets that it showed stay as they are."""
    session.delete(changeable_view(session, actor, id))
