"""The people of the key's service: who is invited, what they are, and how they leave."""

from datetime import date
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema
from sqlmodel import Session

from api.deps import Caller, Reading, Writing, audience
from api.errors import problems
from api.pagination import After, page_of, place
from navigator.fields import MAX_ID, Email, Line
from navigator.outbox import account_emails
from navigator.people import accounts, directory
from navigator.people.accounts import AccountDetails, Invitation, MembershipInput
from navigator.people.actor import Actor
from navigator.people.directory import Colleague
from navigator.people.user import Role
from navigator.tickets.actions import leavers

router = APIRouter(
    prefix="/people", tags=["people"], responses=problems(401, 403), dependencies=[audience(Role.ADMIN)]
)

Id = Annotated[int, Path(ge=1, le=MAX_ID, examples=[1])]
PersonRole = Literal[Role.PWP, Role.NAVIGATOR, Role.CLINICIAN, Role.MANAGER, Role.ADMIN]
Words = Annotated[list[Line], Field(max_length=50)]


class DetailsBody(AccountDetails):
    """What somebody is called, and where letters to them go."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Line, Field(min_length=1, max_length=100)]
    email: Annotated[Email, StringConstraints(to_lower=True, min_length=1)]


class PlaceBody(MembershipInput):
    """What somebody is in the key's service from now on."""

    model_config = ConfigDict(extra="forbid")

    service_id: SkipJsonSchema[Literal[0]] = 0  # a key acts in one service: nobody need name it
    roles: frozenset[PersonRole] = Field(min_length=1)
    capacity: int = Field(default=20, ge=0, le=200, description="How many live tickets at a time, full time")
    hours: float | None = Field(
        default=None, gt=0, le=60, description="Hours a week: they get that share; null means full time"
    )
    programmes: Words = Field(default_factory=list, description="Codes; none means any")
    languages: Words = Field(default_factory=list, description="None means any")


class InvitationBody(PlaceBody, DetailsBody, Invitation):
    """Somebody to invite, and what they will be."""


Body = TypeVar("Body", bound=PlaceBody)


class PersonOut(BaseModel):
    """Somebody in the key's service, and what they are there."""

    id: int
    name: str
    email: str
    has_password: bool = Field(description="false until they have followed the link of their invitation")
    is_away: bool
    away_from_on: date | None
    away_until_on: date | None
    cover_id: int | None = Field(description="Who covers for them meanwhile")
    roles: list[Role]
    capacity: int
    hours: float | None
    programmes: list[str]
    languages: list[str]


class PeoplePage(BaseModel):
    """Some people, those who came first first, and the cursor of those that follow."""

    people: list[PersonOut]
    next: str | None


@router.get("")
def list_people(session: Reading, actor: Caller, after: After = None) -> PeoplePage:
    """Everybody in the key's service."""
    found, following = page_of(directory.list_staff(session, actor), lambda one: place(one.user.id), after)
    return PeoplePage(people=[_view(one, actor) for one in found], next=following)


@router.post("", status_code=201)
def invite(session: Writing, actor: Caller, what: InvitationBody) -> PersonOut:
    """Give somebody a place in the key's service; a letter brings them a link for a password."""
    return person(session, actor, account_emails.invite(session, actor, _here(actor, what)).id)


@router.post("/{id}/place", responses=problems(404, 409))
def set_place(session: Writing, actor: Caller, id: Id, what: PlaceBody) -> PersonOut:
    """Change what somebody is; whoever is no navigator any more hands on their tickets."""
    leavers.set_membership(session, actor, id, _here(actor, what))
    return person(session, actor, id)


@router.post("/{id}/details", responses=problems(404, 409))
def correct_person(session: Writing, actor: Caller, id: Id, what: DetailsBody) -> PersonOut:
    """Change a name or an email address."""
    accounts.update_details(session, actor, id, what)
    return person(session, actor, id)


@router.post("/{id}/departure", status_code=204, responses=problems(404, 409))
def leave(session: Writing, actor: Caller, id: Id) -> None:
    """Send somebody away from the key's service: their tickets there are handed on."""
    leavers.leave(session, actor, id)


def _here(actor: Actor, what: Body) -> Body:
    return what.model_copy(update={"service_id": _service_of(actor)})


def _service_of(actor: Actor) -> int:
    (service_id,) = actor.services()
    return service_id


def person(session: Session, actor: Actor, id: int) -> PersonOut:
    """Somebody as they are now."""
    return _view(directory.find(session, actor, id), actor)


def _view(one: Colleague, actor: Actor) -> PersonOut:
    held = one.memberships[_service_of(actor)]
    kept = one.user.model_dump() | held[0].model_dump(include=accounts.MEMBERSHIP_FIELDS)
    has_password = one.user.password_hash is not None
    roles = [Role(each.role) for each in held]
    more = {"roles": roles, "has_password": has_password, "is_away": one.user.is_away}
    return PersonOut.model_validate(kept | more)
