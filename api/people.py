"""Routes for the people of a service: list, invite, set roles and details, deactivate."""

from datetime import date
from typing import Annotated, Literal, TypeVar

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema
from sqlmodel import Session

from api.deps import Caller, Reading, Router, Writing, audience
from api.errors import error_responses
from api.pagination import After
from navigator.fields import MAX_ID, Email, Line
from navigator.outbox import account_emails
from navigator.pagination import page_of, sort_key
from navigator.people import accounts, directory
from navigator.people.accounts import AccountDetails, DepartureInput, Invitation, MembershipInput, some_role
from navigator.people.actor import Actor
from navigator.people.directory import Colleague
from navigator.people.user import Role
from navigator.tickets.actions import leavers

router = Router(
    prefix="/people",
    tags=["people"],
    responses=error_responses(401, 403),
    dependencies=[audience(Role.ADMIN)],
)

Id = Annotated[int, Path(ge=1, le=MAX_ID, examples=[1])]
PersonRole = Literal[Role.PWP, Role.NAVIGATOR, Role.CLINICIAN, Role.MANAGER, Role.ADMIN]
Texts = Annotated[list[Line], Field(max_length=50)]


class DetailsBody(AccountDetails):
    """A person's name and email address."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Line, Field(min_length=1, max_length=100)]
    email: Annotated[Email, StringConstraints(to_lower=True, min_length=1)]


CONFIRM_LAST = "Needed for the last clinician or navigator who can log in: without one, reports stop"


class DepartureBody(DepartureInput):
    """That somebody goes, and whether they may though they are the last of their role."""

    model_config = ConfigDict(extra="forbid")

    confirm_last: bool = Field(default=False, description=CONFIRM_LAST)


class MembershipBody(MembershipInput):
    """A person's roles and capacity in the key's service from now on."""

    model_config = ConfigDict(extra="forbid")

    service_id: SkipJsonSchema[Literal[0]] = 0  # a key acts in one service: nobody need name it
    composed: str = Field(default="", max_length=50, description="The code of a role of the service’s own")
    roles: Annotated[frozenset[PersonRole], AfterValidator(some_role)] = Field(
        default_factory=frozenset,
        validate_default=True,
        description="Without a composed role there must be one",
    )
    capacity: int = Field(default=20, ge=0, le=200, description="How many live tickets at a time, full time")
    hours: float | None = Field(
        default=None, gt=0, le=60, description="Hours a week: they get that share; null means full time"
    )
    programmes: Texts = Field(default_factory=list, description="Codes; none means any")
    languages: Texts = Field(default_factory=list, description="None means any")
    confirm_last: bool = Field(default=False, description=CONFIRM_LAST)


class InvitationBody(MembershipBody, DetailsBody, Invitation):
    """A person to invite, with their roles and capacity."""


Body = TypeVar("Body", bound=MembershipBody)


class PersonOut(BaseModel):
    """A person of the key's service, with their roles and capacity there."""

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
    """A page of people, those who came first first, and the cursor of the next page."""

    people: list[PersonOut]
    next: str | None


@router.get("")
def list_people(session: Reading, actor: Caller, after: After = None) -> PeoplePage:
    """Everybody in the key's service."""
    colleagues, following = page_of(
        directory.list_staff(session, actor), lambda colleague: sort_key(colleague.user.id), after
    )
    return PeoplePage(people=[_person_out(colleague, actor) for colleague in colleagues], next=following)


@router.post("", status_code=201)
def invite(session: Writing, actor: Caller, invitation: InvitationBody) -> PersonOut:
    """Invite somebody to the key's service; an email brings them a link for a password."""
    return show_person(
        session, actor, account_emails.invite(session, actor, _in_own_service(actor, invitation)).id
    )


@router.post("/{id}/place", responses=error_responses(404, 409))
def set_place(session: Writing, actor: Caller, id: Id, membership: MembershipBody) -> PersonOut:
    """Change what somebody is; whoever is no navigator any more hands on their tickets."""
    leavers.set_membership(session, actor, id, _in_own_service(actor, membership))
    return show_person(session, actor, id)


@router.post("/{id}/details", responses=error_responses(404, 409))
def correct_person(session: Writing, actor: Caller, id: Id, details: DetailsBody) -> PersonOut:
    """Change a name or an email address."""
    accounts.update_details(session, actor, id, details)
    return show_person(session, actor, id)


@router.post("/{id}/departure", status_code=204, responses=error_responses(404, 409))
def leave(session: Writing, actor: Caller, id: Id, departure: DepartureBody | None = None) -> None:
    """Send somebody away from the key's service: their tickets there are handed on."""
    leavers.deactivate(session, actor, id, departure)


def _in_own_service(actor: Actor, body: Body) -> Body:
    return body.model_copy(update={"service_id": _service_of(actor)})


def _service_of(actor: Actor) -> int:
    (service_id,) = actor.services()
    return service_id


def show_person(session: Session, actor: Actor, id: int) -> PersonOut:
    """A person as they are now."""
    return _person_out(directory.find(session, actor, id), actor)


def _person_out(colleague: Colleague, actor: Actor) -> PersonOut:
    memberships = colleague.memberships[_service_of(actor)]
    fields = colleague.user.model_dump() | memberships[0].model_dump(include=accounts.MEMBERSHIP_FIELDS)
    has_password = colleague.user.password_hash is not None
    roles = [Role(membership.role) for membership in memberships]
    extra = {"roles": roles, "has_password": has_password, "is_away": colleague.user.is_away}
    return PersonOut.model_validate(fields | extra)
